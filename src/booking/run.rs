//! The life of one date on its day: check-in, release with undo, extend, end, book now.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Meeting, Occurrence, Run};
use crate::texts::Said;
use crate::time::Interval;
use crate::town::{HouseRules, Room};
use crate::wire::Status;

/// When people may check in, and what happens if nobody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckInRule {
    /// From this long before the start.
    pub before: TimeDelta,
    /// The room is given free this long after the start.
    pub grace: TimeDelta,
    /// A release can be undone for this long.
    pub undo: TimeDelta,
}

impl From<&HouseRules> for CheckInRule {
    fn from(house: &HouseRules) -> Self {
        let minutes = |count: u32| TimeDelta::minutes(i64::from(count));
        Self {
            before: minutes(house.check_in_before_min),
            grace: minutes(house.grace_min),
            undo: minutes(house.undo_min),
        }
    }
}

/// The turning points of one date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timetable {
    /// From when on people may check in.
    pub check_in_from: DateTime<Utc>,
    /// When the room is given free if nobody has checked in by then; none if it never is.
    pub release_at: Option<DateTime<Utc>>,
    /// Until when a release can be undone; none if it was not released.
    pub undo_until: Option<DateTime<Utc>>,
    /// How far it has come at the instant asked about.
    pub status: Status,
}

/// The turning points of `occurrence`, and how far it has come at `now`.
///
/// Sessions of a body are never released: a convened meeting whose members are late is still convened.
/// Only rooms whose door asks for check-in are released, and only as long as nobody has come.
#[must_use]
pub fn timetable(
    rule: CheckInRule,
    meeting: &Meeting,
    occurrence: &Occurrence,
    rooms: &[&Room],
    now: DateTime<Utc>,
) -> Timetable {
    let asks = !rooms.is_empty() && rooms.iter().all(|room| room.check_in);
    let releasable = asks
        && !meeting.is_session()
        && !meeting.ad_hoc
        && occurrence.checked_in.is_none()
        && occurrence.run == Run::Planned;
    // A release at or after the end would free nothing.
    let release_at =
        Some(occurrence.time.start + rule.grace).filter(|at| releasable && *at < occurrence.time.end);
    let undo_until = occurrence.released.map(|at| (at + rule.undo).min(occurrence.time.end));
    Timetable {
        check_in_from: occurrence.time.start - rule.before,
        release_at,
        undo_until,
        status: status(meeting, occurrence, now),
    }
}

fn status(meeting: &Meeting, occurrence: &Occurrence, now: DateTime<Utc>) -> Status {
    use super::MeetingStatus;
    match occurrence.run {
        Run::Cancelled | Run::Expired => Status::Cancelled,
        Run::Released => Status::Released,
        Run::Planned if meeting.status == MeetingStatus::Cancelled => Status::Cancelled,
        Run::Planned if occurrence.ended.is_some() || occurrence.time.end <= now => Status::Ended,
        Run::Planned if meeting.status == MeetingStatus::Held => Status::Held,
        Run::Planned if occurrence.checked_in.is_some() => Status::CheckedIn,
        Run::Planned => Status::Planned,
    }
}

impl Timetable {
    /// Whether somebody may check in with a finger that touched the glass at `made_at`.
    pub fn may_check_in(&self, occurrence: &Occurrence, made_at: DateTime<Utc>) -> Result<(), Said> {
        match self.status {
            Status::Cancelled => Err(Said::new("run.cancelled")),
            // A touch made in time that arrives after the release still wins.
            Status::Released if occurrence.released.is_some_and(|at| made_at >= at) => {
                Err(Said::new("run.released"))
            }
            Status::Held => Err(Said::new("run.held")),
            _ if occurrence.ended.is_some() || made_at >= occurrence.time.end => Err(Said::new("run.ended")),
            _ if made_at < self.check_in_from => {
                let minutes = (self.check_in_from - made_at).num_minutes() + 1;
                Err(Said::new("run.too_early").with("minutes", minutes))
            }
            _ => Ok(()),
        }
    }

    /// Whether the date is running at `now`, so that it can be extended or ended.
    pub fn may_run_on(&self, occurrence: &Occurrence, now: DateTime<Utc>) -> Result<(), Said> {
        match self.status {
            Status::Cancelled => Err(Said::new("run.cancelled")),
            Status::Released => Err(Said::new("run.released")),
            Status::Held => Err(Said::new("run.held")),
            Status::Ended => Err(Said::new("run.ended")),
            Status::Planned | Status::CheckedIn if now < self.check_in_from.min(occurrence.time.start) => {
                Err(Said::new("run.not_begun"))
            }
            Status::Planned | Status::CheckedIn => Ok(()),
        }
    }

