//! What survives a restart: the last board, the language and colours, and commands not yet taken. The only
//! file of the kiosk that speaks SQL.
//!
//! Nothing here is the truth, so a damaged file is moved aside and a new one begun.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::desk::Pending;
use super::options::KioskError;
use crate::texts::Lang;
use crate::wire::Board;

const FILE: &str = "kiosk.sqlite";
const VERSION: i64 = 1;
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS outbox (
        position INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        payload TEXT NOT NULL,
        lang TEXT NOT NULL,
        made_at INTEGER NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        last_error TEXT
    ) STRICT;
    PRAGMA user_version = 1;";

/// The small file beside the screen.
#[derive(Debug)]
pub struct Cache {
    db: Mutex<Connection>,
    moved: Option<PathBuf>,
}

/// A command in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// What is to be sent.
    pub pending: Pending,
    /// How often it was tried.
    pub tries: u32,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

impl Cache {
    /// Opens the file in `dir`, or begins one; in memory without a directory.
    pub fn open(dir: Option<&Path>) -> Result<Self, KioskError> {
        let unusable = |path: &Path, reason: &dyn std::fmt::Display| KioskError::Data {
            path: path.display().to_string(),
            reason: reason.to_string(),
        };
        let Some(dir) = dir else {
            let db = in_memory().map_err(|error| unusable(Path::new("memory"), &error))?;
            return Ok(Self { db: Mutex::new(db), moved: None });
        };
        std::fs::create_dir_all(dir).map_err(|error| unusable(dir, &error))?;
        let file = dir.join(FILE);
        match open_file(&file) {
            Ok(db) => Ok(Self { db: Mutex::new(db), moved: None }),
            Err(error) => {
                tracing::warn!(%error, file = %file.display(), "the cache is damaged; a new one is begun");
                let moved = move_aside(&file).map_err(|error| unusable(&file, &error))?;
                let db = open_file(&file).map_err(|error| unusable(&file, &error))?;
                Ok(Self { db: Mutex::new(db), moved })
            }
        }
    }

    /// Where a damaged file was moved to on opening.
    #[must_use]
    pub fn moved(&self) -> Option<&Path> {
        self.moved.as_deref()
    }

    /// Keeps `board`, read at its own server time.
    pub fn keep_board(&self, board: &Board) {
        match serde_json::to_string(board) {
            Ok(json) => self.keep("board", &json),
            Err(error) => tracing::warn!(%error, "the board cannot be kept"),
        }
    }

    /// The last board of the room `slug`, and when it was read.
    #[must_use]
    pub fn board(&self, slug: &str) -> Option<(Board, DateTime<Utc>)> {
        let board: Board = serde_json::from_str(&self.kept("board")?).ok()?;
        (board.room.slug == slug).then(|| {
            let fetched_at = board.server_time;
            (board, fetched_at)
        })
    }

    /// Keeps a small value.
    pub fn keep(&self, key: &str, value: &str) {
        let sql = "INSERT INTO kept (key, value) VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        note(self.db().execute(sql, params![key, value]));
    }

    /// A small value kept before.
    #[must_use]
    pub fn kept(&self, key: &str) -> Option<String> {
        let sql = "SELECT value FROM kept WHERE key = ?1";
        note(self.db().query_row(sql, [key], |row| row.get(0)).optional()).flatten()
    }

    /// Puts a command into the outbox. If the disk refuses, the outbox goes on in memory.
    pub fn push(&self, pending: &Pending) -> bool {
        let mut db = self.db();
        let Err(error) = insert(&db, pending) else { return true };
        tracing::error!(%error, "the outbox cannot be written; it goes on in memory");
        let kept = letters(&db).unwrap_or_default();
        let Ok(memory) = in_memory() else { return false };
        *db = memory;
        kept.iter().map(|letter| &letter.pending).chain([pending]).all(|each| insert(&db, each).is_ok())
    }

