//! Signing in through the web: passwords are compared outside the writer, few at a time, so that guessing
//! neither holds up bookings nor fills the memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

use super::App;
use crate::booking::Refusal;
use crate::ids::SignInId;
use crate::scheduler::{
    SignedIn, Step, finish_code, finish_password, hash_password, read_attempt, signed_in, verify_password,
};
use crate::store::StoreError;
use crate::texts::Said;

/// Passwords compared at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// Passwords that wait to be compared; more are asked to come back.
const WAITING: usize = 32;

/// What the web keeps of sign-ins in memory.
pub(super) struct SignIns {
    hashing: Semaphore,
    queue: Semaphore,
    seen: Mutex<HashMap<SignInId, DateTime<Utc>>>,
}

impl Default for SignIns {
    fn default() -> Self {
        let (hashing, queue) = (Semaphore::new(AT_ONCE), Semaphore::new(WAITING));
        Self { hashing, queue, seen: Mutex::default() }
    }
}

impl App {
    /// Signs somebody in with a password, or says that the second factor is next.
    ///
    /// # Errors
    /// [`Refusal::State`] with one sentence for a wrong password and for an account that does not exist, and
    /// another while the account waits; [`Refusal::Unavailable`] if too many try at once.
    pub async fn sign_in(
        &self,
        email: String,
        password: String,
        agent: Option<String>,
    ) -> Result<Step, Refusal> {
        let attempt = self.read(move |view| read_attempt(view, &email)).await?;
        let phc = attempt.password.clone();
        let right = self.hashing(move || verify_password(phc.as_deref(), &password)).await?;
        self.write(move |tx| finish_password(tx, &attempt, right, agent.as_deref())).await?
    }

    /// Goes on with a code of the second factor.
    ///
    /// # Errors
    /// [`Refusal::Unauthorised`] if nothing waits for one, [`Refusal::State`] if it is wrong.
    pub async fn sign_in_code(
        &self,
        secret: String,
        code: String,
        agent: Option<String>,
    ) -> Result<Step, Refusal> {
        self.write(move |tx| finish_code(tx, &secret, &code, agent.as_deref())).await?
    }

    /// Makes the PHC string of a new password.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] if too many try at once.
    pub async fn new_password(&self, password: String) -> Result<String, Refusal> {
        let ids = self.store.ids().clone();
        self.hashing(move || hash_password(&ids, &password)).await?
    }

    /// Whether a password is the one of a PHC string.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] if too many try at once.
    pub async fn password_is(&self, phc: Option<String>, password: String) -> Result<bool, Refusal> {
        self.hashing(move || verify_password(phc.as_deref(), &password)).await
    }

    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let busy = || Refusal::Unavailable(Said::new("sign_in.busy"));
        let _place = self.sign_ins.queue.try_acquire().map_err(|_| busy())?;
        let _turn = self.sign_ins.hashing.acquire().await.map_err(|_| busy())?;
        tokio::task::spawn_blocking(work).await.map_err(|error| Refusal::Internal(error.to_string()))
    }

    /// Who is signed in with the secret of a cookie; using it keeps it alive.
    ///
    /// # Errors
    /// Those of the store.
    pub fn who(&self, secret: &str) -> Result<Option<SignedIn>, StoreError> {
        let known = |id: SignInId| self.seen().get(&id).copied();
        let found = self.store.read(|view| signed_in(view, secret, known))?;
        if let Some(found) = &found {
            self.seen().insert(found.sign_in.id, self.store.clock().now());
        }
        Ok(found)
    }

    /// Whether the sign-in of a cookie goes on. An open page that only listens does not keep it alive.
    pub(super) fn still_signed_in(&self, secret: &str) -> bool {
        let known = |id: SignInId| self.seen().get(&id).copied();
        self.store.read(|view| signed_in(view, secret, known)).is_ok_and(|found| found.is_some())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, HashMap<SignInId, DateTime<Utc>>> {
        self.sign_ins.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down which sign-ins were used since the last time.
    ///
    /// # Errors
    /// Those of the store; then it is tried again with the next ones.
    pub fn write_seen(&self) -> Result<(), StoreError> {
        let seen = std::mem::take(&mut *self.seen());
        if seen.is_empty() {
            return Ok(());
        }
        self.store.write_now(move |tx| seen.iter().try_for_each(|(id, at)| tx.touch_sign_in(*id, *at)))
    }
}
