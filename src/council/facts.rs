//! What is known of a session when its terms are counted.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::time::Zone;

/// Whether the members are called for the first time, or again after a session without quorum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConvocationNo {
    /// The first convocation (oproeping).
    #[default]
    First,
    /// The second, for the items that could not be dealt with.
    Second,
}

/// What has become of one term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// The id of the rule.
    pub rule: String,
    /// For a term that runs anew with each event, such as an amended agenda: the instant of that event.
    pub of: Option<DateTime<Utc>>,
    /// What.
    pub outcome: Fulfilment,
}

/// What has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fulfilment {
    /// It was done at this instant.
    Done(DateTime<Utc>),
    /// It does not apply, with the reason that somebody wrote down, such as urgency.
    Waived(String),
}

/// What is known of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFacts {
    /// The planned start.
    pub start: DateTime<Utc>,
    /// The zone of the body: legal days are its local days.
    pub zone: Zone,
    /// Which convocation.
    pub convocation: ConvocationNo,
    /// When the decisions were taken; until that is known, their terms are counted from the planned start.
    pub decided: Option<DateTime<Utc>>,
    /// When amended agendas were fixed.
    pub amended: Vec<DateTime<Utc>>,
    /// When a regulation was published; until that is known, its terms are counted from the last day for it.
    pub published: Option<DateTime<Utc>>,
    /// The start of the meeting that approves the minutes of this one. While that is unknown, the terms of minutes are
    /// those of the meeting before, which this one approves.
    pub next_start: Option<DateTime<Utc>>,
    /// What has happened so far; of several entries for one term the last counts.
    pub happened: Vec<Happened>,
}

impl SessionFacts {
    /// A session that is planned, and of which nothing more is known.
    #[must_use]
    pub fn planned(start: DateTime<Utc>, zone: Zone) -> Self {
        Self {
            start,
            zone,
            convocation: ConvocationNo::First,
            decided: None,
            amended: Vec::new(),
            published: None,
            next_start: None,
            happened: Vec::new(),
        }
    }

    /// What has become of the term of `rule` that runs from the event `of`.
    #[must_use]
    pub fn outcome(&self, rule: &str, of: Option<DateTime<Utc>>) -> Option<&Fulfilment> {
        let entries = self.happened.iter().rev();
        entries.filter(|entry| entry.rule == rule && entry.of == of).map(|entry| &entry.outcome).next()
    }

    /// When the convocation was sent.
    pub(super) fn sent(&self) -> Option<DateTime<Utc>> {
        match self.outcome("convocation-sent", None)? {
            Fulfilment::Done(at) => Some(*at),
            Fulfilment::Waived(_) => None,
        }
    }
}
