//! Checks the journal's chain beside everything else: on a snapshot, off the writer, one check at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::App;
use crate::booking::Refusal;
use crate::scheduler::{Caller, check_journal, keep_journal_check};

/// A check that is under way, or that came to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ChainCheck {
    /// None is under way.
    #[default]
    Idle,
    /// One is: entries that hold so far, of how many.
    Running(i64, i64),
    /// The last one could not be made.
    Failed(Refusal),
}

/// The state of the check.
#[derive(Default)]
pub(super) struct Checking(Mutex<ChainCheck>);

impl Checking {
    fn lock(&self) -> MutexGuard<'_, ChainCheck> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// How far a check of the journal is.
    #[must_use]
    pub fn chain_check(&self) -> ChainCheck {
        self.checking.lock().clone()
    }

    /// Begins a check of the journal, unless one is under way; the outcome is kept when it ends.
    pub fn begin_chain_check(&self, caller: Caller) {
        {
            let mut state = self.checking.lock();
            if matches!(*state, ChainCheck::Running(..)) {
                return;
            }
            *state = ChainCheck::Running(0, 0);
        }
        let app = self.clone();
        tokio::spawn(async move {
            let checking = app.clone();
            let outcome = tokio::task::spawn_blocking(move || checking.check_chain(&caller)).await;
            let outcome = outcome.unwrap_or_else(|error| Err(Refusal::Internal(error.to_string())));
            *app.checking.lock() = outcome.map_or_else(ChainCheck::Failed, |()| ChainCheck::Idle);
        });
    }

    fn check_chain(&self, caller: &Caller) -> Result<(), Refusal> {
        let checked = self.store.read(|view| {
            let all = view.journal_head()?;
            *self.checking.lock() = ChainCheck::Running(0, all);
            check_journal(view, caller, |held| *self.checking.lock() = ChainCheck::Running(held, all))
        })?;
        let caller = caller.clone();
        self.store.write_now(move |tx| keep_journal_check(tx, &caller, &checked))
    }
}
