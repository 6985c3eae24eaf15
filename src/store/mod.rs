//! The only module that speaks SQL. Its face is [`Store`], [`Tx`], [`View`] and functions by noun; no
//! rusqlite type leaves it.
//!
//! One thread owns the read-write connection and drains a bounded queue into one durable commit; readers
//! work on snapshots. Rules live in the pure modules: here are only constraints.

mod account;
mod agenda;
mod approval;
mod backup;
mod chamber;
mod claim;
mod command;
mod convocation;
mod council;
mod council_text;
mod day;
mod document;
mod error;
mod journal;
mod kept;
mod mail;
mod meeting;
mod minutes;
mod occurrence;
mod open;
mod person;
mod presence;
mod publication;
mod readiness;
mod reminder;
mod room_page;
mod service;
mod session;
mod sign_in;
mod space;
mod sql;
mod state;
mod token;
mod town;
mod urn;
mod vote;
mod writer;

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, SubsecRound, Utc};
use rusqlite::Connection;

use crate::clock::Clock;
use crate::ids::IdSource;
use crate::town::Directory;

pub use account::{Account, AccountLink, LinkKind};
pub use backup::{Verified, verify_file};
pub use chamber::NewPresence;
pub use claim::Taken;
pub use command::Remembered;
pub use council_text::FoundText;
pub use day::DatedMeeting;
pub use document::{NewContent, Receipt};
pub use error::StoreError;
pub use journal::{ChainFault, Entry as JournalEntry, JournalAsked, NewEntry, Subjects};
pub use mail::{Known as MailKnown, MailCounts, MailKind, MailState, NewMail, QueuedMail};
pub use meeting::{Known as KnownImport, MeetingKey, NewMeeting};
pub use person::{AccountState, PeopleAsked, PeopleKind, PersonRow};
pub use publication::{NewPublication, Publication, PublishedHit, PublishedPage};
pub use room_page::Photo;
pub use sign_in::SignIn;
pub use state::Disk;
pub use token::{FeedScope, Level, NewToken, Token, TokenKind};
pub use urn::Urns;
pub use vote::VoteResult;
pub use writer::Pending;

/// Name of the database file in the data directory.
pub const FILE: &str = "belfort.db";

/// A municipality's file, open.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    clock: Clock,
    ids: IdSource,
    queue: writer::Queue,
    readers: Mutex<Vec<Connection>>,
    watcher: Mutex<Connection>,
    directory: RwLock<Arc<Directory>>,
    secret: Vec<u8>,
    urns: Urns,
}

/// A snapshot of the store, for reading.
pub struct View<'c> {
    conn: &'c Connection,
    directory: Arc<Directory>,
    now: DateTime<Utc>,
}

/// A transaction of the one writer. Reads as a [`View`], and writes.
pub struct Tx<'c> {
    view: View<'c>,
    ids: &'c IdSource,
    directory_changed: Cell<bool>,
}

impl<'c> Deref for Tx<'c> {
    type Target = View<'c>;
    fn deref(&self) -> &View<'c> {
        &self.view
    }
}

impl View<'_> {
    /// The town as it was when the snapshot was taken.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The instant of the snapshot or transaction, whole seconds.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }
}

impl Tx<'_> {
    /// A fresh id.
    #[must_use]
    pub fn fresh(&self) -> uuid::Uuid {
        self.ids.uuid(self.now())
    }

    /// Where secrets come from.
    #[must_use]
    pub fn ids(&self) -> &IdSource {
        self.ids
    }

    fn directory_changes(&self) {
        self.directory_changed.set(true);
    }
}

impl Store {
    /// Opens the municipality in `dir`, creating the file if `create` is set.
    ///
    /// # Errors
    /// A directory without a file, a file of a newer version, a damaged or foreign file: each its sentence.
    pub fn open(dir: &Path, clock: Clock, ids: IdSource, create: bool) -> Result<Self, StoreError> {
        Self::on(open::open_writer(&dir.join(FILE), create)?, dir, clock, ids)
    }

