//! What happened to an item in the session, and what was decided.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Outcome, Quorum};
use crate::ids::{DecisionId, ItemId, MandateId};

/// What happened to an item in the session (behandeling van een agendapunt).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Treatment {
    /// The item.
    pub item: ItemId,
    /// When it was begun, UTC.
    pub started: DateTime<Utc>,
    /// When it was ended, UTC; none while it is under way.
    pub ended: Option<DateTime<Utc>>,
    /// Whether the doors were open while it was treated.
    pub public: bool,
    /// The last line of the presence ledger when it was begun: who was present follows from it.
    pub ledger_seq: i64,
    /// How many were present when it was begun, and how many had to be.
    pub quorum: Quorum,
    /// What became of it; none while it is under way.
    pub outcome: Option<Outcome>,
    /// The essence of what was said, for the report of the public part (article 278).
    pub summary: String,
}

/// A decision (besluit): its grounds and its articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Identity.
    pub id: DecisionId,
    /// The item.
    pub item: ItemId,
    /// Its title.
    pub title: String,
    /// Its title in short, for lists.
    pub short_title: String,
    /// Its grounds (motivering).
    pub motivation: String,
    /// Its articles, in order.
    pub articles: Vec<Article>,
    /// Whether it is a regulation, to be published in full (article 286).
    pub regulation: bool,
    /// Who proposed it, if a member did.
    pub proposed_by: Option<MandateId>,
    /// When it was taken, UTC: the ten days of articles 285 to 287 run from here.
    pub taken: DateTime<Utc>,
}

/// An article of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Its number, such as `Artikel 1`.
    pub number: String,
    /// Its words.
    pub text: String,
}
