//! The dates of a series before they are booked, and what the caller chose for those that do not fit.

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::ids::RoomId;
use crate::time::{Interval, Shift, Zone};

/// One date to be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The wall time that the rule gave it: its RECURRENCE-ID.
    pub original: NaiveDateTime,
    /// The wall time at which it is to be.
    pub start: NaiveDateTime,
    /// The instants.
    pub time: Interval,
    /// Its own rooms, when they differ from the meeting's.
    pub rooms: Option<Vec<RoomId>>,
    /// The wall time did not exist, or twice; the answer says so.
    pub shift: Shift,
}

impl Slot {
    /// The date that begins at wall time `start` and lasts `length`, as it is before any choice.
    #[must_use]
    pub fn new(start: NaiveDateTime, length: TimeDelta, zone: Zone) -> Self {
        let resolved = zone.resolve(start);
        let time = Interval { start: resolved.instant, end: end_of(start, length, zone, resolved.instant) };
        Self { original: start, start, time, rooms: None, shift: resolved.shift }
    }
}

/// The end of a meeting: meetings of a day and longer end by the wall clock (RFC 5545 3.3.6, nominal days),
/// shorter ones after exactly their length.
fn end_of(
    start: NaiveDateTime,
    length: TimeDelta,
    zone: Zone,
    instant: chrono::DateTime<chrono::Utc>,
) -> chrono::DateTime<chrono::Utc> {
    if length.num_seconds() % 86_400 == 0 {
        let end = zone.resolve(start + length).instant;
        if end > instant {
            return end;
        }
    }
    instant + length
}

/// What to do with one date that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The wall time that the rule gave the date.
    pub occurrence: NaiveDateTime,
    /// What to do.
    #[serde(flatten)]
    pub action: ChoiceAction,
}

/// What to do with one date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ChoiceAction {
    /// Leave the date out.
    Skip,
    /// Meet in another room.
    Room {
        /// Slug of the room.
        room: String,
    },
    /// Meet at another time.
    Shift {
        /// Wall start.
        start: NaiveDateTime,
    },
}

/// Applies a choice to a date: none if the date is left out. `room` finds a room by slug.
#[must_use]
pub fn apply_choice(
    slot: Slot,
    action: &ChoiceAction,
    length: TimeDelta,
    zone: Zone,
    room: impl Fn(&str) -> Option<RoomId>,
) -> Option<Slot> {
    match action {
        ChoiceAction::Skip => None,
        ChoiceAction::Room { room: slug } => Some(Slot { rooms: room(slug).map(|id| vec![id]), ..slot }),
        ChoiceAction::Shift { start } => {
            Some(Slot { original: slot.original, rooms: slot.rooms, ..Slot::new(*start, length, zone) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    #[test]
    fn a_meeting_over_the_autumn_night_lasts_as_long_as_said_and_a_day_is_a_day() {
        let night = Slot::new(wall("2027-10-31T01:30"), TimeDelta::hours(2), Zone::BRUSSELS);
        assert_eq!(night.time.length(), TimeDelta::hours(2));
        let day = Slot::new(wall("2027-10-31T00:00"), TimeDelta::days(1), Zone::BRUSSELS);
        assert_eq!(day.time.length(), TimeDelta::hours(25), "a whole local day");
        let spring = Slot::new(wall("2027-03-28T02:30"), TimeDelta::hours(1), Zone::BRUSSELS);
        assert_eq!(spring.shift, Shift::Gap(TimeDelta::hours(1)));
    }

    #[test]
    fn choices() {
        let slot = Slot::new(wall("2027-01-19T09:00"), TimeDelta::hours(1), Zone::BRUSSELS);
        let none = |_: &str| None;
        let apply = |action| apply_choice(slot.clone(), &action, TimeDelta::hours(1), Zone::BRUSSELS, none);
        assert_eq!(apply(ChoiceAction::Skip), None);
        let moved = apply(ChoiceAction::Shift { start: wall("2027-01-19T11:00") }).unwrap();
        assert_eq!((moved.original, moved.start), (wall("2027-01-19T09:00"), wall("2027-01-19T11:00")));
        let read: Choice =
            serde_json::from_str(r#"{"occurrence":"2027-01-19T09:00:00","action":"room","room":"b"}"#)
                .unwrap();
        assert_eq!(read.action, ChoiceAction::Room { room: "b".into() });
    }
}
