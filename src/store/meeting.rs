//! Meetings with their rooms and participants.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::sql::{instant, maybe_instant, parse_wall, secs, wall, wall_text, words_in_sql, zone};
use super::{StoreError, Tx, View};
use crate::booking::{Answer, Conference, Meeting, MeetingStatus, Mode, Participant};
use crate::ids::{BodyId, MeetingId, OccurrenceId, PersonId, RoomId};

mod words {
    use super::MeetingStatus;
    use super::words_in_sql;
    use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
    words_in_sql! { MeetingStatus { Live = "live", Held = "held", Cancelled = "cancelled" } }
}

/// A meeting to be written, with its list.
#[derive(Clone, Debug)]
pub struct NewMeeting<'a> {
    /// The meeting.
    pub meeting: &'a Meeting,
    /// Its list.
    pub participants: &'a [Participant],
    /// UID it had in the calendar it was imported from.
    pub imported_uid: Option<&'a str>,
    /// Digest of what was imported, to tell whether a later import changes it.
    pub import_digest: Option<[u8; 32]>,
}

/// A meeting that was imported, and the digest of what was.
pub type Known = (Meeting, Option<[u8; 32]>);

/// What tells whether a rendered meeting is still right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeetingKey {
    /// The meeting.
    pub id: MeetingId,
    /// Its version.
    pub version: i64,
}

pub(super) const COLUMNS: &str = "id, imported_uid, title, description, privacy, organiser, body, wall_start, zone, \
    length_s, rule, equipment, conference_url, dial_in, status, held_until, version, sequence, created, \
    modified, split_from, materialised_to, ad_hoc";

/// Reads a meeting whose columns come first; its rooms are read apart.
pub(super) fn meeting(row: &Row<'_>) -> rusqlite::Result<Meeting> {
    let id: MeetingId = row.get(0)?;
    let equipment: String = row.get(11)?;
    Ok(Meeting {
        id,
        uid: row.get::<_, Option<String>>(1)?.unwrap_or_else(|| id.to_string()),
        title: row.get(2)?,
        description: row.get(3)?,
        privacy: row.get(4)?,
        organiser: row.get(5)?,
        body: row.get(6)?,
        start: wall(row, 7)?,
        zone: zone(row, 8)?,
        length: TimeDelta::seconds(row.get(9)?),
        rule: row.get(10)?,
        rooms: Vec::new(),
        equipment: serde_json::from_str(&equipment).unwrap_or_default(),
        conference: Conference { url: row.get(12)?, dial_in: row.get(13)? },
        status: row.get(14)?,
        held_until: maybe_instant(row, 15)?,
        version: row.get(16)?,
        sequence: row.get(17)?,
        created: instant(row, 18)?,
        modified: instant(row, 19)?,
        split_from: row.get(20)?,
        materialised_to: row.get::<_, Option<String>>(21)?.as_deref().and_then(parse_wall),
        ad_hoc: row.get(22)?,
    })
}

