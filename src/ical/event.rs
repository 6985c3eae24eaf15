//! What a calendar says: the values that are written, and the people in them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::text::Uri;
use crate::time::Zone;
use crate::time::recurrence::Rule;

/// One VEVENT of a feed: a single meeting, a series, or one changed date of a series.
///
/// Wall times in the spring gap are for the caller to move (see [`Zone::resolve`]): RFC 5545 3.3.10 drops an
/// occurrence that a rule puts there.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEvent {
    /// Globally unique and stable for life (RFC 7986 5.3: no personal data).
    pub uid: String,
    /// Raised at every visible change (RFC 5546 2.1.4), never lowered.
    pub sequence: u32,
    /// Last revision of this event, not the moment of writing (RFC 5545 3.8.7.2).
    pub dtstamp: DateTime<Utc>,
    /// When the meeting was first made.
    pub created: DateTime<Utc>,
    /// Last change of any property.
    pub last_modified: DateTime<Utc>,
    /// When it is; for a series the first occurrence.
    pub when: When,
    /// The rule of a series.
    pub rule: Option<Rule>,
    /// Original wall starts of a series that do not take place (RFC 5545 3.8.5.1).
    pub exdates: Vec<NaiveDateTime>,
    /// For one changed date of a series: its original wall start in the zone of the series.
    pub recurrence_id: Option<NaiveDateTime>,
    /// Title.
    pub summary: String,
    /// Long text, line ends allowed.
    pub description: Option<String>,
    /// Room and building.
    pub location: Option<String>,
    /// Labels.
    pub categories: Vec<String>,
    /// Whether it takes place.
    pub status: Status,
    /// Whether it leaves the time free (TRANSP:TRANSPARENT).
    pub transparent: bool,
    /// What Outlook shows (X-MICROSOFT-CDO-BUSYSTATUS).
    pub busy_status: Option<BusyStatus>,
    /// Who may see it.
    pub class: Class,
    /// Page of the meeting.
    pub url: Option<Uri>,
    /// Ways to take part from elsewhere (RFC 7986 5.11).
    pub conferences: Vec<Conference>,
    /// Who called the meeting.
    pub organizer: Option<Mailbox>,
    /// Who is invited; feeds leave this empty.
    pub attendees: Vec<Attendee>,
    /// UID of the series that this one continues (RFC 5545 3.8.4.5).
    pub related_to: Option<String>,
}

/// When an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// From one wall time to another, half-open.
    Timed {
        /// First wall time inside.
        start: NaiveDateTime,
        /// First wall time after; if it is not after `start`, no end is written.
        end: NaiveDateTime,
        /// Zone of both.
        zone: Zone,
    },
    /// Whole days, half-open.
    AllDay {
        /// First day.
        first: NaiveDate,
        /// First day after (DTEND is exclusive, RFC 5545 3.6.1).
        until: NaiveDate,
    },
}

/// STATUS of an event (RFC 5545 3.8.1.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// Takes place.
    #[default]
    Confirmed,
    /// Waits for approval.
    Tentative,
    /// Does not take place.
    Cancelled,
}

/// X-MICROSOFT-CDO-BUSYSTATUS (MS-OXCICAL 2.1.3.1.1.20.31).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BusyStatus {
    /// Free.
    Free,
    /// Tentative.
    Tentative,
    /// Busy.
    Busy,
    /// Out of office.
    OutOfOffice,
}

/// CLASS (RFC 5545 3.8.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Class {
    /// For everybody.
    #[default]
    Public,
    /// For its owner.
    Private,
    /// For those who were told.
    Confidential,
}

/// A way to take part from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conference {
    /// Where to go: a page, `tel:` or `xmpp:`.
    pub uri: Uri,
    /// What it is, for people.
    pub label: String,
    /// What it carries.
    pub features: Vec<Feature>,
}

/// FEATURE of a conference (RFC 7986 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feature {
    /// Sound.
    Audio,
    /// Chat.
    Chat,
    /// A public stream to watch.
    Feed,
    /// Entrance of the moderator.
    Moderator,
    /// Dial in by telephone.
    Phone,
    /// Shared screen.
    Screen,
    /// Picture.
    Video,
}

impl Feature {
    /// The word of RFC 7986 6.3.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Audio => "AUDIO",
            Self::Chat => "CHAT",
            Self::Feed => "FEED",
            Self::Moderator => "MODERATOR",
            Self::Phone => "PHONE",
            Self::Screen => "SCREEN",
            Self::Video => "VIDEO",
        }
    }
}

/// Somebody with an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mailbox {
    /// Display name; it identifies nobody.
    pub name: Option<String>,
    /// Address without `mailto:`.
    pub address: String,
}

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attendee {
    /// Who.
    pub mailbox: Mailbox,
    /// As what.
    pub role: Role,
    /// What they answered.
    pub partstat: Partstat,
    /// Person, room or thing.
    pub kind: Kind,
}

/// ROLE of an attendee (RFC 5545 3.2.16).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// Chair.
    Chair,
    /// Required.
    #[default]
    Required,
    /// Optional.
    Optional,
    /// Informed only; rooms in Exchange.
    NonParticipant,
}

impl Role {
    /// The word of RFC 5545 3.2.16.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chair => "CHAIR",
            Self::Required => "REQ-PARTICIPANT",
            Self::Optional => "OPT-PARTICIPANT",
            Self::NonParticipant => "NON-PARTICIPANT",
        }
    }
}

/// PARTSTAT of an attendee (RFC 5545 3.2.12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Partstat {
    /// No answer yet.
    #[default]
    NeedsAction,
    /// Comes.
    Accepted,
    /// Does not come.
    Declined,
    /// May come.
    Tentative,
    /// Sends somebody else.
    Delegated,
}

impl Partstat {
    /// The word of RFC 5545 3.2.12.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NeedsAction => "NEEDS-ACTION",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
            Self::Tentative => "TENTATIVE",
            Self::Delegated => "DELEGATED",
        }
    }
}

/// CUTYPE of an attendee (RFC 5545 3.2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A person.
    #[default]
    Individual,
    /// Several people.
    Group,
    /// A thing.
    Resource,
    /// A room.
    Room,
}

impl Kind {
    /// The word of RFC 5545 3.2.3.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Individual => "INDIVIDUAL",
            Self::Group => "GROUP",
            Self::Resource => "RESOURCE",
            Self::Room => "ROOM",
        }
    }
}

/// What the head of a feed says about the calendar (RFC 7986 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarInfo {
    /// Name for people.
    pub name: String,
    /// What the calendar holds.
    pub description: Option<String>,
    /// Zone in which the calendar is best shown (X-WR-TIMEZONE).
    pub zone: Zone,
    /// Last change of anything in the feed.
    pub last_modified: DateTime<Utc>,
    /// Shortest time between two polls, in minutes.
    pub refresh_min: u32,
    /// Where the feed itself is.
    pub source: Option<Uri>,
    /// A CSS colour name, such as `teal`.
    pub color: Option<String>,
    /// Page of the calendar.
    pub url: Option<Uri>,
}