    /// Whether a release can be undone at `now`.
    pub fn may_undo(&self, now: DateTime<Utc>) -> Result<(), Said> {
        match self.undo_until {
            Some(until) if self.status == Status::Released && now < until => Ok(()),
            Some(_) => Err(Said::new("run.undo_too_late")),
            None => Err(Said::new("run.not_released")),
        }
    }
}

/// The time that "book now" gets: from `now` on, as long as asked but no longer than until the next claim.
pub fn book_now_room(
    now: DateTime<Utc>,
    minutes: u32,
    next: Option<DateTime<Utc>>,
) -> Result<Interval, Said> {
    let wanted = now + TimeDelta::minutes(i64::from(minutes));
    let end = next.map_or(wanted, |next| next.min(wanted));
    if end - now < TimeDelta::minutes(5) {
        return Err(Said::new("run.no_room_now"));
    }
    Ok(Interval { start: now, end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::Privacy;
    use crate::booking::privacy::tests::meeting;
    use crate::ids::{BodyId, MeetingId, OccurrenceId, RoomId, SiteId};
    use crate::town::{Kit, ResourceId};
    use uuid::Uuid;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
    }

    fn occurrence() -> Occurrence {
        Occurrence {
            id: OccurrenceId(Uuid::nil()),
            meeting: MeetingId(Uuid::nil()),
            original: at(0).naive_utc(),
            time: Interval::new(at(0), at(60)).unwrap(),
            run: Run::Planned,
            title: None,
            rooms: None,
            checked_in: None,
            check_ins: 0,
            released: None,
            ended: None,
            cancelled: None,
        }
    }

    fn room(check_in: bool) -> Room {
        Room {
            id: RoomId(Uuid::nil()),
            slug: "zaal".into(),
            name: "Zaal".into(),
            site: SiteId(Uuid::nil()),
            floor: "0".into(),
            capacity: 8,
            kit: Kit::default(),
            cells: vec![ResourceId(1)],
            setup_min: 0,
            cleanup_min: 0,
            group: None,
            check_in,
            active: true,
        }
    }

    fn table(occurrence: &Occurrence, session: bool, check_in: bool, now: i64) -> Timetable {
        let mut meeting = meeting(Privacy::Internal);
        meeting.body = session.then(|| BodyId(Uuid::nil()));
        timetable(
            CheckInRule::from(&HouseRules::default()),
            &meeting,
            occurrence,
            &[&room(check_in)],
            now_at(now),
        )
    }

    fn now_at(minute: i64) -> DateTime<Utc> {
        at(minute)
    }

    #[test]
    fn only_an_unvisited_ordinary_meeting_is_released() {
        let mut visited = occurrence();
        visited.checked_in = Some(at(-2));
        assert_eq!(table(&occurrence(), false, true, 0).release_at, Some(at(10)));
        assert_eq!(table(&occurrence(), true, true, 0).release_at, None, "a session never is");
        assert_eq!(table(&occurrence(), false, false, 0).release_at, None, "the door does not ask");
        assert_eq!(table(&visited, false, true, 0).release_at, None);
    }

    #[test]
    fn the_window_of_check_in() {
        let planned = occurrence();
        let may =
            |made| table(&planned, false, true, made).may_check_in(&planned, at(made)).map_err(|s| s.key);
        assert_eq!(may(-16), Err("run.too_early".into()));
        assert_eq!(may(-15), Ok(()));
        assert_eq!(may(59), Ok(()));
        assert_eq!(may(60), Err("run.ended".into()));
    }

    #[test]
    fn a_touch_made_before_the_release_wins_although_it_arrives_later() {
        let mut released = occurrence();
        released.run = Run::Released;
        released.released = Some(at(10));
        let table = table(&released, false, true, 12);
        assert_eq!(table.may_check_in(&released, at(9)), Ok(()));
        assert_eq!(table.may_check_in(&released, at(10)).map_err(|s| s.key), Err("run.released".into()));
        assert_eq!(table.undo_until, Some(at(20)));
        assert_eq!(table.may_undo(at(19)), Ok(()));
        assert_eq!(table.may_undo(at(20)).map_err(|s| s.key), Err("run.undo_too_late".into()));
    }

    #[test]
    fn book_now_takes_what_is_left_but_not_less_than_five_minutes() {
        let end =
            |next: Option<i64>| book_now_room(at(0), 30, next.map(at)).map(|i| i.end).map_err(|s| s.key);
        assert_eq!(end(None), Ok(at(30)));
        assert_eq!(end(Some(20)), Ok(at(20)));
        assert_eq!(end(Some(4)), Err("run.no_room_now".into()));
    }
}
