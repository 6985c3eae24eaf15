//! What has just happened: follows the journal, tells event streams, and marks feeds as touched. Follows
//! commits of other processes on the same file too.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, broadcast};

use crate::store::{JournalEntry, Store, StoreError};

/// Entries that a slow listener may lag behind before it must read the journal again.
const BACKLOG: usize = 4_096;
/// Entries read at a time.
const PAGE: u32 = 1_000;

/// The follower of the journal.
pub(super) struct Live {
    state: Mutex<State>,
    pub(super) events: broadcast::Sender<Arc<JournalEntry>>,
    pub(super) wake: Arc<Notify>,
}

struct State {
    generation: i64,
    seq: i64,
}

impl Live {
    pub(super) fn new(store: &Store) -> Self {
        let wake = Arc::new(Notify::new());
        let waker = Arc::clone(&wake);
        store.on_commit(move || waker.notify_one());
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method's own path is not general over the snapshot's lifetime"
        )]
        let seq = store.read(|view| view.journal_head()).unwrap_or(0);
        let generation = store.generation().unwrap_or(0);
        Self { state: Mutex::new(State { generation, seq }), events: broadcast::channel(BACKLOG).0, wake }
    }

    /// Reads what was journalled since the last time, and hands each entry to `touched` before it is told to
    /// the streams. Cheap when nothing was committed.
    pub(super) fn catch_up(&self, store: &Store, touched: impl Fn(&JournalEntry)) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = store.generation()?;
        if generation == state.generation {
            return Ok(());
        }
        loop {
            let after = state.seq;
            let entries = store.read(|view| view.journal_after(after, PAGE))?;
            let Some(last) = entries.last() else { break };
            state.seq = last.seq;
            for entry in entries {
                touched(&entry);
                // Nobody listening is no fault.
                let _ = self.events.send(Arc::new(entry));
            }
        }
        state.generation = generation;
        Ok(())
    }
}
