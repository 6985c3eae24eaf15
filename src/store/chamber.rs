//! What happens during a session: the ledger of presence, events, what became of items, decisions.

use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::sql::{bad, instant, maybe_instant, secs};
use super::{StoreError, Tx, View};
use crate::council::{Decision, Outcome, Quorum, SessionEvent, SessionEventKind, Treatment};
use crate::ids::{ItemId, MandateId, SessionId};
use crate::presence::{Channel, IdentifiedBy, PresenceEvent, PresenceKind, Source};
use chrono::{DateTime, Utc};

/// The hash before the first line of a ledger.
const GENESIS: [u8; 32] = [0; 32];

/// A line that is to be added to a ledger; its number is given by the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPresence {
    /// The member.
    pub mandate: MandateId,
    /// What happened.
    pub kind: PresenceKind,
    /// When it happened, UTC.
    pub at: DateTime<Utc>,
    /// Who writes it.
    pub source: Source,
    /// How it is known that it was them.
    pub identified_by: IdentifiedBy,
}

impl NewPresence {
    /// The line with its number.
    #[must_use]
    pub fn numbered(self, seq: i64) -> PresenceEvent {
        let Self { mandate, kind, at, source, identified_by } = self;
        PresenceEvent { seq, mandate, kind, at, source, identified_by }
    }
}

const PRESENCE: &str = "SELECT seq, mandate, kind, channel, item, corrects, reason, at, source, identified_by FROM presence_event";

fn presence(row: &Row<'_>) -> rusqlite::Result<PresenceEvent> {
    let word: String = row.get(2)?;
    let kind = match word.as_str() {
        "excuse" => PresenceKind::Excuse,
        "arrive" => PresenceKind::Arrive(row.get(3)?),
        "leave" => PresenceKind::Leave,
        "switch_channel" => PresenceKind::SwitchChannel(row.get(3)?),
        "connection_lost" => PresenceKind::ConnectionLost,
        "reconnected" => PresenceKind::Reconnected,
        "seen" => PresenceKind::Seen,
        "recuse_start" => PresenceKind::RecuseStart(row.get(4)?),
        "recuse_end" => PresenceKind::RecuseEnd,
        "correct" => PresenceKind::Correct { of: row.get(5)?, reason: row.get(6)? },
        _ => return Err(bad(2, &word)),
    };
    Ok(PresenceEvent {
        seq: row.get(0)?,
        mandate: row.get(1)?,
        kind,
        at: instant(row, 7)?,
        source: row.get(8)?,
        identified_by: row.get(9)?,
    })
}

fn event(row: &Row<'_>) -> rusqlite::Result<SessionEvent> {
    Ok(SessionEvent {
        seq: row.get(0)?,
        kind: row.get(1)?,
        at: instant(row, 2)?,
        item: row.get(3)?,
        mandate: row.get(4)?,
        reason: row.get(5)?,
    })
}

/// A count whose five figures begin at a column.
pub(super) fn quorum(row: &Row<'_>, from: usize) -> rusqlite::Result<Quorum> {
    Ok(Quorum {
        sitting: row.get(from)?,
        needed: row.get(from + 1)?,
        room: row.get(from + 2)?,
        remote: row.get(from + 3)?,
        exempt: row.get(from + 4)?,
    })
}

const TREATMENT: &str = "SELECT item, started, ended, public, ledger_seq, outcome, summary,
    sitting, needed, room, remote, exempt FROM treatment";

fn treatment(row: &Row<'_>) -> rusqlite::Result<Treatment> {
    Ok(Treatment {
        item: row.get(0)?,
        started: instant(row, 1)?,
        ended: maybe_instant(row, 2)?,
        public: row.get(3)?,
        ledger_seq: row.get(4)?,
        outcome: row.get(5)?,
        summary: row.get(6)?,
        quorum: quorum(row, 7)?,
    })
}

