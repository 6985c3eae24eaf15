//! Adds a rule, its kind chosen first so that the form asks for nothing else; or changes one.

use std::str::FromStr;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveTime;

use super::form::{Ask, Field, Wrong, number};
use super::oops::Oops;
use super::page;
use super::rule_words::{ROLES, places, scope_of, sentence, value_of};
use super::shell::Shell;
use super::visitor::{Asked, Fields, Insider, InsiderForm};
use crate::booking::{Fault, Refusal};
use crate::http::App;
use crate::scheduler::{add_policy, change_policy};
use crate::texts::{Lang, Said, text};
use crate::town::{Action, Directory, Effect, Policy, Role, Test, Window, slug_of};

/// The kinds of rules: the word in addresses, the name, and what for.
const KINDS: [(&str, &str, &str); 9] = [
    ("max_lead", "rules.kind_max_lead", "rules.kind_max_lead_what"),
    ("min_lead", "rules.kind_min_lead", "rules.kind_min_lead_what"),
    ("max_length", "rules.kind_max_length", "rules.kind_max_length_what"),
    ("min_length", "rules.kind_min_length", "rules.kind_min_length_what"),
    ("always", "rules.kind_always", "rules.kind_always_what"),
    ("opening_hours", "rules.kind_opening_hours", "rules.kind_opening_hours_what"),
    ("quota", "rules.kind_quota", "rules.kind_quota_what"),
    ("min_occupancy", "rules.kind_min_occupancy", "rules.kind_min_occupancy_what"),
    ("step", "rules.kind_step", "rules.kind_step_what"),
];

#[derive(Template)]
#[template(path = "rule_kinds.html")]
struct KindsPage {
    shell: Shell,
    kinds: Vec<(&'static str, String, String)>,
}

#[derive(Template)]
#[template(path = "rule_change.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    kind: String,
    /// The rule as it stands, when it is changed.
    rule: Option<(String, String)>,
    id: Option<Field>,
    what: Vec<Field>,
    common: Vec<Field>,
    weekdays: Vec<(u32, String, bool)>,
    days: Vec<Field>,
    note: Field,
}

/// `GET /manage/rules/new`: the kinds, or the form of one.
pub(super) async fn ask_new(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let directory = app.store.directory();
    must(&insider)?;
    if let Some(model) = begun(asked.get("kind")) {
        return Ok(show(&insider, &directory, &model, false, &Fields::default(), None));
    }
    let kinds =
        KINDS.map(|(word, name, what)| (word, insider.t(name).to_owned(), insider.t(what).to_owned()));
    let shell = insider.shell(insider.t("rules.add"));
    Ok(page(KindsPage { shell, kinds: kinds.to_vec() }.render().unwrap_or_default()))
}

/// `GET /manage/rules/change?rule=`.
pub(super) async fn ask(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    must(&insider)?;
    let directory = app.store.directory();
    let policy = known(&insider, &directory, asked.get("rule"))?;
    Ok(show(&insider, &directory, policy, true, &Fields::default(), None))
}

fn must(insider: &Insider) -> Result<(), Oops> {
    insider.caller().must_somewhere(Action::ManageTown).map_err(|refusal| insider.oops(refusal))
}

fn known<'d>(insider: &Insider, directory: &'d Directory, id: &str) -> Result<&'d Policy, Oops> {
    let policy = directory.policies.iter().find(|policy| policy.id == id);
    policy.ok_or_else(|| insider.oops(Refusal::unknown("policy", id)))
}

/// A rule of a kind, as its form begins.
fn begun(kind: &str) -> Option<Policy> {
    let clock = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    let test = match kind {
        "max_lead" => Test::MaxLead { days: 90 },
        "min_lead" => Test::MinLead { minutes: 60 },
        "max_length" => Test::MaxLength { minutes: 240 },
        "min_length" => Test::MinLength { minutes: 15 },
        "always" => Test::Always,
        "opening_hours" => Test::OpeningHours { from: clock(8), to: clock(18) },
        "quota" => Test::Quota { meetings: 20 },
        "min_occupancy" => Test::MinOccupancy { percent: 25 },
        "step" => Test::Step { minutes: 15 },
        _ => return None,
    };
    let effect = if test == Test::Always { Effect::NeedsApproval } else { Effect::Deny };
    let (id, scope, window) = (String::new(), scope_of("", None), Window::default());
    Some(Policy { id, scope, effect, window, note: None, test })
}

