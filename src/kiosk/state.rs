//! Which state a room is in, and which meeting that is about.

use chrono::{DateTime, TimeDelta, Utc};

use crate::wire::{Board, BoardMeeting, Status};

/// How long after its end a meeting is still mentioned.
const AFTERWORD: TimeDelta = TimeDelta::minutes(5);

/// What the big word on the door says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum State {
    /// Nobody has the room.
    Free,
    /// A meeting starts soon: one can check in.
    Soon,
    /// A meeting has started and nobody came: the room will be given free.
    CheckIn,
    /// Somebody has the room.
    Busy,
    /// Nobody came; the room is free, and they may still take it back.
    Released,
    /// Kept for somebody, but not theirs yet.
    Held,
    /// A closed session.
    Closed,
    /// Free, because a meeting has just ended.
    Ended,
    /// No plan of this day is known here.
    #[default]
    Unknown,
}

/// Where the day stands at one moment.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// The state of the room.
    pub state: State,
    /// The meeting the state is about.
    pub meeting: Option<&'a BoardMeeting>,
    /// The next meeting that will need the room.
    pub next: Option<&'a BoardMeeting>,
    /// Until when the state holds.
    pub until: Option<DateTime<Utc>>,
    /// Minutes until the room is given free, rounded up.
    pub minutes_left: i32,
}

/// Where the day of `board` stands at `now`.
#[must_use]
pub fn standing(board: &Board, now: DateTime<Utc>) -> Standing<'_> {
    let next = board.meetings.iter().find(|meeting| takes_room(meeting) && meeting.start > now);
    let current = board
        .meetings
        .iter()
        .find(|meeting| takes_room(meeting) && meeting.start <= now && now < meeting.end);
    if let Some(meeting) = current {
        return running(meeting, next, now);
    }
    let about = |state, meeting, until| Standing { state, meeting, next, until, minutes_left: 0 };
    if let Some(meeting) = board.meetings.iter().rev().find(|meeting| can_be_undone(meeting, now)) {
        return about(State::Released, Some(meeting), meeting.undo_until);
    }
    if let Some(meeting) = next.filter(|next| awaited(next, now)) {
        let after = board.meetings.iter().find(|other| takes_room(other) && other.start >= meeting.end);
        return Standing { next: after, ..about(State::Soon, Some(meeting), Some(meeting.start)) };
    }
    let state = if board.meetings.iter().any(|meeting| just_ended(meeting, now)) {
        State::Ended
    } else {
        State::Free
    };
    about(state, None, next.map(|next| next.start))
}

fn running<'a>(
    meeting: &'a BoardMeeting,
    next: Option<&'a BoardMeeting>,
    now: DateTime<Utc>,
) -> Standing<'a> {
    let mut minutes_left = 0;
    let state = match (meeting.status, meeting.release_at) {
        _ if meeting.closed => State::Closed,
        (Status::Held, _) => State::Held,
        (Status::Planned, Some(release_at)) => {
            let seconds = release_at.signed_duration_since(now).num_seconds().max(0);
            minutes_left = i32::try_from((seconds + 59) / 60).unwrap_or(i32::MAX);
            State::CheckIn
        }
        _ => State::Busy,
    };
    Standing { state, meeting: Some(meeting), next, until: Some(meeting.end), minutes_left }
}

/// The meeting has, or will have, the room.
pub(super) fn takes_room(meeting: &BoardMeeting) -> bool {
    matches!(meeting.status, Status::Held | Status::Planned | Status::CheckedIn)
}

fn can_be_undone(meeting: &BoardMeeting, now: DateTime<Utc>) -> bool {
    meeting.status == Status::Released && meeting.undo_until.is_some_and(|until| now < until)
}

/// People may come in already.
fn awaited(meeting: &BoardMeeting, now: DateTime<Utc>) -> bool {
    meeting.check_in_from <= now && matches!(meeting.status, Status::Planned | Status::CheckedIn)
}

fn just_ended(meeting: &BoardMeeting, now: DateTime<Utc>) -> bool {
    let early = meeting.status == Status::Ended && meeting.start <= now && now < meeting.end;
    let since = now.signed_duration_since(meeting.end);
    let in_time = matches!(meeting.status, Status::Ended | Status::CheckedIn)
        && since >= TimeDelta::zero()
        && since < AFTERWORD;
    early || in_time
}