    /// Makes a municipality in `dir` that nobody relies on before it is whole: no commit waits for the disk. Once it is
    /// closed its file is to be synced, and moved to where it will be opened.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub fn make(dir: &Path, clock: Clock, ids: IdSource) -> Result<Self, StoreError> {
        let conn = open::open_writer(&dir.join(FILE), true)?;
        open::wait_for_nothing(&conn)?;
        Self::on(conn, dir, clock, ids)
    }

    fn on(conn: Connection, dir: &Path, clock: Clock, ids: IdSource) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        let secret = open::secret(&conn, &ids)?;
        let directory = Arc::new(town::load(&conn)?);
        let watcher = open::open_reader(&path)?;
        let shared = RwLock::new(Arc::clone(&directory));
        let inner = Arc::new_cyclic(|weak| Inner {
            dir: dir.to_owned(),
            queue: writer::start(conn, dir, clock.clone(), ids.clone(), weak.clone(), directory),
            clock,
            ids,
            readers: Mutex::new(Vec::new()),
            watcher: Mutex::new(watcher),
            directory: shared,
            secret,
            urns: Urns::default(),
        });
        Ok(Self { inner })
    }

    /// The data directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// The clock that stamps transactions.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The source of ids and secrets.
    #[must_use]
    pub fn ids(&self) -> &IdSource {
        &self.inner.ids
    }

    /// The secret of this municipality, from which join links and anonymous UIDs are derived.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        &self.inner.secret
    }

    /// The urns of secret votes on devices; never on disk.
    #[must_use]
    pub fn urns(&self) -> &Urns {
        &self.inner.urns
    }

    /// The town as last committed.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.inner.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A number that differs after every commit, by this process or another; tells caches whether to look.
    pub fn generation(&self) -> Result<i64, StoreError> {
        let watcher = self.inner.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = watcher.prepare_cached("PRAGMA data_version")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Reads a snapshot. Blocks for as long as `work` takes; a slow one belongs on a blocking thread.
    ///
    /// # Errors
    /// Those of `work`, and those of opening a connection.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&View<'_>) -> Result<T, E>) -> Result<T, E> {
        let pooled = self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match pooled {
            Some(conn) => conn,
            None => open::open_reader(&self.inner.dir.join(FILE))?,
        };
        let now = self.inner.clock.now().trunc_subsecs(0);
        let outcome = (|| {
            let snapshot = conn.unchecked_transaction().map_err(StoreError::from)?;
            let outcome = work(&View { conn: &snapshot, directory: self.directory(), now });
            drop(snapshot);
            outcome
        })();
        let mut pool = self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < 16 {
            pool.push(conn);
        }
        outcome
    }

    /// Queues `work` for the writer; the answer comes after its commit is on disk. An error rolls back what
    /// `work` did and nothing else.
    pub fn write<T, E>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> writer::Pending<Result<T, E>>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.inner.queue.push(false, work)
    }

    /// [`Store::write`] that is rolled back even if it succeeds: a preview that answers as the deed would.
    pub fn rehearse<T, E>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> writer::Pending<Result<T, E>>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.inner.queue.push(true, work)
    }

    /// [`Store::write`], waiting for the answer. Not for async code.
    ///
    /// # Errors
    /// Those of `work`, and those of the commit.
    pub fn write_now<T, E>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write(work).wait()
    }

    /// Ends the writer after what is queued, and folds the write-ahead log into the file.
    pub fn close(&self) {
        self.inner.queue.close();
    }

    /// Told after each commit of this process; never blocks the writer.
    pub fn on_commit(&self, listener: impl Fn() + Send + 'static) {
        self.inner.queue.listen(Box::new(listener));
    }

    /// The state of the writer: commits, jobs, read-only for lack of space.
    #[must_use]
    pub fn gauges(&self) -> HashMap<&'static str, u64> {
        self.inner.queue.gauges()
    }
}

impl Inner {
    fn replace_directory(&self, directory: Arc<Directory>) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
    }
}
