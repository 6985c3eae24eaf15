//! What the rules of the house say of a request: a list of reasons, never a bare no.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Heads;
use crate::texts::Said;
use crate::time::Interval;
use crate::town::{Effect, Policy, Role, Room, Test};

/// Why a rule objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule's id.
    pub rule: String,
    /// What it does.
    pub effect: Effect,
    /// What is wrong and what to change.
    pub said: Said,
}

impl Reason {
    /// A refusal by a rule of the house.
    #[must_use]
    pub fn deny(rule: &str, said: Said) -> Self {
        Self { rule: rule.to_owned(), effect: Effect::Deny, said }
    }
}

/// What a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The moment of booking.
    pub now: DateTime<Utc>,
    /// In what capacity it is booked.
    pub role: Role,
    /// The visible time.
    pub time: Interval,
    /// Local start.
    pub start: NaiveDateTime,
    /// Local end.
    pub end: NaiveDateTime,
    /// The room.
    pub room: &'a Room,
    /// Who takes part.
    pub heads: Heads,
    /// Meetings that the organiser has in the future, this one not counted.
    pub future_meetings: u32,
}

/// The reasons of all rules that object to one date in one room, in the order of the rules.
#[must_use]
pub fn evaluate(policies: &[Policy], facts: &Facts<'_>) -> Vec<Reason> {
    policies
        .iter()
        .filter(|policy| applies(policy, facts))
        .filter_map(|policy| {
            let said = because(policy, facts, objection(&policy.test, facts)?);
            Some(Reason { rule: policy.id.clone(), effect: policy.effect, said })
        })
        .collect()
}

fn applies(policy: &Policy, facts: &Facts<'_>) -> bool {
    covers(policy, facts.room, facts.role, facts.start.date())
}

/// Whether a rule has a say about a room, a role and a local day.
pub(super) fn covers(policy: &Policy, room: &Room, role: Role, day: NaiveDate) -> bool {
    let scope = &policy.scope;
    let window = &policy.window;
    scope.holds(room)
        && scope.role.is_none_or(|other| other == role)
        && (window.weekdays.is_empty() || window.weekdays.contains(&day.weekday().number_from_monday()))
        && window.spans(day)
}

/// A closure says why, if somebody wrote it down. What is noted with other rules is for those who look after them.
fn because(policy: &Policy, facts: &Facts<'_>, said: Said) -> Said {
    if !policy.is_closure() {
        return said;
    }
    match (&policy.test, &policy.note) {
        (Test::Never, Some(why)) => {
            Said::new("policy.closed").with("room", &facts.room.name).with("why", why)
        }
        (Test::OpeningHours { from, to }, Some(why)) => Said::new("policy.opening_because")
            .with("room", &facts.room.name)
            .with("from", from.format("%H:%M"))
            .with("to", to.format("%H:%M"))
            .with("why", why),
        _ => said,
    }
}

fn objection(test: &Test, facts: &Facts<'_>) -> Option<Said> {
    let lead = facts.time.start - facts.now;
    let length = facts.time.length();
    let room = &facts.room.name;
    match *test {
        Test::MinLead { minutes } => (lead < TimeDelta::minutes(minutes))
            .then(|| Said::new("policy.min_lead").with("room", room).with("minutes", minutes)),
        Test::MaxLead { days } => (lead > TimeDelta::days(days))
            .then(|| Said::new("policy.max_lead").with("room", room).with("days", days)),
        Test::MinLength { minutes } => (length < TimeDelta::minutes(minutes))
            .then(|| Said::new("policy.min_length").with("room", room).with("minutes", minutes)),
        Test::MaxLength { minutes } => (length > TimeDelta::minutes(minutes))
            .then(|| Said::new("policy.max_length").with("room", room).with("minutes", minutes)),
        Test::Step { minutes } => (off_step(facts.start, minutes) || off_step(facts.end, minutes))
            .then(|| Said::new("policy.step").with("room", room).with("minutes", minutes)),
        Test::OpeningHours { from, to } => outside(facts, from, to).then(|| {
            Said::new("policy.opening_hours")
                .with("room", room)
                .with("from", from.format("%H:%M"))
                .with("to", to.format("%H:%M"))
        }),
        Test::Quota { meetings } => {
            (facts.future_meetings >= meetings).then(|| Said::new("policy.quota").with("meetings", meetings))
        }
        Test::MinOccupancy { percent } => {
            let present = u64::from(facts.heads.in_room) + u64::from(facts.heads.undecided);
            (present * 100 < u64::from(facts.room.capacity) * u64::from(percent)).then(|| {
                Said::new("policy.min_occupancy").with("room", room).with("capacity", facts.room.capacity)
            })
        }
        Test::Never => Some(Said::new("policy.never").with("room", room)),
        Test::Always => Some(Said::new("policy.always").with("room", room)),
    }
}

