//! Policies are data: a scope, an effect, a window and a test. What they say of a request is decided in
//! `booking`.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use super::{Role, Room};

/// What a rule does when its test fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Refuses, unless the role may override.
    Deny,
    /// Books as a hold until a room manager agrees.
    NeedsApproval,
    /// Books and says so.
    Warn,
}

/// To what a rule applies; an empty field applies to all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Slug of a room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Name of a room group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// A role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// When a rule applies; an empty field is always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Window {
    /// ISO weekdays, 1 is Monday.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<u32>,
    /// First local day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last local day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

/// What must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "test", rename_all = "snake_case")]
pub enum Test {
    /// At least this many minutes between booking and start.
    MinLead {
        /// Minutes.
        minutes: i64,
    },
    /// At most this many days between booking and start.
    MaxLead {
        /// Days of 24 hours.
        days: i64,
    },
    /// At least this long.
    MinLength {
        /// Minutes.
        minutes: i64,
    },
    /// At most this long.
    MaxLength {
        /// Minutes.
        minutes: i64,
    },
    /// Starts and ends on a multiple of this many minutes past the hour.
    Step {
        /// Minutes.
        minutes: u32,
    },
    /// Within these hours of the local day, set-up and clean-up not counted.
    OpeningHours {
        /// Opening.
        from: NaiveTime,
        /// Closing.
        to: NaiveTime,
    },
    /// At most this many future meetings per organiser.
    Quota {
        /// Meetings.
        meetings: u32,
    },
    /// At least this share of the seats is used.
    MinOccupancy {
        /// Percent of capacity.
        percent: u32,
    },
    /// Never: a blackout for maintenance or elections. Use with a window.
    Never,
    /// Always asks, whatever the request. Use with `needs_approval`.
    Always,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The id by which reasons cite the rule.
    pub id: String,
    /// To what it applies.
    #[serde(default)]
    pub scope: Scope,
    /// What it does.
    pub effect: Effect,
    /// When it applies.
    #[serde(default)]
    pub window: Window,
    /// Why the house has it; of a closure, said to whoever it refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What must hold.
    #[serde(flatten)]
    pub test: Test,
}

impl Scope {
    /// Whether it takes in a room.
    #[must_use]
    pub fn holds(&self, room: &Room) -> bool {
        self.room.as_ref().is_none_or(|slug| *slug == room.slug)
            && self.group.as_ref().is_none_or(|group| room.group.as_ref() == Some(group))
    }
}

impl Window {
    /// Whether a local day lies between its first and its last, whatever its weekday.
    #[must_use]
    pub fn spans(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

impl Test {
    /// Whether it says when a room is open, of whatever is booked.
    #[must_use]
    pub const fn is_about_opening(&self) -> bool {
        matches!(self, Self::Never | Self::OpeningHours { .. })
    }
}

impl Policy {
    /// Whether the rule is a closure: for everybody, on certain days.
    #[must_use]
    pub fn is_closure(&self) -> bool {
        let dated = self.window.from.is_some() && self.window.to.is_some();
        self.scope.role.is_none() && self.effect == Effect::Deny && dated && self.test.is_about_opening()
    }
}