fn kind_of(test: &Test) -> &'static str {
    match test {
        Test::MaxLead { .. } => "max_lead",
        Test::MinLead { .. } => "min_lead",
        Test::MaxLength { .. } => "max_length",
        Test::MinLength { .. } => "min_length",
        Test::Never | Test::Always => "always",
        Test::OpeningHours { .. } => "opening_hours",
        Test::Quota { .. } => "quota",
        Test::MinOccupancy { .. } => "min_occupancy",
        Test::Step { .. } => "step",
    }
}

fn show(
    insider: &Insider,
    directory: &Directory,
    policy: &Policy,
    exists: bool,
    fields: &Fields,
    refusal: Option<&Refusal>,
) -> Response {
    let lang = insider.lang();
    let wrong = refusal.map(|refusal| Wrong::of(refusal, lang));
    let ask = Ask { lang, fields, wrong: wrong.as_ref() };
    let kind = kind_of(&policy.test);
    let name = KINDS.iter().find(|(word, ..)| *word == kind).map_or("rules.add", |(_, name, _)| name);
    let id = ask.text("id", "rules.id", "", 60).required().help(insider.t("rules.id_help"));
    let html = Page {
        shell: insider.shell(insider.t(name)),
        kind: kind.to_owned(),
        rule: exists.then(|| (policy.id.clone(), sentence(directory, lang, policy))),
        id: (!exists).then_some(id),
        what: what(ask, &policy.test),
        common: common(ask, insider, directory, policy),
        weekdays: weekdays(lang, fields, &policy.window),
        days: vec![
            ask.special("date", "first", "rules.first", &day_text(policy.window.from)),
            ask.special("date", "last", "rules.last", &day_text(policy.window.to)),
        ],
        note: ask
            .text("note", "rules.note", policy.note.as_deref().unwrap_or(""), 200)
            .help(insider.t("rules.note_help")),
        wrong,
    };
    page(html.render().unwrap_or_default())
}

fn day_text(day: Option<chrono::NaiveDate>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// The figures of a kind.
fn what(ask: Ask<'_>, test: &Test) -> Vec<Field> {
    let units = || {
        [("1", "rules.unit_minutes"), ("60", "rules.unit_hours"), ("1440", "rules.unit_days")]
            .map(|(value, key)| (value.to_owned(), text(ask.lang, key).to_owned()))
    };
    let time = |minutes: i64| {
        let unit = if minutes % 1_440 == 0 {
            1_440
        } else if minutes % 60 == 0 {
            60
        } else {
            1
        };
        vec![
            ask.number("amount", "rules.amount", minutes / unit, 527_040).required(),
            ask.choice("unit", "rules.unit", &unit.to_string(), units()),
        ]
    };
    match test {
        Test::MaxLead { days } => vec![ask.number("amount", "rules.amount_days", *days, 3_660).required()],
        Test::MinLead { minutes } | Test::MaxLength { minutes } | Test::MinLength { minutes } => {
            time(*minutes)
        }
        Test::Step { minutes } => vec![ask.number("amount", "rules.amount_minutes", *minutes, 60).required()],
        Test::Quota { meetings } => {
            vec![ask.number("amount", "rules.amount_meetings", *meetings, 1_000).required()]
        }
        Test::MinOccupancy { percent } => {
            vec![ask.number("amount", "rules.amount_percent", *percent, 100).required()]
        }
        Test::OpeningHours { from, to } => vec![
            ask.special("time", "from", "book.from", &from.format("%H:%M").to_string()).required(),
            ask.special("time", "to", "book.to", &to.format("%H:%M").to_string()).required(),
        ],
        Test::Never | Test::Always => Vec::new(),
    }
}

/// For whom, where, and what it does.
fn common(ask: Ask<'_>, insider: &Insider, directory: &Directory, policy: &Policy) -> Vec<Field> {
    let lang = insider.lang();
    let roles = std::iter::once((String::new(), text(lang, "rules.everybody").to_owned()))
        .chain(ROLES.map(|role| (role.to_string(), text(lang, &format!("role.{role}")).to_owned())));
    let role = policy.scope.role.map_or_else(String::new, |role| role.to_string());
    let effects =
        [("deny", "rules.do_deny"), ("needs_approval", "rules.do_needs_approval"), ("warn", "rules.do_warn")]
            .map(|(value, key)| (value.to_owned(), text(lang, key).to_owned()));
    vec![
        ask.choice("effect", "rules.effect", effect_word(policy.effect), effects),
        ask.choice("place", "rules.place", &value_of(&policy.scope), places(insider, directory)),
        ask.choice("role", "rules.role", &role, roles),
    ]
}

fn effect_word(effect: Effect) -> &'static str {
    match effect {
        Effect::Deny => "deny",
        Effect::NeedsApproval => "needs_approval",
        Effect::Warn => "warn",
    }
}

