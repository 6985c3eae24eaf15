//! The file of a session as somebody may read it: its items with their notes and drafts, and its documents.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Caller;
use super::council_reader::{CouncilReader, prepared, session_called};
use crate::booking::Refusal;
use crate::council::{
    Access, AgendaItem, Document, DocumentState, DocumentVersion, ItemState, Reader, Session, SessionPart,
    may_read,
};
use crate::ids::{BodyId, DocumentId, ItemId, PersonId};
use crate::store::View;

/// The file of a session.
#[derive(Clone, Debug)]
pub struct MembersFile {
    /// The session.
    pub session: Session,
    /// The name of the body.
    pub body: String,
    /// What the reader is to the body.
    pub reader: Reader,
    /// Whether the reader sits in the body.
    pub sits: bool,
    /// The items that the reader may know of, in the order of the agenda.
    pub items: Vec<FileItem>,
    /// Documents of the session as a whole.
    pub papers: Vec<Paper>,
}

/// An item, as far as the reader may read it.
#[derive(Clone, Debug)]
pub struct FileItem {
    /// The item.
    pub id: ItemId,
    /// Its number, once it has one.
    pub number: Option<String>,
    /// The part in which it is treated.
    pub part: SessionPart,
    /// Its title.
    pub title: String,
    /// What only those read who may read the file; empty for others, and if there is none.
    pub internal_title: String,
    /// The explanatory note; empty for those who may not read it.
    pub note: String,
    /// The draft decision; empty for those who may not read it.
    pub draft: String,
    /// How long it is planned to take, in minutes.
    pub planned_min: u32,
    /// Whether the reader keeps away from it, so that its file is withheld from them.
    pub recused: bool,
    /// Its documents.
    pub papers: Vec<Paper>,
}

/// A document in the version that the reader reads: the last one that they may.
#[derive(Clone, Debug)]
pub struct Paper {
    /// The document.
    pub document: Document,
    /// The version.
    pub version: DocumentVersion,
    /// How many versions there are that they may read.
    pub versions: usize,
    /// When they first opened this version.
    pub read: Option<DateTime<Utc>>,
    /// Whether they may fetch it.
    pub fetch: bool,
}

impl MembersFile {
    /// Every document, those of the session first.
    pub fn all_papers(&self) -> impl Iterator<Item = &Paper> {
        self.papers.iter().chain(self.items.iter().flat_map(|item| &item.papers))
    }

    /// How many documents can be fetched that the reader has not opened in their last version.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.all_papers().filter(|paper| paper.is_unread()).count()
    }
}

impl Paper {
    /// Whether it was sent and can be fetched, and the reader has not opened it.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.fetch && self.read.is_none() && self.version.state.was_sent()
    }
}

/// Whether an item stands on an agenda that was sealed, so that members have it.
pub(super) const fn is_sealed(item: &AgendaItem) -> bool {
    matches!(item.state, ItemState::OnAgenda | ItemState::Treated)
}

/// The access and the state of what belongs to an item itself: its note and its draft decision. The same is said by
/// the view `item_text` of the store, for the search.
pub(super) const fn file_of(item: &AgendaItem) -> (Access, DocumentState) {
    let access = match item.part {
        SessionPart::Public => Access::Members,
        SessionPart::Closed => Access::Closed,
    };
    (access, if is_sealed(item) { DocumentState::Frozen } else { DocumentState::Draft })
}

/// Whether a version can be fetched by somebody who may read it (D4).
pub(super) fn may_fetch(reader: Reader, document: &Document, version: &DocumentVersion) -> bool {
    version.content.is_some() && (document.downloadable || reader == Reader::Clerk)
}

/// Reads the file of a session as the caller may read it.
///
/// # Errors
/// [`Refusal::Unknown`] for a session that is not there, or of which the caller may know nothing.
pub fn members_file(view: &View<'_>, caller: &Caller, slug: &str) -> Result<MembersFile, Refusal> {
    let session = session_called(view, slug)?;
    let reader = CouncilReader::of(view, caller)?;
    let file = read_file(view, &reader, session, caller.person)?;
    if file.reader == Reader::Anybody && file.items.is_empty() && file.all_papers().next().is_none() {
        return Err(Refusal::Unknown(crate::texts::Said::new("documents.no_session").with("name", slug)));
    }
    Ok(file)
}