impl View<'_> {
    /// The meeting with this id.
    pub fn meeting(&self, id: MeetingId) -> Result<Option<Meeting>, StoreError> {
        let found = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM meeting WHERE id = ?1"))?
            .query_row([id], meeting)
            .optional()?;
        self.with_rooms(found)
    }

    /// The meeting that was imported under this UID.
    pub fn meeting_imported_as(&self, uid: &str) -> Result<Option<Known>, StoreError> {
        let found: Option<(MeetingId, Option<[u8; 32]>)> = self
            .conn
            .prepare_cached("SELECT id, import_digest FROM meeting WHERE imported_uid = ?1")?
            .query_row([uid], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((id, digest)) = found else { return Ok(None) };
        Ok(self.meeting(id)?.map(|meeting| (meeting, digest)))
    }

    fn with_rooms(&self, found: Option<Meeting>) -> Result<Option<Meeting>, StoreError> {
        let Some(mut meeting) = found else { return Ok(None) };
        meeting.rooms = self.rooms_of(meeting.id)?;
        Ok(Some(meeting))
    }

    /// The rooms of a meeting, main room first.
    pub fn rooms_of(&self, meeting: MeetingId) -> Result<Vec<RoomId>, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT room FROM meeting_room WHERE meeting = ?1 ORDER BY position")?;
        Ok(statement.query_map([meeting], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// The list of a meeting, in the order given.
    pub fn participants(&self, meeting: MeetingId) -> Result<Vec<Participant>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT person, email, name, part, mode, answer FROM participant
             JOIN person ON person.id = participant.person WHERE meeting = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([meeting], |row| {
            Ok(Participant {
                person: row.get(0)?,
                email: row.get(1)?,
                name: row.get(2)?,
                part: row.get(3)?,
                mode: row.get(4)?,
                answer: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The list of one date: the meeting's, with what people said about this date.
    pub fn participants_at(
        &self,
        meeting: MeetingId,
        occurrence: OccurrenceId,
    ) -> Result<Vec<Participant>, StoreError> {
        let mut list = self.participants(meeting)?;
        let mut statement =
            self.conn.prepare_cached("SELECT person, mode, answer FROM attendance WHERE occurrence = ?1")?;
        let mut rows = statement.query([occurrence])?;
        while let Some(row) = rows.next()? {
            let person: PersonId = row.get(0)?;
            if let Some(participant) = list.iter_mut().find(|p| p.person == person) {
                participant.mode = row.get(1)?;
                participant.answer = row.get(2)?;
            }
        }
        Ok(list)
    }

    /// The number of live meetings of an organiser that have a date after `now`, counted up to `limit`.
    pub fn future_meetings(
        &self,
        organiser: PersonId,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM (SELECT 1 FROM meeting WHERE organiser = ?1 AND status <> 'cancelled'
                 AND EXISTS (SELECT 1 FROM occurrence WHERE occurrence.meeting = meeting.id AND starts > ?2
                             AND run = 'planned') LIMIT ?3)",
            )?
            .query_row(params![organiser, secs(now), limit], |row| row.get(0))?)
    }

    /// The meetings of an organiser with dates that are planned and not over: when the next begins, and how many
    /// there are. The soonest first.
    pub fn organised_ahead(
        &self,
        organiser: PersonId,
    ) -> Result<Vec<(MeetingId, DateTime<Utc>, u32)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT meeting.id, min(starts), count(*) FROM meeting JOIN occurrence ON occurrence.meeting = meeting.id
             WHERE organiser = ?1 AND status <> 'cancelled' AND run = 'planned' AND ends > ?2
             GROUP BY meeting.id ORDER BY min(starts), meeting.id",
        )?;
        let rows = statement.query_map(params![organiser, secs(self.now())], |row| {
            Ok((row.get(0)?, instant(row, 1)?, row.get(2)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The meetings of others on whose list somebody is, with dates that are planned and not over.
    pub fn listed_ahead(&self, person: PersonId) -> Result<Vec<MeetingId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT meeting.id FROM participant JOIN meeting ON meeting.id = participant.meeting
             WHERE participant.person = ?1 AND organiser <> ?1 AND status <> 'cancelled' AND EXISTS
                 (SELECT 1 FROM occurrence
                  WHERE occurrence.meeting = meeting.id AND run = 'planned' AND ends > ?2)
             ORDER BY meeting.id",
        )?;
        let rows = statement.query_map(params![person, secs(self.now())], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Meetings split from this one by "this and following".
    pub fn split_off(&self, meeting: MeetingId) -> Result<Vec<MeetingId>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT id FROM meeting WHERE split_from = ?1")?;
        Ok(statement.query_map([meeting], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Holds that have run out at `now`.
    pub fn expired_holds(&self, now: DateTime<Utc>) -> Result<Vec<MeetingId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM meeting WHERE held_until IS NOT NULL AND held_until <= ?1")?;
        Ok(statement.query_map([secs(now)], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Endless series whose dates do not reach `horizon`.
    pub fn short_series(&self, horizon: NaiveDateTime, limit: u32) -> Result<Vec<MeetingId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM meeting WHERE materialised_to < ?1 AND status <> 'cancelled' LIMIT ?2",
        )?;
        Ok(statement
            .query_map(params![wall_text(horizon), limit], |row| row.get(0))?
            .collect::<Result<_, _>>()?)
    }

    /// Counts of meetings and of their dates.
    pub fn counts(&self) -> Result<(u64, u64), StoreError> {
        let count = |sql: &str| -> Result<u64, StoreError> {
            let count: i64 = self.conn.query_row(sql, [], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        };
        Ok((count("SELECT count(*) FROM meeting")?, count("SELECT count(*) FROM occurrence")?))
    }
}

impl Tx<'_> {
    /// Writes a new meeting with its rooms and list.
    pub fn insert_meeting(&self, new: &NewMeeting<'_>) -> Result<(), StoreError> {
        let m = new.meeting;
        self.conn
            .prepare_cached(&format!(
                "INSERT INTO meeting ({COLUMNS}, import_digest) VALUES
                 (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24)"
            ))?
            .execute(params![
                m.id,
                new.imported_uid,
                m.title,
                m.description,
                m.privacy,
                m.organiser,
                m.body,
                wall_text(m.start),
                m.zone.name(),
                m.length.num_seconds(),
                m.rule,
                equipment_json(&m.equipment),
                m.conference.url,
                m.conference.dial_in,
                m.status,
                m.held_until.map(secs),
                m.version,
                m.sequence,
                secs(m.created),
                secs(m.modified),
                m.split_from,
                m.materialised_to.map(wall_text),
                m.ad_hoc,
                new.import_digest,
            ])?;
        self.insert_rooms(m.id, &m.rooms)?;
        for participant in new.participants {
            self.insert_participant(m.id, participant)?;
        }
        Ok(())
    }

    /// Writes a changed meeting: everything but its identity and its list.
    pub fn update_meeting(&self, m: &Meeting) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE meeting SET title = ?2, description = ?3, privacy = ?4, organiser = ?5, body = ?6,
                 wall_start = ?7, zone = ?8, length_s = ?9, rule = ?10, equipment = ?11, conference_url = ?12,
                 dial_in = ?13, status = ?14, held_until = ?15, version = ?16, sequence = ?17, modified = ?18,
                 materialised_to = ?19 WHERE id = ?1",
            )?
            .execute(params![
                m.id,
                m.title,
                m.description,
                m.privacy,
                m.organiser,
                m.body,
                wall_text(m.start),
                m.zone.name(),
                m.length.num_seconds(),
                m.rule,
                equipment_json(&m.equipment),
                m.conference.url,
                m.conference.dial_in,
                m.status,
                m.held_until.map(secs),
                m.version,
                m.sequence,
                secs(m.modified),
                m.materialised_to.map(wall_text),
            ])?;
        if self.rooms_of(m.id)? != m.rooms {
            self.conn.prepare_cached("DELETE FROM meeting_room WHERE meeting = ?1")?.execute([m.id])?;
            self.insert_rooms(m.id, &m.rooms)?;
        }
        Ok(())
    }

    /// Removes a meeting that has no date, with its list and rooms.
    pub fn delete_meeting(&self, id: MeetingId) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM participant WHERE meeting = ?1",
            "DELETE FROM meeting_room WHERE meeting = ?1",
            "DELETE FROM meeting WHERE id = ?1",
        ] {
            self.conn.prepare_cached(sql)?.execute([id])?;
        }
        Ok(())
    }

    /// Remembers what was imported under a UID.
    pub fn set_import_digest(&self, meeting: MeetingId, digest: [u8; 32]) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE meeting SET import_digest = ?2 WHERE id = ?1")?
            .execute(params![meeting, digest])?;
        Ok(())
    }

    fn insert_rooms(&self, meeting: MeetingId, rooms: &[RoomId]) -> Result<(), StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("INSERT INTO meeting_room (meeting, position, room) VALUES (?1, ?2, ?3)")?;
        for (position, room) in (0_i64..).zip(rooms) {
            statement.execute(params![meeting, position, room])?;
        }
        Ok(())
    }

    /// Puts somebody on the list, last.
    pub fn insert_participant(&self, meeting: MeetingId, p: &Participant) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO participant (meeting, person, position, part, mode, answer) VALUES (?1, ?2,
                 (SELECT coalesce(max(position), -1) + 1 FROM participant WHERE meeting = ?1), ?3, ?4, ?5)",
            )?
            .execute(params![meeting, p.person, p.part, p.mode, p.answer])?;
        Ok(())
    }

    /// Replaces the whole list, keeping what people said where they stay.
    pub fn replace_participants(&self, meeting: MeetingId, list: &[Participant]) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM participant WHERE meeting = ?1")?.execute([meeting])?;
        for participant in list {
            self.insert_participant(meeting, participant)?;
        }
        Ok(())
    }

    /// Forgets what somebody said for one date, as they are no longer on the list.
    pub fn forget_attendance(&self, occurrence: OccurrenceId, person: PersonId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM attendance WHERE occurrence = ?1 AND person = ?2")?
            .execute(params![occurrence, person])?;
        Ok(())
    }

    /// Writes what somebody said for all dates.
    pub fn set_answer(
        &self,
        meeting: MeetingId,
        person: PersonId,
        mode: Mode,
        answer: Answer,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE participant SET mode = ?3, answer = ?4 WHERE meeting = ?1 AND person = ?2",
            )?
            .execute(params![meeting, person, mode, answer])?;
        self.conn
            .prepare_cached(
                "DELETE FROM attendance WHERE person = ?2
                 AND occurrence IN (SELECT id FROM occurrence WHERE meeting = ?1)",
            )?
            .execute(params![meeting, person])?;
        Ok(())
    }

    /// Writes what somebody said for one date.
    pub fn set_answer_at(
        &self,
        occurrence: OccurrenceId,
        person: PersonId,
        mode: Mode,
        answer: Answer,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO attendance (occurrence, person, mode, answer) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (occurrence, person) DO UPDATE SET mode = ?3, answer = ?4",
            )?
            .execute(params![occurrence, person, mode, answer])?;
        Ok(())
    }

    /// Moves the answers about one date to another meeting's date: nothing to do, they hang on the date.
    /// Dates of a series that was split are handed to the new meeting here.
    pub fn hand_over_occurrences(
        &self,
        from: MeetingId,
        to: MeetingId,
        split: NaiveDateTime,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE occurrence SET meeting = ?2 WHERE meeting = ?1 AND original >= ?3")?
            .execute(params![from, to, wall_text(split)])?;
        Ok(())
    }
}

