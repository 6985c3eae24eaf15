//! Votes (stemming): what is asked, who answered what, and what follows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Quorum;
use crate::ids::{ItemId, MandateId, SessionId, VoteId};

/// How votes are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoteKind {
    /// By name, one after the other (hoofdelijke stemming).
    RollCall,
    /// By show of hands, taken down by name.
    ShowOfHands,
    /// By each member on a device.
    Electronic,
    /// Nobody knows who gave which ballot (geheime stemming), article 34.
    Secret,
}

impl VoteKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::RollCall, Self::ShowOfHands, Self::Electronic, Self::Secret];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RollCall => "roll_call",
            Self::ShowOfHands => "show_of_hands",
            Self::Electronic => "electronic",
            Self::Secret => "secret",
        }
    }
}

/// What secret ballots are put into. All ballots of a vote go the same way: were one member of ten to vote on a device
/// and nine on paper, the two counts would tell how that one voted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urn {
    /// A box in the room; only what was counted is entered.
    Paper,
    /// The memory of the program, until the vote is counted; nothing of it is written before.
    Electronic,
}

impl Urn {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Paper, Self::Electronic];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Electronic => "electronic",
        }
    }
}

/// What a vote is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VotePurpose {
    /// The item itself.
    Substance,
    /// Whether an item that was not on the agenda is so urgent that it is treated (article 23).
    Urgency,
}

impl VotePurpose {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Substance, Self::Urgency];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Substance => "substance",
            Self::Urgency => "urgency",
        }
    }
}

/// What it takes to win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Majority {
    /// More than half of the votes cast, abstentions not counted; a tie is a rejection (article 33).
    Absolute,
    /// Two thirds of those present (articles 23 and 28).
    TwoThirdsPresent,
    /// One of several candidates is chosen (article 35, from memory).
    Elect {
        /// Round, 1 or 2.
        round: u8,
    },
}

impl Majority {
    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Absolute => "absolute",
            Self::TwoThirdsPresent => "two_thirds_present",
            Self::Elect { .. } => "elect",
        }
    }
}

/// What a member answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// For.
    For,
    /// Against.
    Against,
    /// Abstains; in secret: a blank ballot.
    Abstain,
    /// Present, and took no part in the vote: kept apart (OSLO question 55 is open).
    NotVoting,
    /// A candidate, by their place in the vote's list.
    Candidate(u32),
}

impl Choice {
    /// The word for it in the store and in text keys; whom a candidate's is for stands beside it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Abstain => "abstain",
            Self::NotVoting => "not_voting",
            Self::Candidate(_) => "candidate",
        }
    }

    /// The candidate, by their place in the vote's list from 0 on.
    #[must_use]
    pub const fn candidate(self) -> Option<u32> {
        match self {
            Self::Candidate(place) => Some(place),
            _ => None,
        }
    }

    /// The choice of a word and a place.
    #[must_use]
    pub fn of(word: &str, candidate: Option<u32>) -> Option<Self> {
        match (word, candidate) {
            ("for", None) => Some(Self::For),
            ("against", None) => Some(Self::Against),
            ("abstain", None) => Some(Self::Abstain),
            ("not_voting", None) => Some(Self::NotVoting),
            ("candidate", Some(place)) => Some(Self::Candidate(place)),
            _ => None,
        }
    }
}

/// Where a vote stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoteState {
    /// Ballots are being given.
    Open,
    /// The result is declared; only another vote can change it.
    Declared,
    /// Declared void, for a reason; another vote takes its place.
    Annulled,
}

impl VoteState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Declared, Self::Annulled];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Declared => "declared",
            Self::Annulled => "annulled",
        }
    }
}

/// A vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Identity.
    pub id: VoteId,
    /// The session.
    pub session: SessionId,
    /// The item.
    pub item: ItemId,
    /// What is asked (onderwerp), in words that anybody may read unless the item is closed.
    pub subject: String,
    /// What it is about.
    pub purpose: VotePurpose,
    /// How votes are given.
    pub kind: VoteKind,
    /// Where the ballots go; present if, and only if, the vote is secret.
    pub urn: Option<Urn>,
    /// What it takes to win.
    pub majority: Majority,
    /// The candidates of an election, by name.
    pub candidates: Vec<String>,
    /// The last line of the presence ledger when it was opened: who was present follows from it.
    pub ledger_seq: i64,
    /// How many were present when it was opened, and how many had to be. Who was, and not recused, may vote.
    pub quorum: Quorum,
    /// When it was opened, UTC: the instant of that count.
    pub opened: DateTime<Utc>,
    /// The first round, of which this is the second.
    pub first_round: Option<VoteId>,
    /// Why it is void, if it is.
    pub annulled_because: Option<String>,
    /// Where it stands.
    pub state: VoteState,
}

/// How somebody voted in a public vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// Who.
    pub mandate: MandateId,
    /// What they answered.
    pub choice: Choice,
}
