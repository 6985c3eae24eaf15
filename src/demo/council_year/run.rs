//! The stage: a store whose clock is moved, and the clerk who acts on it.

use chrono::{DateTime, Utc};

use crate::booking::Refusal;
use crate::council::{MandateRole, Session};
use crate::ids::{MandateId, PersonId};
use crate::scheduler::Caller;
use crate::store::{Store, Tx};
use crate::texts::Lang;
use crate::town::{Person, Role};

/// A store whose clock is moved, and who acts on it.
pub(super) struct Stage<'s> {
    pub(super) store: &'s Store,
    pub(super) base: String,
    clerk: Caller,
    pub(super) clerk_email: String,
}

impl<'s> Stage<'s> {
    pub(super) fn new(store: &'s Store, clerk: &Person, base: &str) -> Self {
        let caller = Caller { role: Role::Clerk, person: Some(clerk.id), lang: Lang::Nl, ..Caller::system() };
        Self { store, base: base.to_owned(), clerk: caller, clerk_email: clerk.email.clone() }
    }

    /// Moves the clock on; never back.
    pub(super) fn at(&self, instant: DateTime<Utc>) {
        let now = self.store.clock().now();
        self.store.clock().set(now.max(instant));
    }

    /// Moves the clock on by so many seconds.
    pub(super) fn pass(&self, seconds: i64) {
        let now = self.store.clock().now();
        self.store.clock().set(now + chrono::TimeDelta::seconds(seconds));
    }

    /// Acts as the clerk.
    pub(super) fn act<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let clerk = self.clerk.clone();
        self.store.write_now(move |tx| work(tx, &clerk))
    }

    /// Acts as a member.
    pub(super) fn act_as<T: Send + 'static>(
        &self,
        person: PersonId,
        work: impl FnOnce(&Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let member = Caller { role: Role::Staff, person: Some(person), lang: Lang::Nl, ..Caller::system() };
        self.store.write_now(move |tx| work(tx, &member))
    }

    /// A session as it stands.
    pub(super) fn session(&self, slug: &str) -> Result<Session, Refusal> {
        let found = self.store.read(|view| Ok::<_, Refusal>(view.session_named(slug)?))?;
        found.ok_or_else(|| Refusal::unknown("session", slug))
    }

    /// Those who sit in a session at its hour, by precedence: mandate and person.
    pub(super) fn members(&self, session: &Session) -> Result<Vec<(MandateId, PersonId)>, Refusal> {
        self.store.read(|view| {
            let mandates = view.mandates(session.term)?;
            let sitting = crate::council::sitting(&mandates, session.planned);
            Ok(sitting.into_iter().map(|mandate| (mandate.id, mandate.person)).collect())
        })
    }

    /// A member who neither chairs nor belongs to the executive.
    pub(super) fn backbencher(&self, slug: &str) -> Result<Option<PersonId>, Refusal> {
        let session = self.session(slug)?;
        self.store.read(|view| {
            let mandates = view.mandates(session.term)?;
            let sitting = crate::council::sitting(&mandates, session.planned);
            let member = sitting.into_iter().rev().find(|mandate| mandate.role == MandateRole::Member);
            Ok(member.map(|mandate| mandate.person))
        })
    }
}
