//! When the house, a group of rooms or a room is open: hours for each weekday, and days on which it is closed or
//! open for other hours. Kept as rules, so that booking asks them and nothing else.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde_json::json;

use super::create_meeting::clip;
use super::manage_policy::{add_policy, must_rule, put_policy};
use super::manage_town::note;
use super::{Caller, DateAhead, dates_ahead, drop_policy};
use crate::booking::{Ask, Facts, Heads, Refusal, evaluate, open_on};
use crate::ids::RoomId;
use crate::store::{Tx, View};
use crate::texts::Said;
use crate::time::Interval;
use crate::town::{Action, Directory, Effect, Policy, Role, Room, Scope, Test, Window, slug_of};

/// How far ahead dates are looked at when a closure has no end.
const AHEAD_DAYS: i64 = 1_100;

/// A weekday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hours {
    /// No rule says anything about it.
    #[default]
    Any,
    /// Nothing can be booked.
    Closed,
    /// Open from and to; midnight as an end is that of the day's end.
    Open(NaiveTime, NaiveTime),
}

/// Whether a rule is one of the opening hours of just this place: for everybody, each week.
fn is_opening(policy: &Policy, scope: &Scope) -> bool {
    let weekly = policy.window.from.is_none() && policy.window.to.is_none();
    let about_time = match policy.test {
        Test::OpeningHours { .. } => true,
        Test::Never => !policy.window.weekdays.is_empty(),
        _ => false,
    };
    policy.scope == *scope && policy.effect == Effect::Deny && weekly && about_time
}

/// The hours of a place, Monday first, as its own rules say.
#[must_use]
pub fn hours_of(policies: &[Policy], scope: &Scope) -> [Hours; 7] {
    let mut week = [Hours::Any; 7];
    for policy in policies.iter().filter(|policy| is_opening(policy, scope)) {
        for (number, hours) in (1_u32..).zip(&mut week) {
            if policy.window.weekdays.is_empty() || policy.window.weekdays.contains(&number) {
                *hours = both(*hours, &policy.test);
            }
        }
    }
    week
}

/// When a room is open on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// In this stretch.
    During(Interval),
    /// Not at all, and why if somebody wrote it down.
    Closed(Option<String>),
}

/// When a room is open on a day for a role, by the rules that are about time alone.
#[must_use]
pub fn open_time(directory: &Directory, room: &Room, role: Role, day: NaiveDate) -> Open {
    // Closures of years pile up: those of other days are not even copied.
    let counts = |policy: &&Policy| policy.window.spans(day) && policy.test.is_about_opening();
    let rules: Vec<Policy> = directory.policies.iter().filter(counts).cloned().collect();
    let zone = directory.house.zone;
    let whole = zone.day(day);
    let ask =
        Ask { room, role, heads: Heads::default(), length: TimeDelta::minutes(1), now: whole.start, zone };
    if let Some(open) = open_on(&rules, &ask, day).first() {
        return Open::During(*open);
    }
    let alone = |policy: &&Policy| open_on(std::slice::from_ref(policy), &ask, day).is_empty();
    // What is noted with other rules is for those who look after them.
    let why = |policy: &Policy| policy.note.clone().filter(|_| policy.is_closure());
    Open::Closed(rules.iter().filter(alone).find_map(why))
}

/// What is left when two rules speak of the same day.
fn both(hours: Hours, test: &Test) -> Hours {
    let end = |at: NaiveTime| (at == NaiveTime::MIN, at);
    match (hours, test) {
        (Hours::Any, Test::OpeningHours { from, to }) => Hours::Open(*from, *to),
        (Hours::Open(first, last), Test::OpeningHours { from, to }) => {
            Hours::Open(first.max(*from), if end(last) < end(*to) { last } else { *to })
        }
        _ => Hours::Closed,
    }
}

/// Sets the hours of a place, Monday first, in place of those it had.
///
/// # Errors
/// [`Refusal::Forbidden`]; [`Refusal::Invalid`] for a day that closes before it opens.
pub fn set_opening(tx: &Tx<'_>, caller: &Caller, scope: &Scope, week: &[Hours; 7]) -> Result<(), Refusal> {
    must_rule(tx, caller, scope)?;
    let backwards =
        |hours: &Hours| matches!(hours, Hours::Open(from, to) if to <= from && *to != NaiveTime::MIN);
    if let Some(day) = week.iter().position(backwards) {
        return Err(Refusal::invalid(&format!("to{}", day + 1), Said::new("town.rule_hours")));
    }
    let policies = &tx.directory().policies;
    for policy in policies.iter().filter(|policy| is_opening(policy, scope)) {
        tx.drop_policy(&policy.id)?;
    }
    let mut told: Vec<Hours> = vec![Hours::Any];
    for (first, hours) in week.iter().enumerate() {
        if told.contains(hours) {
            continue;
        }
        told.push(*hours);
        let same = (1_u32..).zip(week).filter(|(_, other)| *other == hours).map(|(number, _)| number);
        let test = match *hours {
            Hours::Open(from, to) => Test::OpeningHours { from, to },
            _ => Test::Never,
        };
        let policy = Policy {
            id: free_id(tx, scope, &format!("{}-{}", place_id(scope), first + 1)),
            scope: scope.clone(),
            effect: Effect::Deny,
            window: Window { weekdays: same.collect(), ..Window::default() },
            note: None,
            test,
        };
        // First what is said of all: that a room is closed.
        put_policy(tx, caller, 5, &policy)?;
    }
    note(tx, caller, "opening.set", None, Some(json!({ "place": place_id(scope) })))
}

