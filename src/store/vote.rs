//! Votes and ballots.
//!
//! # What somebody with the file can learn of a secret vote
//!
//! They can learn who handed in a ballot and, from the journal, in which order; how many ballots gave each answer; and
//! so, where all answers are the same, what everybody answered. No secrecy can hide that.
//!
//! They cannot learn who gave which ballot, also not from a copy of the file, its log or its memory map made between
//! any two steps:
//! - Until the vote is counted, no ballot is in the file. Those on paper lie in a box; those from devices are counts in
//!   memory ([`super::Urns`]).
//! - When it is counted, ballots are made anew from the totals, answer by answer, each under 128 random bits, and written
//!   in the order of these bits in one transaction. What is written is a function of the totals and of chance; that two
//!   members swap their answers does not change one byte of the file or the log. A test compares them.
//! - The table has no row number, no instant, no actor; cells lie on their page in the order of the random ids.
//! - The journal says that somebody handed in and, at the end, the totals. Requests are logged without their fields.
//!
//! Whoever may read the memory of the running program while a member votes is beyond this, as is whoever looks over
//! their shoulder. A vote goes on paper or on devices as a whole ([`crate::council::Urn`]).

use rusqlite::{OptionalExtension, Row, params};

use super::chamber::quorum;
use super::sql::{bad, instant, secs};
use super::{StoreError, Tx, View};
use crate::council::{Ballot, Choice, Declared, Majority, Totals, Vote, VoteOutcome, VoteState};
use crate::ids::{MandateId, SessionId, VoteId};

/// The result of a vote that was declared, also if it was annulled since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoteResult {
    /// How many gave each answer.
    pub totals: Totals,
    /// What follows.
    pub outcome: VoteOutcome,
    /// The declaration with its count of those present.
    pub declared: Declared,
    /// How members voted, in the order of precedence; empty for a secret vote.
    pub ballots: Vec<Ballot>,
    /// Who handed in a secret ballot, in the order of precedence; empty for a public vote.
    pub handed_in: Vec<MandateId>,
}

const VOTE: &str =
    "SELECT id, session, item, subject, purpose, kind, urn, majority, round, candidates, opened,
    ledger_seq, first_round, state, annulled_because, sitting, needed, room, remote, exempt FROM vote";

fn vote(row: &Row<'_>) -> rusqlite::Result<Vote> {
    let majority: String = row.get(7)?;
    let majority = match (majority.as_str(), row.get::<_, Option<u8>>(8)?) {
        ("absolute", None) => Majority::Absolute,
        ("two_thirds_present", None) => Majority::TwoThirdsPresent,
        ("elect", Some(round)) => Majority::Elect { round },
        _ => return Err(bad(7, &majority)),
    };
    let candidates: String = row.get(9)?;
    Ok(Vote {
        id: row.get(0)?,
        session: row.get(1)?,
        item: row.get(2)?,
        subject: row.get(3)?,
        purpose: row.get(4)?,
        kind: row.get(5)?,
        urn: row.get(6)?,
        majority,
        candidates: serde_json::from_str(&candidates).map_err(|_| bad(9, &candidates))?,
        opened: instant(row, 10)?,
        ledger_seq: row.get(11)?,
        first_round: row.get(12)?,
        state: row.get(13)?,
        annulled_because: row.get(14)?,
        quorum: quorum(row, 15)?,
    })
}

fn choice(row: &Row<'_>, word_at: usize) -> rusqlite::Result<Choice> {
    let word: String = row.get(word_at)?;
    Choice::of(&word, row.get(word_at + 1)?).ok_or_else(|| bad(word_at, &word))
}

