//! The dates of meetings, and the days of rooms.

use chrono::{DateTime, NaiveDateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::sql::{instant, maybe_instant, secs, wall, wall_text, words_in_sql};
use super::{StoreError, Tx, View};
use crate::booking::{Occurrence, Run};
use crate::ids::{MeetingId, OccurrenceId, PersonId, RoomId};
use crate::time::Interval;

mod words {
    use super::Run;
    use super::words_in_sql;
    use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
    words_in_sql! {
        Run { Planned = "planned", Cancelled = "cancelled", Released = "released", Expired = "expired" }
    }
}

pub(super) const COLUMNS: &str = "id, meeting, original, starts, ends, run, title, own_rooms, checked_in, check_ins, \
    released, ended, cancelled";

fn occurrence(row: &Row<'_>) -> rusqlite::Result<(Occurrence, bool)> {
    occurrence_from(row, 0)
}

/// Reads a date whose columns begin at `first`, and whether it has rooms of its own.
pub(super) fn occurrence_from(row: &Row<'_>, first: usize) -> rusqlite::Result<(Occurrence, bool)> {
    let occurrence = Occurrence {
        id: row.get(first)?,
        meeting: row.get(first + 1)?,
        original: wall(row, first + 2)?,
        time: Interval { start: instant(row, first + 3)?, end: instant(row, first + 4)? },
        run: row.get(first + 5)?,
        title: row.get(first + 6)?,
        rooms: None,
        checked_in: maybe_instant(row, first + 8)?,
        check_ins: row.get(first + 9)?,
        released: maybe_instant(row, first + 10)?,
        ended: maybe_instant(row, first + 11)?,
        cancelled: maybe_instant(row, first + 12)?,
    };
    Ok((occurrence, row.get(first + 7)?))
}

impl View<'_> {
    /// Whether a meeting has more than one date.
    pub fn has_several_dates(&self, meeting: MeetingId) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM occurrence WHERE meeting = ?1 LIMIT 2)")?
            .query_row([meeting], |row| row.get::<_, i64>(0))?
            > 1)
    }

    /// The rooms that dates of a meeting have of their own and that are not over, also of those called off: they may
    /// come back.
    pub fn own_rooms_ahead(&self, meeting: MeetingId) -> Result<Vec<RoomId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT room FROM occurrence JOIN occurrence_room ON occurrence_room.occurrence = occurrence.id
             WHERE meeting = ?1 AND own_rooms = 1 AND ends > ?2",
        )?;
        let rows = statement.query_map(params![meeting, secs(self.now())], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The date with this id.
    pub fn occurrence(&self, id: OccurrenceId) -> Result<Option<Occurrence>, StoreError> {
        let found = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM occurrence WHERE id = ?1"))?
            .query_row([id], occurrence)
            .optional()?;
        found.map(|found| self.with_own_rooms(found)).transpose()
    }

    /// The date that the rule of `meeting` gave for `original`.
    pub fn occurrence_at(
        &self,
        meeting: MeetingId,
        original: NaiveDateTime,
    ) -> Result<Option<Occurrence>, StoreError> {
        let found = self
            .conn
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM occurrence WHERE meeting = ?1 AND original = ?2"
            ))?
            .query_row(params![meeting, wall_text(original)], occurrence)
            .optional()?;
        found.map(|found| self.with_own_rooms(found)).transpose()
    }

    /// All dates of a meeting in the order of its rule.
    pub fn occurrences(&self, meeting: MeetingId) -> Result<Vec<Occurrence>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM occurrence WHERE meeting = ?1 ORDER BY original"
        ))?;
        let found = statement.query_map([meeting], occurrence)?.collect::<Result<Vec<_>, _>>()?;
        found.into_iter().map(|found| self.with_own_rooms(found)).collect()
    }

    /// Why dates of a meeting were called off, as far as somebody said.
    pub fn cancel_reasons(&self, meeting: MeetingId) -> Result<Vec<(OccurrenceId, String)>, StoreError> {
        let sql = "SELECT id, reason FROM occurrence WHERE meeting = ?1 AND reason IS NOT NULL";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map([meeting], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    pub(super) fn with_own_rooms(
        &self,
        (mut found, own): (Occurrence, bool),
    ) -> Result<Occurrence, StoreError> {
        if own {
            let mut statement = self
                .conn
                .prepare_cached("SELECT room FROM occurrence_room WHERE occurrence = ?1 ORDER BY position")?;
            let rooms: Vec<RoomId> =
                statement.query_map([found.id], |row| row.get(0))?.collect::<Result<_, _>>()?;
            found.rooms = Some(rooms);
        }
        Ok(found)
    }

    /// Planned dates whose grace has run out at `now`.
    pub fn due_releases(&self, now: DateTime<Utc>) -> Result<Vec<OccurrenceId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM occurrence WHERE release_at IS NOT NULL AND release_at <= ?1 ORDER BY release_at",
        )?;
        Ok(statement.query_map([secs(now)], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// When the last date of any meeting of `person` ends.
    pub fn last_date_of(&self, person: PersonId) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT max(ends) FROM occurrence
                 WHERE meeting IN (SELECT meeting FROM participant WHERE person = ?1)",
            )?
            .query_row([person], |row| maybe_instant(row, 0))?)
    }
}

