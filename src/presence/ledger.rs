//! What was seen of whom, when, by which device, and how sure we are.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{OccurrenceId, PersonId};

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Opened the personal join link, or came back after silence.
    Joined,
    /// No heartbeat for too long.
    Lost,
    /// Closed the page.
    Left,
}

/// How sure we are that it was this person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// Somebody held the personal link.
    Claimed,
    /// The conference server said so.
    Reported,
    /// Signed in.
    Verified,
    /// The chair said so.
    Confirmed,
}

/// One line of the ledger; lines are only ever added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The date of the meeting.
    pub occurrence: OccurrenceId,
    /// Of whom.
    pub person: PersonId,
    /// By which of their devices; a random name given when the link is opened.
    pub device: String,
    /// What was seen.
    pub evidence: Evidence,
    /// How sure we are.
    pub assurance: Assurance,
    /// When.
    pub at: DateTime<Utc>,
}
