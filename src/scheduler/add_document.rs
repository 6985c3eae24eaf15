//! Adds a document to a session, and versions to a document.

use serde_json::json;

use super::Caller;
use super::council_reader::{of_body, prepared};
use super::create_meeting::text_fault;
use crate::booking::Refusal;
use crate::council::{
    Access, AgendaItem, Content, Document, DocumentState, DocumentVersion, Session, SessionState,
    check_access,
};
use crate::ids::{DocumentId, ItemId};
use crate::papers::Vetted;
use crate::store::{NewContent, NewEntry, Subjects, Tx, View};
use crate::texts::Said;
use crate::town::Action;

/// The longest title, in characters.
pub(super) const LONGEST_TITLE: usize = 300;
/// The most documents of one session.
const MOST_DOCUMENTS: usize = 5_000;

/// A document to be added.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// The session, by its name in addresses.
    pub session: String,
    /// The item; none if it belongs to the session as a whole.
    pub item: Option<ItemId>,
    /// What people call it; empty for the name of its file.
    pub title: String,
    /// Who may read it; none for the most open that its item allows to members.
    pub access: Option<Access>,
    /// Whether it can be fetched.
    pub downloadable: bool,
}

/// Adds a document with its first version, behind those of its item. Without a file it is one on paper, listed by its
/// name.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who do not prepare the session; [`Refusal::Invalid`] for a title, an item or an
/// access that does not fit.
pub fn add_document(
    tx: &Tx<'_>,
    caller: &Caller,
    new: &NewDocument,
    file: Option<&Vetted>,
) -> Result<DocumentId, Refusal> {
    let session = prepared(tx, caller, &new.session)?;
    let item = item_of(tx, &session, new.item)?;
    let title = match new.title.trim() {
        "" => file.map_or("", |file| stem(file.name())),
        title => title,
    };
    if let Some(fault) = text_fault("title", title, LONGEST_TITLE, true) {
        return Err(Refusal::Invalid(vec![fault]));
    }
    let part = item.as_ref().map(|item| item.part);
    let access =
        new.access.unwrap_or_else(|| part.map_or(Access::Members, Access::floor).max(Access::Members));
    check_access(access, part).map_err(|said| Refusal::invalid("access", said))?;
    if file.is_none() && new.downloadable {
        return Err(Refusal::invalid("files", Said::new("documents.file_missing")));
    }
    let all = tx.documents(session.id)?;
    if all.len() >= MOST_DOCUMENTS {
        return Err(Refusal::State(Said::new("request.too_many").with("max", MOST_DOCUMENTS)));
    }
    let last = all.iter().filter(|other| other.item == new.item).map(|other| other.position).max();
    let document = Document {
        id: DocumentId(tx.fresh()),
        session: session.id,
        item: new.item,
        title: title.to_owned(),
        position: last.unwrap_or(0).saturating_add(1),
        downloadable: new.downloadable,
    };
    tx.put_document(&document)?;
    insert(tx, caller, &session, &document, (1, access), file)?;
    note(tx, caller, "document.added", (&session, &document), json!({}))?;
    Ok(document.id)
}

/// Adds a version to a document: a draft that bears the access of the one before. After the convocation it is marked
/// as changed (D1). The same bytes as before are no version.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who do not prepare the session; [`Refusal::State`] for the bytes it has already.
pub fn add_version(tx: &Tx<'_>, caller: &Caller, id: DocumentId, file: &Vetted) -> Result<u32, Refusal> {
    let (document, session) = owned(tx, caller, id)?;
    let versions = tx.document_versions(id)?;
    let last = versions.last();
    if last.and_then(|last| last.content.as_ref()).is_some_and(|content| content.sha256 == file.sha256()) {
        return Err(Refusal::invalid("files", Said::new("documents.same_bytes").with("file", file.name())));
    }
    let number = last.map_or(0, |last| last.number) + 1;
    let access = last.map_or(Access::Members, |last| last.access);
    insert(tx, caller, &session, &document, (number, access), Some(file))?;
    note(tx, caller, "document.version", (&session, &document), json!({ "number": number }))?;
    Ok(number)
}

fn insert(
    tx: &Tx<'_>,
    caller: &Caller,
    session: &Session,
    document: &Document,
    (number, access): (u32, Access),
    file: Option<&Vetted>,
) -> Result<(), Refusal> {
    let content = file.map(|file| Content {
        sha256: file.sha256(),
        kind: file.kind(),
        length: file.bytes().len() as u64,
        name: file.name().to_owned(),
    });
    if let Some(file) = file {
        let said = file.extracted();
        tx.put_content(NewContent {
            sha256: file.sha256(),
            bytes: file.bytes(),
            text: said.text.as_deref(),
            pages: said.pages,
        })?;
    }
    tx.insert_version(&DocumentVersion {
        document: document.id,
        number,
        content,
        made_by: caller.person,
        at: tx.now(),
        access,
        state: DocumentState::Draft,
        frozen_for: None,
        changed_after: convened(tx, session)?,
    })?;
    Ok(())
}

/// The convocation that went out, if one did: what is made from then on is marked as changed.
pub(super) fn convened(view: &View<'_>, session: &Session) -> Result<Option<u32>, Refusal> {
    let ahead = matches!(session.state, SessionState::Draft | SessionState::Scheduled);
    let number = (!ahead).then(|| u32::from(session.convocation_no));
    Ok(view.last_frozen(session.id)?.or(number))
}

/// An item of the session.
pub(super) fn item_of(
    view: &View<'_>,
    session: &Session,
    id: Option<ItemId>,
) -> Result<Option<AgendaItem>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    let item = view.agenda_item(id)?.filter(|item| item.session == session.id);
    item.map(Some).ok_or_else(|| Refusal::invalid("item", Said::new("documents.no_item")))
}

/// A document with its session, for those who prepare it.
pub(super) fn owned(
    view: &View<'_>,
    caller: &Caller,
    id: DocumentId,
) -> Result<(Document, Session), Refusal> {
    let (document, session) = document_with_session(view, id)?;
    caller.must_in(Action::PrepareSession, &of_body(session.body))?;
    Ok((document, session))
}

/// A document with its session.
pub(super) fn document_with_session(view: &View<'_>, id: DocumentId) -> Result<(Document, Session), Refusal> {
    let document = view.document(id)?.ok_or_else(|| Refusal::unknown("document", id))?;
    let session = view.session(document.session)?;
    let session = session.ok_or_else(|| Refusal::Internal("a document without a session".to_owned()))?;
    Ok((document, session))
}

/// Writes in the journal what was done to a document: ids and figures, for its title may say what is closed.
pub(super) fn note(
    tx: &Tx<'_>,
    caller: &Caller,
    action: &str,
    (session, document): (&Session, &Document),
    detail: serde_json::Value,
) -> Result<(), Refusal> {
    let subjects = Subjects {
        meeting: session.meeting,
        body: Some(session.body),
        detail: Some(detail),
        ..Subjects::default()
    };
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(document.id.0), subjects })?;
    Ok(())
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
