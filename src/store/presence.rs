//! The ledger of presence in SQL: lines are only added, and wiped whole by retention.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::sql::{instant, secs};
use super::{StoreError, Tx, View};
use crate::ids::OccurrenceId;
use crate::presence::Entry;

impl View<'_> {
    /// The lines of one date, in order.
    pub fn presence(&self, occurrence: OccurrenceId) -> Result<Vec<Entry>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT person, device, evidence, assurance, at FROM presence WHERE occurrence = ?1 ORDER BY seq",
        )?;
        let rows = statement.query_map([occurrence], |row| {
            Ok(Entry {
                occurrence,
                person: row.get(0)?,
                device: row.get(1)?,
                evidence: row.get(2)?,
                assurance: row.get(3)?,
                at: instant(row, 4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Devices whose last line since `since` says that they are here: after a restart their heartbeats are
    /// awaited anew.
    pub fn devices_here(&self, since: DateTime<Utc>) -> Result<Vec<Entry>, StoreError> {
        let mut statement = self.conn.prepare(
            "SELECT occurrence, person, device, evidence, assurance, at FROM presence AS p
             WHERE at >= ?1 AND evidence = 'joined' AND NOT EXISTS (
                 SELECT 1 FROM presence AS q WHERE q.occurrence = p.occurrence AND q.person = p.person
                 AND q.device = p.device AND q.seq > p.seq)",
        )?;
        let rows = statement.query_map([secs(since)], |row| {
            Ok(Entry {
                occurrence: row.get(0)?,
                person: row.get(1)?,
                device: row.get(2)?,
                evidence: row.get(3)?,
                assurance: row.get(4)?,
                at: instant(row, 5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Adds a line.
    pub fn insert_presence(&self, entry: &Entry) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO presence (occurrence, person, device, evidence, assurance, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                entry.occurrence,
                entry.person,
                entry.device,
                entry.evidence,
                entry.assurance,
                secs(entry.at)
            ])?;
        Ok(())
    }

    /// Wipes the telemetry of presence older than `before`; returns how many lines.
    pub fn wipe_presence(&self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        Ok(self.conn.execute("DELETE FROM presence WHERE at < ?1", [secs(before)])?)
    }
}