fn decision(row: &Row<'_>) -> rusqlite::Result<Decision> {
    let articles: String = row.get(5)?;
    Ok(Decision {
        id: row.get(0)?,
        item: row.get(1)?,
        title: row.get(2)?,
        short_title: row.get(3)?,
        motivation: row.get(4)?,
        articles: serde_json::from_str(&articles).map_err(|_| bad(5, &articles))?,
        regulation: row.get(6)?,
        proposed_by: row.get(7)?,
        taken: instant(row, 8)?,
    })
}

impl View<'_> {
    /// The ledger of presence of a session, by number.
    pub fn presence_events(&self, session: SessionId) -> Result<Vec<PresenceEvent>, StoreError> {
        let sql = format!("{PRESENCE} WHERE session = ?1 ORDER BY seq");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([session], presence)?.collect::<Result<_, _>>()?)
    }

    /// The number of the first line of a session's ledger whose hash does not hold; none if all do.
    pub fn presence_fault(&self, session: SessionId) -> Result<Option<i64>, StoreError> {
        let lines = self.presence_events(session)?;
        let mut statement = self
            .conn
            .prepare_cached("SELECT previous, hash FROM presence_event WHERE session = ?1 ORDER BY seq")?;
        let hashes = statement.query_map([session], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut last = GENESIS;
        for (line, pair) in lines.iter().zip(hashes) {
            let (previous, hash): ([u8; 32], [u8; 32]) = pair?;
            if previous != last || hash != chain(&previous, session, line) {
                return Ok(Some(line.seq));
            }
            last = hash;
        }
        Ok(None)
    }

    /// What happened to a session, by number.
    pub fn session_events(&self, session: SessionId) -> Result<Vec<SessionEvent>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT seq, kind, at, item, mandate, reason FROM session_event WHERE session = ?1 ORDER BY seq",
        )?;
        Ok(statement.query_map([session], event)?.collect::<Result<_, _>>()?)
    }

    /// What happened to the items of a session, in the order in which they were begun.
    pub fn treatments(&self, session: SessionId) -> Result<Vec<Treatment>, StoreError> {
        let sql = format!("{TREATMENT} WHERE session = ?1 ORDER BY position");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([session], treatment)?.collect::<Result<_, _>>()?)
    }

    /// What happened to an item, if it was begun.
    pub fn treatment(&self, item: ItemId) -> Result<Option<Treatment>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{TREATMENT} WHERE item = ?1"))?;
        Ok(statement.query_row([item], treatment).optional()?)
    }

    /// What a session decided, in the order in which it was decided.
    pub fn decisions(&self, session: SessionId) -> Result<Vec<Decision>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT d.id, d.item, d.title, d.short_title, d.motivation, d.articles, d.regulation, d.proposed_by, d.taken
             FROM treatment t JOIN decision d ON d.item = t.item WHERE t.session = ?1
             ORDER BY t.position, d.position",
        )?;
        Ok(statement.query_map([session], decision)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Adds a line to the ledger of a session and returns it with its number.
    pub fn add_presence(&self, session: SessionId, new: NewPresence) -> Result<PresenceEvent, StoreError> {
        let last: Option<(i64, [u8; 32])> = self
            .conn
            .prepare_cached(
                "SELECT seq, hash FROM presence_event WHERE session = ?1 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row([session], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (seq, previous) = last.map_or((1, GENESIS), |(seq, hash)| (seq + 1, hash));
        let line = new.numbered(seq);
        let columns = Columns::of(&line.kind);
        self.conn
            .prepare_cached(
                "INSERT INTO presence_event (session, seq, mandate, kind, channel, item, corrects, reason, at, source,
                 identified_by, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                session,
                line.seq,
                line.mandate,
                line.kind.word(),
                columns.channel,
                columns.item,
                columns.corrects,
                columns.reason,
                secs(line.at),
                line.source,
                line.identified_by,
                previous,
                chain(&previous, session, &line)
            ])?;
        Ok(line)
    }

    /// Adds an event to a session; its number is given here.
    pub fn add_session_event(
        &self,
        session: SessionId,
        kind: SessionEventKind,
        about: (Option<ItemId>, Option<MandateId>),
        reason: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO session_event (session, seq, kind, at, item, mandate, reason)
                 SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM session_event WHERE session = ?1",
            )?
            .execute(params![session, kind, secs(self.now()), about.0, about.1, reason])?;
        Ok(())
    }

    /// Begins the treatment of an item.
    pub fn insert_treatment(&self, session: SessionId, new: &Treatment) -> Result<(), StoreError> {
        let count = new.quorum;
        self.conn
            .prepare_cached(
                "INSERT INTO treatment (item, session, position, started, ended, public, ledger_seq, sitting, needed,
                 room, remote, exempt, outcome, summary)
                 SELECT ?1, ?2, count(*) + 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
                 FROM treatment WHERE session = ?2",
            )?
            .execute(params![
                new.item,
                session,
                secs(new.started),
                new.ended.map(secs),
                new.public,
                new.ledger_seq,
                count.sitting,
                count.needed,
                count.room,
                count.remote,
                count.exempt,
                new.outcome,
                new.summary
            ])?;
        Ok(())
    }

    /// Ends the treatment of an item, now.
    pub fn end_treatment(&self, item: ItemId, outcome: Outcome) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE treatment SET ended = ?2, outcome = ?3 WHERE item = ?1")?
            .execute(params![item, secs(self.now()), outcome])?;
        Ok(())
    }

    /// Writes down the essence of what was said about an item (article 278).
    pub fn set_summary(&self, item: ItemId, summary: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE treatment SET summary = ?2 WHERE item = ?1")?
            .execute(params![item, summary])?;
        Ok(())
    }

    /// Adds a decision, after those that were taken on the same item.
    pub fn insert_decision(&self, new: &Decision) -> Result<(), StoreError> {
        let articles = serde_json::to_string(&new.articles);
        let articles = articles.map_err(|error| StoreError::Damaged(error.to_string()))?;
        self.conn
            .prepare_cached(
                "INSERT INTO decision (id, item, position, title, short_title, motivation, articles, regulation,
                 proposed_by, taken)
                 SELECT ?1, ?2, count(*) + 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM decision WHERE item = ?2",
            )?
            .execute(params![
                new.id,
                new.item,
                new.title,
                new.short_title,
                new.motivation,
                articles,
                new.regulation,
                new.proposed_by,
                secs(new.taken)
            ])?;
        Ok(())
    }
}

