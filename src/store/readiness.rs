//! How ready a session is, and the chair's test calls.

use chrono::{DateTime, Utc};
use rusqlite::{Row, params};

use super::sql::{instant, maybe_instant, secs};
use super::{StoreError, Tx, View};
use crate::council::{ReadyItem, TestCall};
use crate::ids::SessionId;

fn ready_item(row: &Row<'_>) -> rusqlite::Result<ReadyItem> {
    Ok(ReadyItem { what: row.get(0)?, state: row.get(1)?, at: instant(row, 2)?, note: row.get(3)? })
}

fn test_call(row: &Row<'_>) -> rusqlite::Result<TestCall> {
    Ok(TestCall {
        mandate: row.get(0)?,
        planned: maybe_instant(row, 1)?,
        done_at: maybe_instant(row, 2)?,
        result: row.get(3)?,
        note: row.get(4)?,
    })
}

impl View<'_> {
    /// What was noted of how ready a session is.
    pub fn readiness(&self, session: SessionId) -> Result<Vec<ReadyItem>, StoreError> {
        let sql = "SELECT item, state, at, note FROM readiness WHERE session = ?1 ORDER BY item";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map([session], ready_item)?.collect::<Result<_, _>>()?)
    }

    /// The test calls with members.
    pub fn test_calls(&self, session: SessionId) -> Result<Vec<TestCall>, StoreError> {
        let sql = "SELECT mandate, planned, done_at, result, note FROM test_call WHERE session = ?1 ORDER BY mandate";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map([session], test_call)?.collect::<Result<_, _>>()?)
    }

    /// When the first test call is planned.
    pub fn first_test_call(&self, session: SessionId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT min(planned) FROM test_call WHERE session = ?1";
        Ok(self.conn.prepare_cached(sql)?.query_row([session], |row| maybe_instant(row, 0))?)
    }
}

impl Tx<'_> {
    /// Notes how ready one thing is.
    pub fn put_ready_item(&self, session: SessionId, item: &ReadyItem) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO readiness (session, item, state, at, note) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (session, item) DO UPDATE SET state = ?3, at = ?4, note = ?5",
            params![session, item.what, item.state, secs(item.at), item.note],
        )?;
        Ok(())
    }

    /// Plans a test call with a member, or notes how it went.
    pub fn put_test_call(&self, session: SessionId, call: &TestCall) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO test_call (session, mandate, planned, done_at, result, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (session, mandate) DO UPDATE SET planned = ?3, done_at = ?4, result = ?5, note = ?6",
            params![
                session,
                call.mandate,
                call.planned.map(secs),
                call.done_at.map(secs),
                call.result,
                call.note
            ],
        )?;
        Ok(())
    }
}
