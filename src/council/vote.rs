//! Votes (stemming): what is asked, who answered what, and what follows.

use serde::{Deserialize, Serialize};

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

/// What it takes to win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Majority {
    /// More than half of the votes cast, abstentions not counted; a tie is a rejection (article 33).
    Absolute,
    /// Two thirds of those present (articles 23 and 28).
    TwoThirdsPresent,
    /// One of several candidates is chosen.
    Elect {
        /// Round, from 1 on.
        round: u8,
    },
}

/// What a member answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// How votes are given.
    pub kind: VoteKind,
    /// What it takes to win.
    pub majority: Majority,
    /// The candidates of an election, by name.
    pub candidates: Vec<String>,
    /// The last line of the presence ledger when it was opened: who was present follows from it.
    pub ledger_seq: i64,
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