/// What a kind of line holds beside its word.
#[derive(Default)]
struct Columns<'a> {
    channel: Option<Channel>,
    item: Option<ItemId>,
    corrects: Option<i64>,
    reason: Option<&'a str>,
}

impl<'a> Columns<'a> {
    fn of(kind: &'a PresenceKind) -> Self {
        match kind {
            PresenceKind::Arrive(channel) | PresenceKind::SwitchChannel(channel) => {
                Self { channel: Some(*channel), ..Self::default() }
            }
            PresenceKind::RecuseStart(item) => Self { item: Some(*item), ..Self::default() },
            PresenceKind::Correct { of, reason } => {
                Self { corrects: Some(*of), reason: Some(reason), ..Self::default() }
            }
            _ => Self::default(),
        }
    }
}

/// SHA-256 over the hash before and every field, lengths first, so that no two lines share their bytes.
fn chain(previous: &[u8; 32], session: SessionId, line: &PresenceEvent) -> [u8; 32] {
    let columns = Columns::of(&line.kind);
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(session.0.as_bytes());
    hash.update(line.seq.to_le_bytes());
    hash.update(line.mandate.0.as_bytes());
    hash.update(secs(line.at).to_le_bytes());
    hash.update(columns.corrects.unwrap_or(0).to_le_bytes());
    hash.update(columns.item.map_or([0; 16], |item| *item.0.as_bytes()));
    let channel = columns.channel.map_or("", Channel::word);
    let words = [line.kind.word(), channel, columns.reason.unwrap_or(""), line.source.word()];
    for word in words.into_iter().chain([line.identified_by.word()]) {
        hash.update((word.len() as u64).to_le_bytes());
        hash.update(word.as_bytes());
    }
    hash.finalize().into()
}
