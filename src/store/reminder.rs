//! Reminders in SQL: which dates are due, and of what people want to be reminded.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{OptionalExtension, params};

use super::sql::{instant, secs, words_in_sql};
use super::{StoreError, Tx, View};
use crate::booking::{Occurrence, Reminders, Run, next_reminder};
use crate::council::DeadlineMail;
use crate::ids::{OccurrenceId, PersonId};

mod words {
    use super::{DeadlineMail, Reminders, words_in_sql};
    use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
    words_in_sql! {
        Reminders { None = "none", Evening = "evening", Hour = "hour", Both = "both" }
        DeadlineMail { None = "none", Due = "due", Soon = "soon", Week = "week" }
    }
}

impl View<'_> {
    /// Dates whose next reminder is due, each with the instant since when, the longest due first.
    pub fn due_reminders(&self, limit: u32) -> Result<Vec<(OccurrenceId, DateTime<Utc>)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, remind_at FROM occurrence WHERE remind_at IS NOT NULL AND remind_at <= ?1
             ORDER BY remind_at LIMIT ?2",
        )?;
        let rows = statement
            .query_map(params![secs(self.now()), limit], |row| Ok((row.get(0)?, instant(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Dates that are given free before `until` if nobody comes, and whose organiser was not told.
    pub fn unwarned(&self, until: DateTime<Utc>) -> Result<Vec<OccurrenceId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM occurrence WHERE release_at IS NOT NULL AND release_at <= ?1 AND warned = 0
             ORDER BY release_at",
        )?;
        Ok(statement.query_map([secs(until)], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Of which deadlines somebody who prepares sessions wants to be told; none if they have not chosen.
    pub fn deadline_mail(&self, person: PersonId) -> Result<Option<DeadlineMail>, StoreError> {
        let sql = "SELECT deadline_mail FROM person WHERE id = ?1";
        let found = self.conn.prepare_cached(sql)?.query_row([person], |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }

    /// The last local day for which those who prepare sessions were told what is to be done.
    pub fn deadlines_told(&self) -> Result<Option<NaiveDate>, StoreError> {
        let sql = "SELECT value FROM setting WHERE key = 'deadlines.told'";
        let found: Option<String> =
            self.conn.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
        Ok(found.and_then(|day| day.parse().ok()))
    }

    /// Of what somebody wants to be reminded; none if they have not chosen.
    pub fn reminders(&self, person: PersonId) -> Result<Option<Reminders>, StoreError> {
        let sql = "SELECT reminders FROM person WHERE id = ?1";
        let found = self.conn.prepare_cached(sql)?.query_row([person], |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }
}

impl Tx<'_> {
    /// When a date is next to be looked at for reminders; never again if there is no instant.
    pub fn set_reminder(&self, id: OccurrenceId, at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE occurrence SET remind_at = ?2 WHERE id = ?1")?
            .execute(params![id, at.map(secs)])?;
        Ok(())
    }

    /// The first reminder of a date as it is written now.
    pub(super) fn first_reminder(&self, o: &Occurrence) -> Option<i64> {
        let zone = self.directory().house.zone;
        (o.run == Run::Planned).then(|| next_reminder(o.time.start, self.now(), zone).map(secs)).flatten()
    }

    /// Notes that the organiser of a date was told that nobody has come.
    pub fn set_warned(&self, id: OccurrenceId) -> Result<(), StoreError> {
        self.conn.prepare_cached("UPDATE occurrence SET warned = 1 WHERE id = ?1")?.execute([id])?;
        Ok(())
    }

    /// Notes for which local day those who prepare sessions were told what is to be done.
    pub fn set_deadlines_told(&self, day: NaiveDate) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO setting (key, value) VALUES ('deadlines.told', ?1)
             ON CONFLICT (key) DO UPDATE SET value = ?1",
            [day.to_string()],
        )?;
        Ok(())
    }

    /// Sets of which deadlines somebody who prepares sessions is told.
    pub fn set_deadline_mail(&self, person: PersonId, wanted: DeadlineMail) -> Result<(), StoreError> {
        self.conn.execute("UPDATE person SET deadline_mail = ?2 WHERE id = ?1", params![person, wanted])?;
        Ok(())
    }

    /// Sets of what somebody wants to be reminded.
    pub fn set_reminders(&self, person: PersonId, reminders: Reminders) -> Result<(), StoreError> {
        self.conn.execute("UPDATE person SET reminders = ?2 WHERE id = ?1", params![person, reminders])?;
        Ok(())
    }
}
