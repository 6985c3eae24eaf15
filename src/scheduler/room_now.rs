//! What goes on in a room at an instant, read from its day: free, taken, about to begin, and until when.

use chrono::{DateTime, Utc};

use super::room_days::{DayEntry, RoomDay};
use crate::booking::CheckInRule;
use crate::town::Room;
use crate::wire::Status;

/// What goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Nobody has it.
    Free,
    /// Somebody has it.
    Busy,
    /// It begins, or has just begun, and nobody has checked in yet.
    Begins,
    /// A closed session.
    Closed,
}

/// What goes on in a room.
#[derive(Clone, Copy, Debug)]
pub struct RoomNow<'a> {
    /// What goes on.
    pub happening: Happening,
    /// Until when; while it begins, the start. None if free for the rest of the day.
    pub until: Option<DateTime<Utc>>,
    /// What is on now.
    pub current: Option<&'a DayEntry>,
    /// What comes next today.
    pub next: Option<&'a DayEntry>,
}

/// What goes on in `room` at `now`, given its day.
#[must_use]
pub fn room_now<'a>(room: &Room, day: &'a RoomDay, rule: CheckInRule, now: DateTime<Utc>) -> RoomNow<'a> {
    let open = || day.meetings.iter().filter(|entry| entry.status != Status::Ended && entry.end > now);
    let running = || open().filter(|entry| entry.start <= now);
    let current = running().find(|entry| entry.closed).or_else(|| running().next());
    let next = open().find(|entry| entry.start > now);
    let awaited = |entry: &&DayEntry| room.check_in && entry.status == Status::Planned && !entry.closed;
    let Some(on) = current else {
        let begins = next.filter(|entry| entry.start - rule.before <= now).filter(awaited);
        let happening = if begins.is_some() { Happening::Begins } else { Happening::Free };
        return RoomNow { happening, until: next.map(|entry| entry.start), current, next };
    };
    if current.as_ref().is_some_and(awaited) && now < on.start + rule.grace {
        return RoomNow { happening: Happening::Begins, until: Some(on.start), current, next };
    }
    // What follows at once, or lies across it in another part of the hall, keeps it taken.
    let until =
        open().fold(on.end, |until, entry| if entry.start <= until { until.max(entry.end) } else { until });
    let happening = if on.closed { Happening::Closed } else { Happening::Busy };
    RoomNow { happening, until: Some(until), current, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{RoomId, SiteId};
    use crate::town::{Kit, ResourceId};
    use chrono::TimeDelta;
    use uuid::Uuid;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap()
    }

    fn entry(from: i64, to: i64, status: Status, closed: bool) -> DayEntry {
        DayEntry {
            meeting: String::new(),
            occurrence: String::new(),
            start: at(from),
            end: at(to),
            local_start: String::new(),
            local_end: String::new(),
            title: None,
            organiser: None,
            status,
            rooms: Vec::new(),
            closed,
            mode: None,
            answer: None,
            join: None,
        }
    }

    fn room(check_in: bool) -> Room {
        Room {
            id: RoomId(Uuid::nil()),
            slug: "r".into(),
            name: "R".into(),
            site: SiteId(Uuid::nil()),
            floor: String::new(),
            capacity: 1,
            kit: Kit::default(),
            cells: vec![ResourceId(1)],
            setup_min: 0,
            cleanup_min: 0,
            group: None,
            check_in,
            active: true,
        }
    }

    #[test]
    fn what_goes_on_is_said_with_its_end() {
        use Happening::{Begins, Busy, Closed, Free};
        use Status::{CheckedIn, Ended, Planned};
        let minutes = TimeDelta::minutes;
        let rule = CheckInRule { before: minutes(15), grace: minutes(10), undo: minutes(10) };
        for (entries, check_in, now, happening, until) in [
            (vec![], true, 0, Free, None),
            (vec![entry(60, 90, Planned, false)], true, 0, Free, Some(60)),
            (vec![entry(60, 90, Planned, false)], true, 50, Begins, Some(60)),
            (vec![entry(60, 90, Planned, false)], false, 50, Free, Some(60)),
            (vec![entry(60, 90, Planned, false)], true, 65, Begins, Some(60)),
            (vec![entry(60, 90, Planned, false)], true, 70, Busy, Some(90)),
            (vec![entry(60, 90, CheckedIn, false)], true, 61, Busy, Some(90)),
            (vec![entry(60, 90, Ended, false)], true, 61, Free, None),
            (vec![entry(0, 30, CheckedIn, false), entry(30, 60, Planned, false)], true, 5, Busy, Some(60)),
            (vec![entry(0, 30, CheckedIn, false), entry(31, 60, Planned, false)], true, 5, Busy, Some(30)),
            (vec![entry(0, 30, Planned, true)], true, 5, Closed, Some(30)),
        ] {
            let day = RoomDay {
                room: String::new(),
                name: String::new(),
                day: at(0).date_naive(),
                meetings: entries.clone(),
            };
            let seen = room_now(&room(check_in), &day, rule, at(now));
            assert_eq!((seen.happening, seen.until), (happening, until.map(at)), "{now}: {entries:?}");
        }
    }
}
