//! What happened to a session as a whole: lines that are only ever added.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, MandateId};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEventKind {
    /// Opened by the chair.
    Opened,
    /// Suspended (geschorst).
    Suspended,
    /// Resumed (hervat).
    Resumed,
    /// Closed.
    Closed,
    /// Broken off, to be continued.
    Adjourned,
    /// Too few came to open it.
    NotQuorate,
    /// An item was begun.
    ItemBegun,
    /// An item was ended.
    ItemEnded,
    /// The public may come in.
    DoorsOpen,
    /// The public has left (besloten).
    DoorsClosed,
    /// The public stream runs.
    StreamUp,
    /// The public stream is off, or fails.
    StreamDown,
    /// Screens in the room and at its door show what is treated.
    ScreensOn,
    /// Screens in the room and at its door show nothing.
    ScreensOff,
    /// A member began to speak.
    SpeakerStarted,
    /// A member stopped speaking.
    SpeakerStopped,
}

impl SessionEventKind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Opened,
        Self::Suspended,
        Self::Resumed,
        Self::Closed,
        Self::Adjourned,
        Self::NotQuorate,
        Self::ItemBegun,
        Self::ItemEnded,
        Self::DoorsOpen,
        Self::DoorsClosed,
        Self::StreamUp,
        Self::StreamDown,
        Self::ScreensOn,
        Self::ScreensOff,
        Self::SpeakerStarted,
        Self::SpeakerStopped,
    ];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Suspended => "suspended",
            Self::Resumed => "resumed",
            Self::Closed => "closed",
            Self::Adjourned => "adjourned",
            Self::NotQuorate => "not_quorate",
            Self::ItemBegun => "item_begun",
            Self::ItemEnded => "item_ended",
            Self::DoorsOpen => "doors_open",
            Self::DoorsClosed => "doors_closed",
            Self::StreamUp => "stream_up",
            Self::StreamDown => "stream_down",
            Self::ScreensOn => "screens_on",
            Self::ScreensOff => "screens_off",
            Self::SpeakerStarted => "speaker_started",
            Self::SpeakerStopped => "speaker_stopped",
        }
    }
}

/// A line about a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEvent {
    /// Its number within the session, from 1 on.
    pub seq: i64,
    /// What happened.
    pub kind: SessionEventKind,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// The item it is about.
    pub item: Option<ItemId>,
    /// The member it is about.
    pub mandate: Option<MandateId>,
    /// Why, in words; empty if nothing was said.
    pub reason: String,
}
