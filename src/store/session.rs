//! Sessions of bodies.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::sql::{bad, instant, maybe_instant, secs, zone};
use super::{StoreError, Tx, View};
use crate::council::Session;
use crate::ids::{BodyId, MeetingId, SessionId};
use crate::time::Interval;

const SESSION: &str =
    "SELECT id, slug, body, term, meeting, planned, zone, length_min, place, mode, mode_reason, chair,
    secretary, joint_with, convocation_no, previous, stream_url, state, opened, closed, version FROM session";

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let reason: Option<String> = row.get(10)?;
    let mode_reason =
        reason.map(|json| serde_json::from_str(&json).map_err(|_| bad(10, &json))).transpose()?;
    Ok(Session {
        id: row.get(0)?,
        slug: row.get(1)?,
        body: row.get(2)?,
        term: row.get(3)?,
        meeting: row.get(4)?,
        planned: instant(row, 5)?,
        zone: zone(row, 6)?,
        length_min: row.get(7)?,
        place: row.get(8)?,
        mode: row.get(9)?,
        mode_reason,
        chair: row.get(11)?,
        secretary: row.get(12)?,
        joint_with: row.get(13)?,
        convocation_no: row.get(14)?,
        previous: row.get(15)?,
        stream_url: row.get(16)?,
        state: row.get(17)?,
        opened: maybe_instant(row, 18)?,
        closed: maybe_instant(row, 19)?,
        version: row.get(20)?,
    })
}

impl View<'_> {
    /// A session.
    pub fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{SESSION} WHERE id = ?1"))?;
        Ok(statement.query_row([id], session).optional()?)
    }

    /// The session with this name in addresses.
    pub fn session_named(&self, slug: &str) -> Result<Option<Session>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{SESSION} WHERE slug = ?1"))?;
        Ok(statement.query_row([slug], session).optional()?)
    }

    /// The session that a meeting is.
    pub fn session_of(&self, meeting: MeetingId) -> Result<Option<Session>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{SESSION} WHERE meeting = ?1"))?;
        Ok(statement.query_row([meeting], session).optional()?)
    }

    /// The sessions planned to start within a window, of all bodies, by start.
    pub fn sessions_within(&self, window: Interval) -> Result<Vec<Session>, StoreError> {
        let sql = format!("{SESSION} WHERE planned >= ?1 AND planned < ?2 ORDER BY planned, slug");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params![secs(window.start), secs(window.end)], session)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every session of a body, by start.
    pub fn sessions_of_body(&self, body: BodyId) -> Result<Vec<Session>, StoreError> {
        let sql = format!("{SESSION} WHERE body = ?1 ORDER BY planned, slug");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([body], session)?.collect::<Result<_, _>>()?)
    }

    /// The last session of a body before an instant that was held or could have been: neither called off nor without
    /// enough members.
    pub fn session_before(&self, body: BodyId, at: DateTime<Utc>) -> Result<Option<Session>, StoreError> {
        let sql = format!(
            "{SESSION} WHERE body = ?1 AND planned < ?2 AND state NOT IN ('cancelled', 'not_quorate')
             ORDER BY planned DESC LIMIT 1"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row(params![body, secs(at)], session).optional()?)
    }

    /// The next session of a body after an instant that is not called off.
    pub fn session_after(&self, body: BodyId, at: DateTime<Utc>) -> Result<Option<Session>, StoreError> {
        let sql = format!(
            "{SESSION} WHERE body = ?1 AND planned > ?2 AND state NOT IN ('cancelled', 'not_quorate')
             ORDER BY planned LIMIT 1"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row(params![body, secs(at)], session).optional()?)
    }
}

impl Tx<'_> {
    /// Adds a session, or changes one.
    pub fn put_session(&self, s: &Session) -> Result<(), StoreError> {
        let reason = s.mode_reason.as_ref().map(serde_json::to_string).transpose();
        let reason = reason.map_err(|error| StoreError::Damaged(error.to_string()))?;
        self.conn
            .prepare_cached(
                "INSERT INTO session (id, slug, body, term, meeting, planned, zone, length_min, place, mode, mode_reason,
                 chair, secretary, joint_with, convocation_no, previous, stream_url, state, opened, closed, version)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
                 ON CONFLICT (id) DO UPDATE SET slug = ?2, body = ?3, term = ?4, meeting = ?5, planned = ?6, zone = ?7,
                 length_min = ?8, place = ?9, mode = ?10, mode_reason = ?11, chair = ?12, secretary = ?13,
                 joint_with = ?14, convocation_no = ?15, previous = ?16, stream_url = ?17, state = ?18, opened = ?19,
                 closed = ?20, version = ?21",
            )?
            .execute(params![
                s.id,
                s.slug,
                s.body,
                s.term,
                s.meeting,
                secs(s.planned),
                s.zone.name(),
                s.length_min,
                s.place,
                s.mode,
                reason,
                s.chair,
                s.secretary,
                s.joint_with,
                s.convocation_no,
                s.previous,
                s.stream_url,
                s.state,
                s.opened.map(secs),
                s.closed.map(secs),
                s.version
            ])?;
        Ok(())
    }
}