fn equipment_json(kinds: &[String]) -> String {
    serde_json::to_string(kinds).unwrap_or_else(|_| "[]".to_owned())
}

impl View<'_> {
    /// Meetings that touch `people`'s agenda: as organiser or on the list, with a date that ends after `from`
    /// and starts before `to`.
    pub fn meetings_of_person(
        &self,
        person: PersonId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<MeetingKey>, StoreError> {
        self.keys(
            "SELECT id, version FROM meeting WHERE id IN (
                 SELECT meeting FROM participant WHERE person = ?1
                 UNION SELECT id FROM meeting WHERE organiser = ?1)
             AND EXISTS (SELECT 1 FROM occurrence WHERE meeting = meeting.id AND ends > ?2 AND starts < ?3)
             ORDER BY id",
            params![person, secs(from), secs(to)],
        )
    }

    /// Meetings of a body with a date in the window.
    pub fn meetings_of_body(
        &self,
        body: BodyId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<MeetingKey>, StoreError> {
        self.keys(
            "SELECT id, version FROM meeting WHERE body = ?1
             AND EXISTS (SELECT 1 FROM occurrence WHERE meeting = meeting.id AND ends > ?2 AND starts < ?3)
             ORDER BY id",
            params![body, secs(from), secs(to)],
        )
    }

    /// Meetings that have, or had, a claim on one of `cells` in the window.
    pub fn meetings_on_cells(
        &self,
        cells: &[crate::town::ResourceId],
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<MeetingKey>, StoreError> {
        let mut keys: Vec<MeetingKey> = Vec::new();
        for cell in cells {
            keys.extend(self.keys(
                "SELECT DISTINCT meeting.id, meeting.version FROM claim
                 JOIN occurrence ON occurrence.id = claim.occurrence
                 JOIN meeting ON meeting.id = occurrence.meeting
                 WHERE claim.resource = ?1 AND claim.ends > ?2 AND claim.starts < ?3",
                params![cell, secs(from), secs(to)],
            )?);
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    /// All meetings with a date in the window.
    pub fn meetings_of_town(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<MeetingKey>, StoreError> {
        self.keys(
            "SELECT id, version FROM meeting
             WHERE EXISTS (SELECT 1 FROM occurrence WHERE meeting = meeting.id AND ends > ?1 AND starts < ?2)
             ORDER BY id",
            params![secs(from), secs(to)],
        )
    }

    fn keys(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<MeetingKey>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows =
            statement.query_map(values, |row| Ok(MeetingKey { id: row.get(0)?, version: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