fn weekdays(lang: Lang, fields: &Fields, window: &Window) -> Vec<(u32, String, bool)> {
    let sent = !fields.0.is_empty();
    let ticked: Vec<u32> = fields.all("weekday").filter_map(|n| n.parse().ok()).collect();
    let names = text(lang, "date.weekdays").split(',');
    let on = |n: u32| if sent { ticked.contains(&n) } else { window.weekdays.contains(&n) };
    (1..).zip(names).map(|(n, name)| (n, name.trim().to_owned(), on(n))).collect()
}

/// The rule that a form describes.
fn policy_of(fields: &Fields, id: &str, kind: &str) -> Result<Policy, Refusal> {
    let mut faults = Vec::new();
    let effect = match fields.get("effect") {
        "needs_approval" => Effect::NeedsApproval,
        "warn" => Effect::Warn,
        _ => Effect::Deny,
    };
    let amount = number(fields, "amount", 0);
    let minutes = i64::from(amount).saturating_mul(i64::from(number(fields, "unit", 1)));
    let test = match kind {
        "max_lead" => Test::MaxLead { days: i64::from(amount) },
        "min_lead" => Test::MinLead { minutes },
        "max_length" => Test::MaxLength { minutes },
        "min_length" => Test::MinLength { minutes },
        "opening_hours" => Test::OpeningHours {
            from: read(fields, "from", &mut faults).unwrap_or_default(),
            to: read(fields, "to", &mut faults).unwrap_or_default(),
        },
        "quota" => Test::Quota { meetings: amount },
        "min_occupancy" => Test::MinOccupancy { percent: amount },
        "step" => Test::Step { minutes: amount },
        _ if effect == Effect::Deny => Test::Never,
        _ => Test::Always,
    };
    let mut weekdays: Vec<u32> = fields.all("weekday").filter_map(|n| n.parse().ok()).collect();
    weekdays.sort_unstable();
    let mut day = |name: &str| fields.some(name).and_then(|_| read(fields, name, &mut faults));
    let window = Window { weekdays, from: day("first"), to: day("last") };
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    let scope = scope_of(fields.get("place"), fields.some("role").and_then(|role| Role::from_str(role).ok()));
    let note = fields.some("note").map(str::to_owned);
    Ok(Policy { id: id.to_owned(), scope, effect, window, note, test })
}

/// A day or a time of day as browsers send them.
pub(super) fn read<T: FromStr>(fields: &Fields, name: &str, faults: &mut Vec<Fault>) -> Option<T> {
    let value = fields.get(name).parse().ok();
    if value.is_none() {
        faults.push(Fault::new(name, Said::new("rules.unreadable")));
    }
    value
}

/// `POST /manage/rules/new`.
pub(super) async fn add(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    must(&insider)?;
    let kind = fields.get("kind").to_owned();
    let outcome = match policy_of(&fields, &slug_of(fields.get("id")), &kind) {
        Ok(policy) => insider.write(move |tx, caller| add_policy(tx, caller, &policy)).await,
        Err(refusal) => Err(refusal),
    };
    let model = begun(&kind).ok_or_else(|| insider.oops(Refusal::unknown("policy", &kind)))?;
    answer(&app, &insider, &model, false, &fields, outcome)
}

/// `POST /manage/rules/change`.
pub(super) async fn change(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    must(&insider)?;
    let directory = app.store.directory();
    let before = known(&insider, &directory, fields.get("rule"))?.clone();
    let outcome = match policy_of(&fields, &before.id, kind_of(&before.test)) {
        Ok(policy) => insider.write(move |tx, caller| change_policy(tx, caller, &policy)).await,
        Err(refusal) => Err(refusal),
    };
    answer(&app, &insider, &before, true, &fields, outcome)
}

fn answer(
    app: &App,
    insider: &Insider,
    model: &Policy,
    exists: bool,
    fields: &Fields,
    outcome: Result<(), Refusal>,
) -> Result<Response, Oops> {
    match outcome {
        Ok(()) => Ok(Redirect::to("/manage/rules?done=saved").into_response()),
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        Err(refusal) => Ok(show(insider, &app.store.directory(), model, exists, fields, Some(&refusal))),
    }
}