    /// What is still to be sent, oldest first. Rows nobody can read any more are dropped.
    #[must_use]
    pub fn outbox(&self) -> Vec<Letter> {
        note(letters(&self.db())).unwrap_or_default()
    }

    /// Forgets a command that was taken or given up.
    pub fn settle(&self, pending: &Pending) {
        let sql = "DELETE FROM outbox WHERE uuid = ?1";
        note(self.db().execute(sql, [pending.uuid.to_string()]));
    }

    /// Notes that a command could not be sent, and why.
    pub fn failed(&self, pending: &Pending, error: &str) {
        let sql = "UPDATE outbox SET tries = tries + 1, last_error = ?2 WHERE uuid = ?1";
        note(self.db().execute(sql, params![pending.uuid.to_string(), error]));
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A cache that cannot be read or written is a nuisance, not a reason to go dark.
fn note<T>(result: rusqlite::Result<T>) -> Option<T> {
    result.inspect_err(|error| tracing::warn!(%error, "the cache refused")).ok()
}

fn in_memory() -> rusqlite::Result<Connection> {
    let db = Connection::open_in_memory()?;
    db.execute_batch(SCHEMA)?;
    Ok(db)
}

fn open_file(file: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(file)?;
    // A tap that was shown as taken must survive a cut of power.
    db.pragma_update(None, "synchronous", "FULL")?;
    let sound: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if sound != "ok" || version > VERSION {
        return Err(rusqlite::Error::InvalidQuery);
    }
    if version < VERSION {
        db.execute_batch(SCHEMA)?;
    }
    // Proves that the tables are ours, and that the disk takes a write.
    letters(&db)?;
    db.execute("INSERT OR REPLACE INTO kept (key, value) VALUES ('opened', '')", [])?;
    Ok(db)
}

fn move_aside(file: &Path) -> std::io::Result<Option<PathBuf>> {
    if !file.exists() {
        return Ok(None);
    }
    let place =
        (1..100).map(|number| file.with_extension(format!("damaged-{number}"))).find(|to| !to.exists());
    let place = place.unwrap_or_else(|| file.with_extension("damaged"));
    std::fs::rename(file, &place)?;
    for tail in ["-journal", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(tail);
        // Leftovers of the damaged file must not be replayed into the new one; mostly there are none.
        let _ = std::fs::remove_file(PathBuf::from(name));
    }
    Ok(Some(place))
}

fn insert(db: &Connection, pending: &Pending) -> rusqlite::Result<()> {
    let payload = serde_json::to_string(&pending.command)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let kind = serde_json::to_value(&pending.command).ok();
    let kind = kind.as_ref().and_then(|value| value.get("command")?.as_str()).unwrap_or("unknown");
    db.execute(
        "INSERT INTO outbox (uuid, kind, payload, lang, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            pending.uuid.to_string(),
            kind,
            payload,
            pending.lang.code(),
            pending.made_at.timestamp_micros()
        ],
    )?;
    Ok(())
}

fn letters(db: &Connection) -> rusqlite::Result<Vec<Letter>> {
    let mut rows = db.prepare_cached(
        "SELECT uuid, payload, lang, made_at, tries, last_error FROM outbox ORDER BY position",
    )?;
    let letters = rows.query_map([], |row| {
        let (uuid, payload, lang): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (made_at, tries, last_error) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let Some(pending) = pending(&uuid, &payload, &lang, made_at) else { return Ok(None) };
        Ok(Some(Letter { pending, tries, last_error }))
    })?;
    letters.filter_map(Result::transpose).collect()
}

fn pending(uuid: &str, payload: &str, lang: &str, made_at: i64) -> Option<Pending> {
    Some(Pending {
        uuid: uuid.parse().ok()?,
        command: serde_json::from_str(payload).ok()?,
        made_at: DateTime::from_timestamp_micros(made_at)?,
        lang: Lang::from_code(lang).unwrap_or_default(),
    })
}
