//! Claims in SQL. The probe asks for the last live claim that starts before my end; the trigger asks again.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::sql::{instant, secs};
use super::{StoreError, Tx, View};
use crate::booking::{Claim, Strength};
use crate::ids::{MeetingId, OccurrenceId};
use crate::time::Interval;
use crate::town::ResourceId;

/// The longest claim there can be, in seconds: a meeting of 14 days with a day before and a day after.
/// Bounds the search for soft claims, which may overlap.
pub(super) const LONGEST_S: i64 = 16 * 86_400;

/// Who has it, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// When, with set-up and clean-up.
    pub time: Interval,
    /// The date that has it.
    pub occurrence: OccurrenceId,
}

fn taken(row: &Row<'_>) -> rusqlite::Result<Taken> {
    Ok(Taken { time: Interval { start: instant(row, 0)?, end: instant(row, 1)? }, occurrence: row.get(2)? })
}

impl View<'_> {
    /// The live hard claim or hold that overlaps `time`, the last one if there are several.
    pub fn taken(&self, resource: ResourceId, time: Interval) -> Result<Option<Taken>, StoreError> {
        let last = self
            .conn
            .prepare_cached(
                "SELECT starts, ends, occurrence FROM claim
                 WHERE resource = ?1 AND starts < ?2 AND live = 1 AND strength <> 'soft'
                 ORDER BY starts DESC LIMIT 1",
            )?
            .query_row(params![resource, secs(time.end)], taken)
            .optional()?;
        Ok(last.filter(|last| last.time.end > time.start))
    }

    /// Live claims of any strength that overlap `time`, in order of start.
    pub fn claims_in(&self, resource: ResourceId, time: Interval) -> Result<Vec<Taken>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT starts, ends, occurrence FROM claim
             WHERE resource = ?1 AND starts < ?2 AND starts > ?3 AND ends > ?4 AND live = 1 ORDER BY starts",
        )?;
        let start = secs(time.start);
        let rows = statement.query_map(params![resource, secs(time.end), start - LONGEST_S, start], taken)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether the person's time is softly claimed in `time` by another meeting than `except`.
    pub fn softly_busy(
        &self,
        resource: ResourceId,
        time: Interval,
        except: MeetingId,
    ) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM claim JOIN occurrence ON occurrence.id = claim.occurrence
             WHERE resource = ?1 AND claim.starts < ?2 AND claim.starts > ?3 AND claim.ends > ?4 AND live = 1
               AND meeting <> ?5)",
        )?;
        let start = secs(time.start);
        Ok(statement
            .query_row(params![resource, secs(time.end), start - LONGEST_S, start, except], |row| {
                row.get(0)
            })?)
    }

    /// When the next live hard claim of `resource` starts, at or after `from`.
    pub fn next_claim(
        &self,
        resource: ResourceId,
        from: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT starts FROM claim WHERE resource = ?1 AND starts >= ?2 AND live = 1
                 AND strength <> 'soft' ORDER BY starts LIMIT 1",
            )?
            .query_row(params![resource, secs(from)], |row| instant(row, 0))
            .optional()?)
    }

    /// Pairs of live hard claims that overlap: always empty, or the invariant is broken.
    pub fn overlapping_claims(&self) -> Result<u64, StoreError> {
        let mut statement = self.conn.prepare(
            "SELECT resource, starts, ends FROM claim WHERE live = 1 AND strength <> 'soft'
             ORDER BY resource, starts",
        )?;
        let mut rows = statement.query([])?;
        let (mut overlaps, mut last) = (0, (i64::MIN, i64::MIN));
        while let Some(row) = rows.next()? {
            let (resource, starts, ends): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            overlaps += u64::from(resource == last.0 && starts < last.1);
            last = if resource == last.0 { (resource, ends.max(last.1)) } else { (resource, ends) };
        }
        Ok(overlaps)
    }
}

impl Tx<'_> {
    /// Claims; the trigger refuses an overlap with [`StoreError::Overlap`].
    pub fn insert_claim(&self, claim: &Claim) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO claim (resource, starts, occurrence, ends, strength, live)
                 VALUES (?1, ?2, ?3, ?4, ?5, 1)",
            )?
            .execute(params![
                claim.resource,
                secs(claim.time.start),
                claim.occurrence,
                secs(claim.time.end),
                claim.strength
            ])?;
        Ok(())
    }

    /// Removes the claims of a date, before it claims anew at another time or place.
    pub fn drop_claims(&self, occurrence: OccurrenceId) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM claim WHERE occurrence = ?1")?.execute([occurrence])?;
        Ok(())
    }

    /// Frees one resource that a date has claimed: somebody who no longer takes part.
    pub fn drop_claim_of(&self, occurrence: OccurrenceId, resource: ResourceId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM claim WHERE occurrence = ?1 AND resource = ?2")?
            .execute(params![occurrence, resource])?;
        Ok(())
    }

    /// Frees what a date has claimed, keeping the rows for its history.
    pub fn silence_claims(&self, occurrence: OccurrenceId) -> Result<(), StoreError> {
        self.conn.prepare_cached("UPDATE claim SET live = 0 WHERE occurrence = ?1")?.execute([occurrence])?;
        Ok(())
    }

    /// Takes back what a date had claimed; [`StoreError::Overlap`] if another has it by now.
    pub fn revive_claims(&self, occurrence: OccurrenceId) -> Result<(), StoreError> {
        self.conn.prepare_cached("UPDATE claim SET live = 1 WHERE occurrence = ?1")?.execute([occurrence])?;
        Ok(())
    }

    /// Ends the hard claims of a running date at `end`; those that would be empty are freed.
    pub fn shorten_claims(&self, occurrence: OccurrenceId, end: DateTime<Utc>) -> Result<(), StoreError> {
        let end = secs(end);
        self.conn
            .prepare_cached("UPDATE claim SET live = 0 WHERE occurrence = ?1 AND starts >= ?2")?
            .execute(params![occurrence, end])?;
        self.conn
            .prepare_cached("UPDATE claim SET ends = ?2 WHERE occurrence = ?1 AND starts < ?2 AND ends > ?2")?
            .execute(params![occurrence, end])?;
        Ok(())
    }

    /// Makes the holds of a date firm.
    pub fn harden_claims(&self, occurrence: OccurrenceId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE claim SET strength = ?2 WHERE occurrence = ?1 AND strength = ?3")?
            .execute(params![occurrence, Strength::Hard, Strength::Hold])?;
        Ok(())
    }
}

impl View<'_> {
    /// The claims of a date, live or not.
    pub fn claims_of_occurrence(&self, occurrence: OccurrenceId) -> Result<Vec<Claim>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT resource, starts, ends, strength FROM claim WHERE occurrence = ?1 ORDER BY resource",
        )?;
        let rows = statement.query_map([occurrence], |row| {
            Ok(Claim {
                resource: row.get(0)?,
                time: Interval { start: instant(row, 1)?, end: instant(row, 2)? },
                occurrence,
                strength: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
