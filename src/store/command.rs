//! The first answer to a command with an idempotency key; a retry gets the same one.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::sql::secs;
use super::{StoreError, Tx, View};

/// What was answered the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// SHA-256 of the request, to tell a retry from another request with the same key.
    pub digest: [u8; 32],
    /// HTTP status.
    pub status: u16,
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Location` header.
    pub location: Option<String>,
    /// The body.
    pub body: String,
}

impl View<'_> {
    /// The first answer to the command of `caller` with this key.
    pub fn remembered(&self, caller: Uuid, key: &str) -> Result<Option<Remembered>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT digest, status, etag, place, body FROM command WHERE caller = ?1 AND key = ?2",
            )?
            .query_row(params![caller.into_bytes(), key], |row| {
                Ok(Remembered {
                    digest: row.get(0)?,
                    status: row.get(1)?,
                    etag: row.get(2)?,
                    location: row.get(3)?,
                    body: row.get(4)?,
                })
            })
            .optional()?)
    }
}

impl Tx<'_> {
    /// Keeps the answer to the command of `caller` with this key.
    pub fn remember(&self, caller: Uuid, key: &str, answer: &Remembered) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO command (caller, key, at, digest, status, etag, place, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                caller.into_bytes(),
                key,
                secs(self.now()),
                answer.digest,
                answer.status,
                answer.etag,
                answer.location,
                answer.body
            ])?;
        Ok(())
    }

    /// Forgets answers given before `before`; returns how many.
    pub fn forget_commands(&self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        Ok(self.conn.execute("DELETE FROM command WHERE at < ?1", [secs(before)])?)
    }
}
