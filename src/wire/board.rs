//! What one room screen shows, and what it may ask for.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{MeetingId, OccurrenceId};
use crate::texts::Lang;

/// One day of one room, as far as the privacy of each meeting lets a screen on the wall show it.
/// `GET /api/v1/rooms/{slug}/board`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// The journal entry up to which this board is true; resumes the event stream.
    pub seq: i64,
    /// The server's clock when the board was made; a kiosk never trusts its own.
    pub server_time: DateTime<Utc>,
    /// IANA name of the zone in which the room lives.
    pub zone: String,
    /// The local day shown.
    pub day: NaiveDate,
    /// Start of the local day, an instant (23 or 25 hours before [`Board::day_end`] on the two DST days).
    pub day_start: DateTime<Utc>,
    /// End of the local day.
    pub day_end: DateTime<Utc>,
    /// The offsets of the zone around this day, in seconds east of UTC: each applies from its instant on,
    /// so that a kiosk can draw wall time without a time zone database.
    pub offsets: Vec<(DateTime<Utc>, i32)>,
    /// The room on whose door the screen hangs.
    pub room: BoardRoom,
    /// Languages offered, the default first.
    pub languages: Vec<Lang>,
    /// Name of the town, for the header.
    pub town: String,
    /// Lengths offered by "book now", in minutes.
    pub book_now_min: Vec<u32>,
    /// Lengths offered by "extend", in minutes.
    pub extend_min: Vec<u32>,
    /// Today's meetings in order of start; never overlapping.
    pub meetings: Vec<BoardMeeting>,
}

/// What stands on the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardRoom {
    /// The name in addresses, such as `raadzaal`.
    pub slug: String,
    /// The name on the sign.
    pub name: String,
    /// The building.
    pub site: String,
    /// The floor as people say it, such as `1` or `gelijkvloers`.
    pub floor: String,
    /// Seats in the room.
    pub capacity: u32,
    /// Camera, microphones and screen for remote participants are there.
    pub hybrid: bool,
    /// Reachable and usable in a wheelchair.
    pub wheelchair: bool,
    /// Has a hearing loop.
    pub hearing_loop: bool,
}

/// One meeting on the board. Claims include set-up and clean-up; these times are the visible ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardMeeting {
    /// The meeting.
    pub meeting: MeetingId,
    /// This date of it.
    pub occurrence: OccurrenceId,
    /// Visible start.
    pub start: DateTime<Utc>,
    /// Visible end.
    pub end: DateTime<Utc>,
    /// The title; absent when the meeting is private or closed.
    pub title: Option<String>,
    /// Who organises; absent when the meeting is private or closed.
    pub organiser: Option<String>,
    /// How far it has come.
    pub status: Status,
    /// A council, college or committee session: never released by itself.
    pub council: bool,
    /// A closed session: no title, no names, the whole screen says so.
    pub closed: bool,
    /// From when on people may check in.
    pub check_in_from: DateTime<Utc>,
    /// When the room is given free if nobody checks in; absent when it never is.
    pub release_at: Option<DateTime<Utc>>,
    /// Until when a release can be undone on this screen; present only when released.
    pub undo_until: Option<DateTime<Utc>>,
    /// How many said they will sit in the room.
    pub expected_in_room: u32,
    /// How many have been seen in the room, by check-ins; 0 before the first.
    pub in_room: u32,
    /// Who takes part from elsewhere, in order of name. Empty for closed matter.
    pub remote: Vec<Remote>,
    /// The meeting was made at the door by "book now".
    pub ad_hoc: bool,
}

/// Somebody who takes part from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// The name to show, or absent when the meeting is private: then only the state is shown.
    pub name: Option<String>,
    /// What the roster says of them.
    pub state: RemoteState,
    /// Since when the state holds; absent for those only invited.
    pub since: Option<DateTime<Utc>>,
}

/// What the roster says of a remote participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteState {
    /// Invited, not yet seen.
    Invited,
    /// Connected.
    Here,
    /// Was connected, has fallen silent.
    Lost,
    /// Has left.
    Left,
}

/// How far one date of a meeting has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for approval or confirmation: the room is held until the hold expires.
    Held,
    /// Booked; nobody has checked in.
    Planned,
    /// Somebody checked in.
    CheckedIn,
    /// Nobody came; the room was given free.
    Released,
    /// Over, before or at its time.
    Ended,
    /// Called off.
    Cancelled,
}

/// A line of the event stream that a kiosk acts on; others it skips.
/// `GET /api/v1/events?room={slug}`, server-sent events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BoardEvent {
    /// Something about this room changed: the event id is the journal's sequence number.
    Changed {
        /// The journal entry.
        seq: i64,
    },
    /// The server is alive; sent every 15 seconds and at once on connection.
    Heartbeat {
        /// The server's clock.
        server_time: DateTime<Utc>,
    },
}

/// What a screen asks for. `POST /api/v1/rooms/{slug}/commands` with an `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Somebody stands at the door and says: we are here.
    CheckIn {
        /// The date checked in to.
        occurrence: OccurrenceId,
        /// When the finger touched the glass, by the server's clock as the kiosk knows it. A check-in that
        /// was made in time and arrives late still counts.
        made_at: DateTime<Utc>,
    },
    /// Give us more time.
    Extend {
        /// The date extended.
        occurrence: OccurrenceId,
        /// By how many minutes.
        minutes: u32,
    },
    /// We are done.
    End {
        /// The date ended.
        occurrence: OccurrenceId,
    },
    /// The room is free: we take it, from now.
    BookNow {
        /// For how many minutes.
        minutes: u32,
    },
    /// We are here after all: take the release back.
    UndoRelease {
        /// The date released.
        occurrence: OccurrenceId,
    },
}

/// The answer to a [`Command`]: the board as it is after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandAnswer {
    /// The board after the command.
    pub board: Board,
}
