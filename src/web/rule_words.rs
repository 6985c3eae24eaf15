//! Rules as people read them, and the places and roles that they can be about.

use chrono::NaiveDate;

use super::rooms_manage::tends;
use super::visitor::Insider;
use super::words::{room_words, short_day};
use crate::texts::{Lang, Said, text};
use crate::town::{Action, Directory, Effect, Policy, Role, Scope, Test, Window};

/// Roles that a rule can be about.
pub(super) const ROLES: [Role; 6] =
    [Role::Staff, Role::Clerk, Role::Chair, Role::Member, Role::Manager, Role::Admin];

/// A rule in a sentence: `Medewerkers boeken Raadzaal hoogstens 90 dagen vooraf.`
pub(super) fn sentence(directory: &Directory, lang: Lang, policy: &Policy) -> String {
    let said = match &policy.test {
        Test::MinLead { minutes } => Said::new("rules.min_lead").with("time", time(lang, *minutes)),
        Test::MaxLead { days } => Said::new("rules.max_lead").with("time", time(lang, days * 1_440)),
        Test::MinLength { minutes } => Said::new("rules.min_length").with("time", time(lang, *minutes)),
        Test::MaxLength { minutes } => Said::new("rules.max_length").with("time", time(lang, *minutes)),
        Test::Step { minutes } => Said::new("rules.step").with("time", time(lang, i64::from(*minutes))),
        Test::OpeningHours { from, to } => {
            Said::new("rules.opening_hours").with("from", from.format("%H:%M")).with("to", to.format("%H:%M"))
        }
        Test::Quota { meetings } => Said::new("rules.quota").with("meetings", meetings),
        Test::MinOccupancy { percent } => Said::new("rules.min_occupancy").with("percent", percent),
        Test::Never | Test::Always => match policy.effect {
            Effect::Deny => Said::new("rules.never"),
            Effect::NeedsApproval => Said::new("rules.only_asked"),
            Effect::Warn => Said::new("rules.warned"),
        },
    };
    let said =
        said.with("who", who(lang, policy.scope.role)).with("where", place(directory, lang, &policy.scope));
    let mut words = said.speak(lang);
    if let Some(when) = when(lang, &policy.window) {
        words = format!("{words} ({when})");
    }
    words.push('.');
    let always = matches!(policy.test, Test::Never | Test::Always);
    match policy.effect {
        Effect::NeedsApproval if !always => words = format!("{words} {}", text(lang, "rules.else_asked")),
        Effect::Warn if !always => words = format!("{words} {}", text(lang, "rules.else_warned")),
        _ => {}
    }
    words
}

/// What a rule does, in a word, and the class of the pill around it.
pub(super) fn effect(lang: Lang, effect: Effect) -> (&'static str, &'static str) {
    match effect {
        Effect::Deny => ("busy", text(lang, "rules.effect_deny")),
        Effect::NeedsApproval => ("soon", text(lang, "rules.effect_needs_approval")),
        Effect::Warn => ("", text(lang, "rules.effect_warn")),
    }
}

fn who(lang: Lang, role: Option<Role>) -> &'static str {
    match role {
        None | Some(Role::System | Role::Public) => text(lang, "rules.who_all"),
        Some(Role::Staff) => text(lang, "rules.who_staff"),
        Some(Role::Clerk) => text(lang, "rules.who_clerk"),
        Some(Role::Chair) => text(lang, "rules.who_chair"),
        Some(Role::Member) => text(lang, "rules.who_member"),
        Some(Role::Manager) => text(lang, "rules.who_manager"),
        Some(Role::Admin) => text(lang, "rules.who_admin"),
        Some(Role::Device) => text(lang, "rules.who_device"),
    }
}

/// Where a rule applies.
pub(super) fn place(directory: &Directory, lang: Lang, scope: &Scope) -> String {
    match (&scope.room, &scope.group) {
        (Some(slug), _) => directory.room_named(slug).map_or_else(|| slug.clone(), |room| room.name.clone()),
        (None, Some(group)) => Said::new("rules.where_group").with("group", group).speak(lang),
        (None, None) => text(lang, "rules.where_all").to_owned(),
    }
}

