//! Changes a document: what it is called and where it stands, who may read it, how far it has come.

use serde_json::json;

use super::Caller;
use super::add_document::{LONGEST_TITLE, item_of, note, owned};
use super::council_reader::{of_body, prepared};
use super::create_meeting::{list_fault, text_fault};
use crate::booking::{Fault, Refusal};
use crate::council::{
    Access, DocumentRule, DocumentState, DocumentVersion, VoteState, check_access, check_release,
};
use crate::ids::{DocumentId, ItemId, PersonId};
use crate::store::{NewEntry, StoreError, Subjects, Tx, View};
use crate::texts::Said;
use crate::town::Action;

/// The most people on a list.
const MOST_PEOPLE: usize = 200;

/// What can be changed of a document without making a version.
#[derive(Clone, Debug)]
pub struct DocumentFields {
    /// What people call it.
    pub title: String,
    /// The item; none if it belongs to the session as a whole.
    pub item: Option<ItemId>,
    /// Its place among the documents of its item, from 1 on.
    pub position: u32,
    /// Whether it can be fetched.
    pub downloadable: bool,
}

/// Changes what a document is called and where it stands. One that goes to a closed item is closed with it.
///
/// # Errors
/// [`Refusal::Invalid`] for a title, an item or a place that does not fit.
pub fn change_document(
    tx: &Tx<'_>,
    caller: &Caller,
    id: DocumentId,
    fields: &DocumentFields,
) -> Result<(), Refusal> {
    let (mut document, session) = owned(tx, caller, id)?;
    item_of(tx, &session, fields.item)?;
    let mut faults: Vec<Fault> =
        text_fault("title", fields.title.trim(), LONGEST_TITLE, true).into_iter().collect();
    if fields.position == 0 || fields.position > 9_999 {
        faults.push(Fault::new("position", Said::new("documents.position")));
    }
    let held = |version: &DocumentVersion| version.content.is_some();
    if fields.downloadable && !tx.document_versions(id)?.iter().any(held) {
        faults.push(Fault::new("downloadable", Said::new("documents.file_missing")));
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    let before = document.clone();
    fields.title.trim().clone_into(&mut document.title);
    document.item = fields.item;
    document.position = fields.position;
    document.downloadable = fields.downloadable;
    if document == before {
        return Ok(());
    }
    tx.put_document(&document)?;
    note(tx, caller, "document.changed", (&session, &document), json!({}))
}

/// Sets who may read a document, for all its versions: no more open than its item is treated (D2). What was released
/// and is no longer public is taken back from the public.
///
/// # Errors
/// [`Refusal::Invalid`] for an access that is too open.
pub fn set_access(tx: &Tx<'_>, caller: &Caller, id: DocumentId, access: Access) -> Result<(), Refusal> {
    let (document, session) = owned(tx, caller, id)?;
    let item = item_of(tx, &session, document.item)?;
    check_access(access, item.map(|item| item.part)).map_err(|said| Refusal::invalid("access", said))?;
    let mut changed = false;
    for version in tx.document_versions(id)?.iter().filter(|version| version.access != access) {
        let state = match version.state {
            DocumentState::Released => DocumentState::Frozen,
            other => other,
        };
        tx.set_version(version, access, state, version.frozen_for)?;
        changed = true;
    }
    if changed {
        note(tx, caller, "document.access", (&session, &document), json!({ "access": access.word() }))?;
    }
    Ok(())
}

/// Takes the last version of a document a step on. Documents go with a convocation all at once; only a correction is
/// put into the members' file by itself, with its mark (D1).
///
/// # Errors
/// [`Refusal::State`] for a step that is none, [`Refusal::Forbidden`] for those who may not publish what is released.
pub fn change_state(
    tx: &Tx<'_>,
    caller: &Caller,
    id: DocumentId,
    next: DocumentState,
) -> Result<(), Refusal> {
    let (document, session) = owned(tx, caller, id)?;
    let versions = tx.document_versions(id)?;
    let Some(last) = versions.last() else { return Ok(()) };
    if last.state == next {
        return Ok(());
    }
    if !last.state.may_become(next) || next == DocumentState::Superseded {
        let said = if last.state.was_sent() {
            DocumentRule::SentStays.said("documents.sent_stays")
        } else {
            Said::new("documents.no_step")
        };
        return Err(Refusal::State(said));
    }
    let frozen_for = match next {
        DocumentState::Frozen if last.state == DocumentState::Approved => {
            let after = last
                .changed_after
                .ok_or_else(|| Refusal::State(Said::new("documents.goes_with_convocation")))?;
            supersede(tx, &versions)?;
            Some(after)
        }
        _ => last.frozen_for,
    };
    if next == DocumentState::Released || last.state == DocumentState::Released {
        caller.must_in(Action::PublishSession, &of_body(session.body))?;
    }
    if next == DocumentState::Released {
        let rule = tx.council_body(session.body)?.map(|body| body.rules.release).unwrap_or_default();
        check_release(last, rule, session.state).map_err(Refusal::State)?;
    }
    tx.set_version(last, last.access, next, frozen_for)?;
    let detail = json!({ "number": last.number, "state": next.word() });
    note(tx, caller, "document.state", (&session, &document), detail)
}

/// What was sent before the last version is superseded by it.
pub(super) fn supersede(tx: &Tx<'_>, versions: &[DocumentVersion]) -> Result<(), StoreError> {
    let before = versions.split_last().map_or(&[][..], |(_, before)| before);
    for version in before.iter().filter(|version| version.state.may_become(DocumentState::Superseded)) {
        tx.set_version(version, version.access, DocumentState::Superseded, version.frozen_for)?;
    }
    Ok(())
}

/// Sets who is named for a confidential document.
///
/// # Errors
/// [`Refusal::Invalid`] for somebody who is not there, or too many.
pub fn set_readers(tx: &Tx<'_>, caller: &Caller, id: DocumentId, people: &[PersonId]) -> Result<(), Refusal> {
    let (document, session) = owned(tx, caller, id)?;
    let people = people_of(tx, people)?;
    tx.set_document_readers(id, &people)?;
    note(tx, caller, "document.readers", (&session, &document), json!({ "readers": people.len() }))
}

/// Sets who keeps away from an item, for a conflict of interest: its documents are withheld from them, and they cannot
/// vote on it.
///
/// # Errors
/// [`Refusal::State`] while one votes on it; [`Refusal::Invalid`] for an item of another session, somebody who is not
/// there, or too many.
pub fn set_recused(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    item: ItemId,
    people: &[PersonId],
) -> Result<(), Refusal> {
    let session = prepared(tx, caller, slug)?;
    item_of(tx, &session, Some(item))?;
    let votes = tx.votes(session.id)?;
    if votes.iter().any(|vote| vote.item == item && vote.state == VoteState::Open) {
        return Err(Refusal::State(Said::new("documents.recused_in_vote")));
    }
    let people = people_of(tx, people)?;
    tx.set_recused(item, &people)?;
    let detail = Some(json!({ "people": people.len() }));
    let subjects =
        Subjects { meeting: session.meeting, body: Some(session.body), detail, ..Subjects::default() };
    tx.journal(&NewEntry { actor: caller.actor(), action: "item.recused", subject: Some(item.0), subjects })?;
    Ok(())
}

fn people_of(view: &View<'_>, people: &[PersonId]) -> Result<Vec<PersonId>, Refusal> {
    if let Some(fault) = list_fault("people", people.len(), MOST_PEOPLE) {
        return Err(Refusal::Invalid(vec![fault]));
    }
    let mut known = people.to_vec();
    known.sort_unstable();
    known.dedup();
    for person in &known {
        if view.person(*person)?.is_none() {
            return Err(Refusal::invalid("people", Said::new("documents.no_person")));
        }
    }
    Ok(known)
}