impl Tx<'_> {
    /// Says why the dates of a meeting that are called off in this transaction are.
    pub fn set_cancel_reason(&self, meeting: MeetingId, reason: &str) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE occurrence SET reason = ?3 WHERE meeting = ?1 AND run = 'cancelled' AND cancelled = ?2",
            params![meeting, secs(self.now()), reason],
        )?;
        Ok(())
    }

    /// Writes a new date. `release_at`: when it is given free if nobody comes.
    pub fn insert_occurrence(
        &self,
        o: &Occurrence,
        release_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(&format!(
                "INSERT INTO occurrence ({COLUMNS}, release_at, remind_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
            ))?
            .execute(params![
                o.id,
                o.meeting,
                wall_text(o.original),
                secs(o.time.start),
                secs(o.time.end),
                o.run,
                o.title,
                o.rooms.is_some(),
                o.checked_in.map(secs),
                o.check_ins,
                o.released.map(secs),
                o.ended.map(secs),
                o.cancelled.map(secs),
                release_at.map(secs),
                self.first_reminder(o),
            ])?;
        self.insert_own_rooms(o)
    }

    /// Writes a changed date. One that moves, or comes back, reminds anew; what is due for one that stays is still
    /// due.
    pub fn update_occurrence(
        &self,
        o: &Occurrence,
        release_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE occurrence SET original = ?2, starts = ?3, ends = ?4, run = ?5, title = ?6,
                 own_rooms = ?7, checked_in = ?8, check_ins = ?9, released = ?10, ended = ?11, cancelled = ?12,
                 release_at = ?13, warned = CASE starts WHEN ?3 THEN warned ELSE 0 END,
                 remind_at = CASE WHEN ?5 = 'planned' AND run = 'planned' AND starts = ?3 THEN remind_at
                             ELSE ?14 END WHERE id = ?1",
            )?
            .execute(params![
                o.id,
                wall_text(o.original),
                secs(o.time.start),
                secs(o.time.end),
                o.run,
                o.title,
                o.rooms.is_some(),
                o.checked_in.map(secs),
                o.check_ins,
                o.released.map(secs),
                o.ended.map(secs),
                o.cancelled.map(secs),
                release_at.map(secs),
                self.first_reminder(o),
            ])?;
        self.conn.prepare_cached("DELETE FROM occurrence_room WHERE occurrence = ?1")?.execute([o.id])?;
        self.insert_own_rooms(o)
    }

    fn insert_own_rooms(&self, o: &Occurrence) -> Result<(), StoreError> {
        let Some(rooms) = &o.rooms else { return Ok(()) };
        let mut statement = self
            .conn
            .prepare_cached("INSERT INTO occurrence_room (occurrence, position, room) VALUES (?1, ?2, ?3)")?;
        for (position, room) in (0_i64..).zip(rooms) {
            statement.execute(params![o.id, position, room])?;
        }
        Ok(())
    }

    /// Removes a date that no rule gives any more, with everything that hangs on it.
    pub fn delete_occurrence(&self, id: OccurrenceId) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM claim WHERE occurrence = ?1",
            "DELETE FROM attendance WHERE occurrence = ?1",
            "DELETE FROM occurrence_room WHERE occurrence = ?1",
            "DELETE FROM presence WHERE occurrence = ?1",
            "DELETE FROM occurrence WHERE id = ?1",
        ] {
            self.conn.prepare_cached(sql)?.execute([id])?;
        }
        Ok(())
    }
}
