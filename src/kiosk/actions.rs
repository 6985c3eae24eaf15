//! What can be tapped, and what the server is asked for when it is.

use chrono::{DateTime, TimeDelta, Utc};

use super::state::{Standing, State, standing};
use crate::wire::{Board, BoardMeeting, Command, Status};

/// No more buttons than a glance can hold.
const ACTIONS_MAX: usize = 3;

/// A button of the room page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it does.
    pub kind: ActionKind,
    /// For how many minutes; 0 where that means nothing.
    pub minutes: u32,
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// We are here.
    CheckIn,
    /// We need more time.
    Extend,
    /// We are done.
    End,
    /// We take the free room.
    Book,
    /// We are here after all.
    Undo,
}

/// The buttons that make sense at `now`. What only the server can grant is not offered while it is away;
/// what merely reports a fact is, and waits in the outbox.
#[must_use]
pub fn actions(board: &Board, at: &Standing<'_>, now: DateTime<Utc>, stale: bool) -> Vec<Action> {
    let plain = |kind| Action { kind, minutes: 0 };
    let mut actions = Vec::new();
    let Some(meeting) = at.meeting else {
        let books = book_lengths(board, at, now, stale);
        return books.take(ACTIONS_MAX).map(|minutes| Action { kind: ActionKind::Book, minutes }).collect();
    };
    match at.state {
        State::Released => actions.push(plain(ActionKind::Undo)),
        State::Soon | State::CheckIn | State::Busy => {
            if meeting.status == Status::Planned && meeting.check_in_from <= now {
                actions.push(plain(ActionKind::CheckIn));
            }
            if at.state == State::Busy && meeting.status == Status::CheckedIn && !meeting.council {
                let lengths = extend_lengths(board, meeting, at, stale).take(ACTIONS_MAX - 1);
                actions.extend(lengths.map(|minutes| Action { kind: ActionKind::Extend, minutes }));
                actions.push(plain(ActionKind::End));
            }
        }
        _ => {}
    }
    actions
}

/// The lengths that "book now" can offer before somebody else needs the room.
pub fn book_lengths<'a>(
    board: &'a Board,
    at: &Standing<'a>,
    now: DateTime<Utc>,
    stale: bool,
) -> impl Iterator<Item = u32> + 'a {
    let open = !stale && matches!(at.state, State::Free | State::Ended);
    let limit = at.next.map_or(board.day_end, |next| next.start);
    board.book_now_min.iter().copied().filter(move |minutes| open && fits(now, *minutes, limit))
}

fn extend_lengths<'a>(
    board: &'a Board,
    meeting: &'a BoardMeeting,
    at: &Standing<'a>,
    stale: bool,
) -> impl Iterator<Item = u32> + 'a {
    let limit = at.next.map_or(board.day_end, |next| next.start);
    board.extend_min.iter().copied().filter(move |minutes| !stale && fits(meeting.end, *minutes, limit))
}

fn fits(from: DateTime<Utc>, minutes: u32, limit: DateTime<Utc>) -> bool {
    minutes > 0 && from.checked_add_signed(TimeDelta::minutes(minutes.into())).is_some_and(|end| end <= limit)
}

/// What a tap on `action` asks of the server, if it still means something at `now`.
#[must_use]
pub fn command(board: &Board, action: Action, now: DateTime<Utc>) -> Option<Command> {
    let at = standing(board, now);
    if !actions(board, &at, now, false).contains(&action) {
        return None;
    }
    let minutes = action.minutes;
    Some(match (action.kind, at.meeting.map(|meeting| meeting.occurrence)) {
        (ActionKind::Book, _) => Command::BookNow { minutes },
        (ActionKind::CheckIn, Some(occurrence)) => Command::CheckIn { occurrence, made_at: now },
        (ActionKind::Extend, Some(occurrence)) => Command::Extend { occurrence, minutes },
        (ActionKind::End, Some(occurrence)) => Command::End { occurrence },
        (ActionKind::Undo, Some(occurrence)) => Command::UndoRelease { occurrence },
        (_, None) => return None,
    })
}
