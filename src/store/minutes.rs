//! Minutes: the texts that members could read, their remarks, approval and signatures.

use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use super::sql::{instant, maybe_instant, secs};
use super::{StoreError, Tx, View};
use crate::council::{Minutes, MinutesRemark, MinutesVersion};
use crate::ids::SessionId;

fn minutes(row: &Row<'_>) -> rusqlite::Result<Minutes> {
    Ok(Minutes {
        session: row.get(0)?,
        available_at: instant(row, 1)?,
        approved_in: row.get(2)?,
        approved_at: maybe_instant(row, 3)?,
        signed_chair: maybe_instant(row, 4)?,
        signed_secretary: maybe_instant(row, 5)?,
    })
}

fn version(row: &Row<'_>) -> rusqlite::Result<MinutesVersion> {
    Ok(MinutesVersion {
        session: row.get(0)?,
        number: row.get(1)?,
        made_at: instant(row, 2)?,
        content: row.get(3)?,
        report: row.get(4)?,
        hash: row.get(5)?,
    })
}

fn remark(row: &Row<'_>) -> rusqlite::Result<MinutesRemark> {
    let answer: Option<String> = row.get(5)?;
    Ok(MinutesRemark {
        id: Uuid::from_bytes(row.get(0)?),
        mandate: row.get(1)?,
        item: row.get(2)?,
        text: row.get(3)?,
        made_at: instant(row, 4)?,
        taken_over: answer.map(|word| word == "taken_over"),
    })
}

impl View<'_> {
    /// Where the minutes of a session stand; none while they are not at the members' disposal.
    pub fn minutes(&self, session: SessionId) -> Result<Option<Minutes>, StoreError> {
        let sql = "SELECT session, available_at, approved_in, approved_at, signed_chair, signed_secretary
            FROM minutes WHERE session = ?1";
        Ok(self.conn.prepare_cached(sql)?.query_row([session], minutes).optional()?)
    }

    /// The texts of the minutes of a session, by number.
    pub fn minutes_versions(&self, session: SessionId) -> Result<Vec<MinutesVersion>, StoreError> {
        let sql =
            "SELECT session, number, made_at, content, report, hash FROM minutes_version WHERE session = ?1
            ORDER BY number";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map([session], version)?.collect::<Result<_, _>>()?)
    }

    /// The remarks on the minutes of a session, by time.
    pub fn minutes_remarks(&self, session: SessionId) -> Result<Vec<MinutesRemark>, StoreError> {
        let sql = "SELECT id, mandate, item, text, made_at, answer FROM minutes_remark WHERE session = ?1
            ORDER BY made_at, id";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map([session], remark)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Writes down where minutes stand.
    pub fn put_minutes(&self, m: &Minutes) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO minutes (session, available_at, approved_in, approved_at, signed_chair, signed_secretary)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (session) DO UPDATE SET available_at = ?2, approved_in = ?3,
             approved_at = ?4, signed_chair = ?5, signed_secretary = ?6",
            params![
                m.session,
                secs(m.available_at),
                m.approved_in,
                m.approved_at.map(secs),
                m.signed_chair.map(secs),
                m.signed_secretary.map(secs)
            ],
        )?;
        Ok(())
    }

    /// Adds a text of the minutes.
    pub fn insert_minutes_version(&self, v: &MinutesVersion) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO minutes_version (session, number, made_at, content, report, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![v.session, v.number, secs(v.made_at), v.content, v.report, v.hash],
        )?;
        Ok(())
    }

    /// Adds a remark, or what became of it.
    pub fn put_minutes_remark(&self, session: SessionId, r: &MinutesRemark) -> Result<(), StoreError> {
        let answer = r.taken_over.map(|taken| if taken { "taken_over" } else { "refused" });
        let answered = answer.map(|_| secs(self.now()));
        self.conn.execute(
            "INSERT INTO minutes_remark (id, session, mandate, item, text, made_at, answer, answered)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (id) DO UPDATE SET answer = ?7, answered = ?8",
            params![r.id.into_bytes(), session, r.mandate, r.item, r.text, secs(r.made_at), answer, answered],
        )?;
        Ok(())
    }
}
