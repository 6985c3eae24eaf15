//! Makes agenda packs beside everything else, off the writer, each told in percent. A pack is kept in
//! memory for whoever it was made for, as long as what goes into it stays the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::App;
use crate::booking::Refusal;
use crate::ids::SessionId;
use crate::papers::{PackSheet, Packed, make_pack};
use crate::scheduler::{Caller, PackFor, agenda_pack};
use crate::texts::Said;

/// Packs that are made at once: each takes a core and all of its documents in memory.
const AT_ONCE: usize = 2;
/// Packs that are kept.
const KEPT: usize = 8;

/// A pack: the session, for whom, and in which language.
type Key = (SessionId, PackFor, Option<Uuid>, &'static str);

/// Where a pack stands.
#[derive(Clone, Debug)]
pub enum PackState {
    /// None was made, or what goes into it has changed since.
    None,
    /// It is being made: so many percent are done.
    Running(u8),
    /// It is there.
    Ready {
        /// When it was made, UTC.
        made: DateTime<Utc>,
        /// The pack.
        pack: Arc<Packed>,
    },
    /// It could not be made.
    Failed(Refusal),
}

/// A pack that is or was made, and what went into it.
struct Kept {
    sheet: Arc<PackSheet>,
    state: PackState,
}

/// Every pack.
pub(super) struct Packs {
    kept: Mutex<BTreeMap<Key, Kept>>,
    making: Arc<Semaphore>,
}

impl Default for Packs {
    fn default() -> Self {
        Self { kept: Mutex::default(), making: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Packs {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells how far a pack is, unless one of something else was begun in its place.
    fn set(&self, key: Key, sheet: &Arc<PackSheet>, state: PackState) {
        if let Some(kept) = self.lock().get_mut(&key).filter(|kept| Arc::ptr_eq(&kept.sheet, sheet)) {
            kept.state = state;
        }
    }
}

fn key_of(caller: &Caller, session: SessionId, whom: PackFor) -> Key {
    let reader = if whom == PackFor::Public { None } else { caller.actor() };
    (session, whom, reader, caller.lang.code())
}

impl App {
    /// How far the pack of a session is for the caller. One that was made of anything that the caller may not read any
    /// more, or without something that is there now, counts as none.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] for a session of which there is nothing to read.
    pub async fn pack_state(&self, caller: &Caller, slug: &str, whom: PackFor) -> Result<PackState, Refusal> {
        let (asking, slug) = (caller.clone(), slug.to_owned());
        let (session, sheet) = self.read(move |view| agenda_pack(view, &asking, &slug, whom)).await?;
        let packs = self.packs.lock();
        let kept = packs.get(&key_of(caller, session, whom)).filter(|kept| *kept.sheet == sheet);
        Ok(kept.map_or(PackState::None, |kept| kept.state.clone()))
    }

    /// Begins to make the pack of a session for the caller, unless it is being made of the same. One that is made of what
    /// was there before is let go of.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] for a session of which there is nothing to read, [`Refusal::State`] while too many are made.
    pub async fn begin_pack(&self, caller: &Caller, slug: &str, whom: PackFor) -> Result<(), Refusal> {
        let (asking, slug) = (caller.clone(), slug.to_owned());
        let (session, sheet) = self.read(move |view| agenda_pack(view, &asking, &slug, whom)).await?;
        let key = key_of(caller, session, whom);
        let sheet = Arc::new(sheet);
        let busy = || Refusal::State(Said::new("pack.busy"));
        let permit = {
            let mut packs = self.packs.lock();
            let same = |kept: &Kept| matches!(kept.state, PackState::Running(_)) && kept.sheet == sheet;
            if packs.get(&key).is_some_and(same) {
                return Ok(());
            }
            let permit = self.packs.making.clone().try_acquire_owned().map_err(|_| busy())?;
            make_room(&mut packs);
            packs.insert(key, Kept { sheet: sheet.clone(), state: PackState::Running(0) });
            permit
        };
        let app = self.clone();
        tokio::spawn(async move {
            let (making, of) = (app.clone(), sheet.clone());
            let made = tokio::task::spawn_blocking(move || making.make(&of, key)).await;
            drop(permit);
            let made = made.unwrap_or_else(|error| Err(Refusal::Internal(error.to_string())));
            let state = match made {
                Ok(pack) => PackState::Ready { made: app.store.clock().now(), pack: Arc::new(pack) },
                Err(refusal) => {
                    tracing::error!(?refusal, "an agenda pack could not be made");
                    PackState::Failed(refusal)
                }
            };
            app.packs.set(key, &sheet, state);
        });
        Ok(())
    }

    /// What is named by its hash stays what it is, so that each file is read by itself: no snapshot is held, and the log
    /// of the file can be cut short, while pages are drawn.
    fn make(&self, sheet: &Arc<PackSheet>, key: Key) -> Result<Packed, Refusal> {
        let mut fetch = |sha256: &[u8; 32]| self.store.read(|view| view.content(sha256)).ok().flatten();
        let tell = |percent| self.packs.set(key, sheet, PackState::Running(percent));
        make_pack(sheet, &mut fetch, &tell).map_err(Refusal::Internal)
    }
}

/// Lets go of the oldest packs that are done.
fn make_room(packs: &mut BTreeMap<Key, Kept>) {
    while packs.len() >= KEPT {
        let made = |kept: &Kept| match &kept.state {
            PackState::Running(_) => None,
            PackState::Ready { made, .. } => Some(*made),
            PackState::None | PackState::Failed(_) => Some(DateTime::UNIX_EPOCH),
        };
        let oldest = packs.iter().filter_map(|(key, kept)| Some((made(kept)?, *key))).min();
        let Some((_, key)) = oldest else { return };
        packs.remove(&key);
    }
}
