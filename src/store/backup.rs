//! Backup while running, and verification of a file: SQLite's own check, foreign keys, the chains of the journal and
//! of the register of publications, and that no live claims overlap.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::{ChainFault, Store, StoreError, View, open, town};

/// What was found in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Complaints of SQLite about pages and indexes; empty if there are none.
    pub damage: Vec<String>,
    /// References to rows that are not there.
    pub dangling: u64,
    /// Pairs of live claims that overlap.
    pub overlaps: u64,
    /// Entries of the journal, or the first that does not hold.
    pub journal: Result<i64, ChainFault>,
    /// Entries of the register of publications, or the first that does not hold.
    pub register: Result<i64, ChainFault>,
    /// Meetings.
    pub meetings: u64,
    /// Dates.
    pub occurrences: u64,
}

impl Verified {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.damage.is_empty()
            && self.dangling == 0
            && self.overlaps == 0
            && self.journal.is_ok()
            && self.register.is_ok()
    }
}

/// Checks a file without changing it. A damaged one is a finding, not an error.
pub fn verify_file(path: &Path) -> Result<Verified, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing(path.display().to_string()));
    }
    let conn = open::open_reader(path)?;
    let damage = complaints(&conn)?;
    if !damage.is_empty() {
        let journal = Err(ChainFault { seq: 0, what: "not read: the file is damaged" });
        let register = journal.clone();
        return Ok(Verified {
            damage,
            dangling: 0,
            overlaps: 0,
            journal,
            register,
            meetings: 0,
            occurrences: 0,
        });
    }
    let dangling = conn.prepare("PRAGMA foreign_key_check")?.query_map([], |_| Ok(()))?.count() as u64;
    let directory = std::sync::Arc::new(town::load(&conn)?);
    let view = View { conn: &conn, directory, now: chrono::DateTime::UNIX_EPOCH };
    let (meetings, occurrences) = view.counts()?;
    Ok(Verified {
        damage,
        dangling,
        overlaps: view.overlapping_claims()?,
        journal: view.verify_chain()?,
        // A backup of an older version has no register yet.
        register: if conn.table_exists(None, "publication")? { view.verify_publications()? } else { Ok(0) },
        meetings,
        occurrences,
    })
}

fn complaints(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let checked: Result<Vec<String>, rusqlite::Error> = conn
        .prepare("PRAGMA integrity_check(20)")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect());
    match checked.map_err(StoreError::from) {
        Ok(lines) => Ok(lines.into_iter().filter(|line| line != "ok").collect()),
        Err(StoreError::Damaged(what)) => Ok(vec![what]),
        Err(other) => Err(other),
    }
}

impl Store {
    /// Copies the whole file to `target` while it is in use; the copy is one consistent snapshot.
    /// The target must not exist.
    pub fn backup(&self, target: &Path) -> Result<(), StoreError> {
        if target.exists() {
            return Err(StoreError::Sql(format!("{} exists already", target.display())));
        }
        let source = open::open_reader(&self.dir().join(super::FILE))?;
        let mut copy = Connection::open(target)?;
        let backup = Backup::new(&source, &mut copy)?;
        backup.run_to_completion(1_024, Duration::ZERO, None)?;
        drop(backup);
        copy.pragma_update(None, "journal_mode", "DELETE")?;
        copy.close().map_err(|(_, error)| error)?;
        Ok(())
    }
}
