//! Brings items back to a later session: one that was put off, or all that a session left for want of members or of time.

use serde_json::json;

use super::super::Caller;
use super::super::add_document::{convened, note};
use super::edit_agenda::{Entered, ItemFields, enter_item, must_lie_ahead, prepared_item, prepared_session};
use crate::booking::Refusal;
use crate::council::{AgendaItem, Document, DocumentState, DocumentVersion, ItemState, Section, Session};
use crate::ids::{DocumentId, ItemId, SessionId};
use crate::store::Tx;

/// Brings an item back to a later session: another item that refers to it, with its documents and with those who keep
/// away from it.
///
/// # Errors
/// [`Refusal::State`] if the session does not lie ahead.
pub fn table_again(tx: &Tx<'_>, caller: &Caller, id: ItemId, slug: &str) -> Result<AgendaItem, Refusal> {
    let (_, earlier) = prepared_item(tx, caller, id, None)?;
    let session = prepared_session(tx, caller, slug)?;
    must_lie_ahead(&session)?;
    let rapporteur = earlier.rapporteur.map(|person| tx.person(person)).transpose()?.flatten();
    let mut fields = ItemFields::of(&earlier, rapporteur.map_or_else(String::new, |person| person.email));
    if fields.section == Section::Urgent {
        fields.section = Section::Decisions;
    }
    fields.urgent_reason.clear();
    let entered = Entered { by: earlier.submitted_by, at: tx.now(), references: vec![earlier.id] };
    let item = enter_item(tx, caller, &session, &fields, &entered)?;
    let recusals = tx.recusals(earlier.session)?.into_iter();
    let recused: Vec<_> = recusals.filter(|(of, _)| *of == earlier.id).map(|(_, person)| person).collect();
    tx.set_recused(item.id, &recused)?;
    for document in tx.documents(earlier.session)?.into_iter().filter(|one| one.item == Some(earlier.id)) {
        take_along(tx, caller, &document, (&session, item.id))?;
    }
    Ok(item)
}

/// Brings back all that stood on the agenda of a session and was not treated. It was approved for that agenda and is for
/// this one.
///
/// # Errors
/// Those of [`table_again`].
pub fn table_rest(tx: &Tx<'_>, caller: &Caller, from: SessionId, slug: &str) -> Result<usize, Refusal> {
    let mut rest = tx.agenda_items(from)?;
    rest.retain(|item| item.state == ItemState::OnAgenda);
    for item in &rest {
        let again = table_again(tx, caller, item.id, slug)?;
        let version = again.version + 1;
        tx.put_agenda_item(&AgendaItem { state: ItemState::Approved, version, ..again })?;
    }
    Ok(rest.len())
}

/// A document of the earlier item, as it stood last, for the item that takes it up again.
fn take_along(
    tx: &Tx<'_>,
    caller: &Caller,
    earlier: &Document,
    (session, item): (&Session, ItemId),
) -> Result<(), Refusal> {
    let Some(last) = tx.document_versions(earlier.id)?.pop() else { return Ok(()) };
    let document =
        Document { id: DocumentId(tx.fresh()), session: session.id, item: Some(item), ..earlier.clone() };
    tx.put_document(&document)?;
    let sent =
        matches!(last.state, DocumentState::Frozen | DocumentState::Superseded | DocumentState::Released);
    tx.insert_version(&DocumentVersion {
        document: document.id,
        number: 1,
        made_by: caller.person,
        at: tx.now(),
        state: if sent { DocumentState::Approved } else { last.state },
        frozen_for: None,
        changed_after: convened(tx, session)?,
        ..last
    })?;
    tx.set_document_readers(document.id, &tx.document_readers(earlier.id)?)?;
    note(tx, caller, "document.added", (session, &document), json!({ "again": earlier.id }))
}
