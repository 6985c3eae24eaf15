//! The journal: append-only, hash-chained, written in the action's own transaction. It carries ids, never
//! names, so that a person can be erased and the chain still verifies.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{StoreError, Tx, View};
use crate::ids::{BodyId, MeetingId, OccurrenceId, PersonId, RoomId};

/// Whom and what an entry touches: from it live events are filtered and feeds are renewed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subjects {
    /// The meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
    /// The date, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurrence: Option<OccurrenceId>,
    /// Rooms, those left and those entered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<RoomId>,
    /// People whose agenda it changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonId>,
    /// The body that sits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyId>,
    /// On whose behalf, when it was not the actor's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_person: Option<PersonId>,
    /// Rules that were overridden.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<String>,
    /// Further figures of the action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<serde_json::Value>,
}

/// An entry to be written.
#[derive(Clone, Debug)]
pub struct NewEntry<'a> {
    /// Who did it: the id of a person or of a token.
    pub actor: Option<Uuid>,
    /// What was done, as `noun.verb`.
    pub action: &'a str,
    /// The main subject.
    pub subject: Option<Uuid>,
    /// Whom and what it touches.
    pub subjects: Subjects,
}

/// An entry as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, without gaps.
    pub seq: i64,
    /// When, to the millisecond.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Option<Uuid>,
    /// What.
    pub action: String,
    /// The main subject.
    pub subject: Option<Uuid>,
    /// Whom and what it touches.
    pub subjects: Subjects,
}

/// The first entry at which the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainFault {
    /// The entry.
    pub seq: i64,
    /// What does not hold.
    pub what: &'static str,
}

/// Which entries are asked for.
#[derive(Clone, Debug, Default)]
pub struct JournalAsked {
    /// Written at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Written before this instant.
    pub to: Option<DateTime<Utc>>,
    /// By whom: a person or a token.
    pub actor: Option<Uuid>,
    /// About one subject.
    pub subject: Option<Uuid>,
    /// Only of these nouns: what stands before the dot of the action. All if empty.
    pub nouns: Vec<&'static str>,
}

const GENESIS: [u8; 32] = [0; 32];

impl Tx<'_> {
    /// Writes an entry and returns its number.
    pub fn journal(&self, entry: &NewEntry<'_>) -> Result<i64, StoreError> {
        let last: Option<(i64, [u8; 32])> = self
            .conn
            .prepare_cached("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (seq, previous) = last.map_or((1, GENESIS), |(seq, hash)| (seq + 1, hash));
        let at = self.now().timestamp_millis();
        let payload = serde_json::to_string(&entry.subjects)
            .map_err(|error| StoreError::Sql(format!("journal payload: {error}")))?;
        let hash = chain(&previous, seq, at, entry.actor, entry.action, entry.subject, &payload);
        self.conn
            .prepare_cached(
                "INSERT INTO journal (seq, at, actor, action, subject, payload, previous, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                seq,
                at,
                entry.actor.map(Uuid::into_bytes),
                entry.action,
                entry.subject.map(Uuid::into_bytes),
                payload,
                previous,
                hash
            ])?;
        Ok(seq)
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let payload: String = row.get(5)?;
    Ok(Entry {
        seq: row.get(0)?,
        at: DateTime::from_timestamp_millis(row.get(1)?).unwrap_or_default(),
        actor: row.get::<_, Option<[u8; 16]>>(2)?.map(Uuid::from_bytes),
        action: row.get(3)?,
        subject: row.get::<_, Option<[u8; 16]>>(4)?.map(Uuid::from_bytes),
        subjects: serde_json::from_str(&payload).unwrap_or_default(),
    })
}

