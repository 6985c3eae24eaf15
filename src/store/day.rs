//! The dates on a cell, or of a person, with all that a day shows of them, in one query.

use std::sync::LazyLock;

use rusqlite::{Params, params};

use super::claim::LONGEST_S;
use super::meeting::{COLUMNS as MEETING, meeting};
use super::occurrence::{COLUMNS as OCCURRENCE, occurrence_from};
use super::sql::secs;
use super::{StoreError, View};
use crate::booking::{Meeting, Occurrence};
use crate::ids::PersonId;
use crate::time::Interval;
use crate::town::ResourceId;

/// A date with its meeting and the name of who organises it.
#[derive(Clone, Debug)]
pub struct DatedMeeting {
    /// The meeting.
    pub meeting: Meeting,
    /// One of its dates.
    pub date: Occurrence,
    /// Name of the organiser.
    pub organiser: String,
}

static ON_CELL: LazyLock<String> = LazyLock::new(|| {
    dated(
        "claim JOIN occurrence ON occurrence.id = claim.occurrence",
        "claim.resource = ?3 AND claim.starts < ?2 AND claim.starts > ?4 AND claim.ends > ?1",
    )
});

static OF_PERSON: LazyLock<String> = LazyLock::new(|| {
    dated(
        "occurrence",
        "occurrence.meeting IN (
             SELECT meeting FROM participant WHERE person = ?3
             UNION SELECT id FROM meeting WHERE organiser = ?3)",
    )
});

/// Dates whose visible time touches the one from ?1 to ?2, with their meetings and organisers.
fn dated(from: &str, condition: &str) -> String {
    format!(
        "SELECT {}, {}, person.name FROM {from}
         JOIN meeting ON meeting.id = occurrence.meeting
         JOIN person ON person.id = meeting.organiser
         WHERE {condition} AND occurrence.starts < ?2 AND occurrence.ends > ?1
         ORDER BY occurrence.starts, occurrence.id",
        of("meeting", MEETING),
        of("occurrence", OCCURRENCE)
    )
}

/// A list of columns, each with the name of its table.
fn of(table: &str, columns: &str) -> String {
    columns.split(',').map(|column| format!("{table}.{}", column.trim())).collect::<Vec<_>>().join(", ")
}

impl View<'_> {
    /// The dates that have, or had, a claim on `cell` and whose visible time touches `time`, in order of start.
    pub fn dates_on(&self, cell: ResourceId, time: Interval) -> Result<Vec<DatedMeeting>, StoreError> {
        let (start, end) = (secs(time.start), secs(time.end));
        self.dated(&ON_CELL, params![start, end, cell, start - LONGEST_S])
    }

    /// The dates of somebody in `time`, as organiser or on the list, in order of start.
    pub fn dates_of_person(&self, person: PersonId, time: Interval) -> Result<Vec<DatedMeeting>, StoreError> {
        self.dated(&OF_PERSON, params![secs(time.start), secs(time.end), person])
    }

    fn dated(&self, sql: &str, values: impl Params) -> Result<Vec<DatedMeeting>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let meeting_columns = MEETING.split(',').count();
        let name = meeting_columns + OCCURRENCE.split(',').count();
        let rows = statement.query_map(values, |row| {
            Ok((meeting(row)?, occurrence_from(row, meeting_columns)?, row.get(name)?))
        })?;
        let mut dates = Vec::new();
        for row in rows {
            let (mut meeting, date, organiser) = row?;
            meeting.rooms = self.rooms_of(meeting.id)?;
            dates.push(DatedMeeting { meeting, date: self.with_own_rooms(date)?, organiser });
        }
        Ok(dates)
    }
}
