//! Reads a document: what it is, its versions, its bytes; and notes that a member opened it.

use chrono::{DateTime, Utc};

use super::Caller;
use super::add_document::document_with_session;
use super::council_reader::CouncilReader;
use super::members_file::{body_name, may_fetch};
use crate::booking::Refusal;
use crate::council::{AgendaItem, Document, DocumentVersion, MediaKind, Reader, Session, may_read};
use crate::ids::{DocumentId, PersonId};
use crate::store::{Tx, View};
use crate::texts::Said;

/// A document with all that its page shows.
#[derive(Clone, Debug)]
pub struct DocumentSheet {
    /// The document.
    pub document: Document,
    /// Its session.
    pub session: Session,
    /// The name of the body.
    pub body: String,
    /// Its item.
    pub item: Option<AgendaItem>,
    /// What the reader is to it.
    pub reader: Reader,
    /// The versions that they may read, the last one first, each with the name of whoever made it.
    pub versions: Vec<(DocumentVersion, Option<String>)>,
    /// Whether they may fetch them.
    pub fetch: bool,
    /// For those who prepare the session: who opened which version, and when first.
    pub receipts: Vec<(u32, String, DateTime<Utc>)>,
    /// For those who prepare the session: who is named for it.
    pub named: Vec<PersonId>,
}

/// Reads what a document is, as far as the caller may read it.
///
/// # Errors
/// [`Refusal::Unknown`] for one that is not there, or of which the caller may read no version.
pub fn document_sheet(view: &View<'_>, caller: &Caller, id: DocumentId) -> Result<DocumentSheet, Refusal> {
    let (document, session) = document_with_session(view, id)?;
    let reader = CouncilReader::of(view, caller)?.reader(session.body, document.item, Some(id));
    let clerk = reader == Reader::Clerk;
    let mut versions = Vec::new();
    for version in view.document_versions(id)?.into_iter().rev() {
        if may_read(reader, version.access, version.state) {
            let maker = version.made_by.filter(|_| clerk).map(|person| name_of(view, person)).transpose()?;
            versions.push((version, maker));
        }
    }
    let Some((last, _)) = versions.first() else { return Err(Refusal::unknown("document", id)) };
    let fetch = may_fetch(reader, &document, last);
    let mut receipts = Vec::new();
    if clerk {
        for receipt in view.receipts(session.id)?.into_iter().filter(|receipt| receipt.document == id) {
            receipts.push((receipt.number, name_of(view, receipt.person)?, receipt.first_read_at));
        }
    }
    Ok(DocumentSheet {
        body: body_name(view, session.body),
        item: document.item.map(|item| view.agenda_item(item)).transpose()?.flatten(),
        named: if clerk { view.document_readers(id)? } else { Vec::new() },
        document,
        session,
        reader,
        versions,
        fetch,
        receipts,
    })
}

/// The bytes of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedDocument {
    /// What they are.
    pub kind: MediaKind,
    /// The name of the file.
    pub name: String,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether a receipt is due: a member opens this version for the first time. It is written by [`read_document`]
    /// before the bytes are handed over.
    pub receipt_due: bool,
}

/// Opens a version. Reads on a snapshot; the receipt is written apart, so that no bytes go through the writer.
///
/// # Errors
/// [`Refusal::Unknown`] for what is not there or may not be read; [`Refusal::State`] for what is only listed.
pub fn open_document(
    view: &View<'_>,
    caller: &Caller,
    id: DocumentId,
    number: u32,
) -> Result<OpenedDocument, Refusal> {
    let (document, session) = document_with_session(view, id)?;
    let who = CouncilReader::of(view, caller)?;
    let version = readable(view, &who, (&document, &session), number)?;
    let reader = who.reader(session.body, document.item, Some(id));
    if !may_fetch(reader, &document, &version) {
        return Err(Refusal::State(Said::new("documents.only_listed")));
    }
    let lost = || Refusal::Internal(format!("the bytes of document {id} are not kept"));
    let content = version.content.ok_or_else(lost)?;
    let bytes = view.content(&content.sha256)?.ok_or_else(lost)?;
    let receipt_due = match caller.person.filter(|_| who.sits_in(session.body)) {
        Some(member) => {
            let receipts = view.receipts_of(session.id, member)?;
            !receipts.iter().any(|receipt| (receipt.document, receipt.number) == (id, number))
        }
        None => false,
    };
    Ok(OpenedDocument { kind: content.kind, name: content.name, sha256: content.sha256, bytes, receipt_due })
}

/// Notes that a member opened a version, once. Others leave no receipt.
///
/// # Errors
/// [`Refusal::Unknown`] for what is not there or may not be read.
pub fn read_document(tx: &Tx<'_>, caller: &Caller, id: DocumentId, number: u32) -> Result<(), Refusal> {
    let (document, session) = document_with_session(tx, id)?;
    let who = CouncilReader::of(tx, caller)?;
    readable(tx, &who, (&document, &session), number)?;
    if let Some(person) = caller.person.filter(|_| who.sits_in(session.body)) {
        tx.insert_receipt(id, number, person)?;
    }
    Ok(())
}

/// A version that may be read.
fn readable(
    view: &View<'_>,
    who: &CouncilReader,
    (document, session): (&Document, &Session),
    number: u32,
) -> Result<DocumentVersion, Refusal> {
    let reader = who.reader(session.body, document.item, Some(document.id));
    let version = view.document_versions(document.id)?.into_iter().find(|version| version.number == number);
    version
        .filter(|version| may_read(reader, version.access, version.state))
        .ok_or_else(|| Refusal::unknown("document", document.id))
}

fn name_of(view: &View<'_>, id: PersonId) -> Result<String, Refusal> {
    Ok(view.person(id)?.map(|person| person.name).unwrap_or_default())
}
