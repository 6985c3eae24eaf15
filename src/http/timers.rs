//! What happens by itself: releases, holds that run out, silences in the lobby, the journal's followers.

use std::time::Duration;

use super::App;
use crate::scheduler::{housekeep, is_due, tick};
use crate::store::StoreError;

impl App {
    /// Reads what was journalled and marks what it touches; cheap when nothing was.
    ///
    /// # Errors
    /// Those of the store.
    pub fn catch_up(&self) -> Result<(), StoreError> {
        self.live.catch_up(&self.store, |entry| self.feeds.touch(&self.store.directory(), entry))
    }

    /// Does what is due by the clock: also called by tests that move it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn tick(&self) -> Result<crate::scheduler::Ticked, crate::booking::Refusal> {
        let silent = self.silent_rooms();
        self.write(move |tx| tick(tx, &silent)).await
    }

    async fn due(&self) -> bool {
        self.read(is_due).await.unwrap_or(false)
    }

    /// Follows the journal until the program ends.
    pub(super) async fn follow(self) {
        loop {
            // Commits of this process wake us at once, those of others within a quarter of a second.
            let _ = tokio::time::timeout(Duration::from_millis(250), self.live.wake.notified()).await;
            let app = self.clone();
            let outcome = tokio::task::spawn_blocking(move || app.catch_up()).await;
            if let Ok(Err(error)) = outcome {
                tracing::error!(%error, "the journal cannot be followed");
            }
        }
    }

    /// Does what is due, every second, until the program ends.
    pub(super) async fn keep_time(self) {
        if let Err(refusal) = self.reopen_lobby().await {
            tracing::error!(?refusal, "the lobby could not be reopened");
        }
        let mut seconds: u64 = 0;
        let mut timer = tokio::time::interval(Duration::from_secs(1));
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            timer.tick().await;
            if self.due().await
                && let Err(refusal) = self.tick().await
            {
                tracing::error!(?refusal, "what was due could not be done; it is tried again");
            }
            if let Err(refusal) = self.sweep_lobby().await {
                tracing::error!(?refusal, "silences could not be written down");
            }
            if seconds.is_multiple_of(60) {
                let app = self.clone();
                let _ = tokio::task::spawn_blocking(move || app.write_used().and_then(|()| app.write_seen()))
                    .await;
            }
            if seconds.is_multiple_of(3600)
                && let Err(refusal) = self.write(housekeep).await
            {
                tracing::error!(?refusal, "housekeeping could not be done; it is tried again");
            }
            seconds += 1;
        }
    }
}
