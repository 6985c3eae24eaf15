//! The one writer: a thread that owns the read-write connection and drains a bounded queue into one commit.
//!
//! Each job runs in a savepoint, so that its failure is its own; answers go out after the commit is on disk.

use std::collections::HashMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::SubsecRound;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::space::Space;
use super::{Inner, StoreError, Tx, View, town};
use crate::clock::Clock;
use crate::ids::IdSource;
use crate::town::Directory;

/// Jobs waiting; more are refused rather than kept waiting for seconds.
const QUEUE: usize = 4_096;
/// Jobs in one commit.
const BATCH: usize = 256;

/// Runs in the transaction; says whether to keep what it did, and how to answer once it is known whether the
/// commit is on disk.
type Job = Box<dyn FnOnce(&Tx<'_>) -> (bool, Answer) + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Listener = Box<dyn Fn() + Send>;

enum Message {
    Job(Job, Answer0),
    Close,
}

/// How to answer a job that never ran.
type Answer0 = Box<dyn FnOnce(StoreError) + Send>;

/// The way to the writer.
pub(super) struct Queue {
    sender: SyncSender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
    listeners: Arc<Mutex<Vec<Listener>>>,
    gauges: Arc<Gauges>,
}

#[derive(Default)]
struct Gauges {
    commits: AtomicU64,
    jobs: AtomicU64,
    refused: AtomicU64,
    read_only: AtomicU64,
}

/// An answer to come: a future for async code, [`Pending::wait`] for the rest.
pub struct Pending<T> {
    receiver: oneshot::Receiver<T>,
    closed: fn() -> T,
}

impl<T> Pending<T> {
    /// Blocks until the answer is there. The writer is a thread of its own, so this is safe anywhere, but
    /// async code that waits so holds up its neighbours.
    #[must_use]
    pub fn wait(self) -> T {
        let mut pending = std::pin::pin!(self);
        let waker = Waker::from(Arc::new(Parked(std::thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            match pending.as_mut().poll(&mut context) {
                Poll::Ready(answer) => return answer,
                Poll::Pending => std::thread::park(),
            }
        }
    }
}

/// Wakes a thread that waits for an answer.
struct Parked(std::thread::Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl<T> Future for Pending<T> {
    type Output = T;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.receiver).poll(context).map(|got| got.unwrap_or_else(|_| (self.closed)()))
    }
}

impl Queue {
    /// Queues `work`; a rehearsal is rolled back even if it succeeds.
    pub(super) fn push<T, E>(
        &self,
        rehearsal: bool,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Pending<Result<T, E>>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let sender = Arc::new(Mutex::new(Some(sender)));
        let send = move |sender: &Mutex<Option<oneshot::Sender<Result<T, E>>>>, answer| {
            if let Some(sender) = sender.lock().unwrap_or_else(PoisonError::into_inner).take() {
                // A caller that has gone away does not want its answer; what it asked for stands.
                let _ = sender.send(answer);
            }
        };
        let unanswered = Arc::clone(&sender);
        let job: Job = Box::new(move |tx| {
            let outcome = work(tx);
            let keep = outcome.is_ok() && !rehearsal;
            let answer: Answer = Box::new(move |commit| {
                send(&sender, outcome.and_then(|value| commit.map(|()| value).map_err(E::from)));
            });
            (keep, answer)
        });
        let never_ran: Answer0 = Box::new(move |error| send(&unanswered, Err(E::from(error))));
        if let Err(
            TrySendError::Full(Message::Job(_, never_ran))
            | TrySendError::Disconnected(Message::Job(_, never_ran)),
        ) = self.sender.try_send(Message::Job(job, never_ran))
        {
            self.gauges.refused.fetch_add(1, Ordering::Relaxed);
            never_ran(StoreError::Closed);
        }
        Pending { receiver, closed: || Err(E::from(StoreError::Closed)) }
    }

    pub(super) fn close(&self) {
        let _ = self.sender.send(Message::Close);
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }

    pub(super) fn listen(&self, listener: Listener) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    pub(super) fn gauges(&self) -> HashMap<&'static str, u64> {
        let read = |gauge: &AtomicU64| gauge.load(Ordering::Relaxed);
        HashMap::from([
            ("commits", read(&self.gauges.commits)),
            ("jobs", read(&self.gauges.jobs)),
            ("refused", read(&self.gauges.refused)),
            ("read_only", read(&self.gauges.read_only)),
        ])
    }
}

/// Starts the writer on `conn`.
pub(super) fn start(
    conn: Connection,
    dir: &Path,
    clock: Clock,
    ids: IdSource,
    store: Weak<Inner>,
    directory: Arc<Directory>,
) -> Queue {
    let (sender, receiver) = sync_channel(QUEUE);
    let listeners = Arc::new(Mutex::new(Vec::new()));
    let gauges = Arc::new(Gauges::default());
    let mut writer = Writer {
        conn,
        clock,
        ids,
        store,
        directory,
        data_version: 0,
        space: Space::watch(dir),
        checked: Instant::now(),
        full: false,
        listeners: Arc::clone(&listeners),
        gauges: Arc::clone(&gauges),
    };
    let thread = std::thread::Builder::new()
        .name("belfort-writer".to_owned())
        .spawn(move || writer.run(&receiver))
        .expect("a process that cannot start one thread cannot serve");
    Queue { sender, thread: Mutex::new(Some(thread)), listeners, gauges }
}

struct Writer {
    conn: Connection,
    clock: Clock,
    ids: IdSource,
    store: Weak<Inner>,
    directory: Arc<Directory>,
    data_version: i64,
    space: Space,
    checked: Instant,
    full: bool,
    listeners: Arc<Mutex<Vec<Listener>>>,
    gauges: Arc<Gauges>,
}

impl Writer {
    fn run(&mut self, receiver: &Receiver<Message>) {
        let mut closing = false;
        while !closing {
            let Ok(first) = receiver.recv() else { break };
            let mut next = Some(first);
            let mut batch = Vec::new();
            while let Some(message) = next.take() {
                match message {
                    Message::Close => closing = true,
                    Message::Job(job, never_ran) => {
                        batch.push((job, never_ran));
                        if batch.len() < BATCH {
                            next = receiver.try_recv().ok();
                        }
                    }
                }
            }
            self.commit(batch);
        }
        let _ = self.conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// Runs the jobs in as few commits as they allow: a job that changes the directory ends its commit.
    fn commit(&mut self, batch: Vec<(Job, Answer0)>) {
        let mut jobs = batch.into_iter();
        while jobs.len() > 0 {
            if self.is_full() {
                jobs.by_ref().for_each(|(_, never_ran)| never_ran(StoreError::Full));
                return;
            }
            if let Err(error) = self.begin() {
                let text = error.to_string();
                let full = matches!(error, StoreError::Full);
                for (_, never_ran) in jobs.by_ref() {
                    never_ran(if full { StoreError::Full } else { StoreError::Sql(text.clone()) });
                }
                return;
            }
            let mut answers = Vec::new();
            let mut changed = false;
            while let Some((job, never_ran)) = (!changed).then(|| jobs.next()).flatten() {
                changed = self.run_job(job, never_ran, &mut answers);
            }
            self.finish(answers, changed);
        }
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.conn.execute_batch("BEGIN IMMEDIATE")?;
        // Another process may have changed the town since our last commit.
        let version: i64 =
            self.conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if version != self.data_version {
            self.data_version = version;
            self.reload_directory();
        }
        Ok(())
    }

    fn reload_directory(&mut self) {
        match town::load(&self.conn) {
            Ok(directory) => {
                self.directory = Arc::new(directory);
                if let Some(store) = self.store.upgrade() {
                    store.replace_directory(Arc::clone(&self.directory));
                }
            }
            Err(error) => tracing::error!(%error, "the directory cannot be read; the last one is kept"),
        }
    }

    /// Runs one job in its savepoint; true if it changed the directory.
    fn run_job(&self, job: Job, never_ran: Answer0, answers: &mut Vec<(Answer, bool)>) -> bool {
        self.gauges.jobs.fetch_add(1, Ordering::Relaxed);
        let step = |sql: &str| self.conn.prepare_cached(sql).and_then(|mut s| s.execute([])).map(|_| ());
        if let Err(error) = step("SAVEPOINT job") {
            never_ran(error.into());
            return false;
        }
        let now = self.clock.now().trunc_subsecs(0);
        let view = View { conn: &self.conn, directory: Arc::clone(&self.directory), now };
        let tx = Tx { view, ids: &self.ids, directory_changed: std::cell::Cell::new(false) };
        let outcome = catch_unwind(AssertUnwindSafe(|| job(&tx)));
        let changed = tx.directory_changed.get();
        drop(tx);
        match outcome {
            Ok((true, answer)) => {
                let released = step("RELEASE job");
                answers.push((answer, released.is_ok()));
                changed
            }
            Ok((false, answer)) => {
                let _ = step("ROLLBACK TO job").and_then(|()| step("RELEASE job"));
                // Nothing of it is to be committed, but its view of others was: it waits for them.
                answers.push((answer, true));
                false
            }
            Err(_) => {
                let _ = step("ROLLBACK TO job").and_then(|()| step("RELEASE job"));
                tracing::error!("a job of the writer panicked and was rolled back");
                never_ran(StoreError::Sql("a job panicked".to_owned()));
                false
            }
        }
    }

    fn finish(&mut self, answers: Vec<(Answer, bool)>, changed: bool) {
        // SQLite rolls a transaction back by itself only when it could not write it.
        let committed = if self.conn.is_autocommit() {
            Err(StoreError::Full)
        } else {
            self.conn.execute_batch("COMMIT").map_err(StoreError::from)
        };
        self.gauges.commits.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = &committed {
            let _ = self.conn.execute_batch("ROLLBACK");
            if matches!(error, StoreError::Full) {
                self.space.ran_out();
                self.full = true;
            }
            tracing::error!(%error, "a commit failed and was rolled back");
        } else if changed {
            self.reload_directory();
        }
        for (answer, kept) in answers {
            answer(match &committed {
                Ok(()) if kept => Ok(()),
                Ok(()) => Err(StoreError::Sql("the savepoint was lost".to_owned())),
                Err(StoreError::Full) => Err(StoreError::Full),
                Err(error) => Err(StoreError::Sql(error.to_string())),
            });
        }
        if committed.is_ok() {
            for listener in self.listeners.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                listener();
            }
        }
    }

    /// Asks the file system at most five times a second.
    fn is_full(&mut self) -> bool {
        if self.full || self.checked.elapsed() > Duration::from_millis(200) {
            self.checked = Instant::now();
            self.full = self.space.is_full();
            if self.full && self.fold_log() {
                self.full = self.space.is_full();
            }
            self.gauges.read_only.store(u64::from(self.full), Ordering::Relaxed);
        }
        self.full
    }

    /// Folds the write-ahead log into the file: on a small disk the log is most of what there is. True if it
    /// gave space back.
    fn fold_log(&self) -> bool {
        let folded = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        matches!(folded, Ok(0))
    }
}
