//! When the rules of the house let a room be used: the deny rules turned from a verdict on one request into the
//! stretches of a day in which none objects.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::Heads;
use super::policy::{covers, off_step};
use crate::time::{Interval, Zone};
use crate::town::{Effect, Policy, Role, Room, Test};

/// What is asked of a room, its time left open.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The room.
    pub room: &'a Room,
    /// In what capacity it would be booked.
    pub role: Role,
    /// Who takes part.
    pub heads: Heads,
    /// How long.
    pub length: TimeDelta,
    /// The moment of asking.
    pub now: DateTime<Utc>,
    /// The zone of the house, in whose days rules are written.
    pub zone: Zone,
}

/// The stretches of a local day within one of which a meeting meets no deny rule. Quotas are not asked: they
/// are about who books, not about when. Hours that open or close while the clock changes are taken as the clock
/// then shows them, which may be off by the change.
#[must_use]
pub fn open_on(policies: &[Policy], ask: &Ask<'_>, day: NaiveDate) -> Vec<Interval> {
    let rules = || {
        policies
            .iter()
            .filter(|policy| policy.effect == Effect::Deny && covers(policy, ask.room, ask.role, day))
    };
    let Some(open) =
        rules().try_fold(ask.zone.day(day), |open, policy| narrowed(open, &policy.test, ask, day))
    else {
        return Vec::new();
    };
    let steps: Vec<u32> = rules()
        .filter_map(|policy| match policy.test {
            Test::Step { minutes } => Some(minutes),
            _ => None,
        })
        .collect();
    if steps.is_empty() { vec![open] } else { on_steps(open, &steps, ask) }
}

/// What is left of a day when a rule has had its say; nothing if it objects whatever the hour.
fn narrowed(open: Interval, test: &Test, ask: &Ask<'_>, day: NaiveDate) -> Option<Interval> {
    let always = |objects: bool| (!objects).then_some(open);
    match *test {
        Test::MinLead { minutes } => {
            Interval::new(open.start.max(ask.now.checked_add_signed(span(minutes, 60)?)?), open.end)
        }
        Test::MaxLead { days } => {
            let last = ask.now.checked_add_signed(span(days, 86_400)?)?;
            Interval::new(open.start, open.end.min(last + ask.length))
        }
        Test::MinLength { minutes } => always(ask.length < span(minutes, 60)?),
        Test::MaxLength { minutes } => always(ask.length > span(minutes, 60)?),
        Test::OpeningHours { from, to } => {
            let end = if to == NaiveTime::MIN { day.succ_opt()? } else { day };
            let start = ask.zone.resolve(day.and_time(from)).instant;
            Interval::new(open.start.max(start), open.end.min(ask.zone.resolve(end.and_time(to)).instant))
        }
        Test::MinOccupancy { percent } => {
            let present = u64::from(ask.heads.in_room) + u64::from(ask.heads.undecided);
            always(present * 100 < u64::from(ask.room.capacity) * u64::from(percent))
        }
        Test::Never | Test::Always => None,
        Test::Step { .. } | Test::Quota { .. } => Some(open),
    }
}

fn span(count: i64, seconds: i64) -> Option<TimeDelta> {
    TimeDelta::try_seconds(count.checked_mul(seconds)?)
}

/// The single meetings in a stretch that start and end on all the steps.
fn on_steps(open: Interval, steps: &[u32], ask: &Ask<'_>) -> Vec<Interval> {
    let quarter = TimeDelta::minutes(15);
    let meets = |time: &Interval| {
        let (start, end) = (ask.zone.wall(time.start), ask.zone.wall(time.end));
        steps.iter().all(|step| !off_step(start, *step) && !off_step(end, *step))
    };
    std::iter::successors(Some(open.start), |at| Some(*at + quarter))
        .map(|start| Interval { start, end: start + ask.length })
        .take_while(|time| time.end <= open.end)
        .filter(meets)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::{Facts, evaluate};
    use crate::ids::{RoomId, SiteId};
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
            group: None,
            check_in: false,
            active: true,
        }
    }

    fn deny(test: Test, window: Window) -> Policy {
        Policy { id: "r".into(), scope: Scope::default(), effect: Effect::Deny, window, note: None, test }
    }

    /// Every quarter of a day on which the clock changes, asked both ways.
    #[test]
    fn the_open_stretches_are_those_of_which_no_rule_objects() {
        let clock = |text: &str| text.parse::<NaiveTime>().unwrap();
        let hours = |from, to| Test::OpeningHours { from: clock(from), to: clock(to) };
        let sundays = Window { weekdays: vec![7], ..Window::default() };
        let mondays = Window { weekdays: vec![1], ..Window::default() };
        let day: NaiveDate = "2027-03-28".parse().unwrap();
        let room = room();
        for (length, rules) in [
            (60, vec![hours("08:00", "18:00")]),
            (60, vec![hours("01:00", "05:00"), hours("03:00", "12:00")]),
            (60, vec![hours("18:00", "00:00")]),
            (60, vec![Test::MinLead { minutes: 600 }, Test::MaxLead { days: 1 }]),
            (60, vec![Test::Step { minutes: 30 }, hours("08:00", "18:00")]),
            (45, vec![Test::Step { minutes: 30 }]),
            (60, vec![Test::MinLength { minutes: 60 }, Test::MaxLength { minutes: 60 }]),
            (60, vec![Test::MinLength { minutes: 61 }]),
            (60, vec![Test::MinOccupancy { percent: 10 }]),
            (60, vec![Test::MinOccupancy { percent: 11 }]),
            (60, vec![Test::Never]),
        ] {
            for window in [&Window::default(), &sundays, &mondays] {
                let policies: Vec<Policy> =
                    rules.iter().map(|test| deny(test.clone(), window.clone())).collect();
                let ask = Ask {
                    room: &room,
                    role: Role::Staff,
                    heads: Heads { in_room: 4, ..Heads::default() },
                    length: TimeDelta::minutes(length),
                    now: "2027-03-27T20:00:00Z".parse().unwrap(),
                    zone: Zone::BRUSSELS,
                };
                let open = open_on(&policies, &ask, day);
                let whole = ask.zone.day(day);
                let mut start = whole.start;
                while start + ask.length <= whole.end {
                    let time = Interval { start, end: start + ask.length };
                    let facts = Facts {
                        now: ask.now,
                        role: ask.role,
                        time,
                        start: ask.zone.wall(time.start),
                        end: ask.zone.wall(time.end),
                        room: &room,
                        heads: ask.heads,
                        future_meetings: 0,
                    };
                    let fits = open.iter().any(|open| open.start <= time.start && time.end <= open.end);
                    assert_eq!(fits, evaluate(&policies, &facts).is_empty(), "{rules:?} {start}");
                    start += TimeDelta::minutes(15);
                }
            }
        }
    }
}
