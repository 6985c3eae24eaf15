//! From a board to what the screen says: pure, so that every state can be tested without a window.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use super::actions::{Action, actions};
use super::day::{hours_minutes, on_line, span, wall};
use super::people::{People, people};
use super::state::{Standing, State, standing, takes_room};
use crate::wire::{Board, BoardMeeting, Status};

/// Silence of the server after which nothing on the screen is said as a fact any more.
pub const STALE_AFTER: TimeDelta = TimeDelta::seconds(40);
/// Longer texts are cut: a title is a line on a door, not a page.
const TEXT_MAX_CHARS: usize = 90;

/// All a view is made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The last board seen, with what was tapped since applied to it.
    pub board: Option<&'a Board>,
    /// When the server was last heard with that board still true.
    pub heard_at: Option<DateTime<Utc>>,
    /// Commands the server has not taken yet.
    pub waiting: usize,
}

/// What the screen says at one moment. Times are written as on the clock; sentences are the screen's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Which state the big word names.
    pub state: State,
    /// The server is away: the rest is what was known at [`View::known_at`].
    pub stale: bool,
    /// When the board was last known to be true.
    pub known_at: String,
    /// Until when the state holds; empty for the rest of the day.
    pub until: String,
    /// When the next meeting starts, in the state "soon".
    pub starts_at: String,
    /// Somebody has checked in already, though the meeting has not begun.
    pub early: bool,
    /// Minutes until the room is given free.
    pub minutes_left: i32,
    /// The meeting the state is about.
    pub meeting: Option<Named>,
    /// The next one.
    pub next: Option<Named>,
    /// What can be tapped, the likeliest first.
    pub actions: Vec<Action>,
    /// The length that a touch on the free part of the day line books; 0 for none.
    pub book_minutes: u32,
    /// Who is here; absent when there is no meeting, when it is closed, or when nobody can know.
    pub people: Option<People>,
    /// The meetings after the next one.
    pub coming: Vec<Named>,
    /// The day line.
    pub slots: Vec<Slot>,
    /// Where on the day line it is now; negative when outside of it.
    pub now_mark: f32,
    /// Commands the server has not taken yet.
    pub waiting: usize,
    /// The wall time: weekday from Monday 0, day, month, hour, minute.
    pub wall: [u32; 5],
    /// Nothing happens here for a while, and it is night.
    pub night: bool,
}

/// A meeting as far as it may be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The title, if it may be said.
    pub title: Option<String>,
    /// Who organises, if it may be said.
    pub organiser: String,
    /// From when till when.
    pub span: String,
    /// A closed session.
    pub closed: bool,
}

/// A piece of the day line, from 0 at 7 h to 1 at 22 h.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Names the piece for as long as it lives.
    pub key: String,
    /// Where it starts.
    pub start: f32,
    /// Where it ends.
    pub end: f32,
    /// What it is.
    pub kind: SlotKind,
}

/// What a piece of the day line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotKind {
    /// Still to come.
    Planned,
    /// Going on.
    Running,
    /// A closed session.
    Closed,
    /// Waits for approval.
    Held,
    /// Has been.
    Over,
    /// Free from now until the next meeting.
    GapNow,
}

/// What the screen says at `now`.
#[must_use]
pub fn view(known: &Known<'_>, now: DateTime<Utc>) -> View {
    let wall = wall(known.board, now);
    let clock = [wall.weekday().num_days_from_monday(), wall.day(), wall.month(), wall.hour(), wall.minute()];
    let stale = known.heard_at.is_none_or(|heard| now.signed_duration_since(heard) > STALE_AFTER);
    let Some(board) = known.board.filter(|board| covers(board, now, stale)) else {
        let night = is_night(wall.hour(), wall.minute());
        let known_at = match (known.board, known.heard_at) {
            (Some(board), Some(heard)) => hours_minutes(board, heard),
            _ => String::new(),
        };
        return View {
            stale,
            known_at,
            wall: clock,
            night,
            waiting: known.waiting,
            now_mark: -1.0,
            ..View::default()
        };
    };
    let at = standing(board, now);
    let mark = on_line(board, now);
    View {
        state: at.state,
        stale,
        known_at: known.heard_at.map(|heard| hours_minutes(board, heard)).unwrap_or_default(),
        until: at.until.map(|until| hours_minutes(board, until)).unwrap_or_default(),
        starts_at: at.meeting.map(|meeting| hours_minutes(board, meeting.start)).unwrap_or_default(),
        early: at.state == State::Soon
            && at.meeting.is_some_and(|meeting| meeting.status == Status::CheckedIn),
        minutes_left: at.minutes_left,
        meeting: at.meeting.map(|meeting| named(board, meeting)),
        next: at.next.map(|meeting| named(board, meeting)),
        actions: actions(board, &at, now, stale),
        book_minutes: super::actions::book_lengths(board, &at, now, stale).next().unwrap_or(0),
        people: at.meeting.filter(|meeting| !meeting.closed && !stale).map(|meeting| people(board, meeting)),
        coming: coming(board, &at),
        slots: slots(board, &at, now),
        now_mark: if mark > 0.0 && mark < 1.0 { mark } else { -1.0 },
        waiting: known.waiting,
        wall: clock,
        night: is_night(wall.hour(), wall.minute()) && quiet(&at, now),
    }
}

