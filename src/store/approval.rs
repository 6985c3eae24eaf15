//! What waits for consent, and why.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::sql::secs;
use super::{StoreError, Tx, View};
use crate::booking::Reason;
use crate::ids::MeetingId;

impl View<'_> {
    /// Meetings that are held and not yet lapsed at `now`, those that lapse first before the others.
    pub fn held_meetings(&self, now: DateTime<Utc>) -> Result<Vec<MeetingId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM meeting WHERE held_until IS NOT NULL AND held_until > ?1 ORDER BY held_until, id",
        )?;
        Ok(statement.query_map([secs(now)], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// What the rules said of a request that waits for consent; nothing if somebody only holds a room.
    pub fn hold_reasons(&self, meeting: MeetingId) -> Result<Vec<Reason>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT reason FROM hold_reason WHERE meeting = ?1 ORDER BY position")?;
        let texts: Vec<String> =
            statement.query_map([meeting], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let read = |text: &String| {
            serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("reason {text}: {error}")))
        };
        texts.iter().map(read).collect()
    }
}

impl Tx<'_> {
    /// Writes down why a meeting is held, in place of what was there.
    pub fn put_hold_reasons(&self, meeting: MeetingId, reasons: &[Reason]) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM hold_reason WHERE meeting = ?1")?.execute([meeting])?;
        let mut statement = self
            .conn
            .prepare_cached("INSERT INTO hold_reason (meeting, position, reason) VALUES (?1, ?2, ?3)")?;
        for (position, reason) in (0_i64..).zip(reasons) {
            let text = serde_json::to_string(reason)
                .map_err(|error| StoreError::Sql(format!("reason of {}: {error}", reason.rule)))?;
            statement.execute(params![meeting, position, text])?;
        }
        Ok(())
    }
}
