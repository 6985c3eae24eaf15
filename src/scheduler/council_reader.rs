//! Who reads what of the sessions of bodies: by their mandate, by their role, by their name on a list.

use std::collections::BTreeSet;

use super::Caller;
use crate::booking::Refusal;
use crate::council::{AgendaItem, Mandate, MandateRole, MandateStatus, Reader, Session};
use crate::ids::{BodyId, DocumentId, ItemId};
use crate::store::{StoreError, View};
use crate::texts::Said;
use crate::town::{Action, Matter};

/// What the caller is to each body, item and document; loaded once for a page.
pub struct CouncilReader {
    caller: Caller,
    bodies: BTreeSet<BodyId>,
    recused: BTreeSet<ItemId>,
    named: BTreeSet<DocumentId>,
}

impl CouncilReader {
    /// Loads what the caller is.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of(view: &View<'_>, caller: &Caller) -> Result<Self, StoreError> {
        let mut reader = Self {
            caller: caller.clone(),
            bodies: BTreeSet::new(),
            recused: BTreeSet::new(),
            named: BTreeSet::new(),
        };
        let Some(person) = caller.person else { return Ok(reader) };
        for mandate in view.mandates_of(person)? {
            if belongs(&mandate) && mandate.stands_at(view.now()) {
                let term = view.term(mandate.term)?;
                reader.bodies.extend(term.map(|term| term.body));
            }
        }
        reader.recused.extend(view.recused_from(person)?);
        reader.named.extend(view.named_for(person)?);
        Ok(reader)
    }

    /// Whether they sit in a body now.
    #[must_use]
    pub fn sits_in(&self, body: BodyId) -> bool {
        self.bodies.contains(&body)
    }

    /// Whether they prepare the sessions of a body.
    #[must_use]
    pub fn prepares(&self, body: BodyId) -> bool {
        self.caller.must_in(Action::PrepareSession, &of_body(body)).is_ok()
    }

    /// What they are to a document, or to an item.
    #[must_use]
    pub fn reader(&self, body: BodyId, item: Option<ItemId>, document: Option<DocumentId>) -> Reader {
        if self.prepares(body) {
            return Reader::Clerk;
        }
        if !self.sits_in(body) {
            return Reader::Anybody;
        }
        Reader::Member {
            named: document.is_some_and(|id| self.named.contains(&id)),
            recused: item.is_some_and(|id| self.recused.contains(&id)),
        }
    }

    /// Whether they may know that an item stands on the agenda: the public part is for anybody once it is sealed.
    #[must_use]
    pub fn knows(&self, session: &Session, item: &AgendaItem) -> bool {
        let sealed = super::members_file::is_sealed(item);
        match self.reader(session.body, None, None) {
            Reader::Clerk => true,
            Reader::Member { .. } => sealed,
            Reader::Anybody => sealed && item.part == crate::council::SessionPart::Public,
        }
    }
}

/// Whether a mandate gives the file: members, those who advise, and whoever writes the minutes; not who is prevented.
fn belongs(mandate: &Mandate) -> bool {
    let seated =
        mandate.seat.is_some() || matches!(mandate.role, MandateRole::Advisory | MandateRole::Secretary);
    seated && mandate.status != MandateStatus::Prevented
}

/// The matter of a body's sessions.
pub(super) fn of_body(body: BodyId) -> Matter {
    Matter { body: Some(body), ..Matter::default() }
}

/// The session with this name in addresses.
pub(super) fn session_called(view: &View<'_>, slug: &str) -> Result<Session, Refusal> {
    let no_session = || Said::new("documents.no_session").with("name", super::create_meeting::clip(slug));
    view.session_named(slug)?.ok_or_else(|| Refusal::Unknown(no_session()))
}

/// The session with this name, for those who prepare it.
pub(super) fn prepared(view: &View<'_>, caller: &Caller, slug: &str) -> Result<Session, Refusal> {
    let session = session_called(view, slug)?;
    caller.must_in(Action::PrepareSession, &of_body(session.body))?;
    Ok(session)
}
