//! What a board will look like once the server has taken a command: shown at once, replaced by the answer.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::ids::{MeetingId, OccurrenceId};
use crate::wire::{Board, BoardMeeting, Command, Status};

/// Applies `command`, made at `made_at`, as the server probably will.
pub fn expect(board: &mut Board, command: &Command, made_at: DateTime<Utc>) {
    match command {
        Command::CheckIn { occurrence, .. } => {
            change(board, *occurrence, |meeting| meeting.status = Status::CheckedIn);
        }
        Command::Extend { occurrence, minutes } => change(board, *occurrence, |meeting| {
            meeting.end = later(meeting.end, *minutes);
        }),
        Command::End { occurrence } => {
            change(board, *occurrence, |meeting| meeting.status = Status::Ended);
        }
        Command::UndoRelease { occurrence } => change(board, *occurrence, |meeting| {
            (meeting.status, meeting.undo_until) = (Status::CheckedIn, None);
        }),
        Command::BookNow { minutes } => {
            board.meetings.push(booked(made_at, later(made_at, *minutes)));
            board.meetings.sort_by_key(|meeting| meeting.start);
        }
    }
}

fn change(board: &mut Board, occurrence: OccurrenceId, change: impl Fn(&mut BoardMeeting)) {
    board.meetings.iter_mut().filter(|meeting| meeting.occurrence == occurrence).for_each(change);
}

fn later(instant: DateTime<Utc>, minutes: u32) -> DateTime<Utc> {
    instant.checked_add_signed(TimeDelta::minutes(minutes.into())).unwrap_or(instant)
}

/// A booking the server has not named yet.
fn booked(start: DateTime<Utc>, end: DateTime<Utc>) -> BoardMeeting {
    BoardMeeting {
        meeting: MeetingId(Uuid::nil()),
        occurrence: OccurrenceId(Uuid::nil()),
        start,
        end,
        title: Some(String::new()),
        organiser: None,
        status: Status::CheckedIn,
        council: false,
        closed: false,
        check_in_from: start,
        release_at: None,
        undo_until: None,
        expected_in_room: 0,
        in_room: 0,
        remote: Vec::new(),
        // Not before the server has given it an id that an end could name.
        ad_hoc: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kiosk::sample;
    use crate::kiosk::state::{State, standing};

    #[test]
    fn each_tap_is_seen_at_once() {
        let (board, now) = sample::scene("check-in");
        let occurrence = board.meetings[1].occurrence;
        let state_after = |mut board: Board, command: &Command, now| {
            expect(&mut board, command, now);
            let at = standing(&board, now);
            (at.state, at.until)
        };
        let check_in = Command::CheckIn { occurrence, made_at: now };
        let end = board.meetings[1].end;
        assert_eq!(state_after(board.clone(), &check_in, now), (State::Busy, Some(end)));
        let (busy, now) = sample::scene("ad-hoc");
        let longer = Command::Extend { occurrence, minutes: 30 };
        let end = busy.meetings[1].end + TimeDelta::minutes(30);
        assert_eq!(state_after(busy.clone(), &longer, now), (State::Busy, Some(end)));
        assert_eq!(state_after(busy, &Command::End { occurrence }, now).0, State::Ended);
        let (released, now) = sample::scene("released");
        assert_eq!(state_after(released, &Command::UndoRelease { occurrence }, now).0, State::Busy);
        let (free, now) = sample::scene("free-rest");
        let until = now + TimeDelta::minutes(30);
        let book = Command::BookNow { minutes: 30 };
        assert_eq!(state_after(free, &book, now), (State::Busy, Some(until)));
    }
}
