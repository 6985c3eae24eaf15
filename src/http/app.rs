//! What the handlers share.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use tokio::sync::watch;

use super::chain::Checking;
use super::feeds::FeedCache;
use super::live::Live;
use super::lobby::Lobby;
use super::metrics::Metrics;
use super::packs::Packs;
use super::sign_in::SignIns;
use crate::booking::Refusal;
use crate::ids::{RoomId, TokenId};
use crate::papers::Vetting;
use crate::scheduler::{Caller, KnownDays, RoomDay, town_day};
use crate::store::{Store, StoreError, Tx, View};

/// A screen that has not been heard for this long is out of reach.
const SILENT_AFTER: TimeDelta = TimeDelta::seconds(90);

/// When a token was last used, and by what program.
type Use = (DateTime<Utc>, Option<String>);

/// What the handlers share.
#[derive(Clone)]
pub struct App {
    inner: Arc<Shared>,
}

/// The shared state itself.
pub struct Shared {
    /// The municipality's file.
    pub store: Store,
    /// Where people reach this server, without slash at the end.
    pub base_url: String,
    /// What files are held against that people send.
    pub vetting: Vetting,
    pub(super) live: Live,
    pub(super) feeds: FeedCache,
    pub(super) days: KnownDays,
    pub(super) lobby: Lobby,
    pub(super) metrics: Metrics,
    pub(super) packs: Packs,
    pub(super) sign_ins: SignIns,
    pub(super) checking: Checking,
    /// Turns true when the program was asked to stop: what never ends by itself ends then.
    pub(super) stopping: watch::Sender<bool>,
    screens: Mutex<HashMap<RoomId, DateTime<Utc>>>,
    used: Mutex<HashMap<TokenId, Use>>,
    beside: Mutex<Vec<tokio::task::JoinHandle<()>>>,
}

impl std::ops::Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.inner
    }
}

impl App {
    /// An application on an open store, reached by people at `base_url`, without a virus scanner.
    #[must_use]
    pub fn new(store: Store, base_url: &str) -> Self {
        Self::vetting(store, base_url, Vetting::default())
    }

    /// An application that holds files against `vetting`.
    #[must_use]
    pub fn vetting(store: Store, base_url: &str, vetting: Vetting) -> Self {
        let live = Live::new(&store);
        let shared = Shared {
            base_url: base_url.trim_end_matches('/').to_owned(),
            vetting,
            live,
            feeds: FeedCache::default(),
            days: KnownDays::default(),
            lobby: Lobby::default(),
            metrics: Metrics::default(),
            packs: Packs::default(),
            sign_ins: SignIns::default(),
            checking: Checking::default(),
            stopping: watch::Sender::new(false),
            screens: Mutex::default(),
            used: Mutex::default(),
            beside: Mutex::default(),
            store,
        };
        Self { inner: Arc::new(shared) }
    }

    /// Runs `work` beside the server, on its runtime; the program waits a little for its end when asked to stop.
    /// Only while serving.
    pub fn beside(&self, work: impl Future<Output = ()> + Send + 'static) {
        let task = tokio::spawn(work);
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    /// Waits for what runs beside the server to end.
    pub(super) async fn join_beside(&self) {
        let tasks = std::mem::take(&mut *self.beside.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            let _ = task.await;
        }
    }

    /// Says that the program was asked to stop. All event streams end, and those that are opened from now on:
    /// listeners resume at the next server.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Comes when the program was asked to stop.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.stopping.subscribe();
        async move {
            // Without the sender there is no program left either.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }

    /// Runs a read on a blocking thread.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&View<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || store.read(work))
            .await
            .unwrap_or_else(|error| Err(Refusal::Internal(error.to_string())))
    }

    /// The day of every room, kept until the journal moves on.
    ///
    /// # Errors
    /// Those of the role table and of the store.
    pub async fn town_day(&self, caller: Caller, day: NaiveDate) -> Result<Vec<RoomDay>, Refusal> {
        let app = self.clone();
        self.read(move |view| town_day(view, &caller, &app.days, day)).await
    }

    /// Queues a write; the answer comes when it is on disk.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.store.write(work).await
    }

    /// Queues a write that is rolled back: a preview.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn rehearse<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.store.rehearse(work).await
    }

    /// Notes that a screen was heard.
    pub(super) fn heard(&self, caller: &Caller) {
        if let Some(room) = caller.room {
            let now = self.store.clock().now();
            self.screens.lock().unwrap_or_else(PoisonError::into_inner).insert(room, now);
        }
    }

    /// Rooms whose screen has been heard before but not lately.
    pub(super) fn silent_rooms(&self) -> BTreeSet<RoomId> {
        let now = self.store.clock().now();
        let screens = self.screens.lock().unwrap_or_else(PoisonError::into_inner);
        screens.iter().filter(|(_, heard)| now - **heard > SILENT_AFTER).map(|(room, _)| *room).collect()
    }

    /// Rooms whose screen was heard lately.
    #[must_use]
    pub fn screens_heard(&self) -> BTreeSet<RoomId> {
        let now = self.store.clock().now();
        let screens = self.screens.lock().unwrap_or_else(PoisonError::into_inner);
        screens.iter().filter(|(_, heard)| now - **heard <= SILENT_AFTER).map(|(room, _)| *room).collect()
    }

    /// Event streams that are open: pages and screens that hear at once what changes.
    #[must_use]
    pub fn open_streams(&self) -> i64 {
        self.metrics.streams.get()
    }

    /// Notes that a token was used; written later, many at once, so that reading stays reading.
    pub(super) fn used(&self, token: TokenId, agent: Option<&str>) {
        let agent = agent.map(|agent| agent.chars().filter(|c| !c.is_control()).take(120).collect());
        let now = self.store.clock().now();
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(token, (now, agent));
    }

    /// Writes down which tokens were used since the last time.
    ///
    /// # Errors
    /// Those of the store; then it is tried again with the next ones.
    pub fn write_used(&self) -> Result<(), StoreError> {
        let used = std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner));
        if used.is_empty() {
            return Ok(());
        }
        self.store.write_now(move |tx| {
            for (token, (at, agent)) in &used {
                tx.touch_token(*token, *at, agent.as_deref())?;
            }
            Ok(())
        })
    }
}
