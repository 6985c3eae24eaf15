//! Freezes the documents of a session with its convocation, and lets out to the public what may be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Caller;
use super::add_document::note;
use super::change_document::supersede;
use super::council_reader::{of_body, prepared};
use crate::booking::Refusal;
use crate::council::{Document, DocumentState, DocumentVersion, SealedDocument, Session, check_release};
use crate::ids::{DocumentId, ItemId, SessionId};
use crate::store::{Tx, View};
use crate::town::Action;

/// What went with a convocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrozenDocuments {
    /// Each document that is in the members' file, in order.
    pub sent: Vec<SealedDocument>,
    /// Documents whose last version is not approved, so that it did not go.
    pub left: Vec<DocumentId>,
}

/// Freezes what is approved for convocation `number`: it is in the members' file from now on, and never changes (D1).
/// Documents of items that were taken off stay behind.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who do not prepare the session.
pub fn freeze_documents(
    tx: &Tx<'_>,
    caller: &Caller,
    id: SessionId,
    number: u32,
) -> Result<FrozenDocuments, Refusal> {
    let session = tx.session(id)?.ok_or_else(|| Refusal::Internal(format!("no session {id}")))?;
    caller.must_in(Action::PrepareSession, &of_body(session.body))?;
    let mut frozen = FrozenDocuments::default();
    for (document, versions) in live(tx, &session)? {
        let Some(last) = versions.last() else { continue };
        if last.state == DocumentState::Approved {
            supersede(tx, &versions)?;
            tx.set_version(last, last.access, DocumentState::Frozen, Some(number))?;
            let detail = json!({ "number": last.number, "convocation": number });
            note(tx, caller, "document.frozen", (&session, &document), detail)?;
        } else if stays_behind(last.state) {
            frozen.left.push(document.id);
        }
        let goes = last.state == DocumentState::Approved;
        let before = || versions.iter().rev().find(|version| version.state.was_sent());
        if let Some(sent) = if goes { Some(last) } else { before() } {
            let sha256 = sent.content.as_ref().map(|content| content.sha256);
            frozen.sent.push(SealedDocument { document: document.id, version: sent.number, sha256 });
        }
    }
    frozen.sent.sort_unstable();
    Ok(frozen)
}

/// Whether a version in this state goes with no convocation and was not sent with an earlier one.
fn stays_behind(state: DocumentState) -> bool {
    state != DocumentState::Approved && !state.was_sent()
}

/// The documents that would not go with a convocation now, for their last version is not approved: by title.
///
/// # Errors
/// Those of the store.
pub fn left_behind(view: &View<'_>, session: &Session) -> Result<Vec<Document>, Refusal> {
    let mut all = live(view, session)?;
    all.retain(|(_, versions)| versions.last().is_some_and(|last| stays_behind(last.state)));
    let mut left: Vec<Document> = all.into_iter().map(|(document, _)| document).collect();
    left.sort_by(|a, b| a.title.cmp(&b.title));
    Ok(left)
}

/// Lets out to the public every document of a session that may be (D3), and says how many. Those that are not public,
/// or were not sent, stay.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who may not publish; [`Refusal::State`] if the body lets none out now.
pub fn release_documents(tx: &Tx<'_>, caller: &Caller, slug: &str) -> Result<u32, Refusal> {
    let session = prepared(tx, caller, slug)?;
    caller.must_in(Action::PublishSession, &of_body(session.body))?;
    let rule = tx.council_body(session.body)?.map(|body| body.rules.release).unwrap_or_default();
    let (mut released, mut refused) = (0, None);
    for (document, versions) in live(tx, &session)? {
        let Some(last) = versions.last().filter(|last| last.state == DocumentState::Frozen) else { continue };
        match check_release(last, rule, session.state) {
            Ok(()) => {
                tx.set_version(last, last.access, DocumentState::Released, last.frozen_for)?;
                let detail = json!({ "number": last.number });
                note(tx, caller, "document.released", (&session, &document), detail)?;
                released += 1;
            }
            Err(said) if !rule.allows(session.state) => refused = Some(said),
            Err(_) => {}
        }
    }
    match refused {
        Some(said) if released == 0 => Err(Refusal::State(said)),
        _ => Ok(released),
    }
}

/// The documents of a session with their versions; without those of items that were taken off.
fn live(view: &View<'_>, session: &Session) -> Result<Vec<(Document, Vec<DocumentVersion>)>, Refusal> {
    let items = view.agenda_items(session.id)?;
    let gone: BTreeSet<ItemId> = items.iter().filter(|item| !item.is_live()).map(|item| item.id).collect();
    let mut versions: BTreeMap<DocumentId, Vec<DocumentVersion>> = BTreeMap::new();
    for version in view.versions_of_session(session.id)? {
        versions.entry(version.document).or_default().push(version);
    }
    let stays = |document: &Document| document.item.is_none_or(|item| !gone.contains(&item));
    let documents = view.documents(session.id)?.into_iter().filter(stays);
    Ok(documents
        .map(|document| {
            let versions = versions.remove(&document.id).unwrap_or_default();
            (document, versions)
        })
        .collect())
}