impl View<'_> {
    /// The votes of a session in the order in which they were opened, also those that were annulled.
    pub fn votes(&self, session: SessionId) -> Result<Vec<Vote>, StoreError> {
        let sql = format!("{VOTE} WHERE session = ?1 ORDER BY position");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([session], vote)?.collect::<Result<_, _>>()?)
    }

    /// A vote.
    pub fn vote(&self, id: VoteId) -> Result<Option<Vote>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{VOTE} WHERE id = ?1"))?;
        Ok(statement.query_row([id], vote).optional()?)
    }

    /// The result of a vote, once it was declared.
    pub fn vote_result(&self, id: VoteId) -> Result<Option<VoteResult>, StoreError> {
        let sql = "SELECT declared FROM vote WHERE id = ?1 AND declared IS NOT NULL";
        let mut statement = self.conn.prepare_cached(sql)?;
        let Some(json) = statement.query_row([id], |row| row.get::<_, String>(0)).optional()? else {
            return Ok(None);
        };
        let declared: Declared =
            serde_json::from_str(&json).map_err(|error| StoreError::Damaged(error.to_string()))?;
        let (totals, outcome) = (declared.totals.clone(), declared.outcome.clone());
        let (ballots, handed_in) = (self.ballots(id)?, self.handed_in(id)?);
        Ok(Some(VoteResult { totals, outcome, declared, ballots, handed_in }))
    }

    /// How members have voted in a public vote, in the order of precedence.
    pub fn ballots(&self, vote: VoteId) -> Result<Vec<Ballot>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT b.mandate, b.choice, b.candidate FROM ballot b JOIN mandate m ON m.id = b.mandate
             WHERE b.vote = ?1 ORDER BY m.precedence, m.id",
        )?;
        let rows = statement
            .query_map([vote], |row| Ok(Ballot { mandate: row.get(0)?, choice: choice(row, 1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Who has handed in a ballot of a secret vote, in the order of precedence.
    pub fn handed_in(&self, vote: VoteId) -> Result<Vec<MandateId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT h.mandate FROM handed_in h JOIN mandate m ON m.id = h.mandate WHERE h.vote = ?1
             ORDER BY m.precedence, m.id",
        )?;
        Ok(statement.query_map([vote], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// What the ballots of a secret vote say, in no order; none before it is counted.
    pub fn secret_ballots(&self, vote: VoteId) -> Result<Vec<Choice>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT choice, candidate FROM secret_ballot WHERE vote = ?1 ORDER BY id")?;
        Ok(statement.query_map([vote], |row| choice(row, 0))?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Opens a vote.
    pub fn insert_vote(&self, new: &Vote) -> Result<(), StoreError> {
        let round = match new.majority {
            Majority::Elect { round } => Some(round),
            _ => None,
        };
        let candidates = serde_json::to_string(&new.candidates);
        let candidates = candidates.map_err(|error| StoreError::Damaged(error.to_string()))?;
        let count = new.quorum;
        self.conn
            .prepare_cached(
                "INSERT INTO vote (id, session, item, position, subject, purpose, kind, urn, majority, round, candidates,
                 opened, ledger_seq, sitting, needed, room, remote, exempt, first_round, state)
                 SELECT ?1, ?2, ?3, count(*) + 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
                 'open' FROM vote WHERE session = ?2",
            )?
            .execute(params![
                new.id,
                new.session,
                new.item,
                new.subject,
                new.purpose,
                new.kind,
                new.urn,
                new.majority.word(),
                round,
                candidates,
                secs(new.opened),
                new.ledger_seq,
                count.sitting,
                count.needed,
                count.room,
                count.remote,
                count.exempt,
                new.first_round
            ])?;
        Ok(())
    }

    /// Takes down how a member votes, or what they say instead, while the vote is open.
    pub fn put_ballot(&self, vote: VoteId, ballot: &Ballot) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO ballot (vote, mandate, choice, candidate) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (vote, mandate) DO UPDATE SET choice = ?3, candidate = ?4",
            )?
            .execute(params![vote, ballot.mandate, ballot.choice.word(), ballot.choice.candidate()])?;
        Ok(())
    }

    /// Takes down that a member handed in a secret ballot; false if they had.
    pub fn hand_in(&self, vote: VoteId, mandate: MandateId) -> Result<bool, StoreError> {
        let added = self
            .conn
            .prepare_cached(
                "INSERT INTO handed_in (vote, mandate) VALUES (?1, ?2) ON CONFLICT (vote, mandate) DO NOTHING",
            )?
            .execute(params![vote, mandate])?;
        Ok(added == 1)
    }

    /// Writes the ballots of a secret vote, all at once, made of the totals. The ids are drawn and sorted before the first
    /// is written, and the answers are dealt out among them by chance, so that neither ids nor places on a page tell
    /// anything.
    pub fn write_secret_ballots(&self, vote: VoteId, totals: &Totals) -> Result<(), StoreError> {
        let repeat = |choice: Choice, count: u32| (0..count).map(move |_| choice);
        let mut choices: Vec<Choice> = [Choice::For, Choice::Against, Choice::Abstain]
            .into_iter()
            .zip([totals.yes, totals.no, totals.abstain])
            .flat_map(|(choice, count)| repeat(choice, count))
            .collect();
        let named = (0_u32..).zip(&totals.candidates);
        choices.extend(named.flat_map(|(place, count)| repeat(Choice::Candidate(place), *count)));
        let mut dealt: Vec<([u8; 16], Choice)> =
            choices.into_iter().map(|choice| (self.ids().bytes::<16>(), choice)).collect();
        dealt.sort_unstable();
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO secret_ballot (vote, id, choice, candidate) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for (id, choice) in dealt {
            insert.execute(params![vote, id, choice.word(), choice.candidate()])?;
        }
        Ok(())
    }

    /// Declares the result of a vote.
    pub fn declare_vote(&self, vote: VoteId, declared: &Declared) -> Result<(), StoreError> {
        let json = serde_json::to_string(declared);
        let json = json.map_err(|error| StoreError::Damaged(error.to_string()))?;
        self.conn
            .prepare_cached("UPDATE vote SET declared = ?2, state = ?3 WHERE id = ?1")?
            .execute(params![vote, json, VoteState::Declared])?;
        Ok(())
    }

    /// Declares a vote void.
    pub fn annul_vote(&self, vote: VoteId, reason: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE vote SET annulled_because = ?2, state = ?3 WHERE id = ?1")?
            .execute(params![vote, reason, VoteState::Annulled])?;
        Ok(())
    }
}