pub(super) fn off_step(wall: NaiveDateTime, minutes: u32) -> bool {
    use chrono::Timelike;
    minutes > 0 && (!wall.minute().is_multiple_of(minutes) || wall.second() != 0)
}

fn outside(facts: &Facts<'_>, from: NaiveTime, to: NaiveTime) -> bool {
    // A meeting that ends at midnight ends on the day it began.
    let ends_at_midnight = facts.end.time() == NaiveTime::MIN
        && facts.end.date() == facts.start.date() + TimeDelta::days(1)
        && to == NaiveTime::MIN;
    let same_day = facts.start.date() == facts.end.date();
    facts.start.time() < from
        || !(ends_at_midnight || same_day && (to == NaiveTime::MIN || facts.end.time() <= to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{RoomId, SiteId};
    use crate::time::Zone;
    use crate::town::{Kit, ResourceId, Scope, Window};
    use uuid::Uuid;

    fn room() -> Room {
        Room {
            id: RoomId(Uuid::nil()),
            slug: "raadzaal".into(),
            name: "Raadzaal".into(),
            site: SiteId(Uuid::nil()),
            floor: "1".into(),
            capacity: 40,
            kit: Kit::default(),
            cells: vec![ResourceId(1)],
            setup_min: 0,
            cleanup_min: 0,
            group: Some("ceremonial".into()),
            check_in: true,
            active: true,
        }
    }

    fn wall(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    fn objects(policy: Policy, role: Role, start: &str, end: &str) -> bool {
        let room = room();
        let (start, end) = (wall(start), wall(end));
        let time = Interval::new(Zone::BRUSSELS.resolve(start).instant, Zone::BRUSSELS.resolve(end).instant)
            .unwrap();
        let now = Zone::BRUSSELS.resolve(wall("2027-01-18T09:00")).instant;
        let heads = Heads { in_room: 4, remote: 0, undecided: 0 };
        let facts = Facts { now, role, time, start, end, room: &room, heads, future_meetings: 3 };
        !evaluate(&[policy], &facts).is_empty()
    }

    fn policy(test: Test) -> Policy {
        Policy {
            id: "r".into(),
            scope: Scope::default(),
            effect: Effect::Deny,
            window: Window::default(),
            note: None,
            test,
        }
    }

    #[test]
    fn each_test_at_its_border() {
        let hours = |from: &str, to: &str| Test::OpeningHours {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        };
        for (test, start, end, refused) in [
            (Test::MinLead { minutes: 60 }, "2027-01-18T10:00", "2027-01-18T11:00", false),
            (Test::MinLead { minutes: 61 }, "2027-01-18T10:00", "2027-01-18T11:00", true),
            (Test::MaxLead { days: 1 }, "2027-01-19T09:00", "2027-01-19T10:00", false),
            (Test::MaxLead { days: 1 }, "2027-01-19T09:01", "2027-01-19T10:00", true),
            (Test::MinLength { minutes: 30 }, "2027-01-19T09:00", "2027-01-19T09:30", false),
            (Test::MinLength { minutes: 31 }, "2027-01-19T09:00", "2027-01-19T09:30", true),
            (Test::MaxLength { minutes: 30 }, "2027-01-19T09:00", "2027-01-19T09:30", false),
            (Test::MaxLength { minutes: 29 }, "2027-01-19T09:00", "2027-01-19T09:30", true),
            // The autumn night: 01:30 to 03:30 on the wall lasts three hours.
            (Test::MaxLength { minutes: 120 }, "2027-10-31T01:30", "2027-10-31T03:30", true),
            (Test::Step { minutes: 15 }, "2027-01-19T09:15", "2027-01-19T09:45", false),
            (Test::Step { minutes: 15 }, "2027-01-19T09:10", "2027-01-19T09:45", true),
            (hours("07:00", "22:00"), "2027-01-19T07:00", "2027-01-19T22:00", false),
            (hours("07:00", "22:00"), "2027-01-19T06:59", "2027-01-19T08:00", true),
            (hours("07:00", "22:00"), "2027-01-19T21:00", "2027-01-19T22:01", true),
            (hours("07:00", "22:00"), "2027-01-19T21:00", "2027-01-20T08:00", true),
            (hours("07:00", "00:00"), "2027-01-19T21:00", "2027-01-20T00:00", false),
            (hours("07:00", "00:00"), "2027-01-19T21:00", "2027-01-19T22:00", false),
            (hours("07:00", "00:00"), "2027-01-19T06:00", "2027-01-19T08:00", true),
            (Test::Quota { meetings: 4 }, "2027-01-19T09:00", "2027-01-19T10:00", false),
            (Test::Quota { meetings: 3 }, "2027-01-19T09:00", "2027-01-19T10:00", true),
            (Test::MinOccupancy { percent: 10 }, "2027-01-19T09:00", "2027-01-19T10:00", false),
            (Test::MinOccupancy { percent: 11 }, "2027-01-19T09:00", "2027-01-19T10:00", true),
            (Test::Never, "2027-01-19T09:00", "2027-01-19T10:00", true),
        ] {
            assert_eq!(
                objects(policy(test.clone()), Role::Staff, start, end),
                refused,
                "{test:?} {start} {end}"
            );
        }
    }

    #[test]
    fn scope_and_window_decide_whether_a_rule_applies() {
        let with = |scope, window| Policy { scope, window, ..policy(Test::Never) };
        let scope = |room: Option<&str>, group: Option<&str>, role| Scope {
            room: room.map(Into::into),
            group: group.map(Into::into),
            role,
        };
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        let tuesdays = Window { weekdays: vec![2], ..Window::default() };
        let april = Window { from: day("2027-04-01"), to: day("2027-04-30"), ..Window::default() };
        for (policy, applies) in [
            (with(scope(Some("raadzaal"), None, None), Window::default()), true),
            (with(scope(Some("trouwzaal"), None, None), Window::default()), false),
            (with(scope(None, Some("ceremonial"), None), Window::default()), true),
            (with(scope(None, Some("ordinary"), None), Window::default()), false),
            (with(scope(None, None, Some(Role::Staff)), Window::default()), true),
            (with(scope(None, None, Some(Role::Clerk)), Window::default()), false),
            (with(Scope::default(), tuesdays), true),
            (with(Scope::default(), april), false),
        ] {
            let said = format!("{policy:?}");
            assert_eq!(
                objects(policy, Role::Staff, "2027-01-19T09:00", "2027-01-19T10:00"),
                applies,
                "{said}"
            );
        }
    }

    #[test]
    fn policies_read_from_toml_and_json_alike() {
        let json = r#"{"id":"avond","scope":{"group":"ceremonial"},"effect":"needs_approval",
            "window":{"weekdays":[6,7]},"test":"opening_hours","from":"09:00:00","to":"17:00:00"}"#;
        let read: Policy = serde_json::from_str(json).unwrap();
        assert_eq!(read.effect, Effect::NeedsApproval);
        let again: Policy = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(again, read);
    }
}