/// The board speaks of this moment. For a minute past midnight the old day still does, while the new one
/// is being fetched.
fn covers(board: &Board, now: DateTime<Utc>, stale: bool) -> bool {
    let grace = if stale { TimeDelta::zero() } else { TimeDelta::minutes(1) };
    board.day_start.checked_sub_signed(grace).is_none_or(|from| from <= now)
        && board.day_end.checked_add_signed(grace).is_none_or(|to| now < to)
}

fn is_night(hour: u32, minute: u32) -> bool {
    hour >= 22 || hour * 60 + minute < 6 * 60 + 30
}

/// Nothing goes on, and nothing starts within half an hour.
fn quiet(at: &Standing<'_>, now: DateTime<Utc>) -> bool {
    matches!(at.state, State::Free | State::Ended | State::Unknown)
        && at.next.is_none_or(|next| next.start.signed_duration_since(now) > TimeDelta::minutes(30))
}

fn named(board: &Board, meeting: &BoardMeeting) -> Named {
    Named {
        title: meeting.title.as_deref().filter(|_| !meeting.closed).map(short),
        organiser: meeting.organiser.as_deref().filter(|_| !meeting.closed).map(short).unwrap_or_default(),
        span: span(board, meeting.start, meeting.end),
        closed: meeting.closed,
    }
}

/// What is planned after the next meeting, which the state itself already mentions.
fn coming(board: &Board, at: &Standing<'_>) -> Vec<Named> {
    let Some(next) = at.next else { return Vec::new() };
    let later = board.meetings.iter().filter(|meeting| takes_room(meeting) && meeting.start >= next.end);
    later.map(|meeting| named(board, meeting)).collect()
}

/// One line, not endless.
pub(super) fn short(text: &str) -> String {
    let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if clean.chars().count() <= TEXT_MAX_CHARS {
        return clean;
    }
    let mut cut: String = clean.chars().take(TEXT_MAX_CHARS - 1).collect();
    cut.push('…');
    cut
}

fn slots(board: &Board, at: &Standing<'_>, now: DateTime<Utc>) -> Vec<Slot> {
    let mut slots: Vec<Slot> = board
        .meetings
        .iter()
        .filter_map(|meeting| {
            let kind = slot_kind(meeting, now)?;
            let (start, end) = (on_line(board, meeting.start), on_line(board, meeting.end));
            (start < end).then(|| Slot { key: meeting.occurrence.to_string(), start, end, kind })
        })
        .collect();
    let start = on_line(board, now);
    let end = on_line(board, at.next.map_or(board.day_end, |next| next.start));
    let open = matches!(at.state, State::Free | State::Ended) && start < end;
    if open {
        slots.push(Slot { key: "now".into(), start, end, kind: SlotKind::GapNow });
    }
    slots
}

fn slot_kind(meeting: &BoardMeeting, now: DateTime<Utc>) -> Option<SlotKind> {
    Some(match meeting.status {
        Status::Released | Status::Cancelled => return None,
        Status::Ended if now < meeting.end => return None,
        _ if meeting.end <= now => SlotKind::Over,
        _ if meeting.closed => SlotKind::Closed,
        Status::Held => SlotKind::Held,
        _ if meeting.start <= now => SlotKind::Running,
        _ => SlotKind::Planned,
    })
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