/// The file of a session for whoever the reader is.
pub(super) fn read_file(
    view: &View<'_>,
    reader: &CouncilReader,
    session: Session,
    person: Option<PersonId>,
) -> Result<MembersFile, Refusal> {
    let mut papers = papers_of(view, reader, &session, person)?;
    let mut items = Vec::new();
    for item in view.agenda_items(session.id)? {
        if item.is_live() && reader.knows(&session, &item) {
            let papers = papers.remove(&Some(item.id)).unwrap_or_default();
            items.push(file_item(reader.reader(session.body, Some(item.id), None), item, papers));
        }
    }
    Ok(MembersFile {
        body: body_name(view, session.body),
        reader: reader.reader(session.body, None, None),
        sits: reader.sits_in(session.body),
        items,
        papers: papers.remove(&None).unwrap_or_default(),
        session,
    })
}

fn file_item(reader: Reader, item: AgendaItem, papers: Vec<Paper>) -> FileItem {
    let (access, state) = file_of(&item);
    let open = may_read(reader, access, state);
    let if_open = |text: String| if open { text } else { String::new() };
    FileItem {
        id: item.id,
        number: item.number,
        part: item.part,
        title: item.title,
        internal_title: if_open(item.internal_title),
        note: if_open(item.note),
        draft: if_open(item.draft),
        planned_min: item.planned_min,
        recused: matches!(reader, Reader::Member { recused: true, .. }),
        papers,
    }
}

/// The documents of a session that the reader may read, by item and place.
fn papers_of(
    view: &View<'_>,
    reader: &CouncilReader,
    session: &Session,
    person: Option<PersonId>,
) -> Result<BTreeMap<Option<ItemId>, Vec<Paper>>, Refusal> {
    let mut versions: BTreeMap<DocumentId, Vec<DocumentVersion>> = BTreeMap::new();
    for version in view.versions_of_session(session.id)? {
        versions.entry(version.document).or_default().push(version);
    }
    let receipts = person.map(|person| view.receipts_of(session.id, person)).transpose()?.unwrap_or_default();
    let read: BTreeMap<_, _> =
        receipts.into_iter().map(|one| ((one.document, one.number), one.first_read_at)).collect();
    let mut papers: BTreeMap<Option<ItemId>, Vec<Paper>> = BTreeMap::new();
    for document in view.documents(session.id)? {
        let who = reader.reader(session.body, document.item, Some(document.id));
        let mut readable = versions.remove(&document.id).unwrap_or_default();
        readable.retain(|version| may_read(who, version.access, version.state));
        let Some(version) = readable.last().cloned() else { continue };
        papers.entry(document.item).or_default().push(Paper {
            read: read.get(&(document.id, version.number)).copied(),
            versions: readable.len(),
            fetch: may_fetch(who, &document, &version),
            version,
            document,
        });
    }
    Ok(papers)
}

/// The name of a body.
pub(super) fn body_name(view: &View<'_>, id: BodyId) -> String {
    view.directory().body(id).map(|body| body.name.clone()).unwrap_or_default()
}

/// The documents of a session, for those who prepare it.
#[derive(Clone, Debug)]
pub struct SessionDocuments {
    /// The session.
    pub session: Session,
    /// The name of the body.
    pub body: String,
    /// Each document in its last version, by place; those of one item stand together.
    pub documents: Vec<(Document, DocumentVersion)>,
}

/// Reads the documents of a session, for those who prepare it.
///
/// # Errors
/// [`Refusal::Unknown`] for a session that is not there, [`Refusal::Forbidden`] for those who do not prepare it.
pub fn documents_of(view: &View<'_>, caller: &Caller, slug: &str) -> Result<SessionDocuments, Refusal> {
    let session = prepared(view, caller, slug)?;
    let mut last: BTreeMap<DocumentId, DocumentVersion> = BTreeMap::new();
    for version in view.versions_of_session(session.id)? {
        last.insert(version.document, version);
    }
    let with_last = |document: Document| last.remove(&document.id).map(|version| (document, version));
    let documents = view.documents(session.id)?.into_iter().filter_map(with_last).collect();
    Ok(SessionDocuments { body: body_name(view, session.body), session, documents })
}
