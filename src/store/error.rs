//! What can go wrong with the store, in our words.

use crate::booking::Refusal;
use crate::texts::Said;

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The trigger refused a claim that overlaps another: the last line of defence spoke.
    #[error("a live claim overlaps another")]
    Overlap,
    /// The disk is full, or so nearly that writing has been stopped.
    #[error("the disk is full")]
    Full,
    /// There is no file.
    #[error("no municipality at {0}")]
    Missing(String),
    /// The file was written by a newer Belfort.
    #[error("the file has version {found}, this program knows up to {known}")]
    Newer {
        /// Version of the file.
        found: i64,
        /// Newest version that this program knows.
        known: i64,
    },
    /// The file is damaged, or not ours.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// The writer has ended.
    #[error("the store is closed")]
    Closed,
    /// Anything else that SQLite says.
    #[error("{0}")]
    Sql(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::ConstraintViolation) if error.to_string().contains("overlap") => Self::Overlap,
            Some(Code::DiskFull) => Self::Full,
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged(error.to_string()),
            // On a full disk SQLite reports that it cannot write its log or its shared memory.
            Some(Code::SystemIoFailure) if error.to_string().contains("full") => Self::Full,
            _ => Self::Sql(error.to_string()),
        }
    }
}

impl StoreError {
    /// The sentence for people.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Overlap => Said::new("booking.just_taken"),
            Self::Full => Said::new("store.full"),
            Self::Missing(path) => Said::new("store.missing").with("path", path),
            Self::Newer { found, known } => {
                Said::new("store.newer").with("found", found).with("known", known)
            }
            Self::Damaged(what) => Said::new("store.damaged").with("what", what),
            Self::Closed => Said::new("store.closed"),
            Self::Sql(_) => Said::new("server.internal"),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overlap => {
                Self::Taken { conflicts: Vec::new(), alternatives: Vec::new(), wish: None }
            }
            StoreError::Sql(what) => Self::Internal(what),
            other => Self::Unavailable(other.said()),
        }
    }
}
