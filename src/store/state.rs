//! How the file and its disk stand, for those who look after them.

use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

use super::space::free_bytes;
use super::sql::maybe_instant;
use super::{FILE, Store, StoreError, View, open};

/// What the municipality takes on disk, and what is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// Bytes of the file and of its write-ahead log.
    pub file: u64,
    /// Bytes that can still be written; nothing if the system does not say.
    pub free: Option<u64>,
    /// Writing has stopped because the disk is full.
    pub read_only: bool,
}

impl Store {
    /// What the municipality takes on disk.
    #[must_use]
    pub fn disk(&self) -> Disk {
        let size = |name: &str| std::fs::metadata(self.dir().join(name)).map_or(0, |meta| meta.len());
        Disk {
            file: size(FILE) + size(&format!("{FILE}-wal")),
            free: free_bytes(self.dir()),
            read_only: self.gauges().get("read_only").copied().unwrap_or(0) == 1,
        }
    }
}

impl View<'_> {
    /// The version of the file's tables, and the newest that this program knows.
    pub fn schema(&self) -> Result<(i64, usize), StoreError> {
        let version = self.conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
        Ok((version, open::MIGRATIONS.len()))
    }

    /// When the mail was queued that waits longest.
    pub fn oldest_queued_mail(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT min(created) FROM mail WHERE state = 'queued'";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |row| maybe_instant(row, 0)).optional()?.flatten())
    }
}