fn place_id(scope: &Scope) -> String {
    let place = scope.room.as_deref().or(scope.group.as_deref()).map(slug_of);
    let mut id = place.unwrap_or_default();
    id.truncate(60);
    if id.is_empty() { "open".to_owned() } else { format!("open-{id}") }
}

/// An id that no rule of another kind has.
fn free_id(view: &View<'_>, scope: &Scope, wish: &str) -> String {
    let taken = |id: &str| {
        view.directory().policies.iter().any(|policy| policy.id == id && !is_opening(policy, scope))
    };
    let mut id = wish.to_owned();
    while taken(&id) {
        id.push('x');
    }
    id
}

/// Closes a place on some days, or opens it for other hours, and says why. What is booked stays booked.
///
/// # Errors
/// [`Refusal::Forbidden`]; [`Refusal::Invalid`] for days or hours that end before they begin.
pub fn put_closure(
    tx: &Tx<'_>,
    caller: &Caller,
    scope: &Scope,
    days: (NaiveDate, NaiveDate),
    hours: Option<(NaiveTime, NaiveTime)>,
    why: &str,
) -> Result<String, Refusal> {
    let policy = closure(scope, days, hours, why);
    let mut count = 1;
    let mut id = policy.id.clone();
    while tx.directory().policies.iter().any(|other| other.id == id) {
        count += 1;
        id = format!("{}-{count}", policy.id);
    }
    add_policy(tx, caller, &Policy { id: id.clone(), ..policy })?;
    Ok(id)
}

fn closure(
    scope: &Scope,
    (from, to): (NaiveDate, NaiveDate),
    hours: Option<(NaiveTime, NaiveTime)>,
    why: &str,
) -> Policy {
    Policy {
        id: format!("{}-{from}", place_id(scope).replacen("open", "closed", 1)),
        scope: scope.clone(),
        effect: Effect::Deny,
        window: Window { from: Some(from), to: Some(to), weekdays: Vec::new() },
        note: Some(why.trim().to_owned()).filter(|why| !why.is_empty()),
        test: hours.map_or(Test::Never, |(from, to)| Test::OpeningHours { from, to }),
    }
}

/// The dates that lie ahead and that a closure strikes.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who may not close the place.
pub fn struck_by(
    view: &View<'_>,
    caller: &Caller,
    scope: &Scope,
    days: (NaiveDate, NaiveDate),
    hours: Option<(NaiveTime, NaiveTime)>,
) -> Result<Vec<DateAhead>, Refusal> {
    must_rule(view, caller, scope)?;
    let directory = view.directory();
    let zone = directory.house.zone;
    let policy = closure(scope, days, hours, "");
    let inside = |room: &&Room| scope.holds(room);
    let rooms: Vec<RoomId> = directory.rooms.iter().filter(inside).map(|room| room.id).collect();
    let last = view.now() + TimeDelta::days(AHEAD_DAYS);
    let (from, to) = (zone.day(days.0).start, zone.day(days.1).end.min(last));
    let Some(room) = directory.rooms.iter().find(inside) else { return Ok(Vec::new()) };
    let mut ahead = dates_ahead(view, caller, &rooms, from, to)?;
    ahead.retain(|date| {
        let facts = Facts {
            now: view.now(),
            role: Role::Staff,
            time: date.time,
            start: zone.wall(date.time.start),
            end: zone.wall(date.time.end),
            room,
            heads: Heads::default(),
            future_meetings: 0,
        };
        !evaluate(std::slice::from_ref(&policy), &facts).is_empty()
    });
    Ok(ahead)
}

/// Lifts a closure.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no closure with this id.
pub fn lift_closure(tx: &Tx<'_>, caller: &Caller, id: &str) -> Result<(), Refusal> {
    caller.must_somewhere(Action::ManageTown)?;
    let closure = tx.directory().policies.iter().find(|policy| policy.id == id && policy.is_closure());
    if closure.is_none() {
        return Err(Refusal::unknown("policy", clip(id)));
    }
    drop_policy(tx, caller, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rules_about_one_day_leave_what_both_allow() {
        let time = |text: &str| text.parse::<NaiveTime>().unwrap();
        let rule = |from, to| Test::OpeningHours { from: time(from), to: time(to) };
        let open = |from, to| Hours::Open(time(from), time(to));
        for (hours, test, left) in [
            (Hours::Any, rule("08:00", "18:00"), open("08:00", "18:00")),
            (open("07:00", "22:00"), rule("08:00", "00:00"), open("08:00", "22:00")),
            (open("07:00", "00:00"), rule("06:00", "23:00"), open("07:00", "23:00")),
            (open("07:00", "22:00"), Test::Never, Hours::Closed),
            (Hours::Closed, rule("08:00", "18:00"), Hours::Closed),
            (Hours::Any, Test::Never, Hours::Closed),
        ] {
            assert_eq!(both(hours, &test), left, "{hours:?} {test:?}");
        }
    }
}
