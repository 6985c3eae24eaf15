//! Convocations, and how each member was reached.

use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use super::sql::{instant, maybe_instant, secs};
use super::{StoreError, Tx, View};
use crate::council::{Convocation, Dispatch, SealedDocument};
use crate::ids::{MandateId, PersonId, SessionId};

const DISPATCH: &str =
    "SELECT id, session, number, mandate, channel, state, queued_at, sent_at, evidence, opened_at
    FROM dispatch";

fn convocation(row: &Row<'_>) -> rusqlite::Result<Convocation> {
    Ok(Convocation {
        session: row.get(0)?,
        number: row.get(1)?,
        kind: row.get(2)?,
        agenda_version: row.get(3)?,
        urgent_reason: row.get(4)?,
        letter: row.get(5)?,
        hash: row.get(6)?,
        sealed_at: instant(row, 7)?,
    })
}

fn dispatch(row: &Row<'_>) -> rusqlite::Result<Dispatch> {
    Ok(Dispatch {
        id: Uuid::from_bytes(row.get(0)?),
        session: row.get(1)?,
        number: row.get(2)?,
        mandate: row.get(3)?,
        channel: row.get(4)?,
        state: row.get(5)?,
        queued_at: instant(row, 6)?,
        sent_at: maybe_instant(row, 7)?,
        evidence: row.get(8)?,
        opened_at: maybe_instant(row, 9)?,
    })
}

impl View<'_> {
    /// The convocations of a session, by number.
    pub fn convocations(&self, session: SessionId) -> Result<Vec<Convocation>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT session, number, kind, agenda_version, urgent_reason, letter, hash, sealed_at FROM convocation
             WHERE session = ?1 ORDER BY number",
        )?;
        Ok(statement.query_map([session], convocation)?.collect::<Result<_, _>>()?)
    }

    /// The documents that went with a convocation, in their order.
    pub fn sealed_documents(
        &self,
        session: SessionId,
        number: u32,
    ) -> Result<Vec<SealedDocument>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT document, version, sha256 FROM convocation_document
             WHERE session = ?1 AND number = ?2 ORDER BY document",
        )?;
        let read = |row: &Row<'_>| {
            Ok(SealedDocument { document: row.get(0)?, version: row.get(1)?, sha256: row.get(2)? })
        };
        Ok(statement.query_map(params![session, number], read)?.collect::<Result<_, _>>()?)
    }

    /// How the members of a session were reached, in order of number and time.
    pub fn dispatches(&self, session: SessionId) -> Result<Vec<Dispatch>, StoreError> {
        let sql = format!("{DISPATCH} WHERE session = ?1 ORDER BY number, queued_at, id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([session], dispatch)?.collect::<Result<_, _>>()?)
    }

    /// A dispatch.
    pub fn dispatch(&self, id: Uuid) -> Result<Option<Dispatch>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{DISPATCH} WHERE id = ?1"))?;
        Ok(statement.query_row([id.into_bytes()], dispatch).optional()?)
    }

    /// The dispatches to a person that they have not opened yet.
    pub fn unopened_dispatches(
        &self,
        session: SessionId,
        person: PersonId,
    ) -> Result<Vec<Dispatch>, StoreError> {
        let sql = format!(
            "{DISPATCH} WHERE session = ?1 AND opened_at IS NULL
             AND mandate IN (SELECT id FROM mandate WHERE person = ?2) ORDER BY number, id"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map(params![session, person], dispatch)?.collect::<Result<_, _>>()?)
    }

    /// How often a mandate was convened.
    pub fn was_convened(&self, session: SessionId, mandate: MandateId) -> Result<bool, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT 1 FROM dispatch WHERE session = ?1 AND mandate = ?2 LIMIT 1")?;
        Ok(statement.query_row(params![session, mandate], |_| Ok(())).optional()?.is_some())
    }
}

impl Tx<'_> {
    /// Adds a sealed convocation.
    pub fn insert_convocation(&self, new: &Convocation) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO convocation (session, number, kind, agenda_version, urgent_reason, letter, hash, sealed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                new.session,
                new.number,
                new.kind,
                new.agenda_version,
                new.urgent_reason,
                new.letter,
                new.hash,
                secs(new.sealed_at)
            ],
        )?;
        Ok(())
    }

    /// Adds the documents that go with a convocation.
    pub fn seal_documents(
        &self,
        convocation: &Convocation,
        documents: &[SealedDocument],
    ) -> Result<(), StoreError> {
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO convocation_document (session, number, document, version, sha256)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for one in documents {
            let (session, number) = (convocation.session, convocation.number);
            insert.execute(params![session, number, one.document, one.version, one.sha256])?;
        }
        Ok(())
    }

    /// Adds a dispatch, or writes down how far it has come.
    pub fn put_dispatch(&self, d: &Dispatch) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO dispatch (id, session, number, mandate, channel, state, queued_at, sent_at, evidence,
                 opened_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (id) DO UPDATE SET state = ?6, sent_at = ?8, evidence = ?9, opened_at = ?10",
            )?
            .execute(params![
                d.id.into_bytes(),
                d.session,
                d.number,
                d.mandate,
                d.channel,
                d.state,
                secs(d.queued_at),
                d.sent_at.map(secs),
                d.evidence,
                d.opened_at.map(secs)
            ])?;
        Ok(())
    }

    /// Queues the mail of a dispatch; the same once more is no second one.
    pub fn queue_convocation(&self, dispatch: Uuid, person: PersonId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO mail (id, meeting, date, person, kind, sequence, state, attempts, in_hand, doubtful,
                 next_at, created, note, dispatch)
                 VALUES (?1, NULL, '', ?2, 'convocation', 0, 'queued', 0, 0, 0, ?3, ?3, NULL, ?4)
                 ON CONFLICT (dispatch) DO NOTHING",
            )?
            .execute(params![
                self.fresh().into_bytes(),
                person,
                secs(self.now()),
                dispatch.into_bytes()
            ])?;
        Ok(())
    }
}