/// A length of time in its largest whole unit.
pub(super) fn time(lang: Lang, minutes: i64) -> String {
    let (one, many, n) = match minutes {
        m if m % 1_440 == 0 && m != 0 => ("rules.time_day", "rules.time_days", m / 1_440),
        m if m % 60 == 0 && m != 0 => ("rules.time_hour", "rules.time_hours", m / 60),
        m => ("rules.time_minute", "rules.time_minutes", m),
    };
    counted(lang, (one, many), n)
}

/// So many of something: the word for one, or the sentence for more.
pub(super) fn counted(lang: Lang, (one, many): (&'static str, &'static str), n: i64) -> String {
    if n == 1 { text(lang, one).to_owned() } else { Said::new(many).with("n", n).speak(lang) }
}

/// The days on which a rule applies; nothing for always.
fn when(lang: Lang, window: &Window) -> Option<String> {
    let names: Vec<&str> = text(lang, "date.weekdays").split(',').map(str::trim).collect();
    let named = |number: &u32| names.get(usize::try_from(*number).ok()?.checked_sub(1)?).copied();
    let weekdays: Vec<&str> = window.weekdays.iter().filter_map(named).collect();
    let weekdays = Some(weekdays.join(", ")).filter(|days| !days.is_empty());
    let dates = span(lang, window.from, window.to);
    let parts: Vec<String> = weekdays.into_iter().chain(dates).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Days from and to, both included.
pub(super) fn span(lang: Lang, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Option<String> {
    use chrono::Datelike;
    let day = |day: NaiveDate| format!("{} {}", short_day(lang, day), day.year());
    match (from, to) {
        (Some(from), Some(to)) if from == to => Some(day(from)),
        (Some(from), Some(to)) => Some(format!("{} – {}", day(from), day(to))),
        (Some(from), None) => Some(Said::new("rules.from_day").with("day", day(from)).speak(lang)),
        (None, Some(to)) => Some(Said::new("rules.to_day").with("day", day(to)).speak(lang)),
        (None, None) => None,
    }
}

/// The places about which somebody may make rules: the whole house, groups, rooms; value and words of each.
pub(super) fn places(insider: &Insider, directory: &Directory) -> Vec<(String, String)> {
    let (caller, lang) = (insider.caller(), insider.lang());
    let mut all = Vec::new();
    if caller.must(Action::ManageTown).is_ok() {
        all.push((String::new(), text(lang, "rules.house").to_owned()));
    }
    let mine = |room: &crate::town::Room| directory.site(room.site).is_some_and(|site| tends(caller, site));
    let groups: std::collections::BTreeSet<&String> =
        directory.rooms.iter().filter_map(|room| room.group.as_ref()).collect();
    for group in groups {
        if directory.rooms.iter().filter(|room| room.group.as_ref() == Some(group)).all(mine) {
            let words = Said::new("rules.group").with("group", group).speak(lang);
            all.push((format!("group:{group}"), words));
        }
    }
    for room in directory.rooms.iter().filter(|room| mine(room)) {
        all.push((format!("room:{}", room.slug), room_words(directory, room)));
    }
    all
}

/// The value of a place in [`places`].
pub(super) fn value_of(scope: &Scope) -> String {
    match (&scope.room, &scope.group) {
        (Some(slug), _) => format!("room:{slug}"),
        (None, Some(group)) => format!("group:{group}"),
        (None, None) => String::new(),
    }
}

/// The place of a value.
pub(super) fn scope_of(value: &str, role: Option<Role>) -> Scope {
    match value.split_once(':') {
        Some(("room", slug)) => Scope { room: Some(slug.to_owned()), group: None, role },
        Some(("group", group)) => Scope { room: None, group: Some(group.to_owned()), role },
        _ => Scope { room: None, group: None, role },
    }
}