impl View<'_> {
    /// The number of the last entry; 0 for an empty journal.
    pub fn journal_head(&self) -> Result<i64, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT coalesce(max(seq), 0) FROM journal")?
            .query_row([], |row| row.get(0))?)
    }

    /// When the last entry was written; the beginning of time for an empty journal.
    pub fn journalled_at(&self) -> Result<DateTime<Utc>, StoreError> {
        let at: Option<i64> = self
            .conn
            .prepare_cached("SELECT at FROM journal ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(at.and_then(DateTime::from_timestamp_millis).unwrap_or_default())
    }

    /// Up to `limit` entries after number `after`, in order.
    pub fn journal_after(&self, after: i64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT seq, at, actor, action, subject, payload FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?;
        Ok(statement.query_map(params![after, limit], entry)?.collect::<Result<_, _>>()?)
    }

    /// When `action` was last done to one subject.
    pub fn last_done(&self, subject: Uuid, action: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT at FROM journal WHERE subject = ?1 AND action = ?2 ORDER BY seq DESC LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let at: Option<i64> =
            statement.query_row(params![subject.into_bytes(), action], |row| row.get(0)).optional()?;
        Ok(at.and_then(DateTime::from_timestamp_millis))
    }

    /// The number of the last entry about one subject by which one of `actions` was done, and when.
    pub fn last_entry(
        &self,
        subject: Uuid,
        actions: &[&str],
    ) -> Result<Option<(i64, DateTime<Utc>)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT seq, at FROM journal WHERE subject = ?1 AND action IN (SELECT value FROM json_each(?2))
             ORDER BY seq DESC LIMIT 1",
        )?;
        let actions = serde_json::json!(actions).to_string();
        let found = statement
            .query_row(params![subject.into_bytes(), actions], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.map(|(seq, at)| (seq, DateTime::from_timestamp_millis(at).unwrap_or_default())))
    }

    /// The last `limit` entries about one subject, newest first.
    pub fn journal_of(&self, subject: Uuid, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT seq, at, actor, action, subject, payload FROM journal WHERE subject = ?1
             ORDER BY seq DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![subject.into_bytes(), limit], entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Entries as asked for, newest first: up to `limit` of them with a number below `before`.
    pub fn journal_search(
        &self,
        asked: &JournalAsked,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        // With a subject its index leads; else the numbers do, from the newest down.
        let about = if asked.subject.is_some() { "subject = ?5" } else { "?5 IS NULL" };
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT seq, at, actor, action, subject, payload FROM journal
             WHERE seq < ?1 AND (?2 IS NULL OR at >= ?2) AND (?3 IS NULL OR at < ?3)
               AND (?4 IS NULL OR actor = ?4) AND {about}
               AND (?6 = '[]' OR substr(action, 1, instr(action, '.') - 1) IN (SELECT value FROM json_each(?6)))
             ORDER BY seq DESC LIMIT ?7"
        ))?;
        let millis = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp_millis());
        let rows = statement.query_map(
            params![
                before,
                millis(asked.from),
                millis(asked.to),
                asked.actor.map(Uuid::into_bytes),
                asked.subject.map(Uuid::into_bytes),
                serde_json::json!(asked.nouns).to_string(),
                limit
            ],
            entry,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The hash of the last entry, which stands for all before it; nothing for an empty journal.
    pub fn journal_hash(&self) -> Result<Option<[u8; 32]>, StoreError> {
        let sql = "SELECT hash FROM journal ORDER BY seq DESC LIMIT 1";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?)
    }

    /// Recomputes the whole chain: the number of entries, or the first fault.
    pub fn verify_chain(&self) -> Result<Result<i64, ChainFault>, StoreError> {
        self.verify_chain_telling(|_| ())
    }

    /// [`View::verify_chain`] that tells, now and then, how many entries hold so far.
    pub fn verify_chain_telling(
        &self,
        mut tell: impl FnMut(i64),
    ) -> Result<Result<i64, ChainFault>, StoreError> {
        let mut statement = self.conn.prepare(
            "SELECT seq, at, actor, action, subject, payload, previous, hash FROM journal ORDER BY seq",
        )?;
        let mut rows = statement.query([])?;
        let (mut expected, mut previous) = (1_i64, GENESIS);
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let fault = |what| Ok(Err(ChainFault { seq, what }));
            if seq != expected {
                return fault("an entry before it is missing");
            }
            if row.get::<_, [u8; 32]>(6)? != previous {
                return fault("it does not follow the entry before it");
            }
            let (action, payload): (String, String) = (row.get(3)?, row.get(5)?);
            let actor = row.get::<_, Option<[u8; 16]>>(2)?.map(Uuid::from_bytes);
            let subject = row.get::<_, Option<[u8; 16]>>(4)?.map(Uuid::from_bytes);
            let hash: [u8; 32] = row.get(7)?;
            if chain(&previous, seq, row.get(1)?, actor, &action, subject, &payload) != hash {
                return fault("its content was changed");
            }
            previous = hash;
            if expected % 4_096 == 0 {
                tell(expected);
            }
            expected += 1;
        }
        Ok(Ok(expected - 1))
    }
}

/// SHA-256 over the previous hash and every field, lengths first, so that no two entries share their bytes.
fn chain(
    previous: &[u8; 32],
    seq: i64,
    at: i64,
    actor: Option<Uuid>,
    action: &str,
    subject: Option<Uuid>,
    payload: &str,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(seq.to_le_bytes());
    hash.update(at.to_le_bytes());
    for id in [actor, subject] {
        match id {
            Some(id) => {
                hash.update([1]);
                hash.update(id.as_bytes());
            }
            None => hash.update([0]),
        }
    }
    for text in [action, payload] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}
