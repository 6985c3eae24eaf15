//! Meetings, their dates, and who takes part.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{BodyId, MeetingId, OccurrenceId, PersonId, RoomId};
use crate::time::{Interval, Zone};

/// Who may see what a meeting is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Everybody, also outside the town hall.
    Public,
    /// Staff and the screens on the doors.
    #[default]
    Internal,
    /// Those who take part; others see that the room is taken.
    Private,
    /// A closed session (besloten zitting): those who take part and the clerk, nobody else ever.
    Closed,
}

/// How somebody takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Sits in the room.
    InRoom,
    /// Joins from elsewhere.
    Remote,
    /// Has not said.
    #[default]
    Undecided,
}

impl Mode {
    /// The text key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::InRoom => "mode.in_room",
            Self::Remote => "mode.remote",
            Self::Undecided => "mode.undecided",
        }
    }
}

/// What somebody is there for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Leads the meeting.
    Chair,
    /// Has to be there.
    #[default]
    Required,
    /// May be there.
    Optional,
}

/// What somebody said to the invitation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Nothing yet.
    #[default]
    None,
    /// Comes.
    Accepted,
    /// Does not come.
    Declined,
    /// May come.
    Tentative,
}

/// Somebody on the list of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub person: PersonId,
    /// Their address.
    pub email: String,
    /// Their name as shown.
    pub name: String,
    /// What for.
    pub part: Part,
    /// How.
    pub mode: Mode,
    /// What they said.
    pub answer: Answer,
}

/// How to join from elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conference {
    /// The address of the conference; https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A telephone number with code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dial_in: Option<String>,
}

/// Whether a meeting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingStatus {
    /// Stands.
    Live,
    /// Waits for approval; the room is held.
    Held,
    /// Called off.
    Cancelled,
}

/// A meeting, single or recurring. The rule is the truth; occurrences are made from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Identity.
    pub id: MeetingId,
    /// The UID in calendars; stable for life.
    pub uid: String,
    /// What it is about.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// Who may see that.
    pub privacy: Privacy,
    /// Who answers for it.
    pub organiser: PersonId,
    /// The council, college or committee that sits, if one does.
    pub body: Option<BodyId>,
    /// Start of the first date, as the clock on the wall shows it.
    pub start: NaiveDateTime,
    /// The zone of that clock.
    pub zone: Zone,
    /// How long it lasts.
    pub length: TimeDelta,
    /// RRULE value in canonical form, if it recurs by a rule.
    pub rule: Option<String>,
    /// The rooms, main room first.
    pub rooms: Vec<RoomId>,
    /// Kinds of equipment asked for.
    pub equipment: Vec<String>,
    /// How to join from elsewhere.
    pub conference: Conference,
    /// Whether it stands.
    pub status: MeetingStatus,
    /// When a hold ends, if it is one.
    pub held_until: Option<DateTime<Utc>>,
    /// Raised by every change: the value of `If-Match`.
    pub version: i64,
    /// Raised by every change that a calendar shows (RFC 5545 3.8.7.4).
    pub sequence: u32,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it last changed visibly.
    pub modified: DateTime<Utc>,
    /// The series it was split from by "this and following".
    pub split_from: Option<MeetingId>,
    /// Wall time up to which occurrences of an endless rule exist.
    pub materialised_to: Option<NaiveDateTime>,
    /// Made at a door by "book now".
    pub ad_hoc: bool,
}

impl Meeting {
    /// Council, college and committee sessions are never released by themselves.
    #[must_use]
    pub fn is_session(&self) -> bool {
        self.body.is_some()
    }

    /// Whether it has more than one date by rule or list.
    #[must_use]
    pub fn is_series(&self) -> bool {
        self.rule.is_some()
    }
}

/// How far one date has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// Booked.
    Planned,
    /// Called off; the date can be restored.
    Cancelled,
    /// Nobody came; the room was given free.
    Released,
    /// A hold that ran out.
    Expired,
}

/// One date of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Identity, stable also when the date moves.
    pub id: OccurrenceId,
    /// The meeting.
    pub meeting: MeetingId,
    /// The wall time that the rule gave it: its RECURRENCE-ID.
    pub original: NaiveDateTime,
    /// When it is, as visible; claims also cover set-up and clean-up.
    pub time: Interval,
    /// How far it has come.
    pub run: Run,
    /// A title of its own.
    pub title: Option<String>,
    /// Rooms of its own, when they differ from the meeting's.
    pub rooms: Option<Vec<RoomId>>,
    /// First check-in.
    pub checked_in: Option<DateTime<Utc>>,
    /// Number of check-ins in the room.
    pub check_ins: u32,
    /// When the room was given free because nobody came.
    pub released: Option<DateTime<Utc>>,
    /// Ended before its time.
    pub ended: Option<DateTime<Utc>>,
    /// When it was called off.
    pub cancelled: Option<DateTime<Utc>>,
}

impl Occurrence {
    /// The rooms in which it is, given those of its meeting.
    #[must_use]
    pub fn rooms_or<'a>(&'a self, meeting: &'a [RoomId]) -> &'a [RoomId] {
        self.rooms.as_deref().unwrap_or(meeting)
    }
}
