//! One rule of law as data: its article, how sure we are of it, and the term that it sets, if it sets one.

use serde::{Deserialize, Serialize};

use super::{Severity, Violation};
use crate::texts::{Said, Words};

/// How sure we are of a rule. Belfort helps a clerk and claims no certainty that it does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A text or official statement was seen.
    Verified,
    /// Seen in a council's own rules or on its page, not in the statute.
    Practice,
    /// Written down from memory: the municipality's legal service should confirm it.
    Memory,
}

impl Mark {
    /// The word by which data and programs name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Practice => "practice",
            Self::Memory => "memory",
        }
    }
}

/// How a term is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// The latest day is the day of the meeting minus n: the meeting day does not count, the day of the deed does.
    CalendarBefore,
    /// Clear days (vrije dagen, jours francs): neither day counts, so the latest day is the meeting day minus n + 1.
    Clear,
    /// The latest instant is the start minus n hours of 60 minutes, also across a night in which the clock changes.
    HoursBefore,
    /// The latest instant is the event plus n hours of 60 minutes.
    HoursAfter,
    /// The latest day is the day of the event plus n; the day of the event does not count.
    CalendarAfter,
}

impl Count {
    /// The word by which data and programs name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::CalendarBefore => "calendar_before",
            Self::Clear => "clear",
            Self::HoursBefore => "hours_before",
            Self::HoursAfter => "hours_after",
            Self::CalendarAfter => "calendar_after",
        }
    }

    /// Whether `other` counts the same thing, so that a body may choose between the two.
    #[must_use]
    pub fn is_like(self, other: Self) -> bool {
        let days_before = |count| matches!(count, Self::CalendarBefore | Self::Clear);
        self == other || (days_before(self) && days_before(other))
    }

    /// `n` of it in words: "8 calendar days".
    #[must_use]
    pub fn said(self, n: u32) -> Said {
        let said = match self {
            Self::CalendarBefore | Self::CalendarAfter => Said::new("deadline.calendar_days"),
            Self::Clear => Said::new("deadline.clear_days"),
            Self::HoursBefore | Self::HoursAfter => Said::new("deadline.hours"),
        };
        said.with("n", n)
    }
}

/// From what a term is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The planned start of the session.
    Start,
    /// The dispatch of the convocation.
    Dispatch,
    /// The moment at which an amended agenda was fixed; the term runs anew for each.
    Amended,
    /// The moment at which the decisions were taken.
    Decided,
    /// The publication on the municipality's own web application.
    Published,
    /// The meeting that approves the minutes.
    Approval,
}

/// What a term is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermRole {
    /// Somebody must do something in time.
    Duty,
    /// A right that ends, such as that of members to add items.
    Window,
    /// Something begins by itself, such as the force of a regulation.
    Effect,
}

/// A term: how much, counted how, from what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTerm {
    /// How many days or hours; none where the law as seen gives no number and the body's own rules may.
    pub n: Option<u32>,
    /// How many after a session without quorum, where the law says so.
    #[serde(default)]
    pub second_n: Option<u32>,
    /// How it is counted.
    pub count: Count,
    /// From what.
    pub anchor: Anchor,
    /// What it is for.
    pub role: TermRole,
    /// What it takes to go on when it is too late.
    #[serde(default = "block")]
    pub late: Severity,
    /// What is sent or made public names the time of the session, and so must be done again when that moves.
    #[serde(default)]
    pub names_time: bool,
    /// It ends with the start of the session at the latest.
    #[serde(default)]
    pub before_start: bool,
    /// It holds for a second convocation only.
    #[serde(default)]
    pub only_second: bool,
}

const fn block() -> Severity {
    Severity::Block
}

/// One rule of law about sessions, for one kind of body.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its short name, the same in every jurisdiction: `convocation-sent`.
    pub id: String,
    /// The article that it comes from, such as `20`, or where else it is written.
    pub article: String,
    /// How sure we are of it.
    pub mark: Mark,
    /// A few words for lists.
    pub name: Words,
    /// The term that it sets; none for a rule about something else, such as the quorum.
    #[serde(default)]
    pub term: Option<RuleTerm>,
    /// What must happen, with `{n}` for the number.
    pub(super) explanation: Words,
    /// What the law asks, where the body's own rules of procedure ask for more.
    #[serde(skip)]
    pub law: Option<RuleTerm>,
}

impl Rule {
    /// A violation of this rule.
    #[must_use]
    pub fn violated(&self, severity: Severity, said: Said) -> Violation {
        Violation { rule: self.id.clone(), article: self.article.clone(), mark: self.mark, severity, said }
    }
}
