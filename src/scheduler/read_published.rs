//! What anybody may read of sessions: only what stands in the register, and of a session of which something does when
//! and where it is. No rights are asked, for there is nothing here that needs one.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};

use super::council::session_changed;
use crate::booking::Refusal;
use crate::council::publication::{Asked, Facts, PublicationAct, PublicationKind};
use crate::council::{CouncilBody, Session, SessionMode, SessionState};
use crate::ical::WRITER_VERSION;
use crate::ids::{BodyId, DecisionId, SessionId};
use crate::store::{Publication, StoreError, View};
use crate::texts::Said;
use crate::town::{Body, BodyKind};

/// A session of which something is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedSession {
    /// Identity.
    pub id: SessionId,
    /// The name in addresses.
    pub slug: String,
    /// The body's name in addresses.
    pub body: String,
    /// The body's name.
    pub body_name: String,
    /// When it is planned to start, on the wall of the town.
    pub planned: DateTime<FixedOffset>,
    /// Minutes that it is planned to last.
    pub length_min: u32,
    /// Whether the body never meets in the open: of its sessions anybody may know that they were, and no more.
    pub closed: bool,
    /// Where; empty of a body that never meets in the open.
    pub place: String,
    /// In which way it meets.
    pub mode: SessionMode,
    /// Where the public follows it; empty if nowhere.
    pub stream_url: String,
    /// Where it stands.
    pub state: SessionState,
    /// Counts its changes.
    pub version: i64,
    /// When it was last planned, moved or called off, UTC; none if nothing of that is known.
    pub changed: Option<DateTime<Utc>>,
    /// What stands of it: agenda, decisions, minutes, then what is about one decision, in the order of publication.
    pub documents: Vec<Publication>,
}

/// Sessions of which something is published, the latest first; of one body, if one is named.
///
/// # Errors
/// Those of the store.
pub fn published_sessions(view: &View<'_>, body: Option<BodyId>) -> Result<Vec<PublishedSession>, Refusal> {
    let mut documents: BTreeMap<SessionId, Vec<Publication>> = BTreeMap::new();
    for entry in view.standing(None)?.into_iter().rev() {
        documents.entry(entry.session).or_default().push(entry);
    }
    let mut sessions = Vec::new();
    for (id, documents) in documents {
        let Some(session) = view.session(id)? else { continue };
        if body.is_none_or(|body| body == session.body) {
            sessions.extend(shown(view, &session, documents)?);
        }
    }
    sessions.sort_by(|a, b| (b.planned, &b.slug).cmp(&(a.planned, &a.slug)));
    Ok(sessions)
}

/// A session of which something is published.
///
/// # Errors
/// [`Refusal::Unknown`] if there is none, or nothing of it stands: nobody learns which.
pub fn published_session(view: &View<'_>, slug: &str) -> Result<PublishedSession, Refusal> {
    let unknown = || Refusal::Unknown(Said::new("portal.no_session"));
    let session = view.session_named(slug)?.ok_or_else(unknown)?;
    let documents = view.standing_of(session.id)?;
    if documents.is_empty() {
        return Err(unknown());
    }
    shown(view, &session, documents)?.ok_or_else(unknown)
}

fn shown(
    view: &View<'_>,
    session: &Session,
    mut documents: Vec<Publication>,
) -> Result<Option<PublishedSession>, StoreError> {
    documents.sort_by_key(|entry| (entry.kind, entry.seq));
    let Some(body) = view.directory().body(session.body) else { return Ok(None) };
    let open = meets_in_the_open(body, view.council_body(body.id)?.as_ref());
    let kept = |text: &str| if open { text.to_owned() } else { String::new() };
    Ok(Some(PublishedSession {
        id: session.id,
        slug: session.slug.clone(),
        body: body.slug.clone(),
        body_name: body.name.clone(),
        planned: session.planned.with_timezone(&session.zone.tz()).fixed_offset(),
        length_min: session.length_min,
        closed: !open,
        place: kept(&session.place),
        mode: session.mode,
        stream_url: kept(&session.stream_url),
        state: session.state,
        version: session.version,
        changed: session_changed(view, session)?,
        documents,
    }))
}

/// Whether a body meets in the open at all.
pub(super) fn meets_in_the_open(body: &Body, council: Option<&CouncilBody>) -> bool {
    body.kind != BodyKind::College && !council.is_some_and(CouncilBody::never_public)
}

/// A document as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedEdition {
    /// The entry of the register.
    pub entry: Publication,
    /// The page; none if the document was withdrawn since, or this is the withdrawal.
    pub bytes: Option<Vec<u8>>,
    /// The last entry about the document: it stands, or says why it was withdrawn.
    pub last: Publication,
}

/// A document of a session or of a decision: the version asked for, or the last one.
///
/// # Errors
/// [`Refusal::Unknown`] if it was never published, or not in this version.
pub fn published_edition(
    view: &View<'_>,
    session: Option<&str>,
    asked: Asked,
    version: Option<u32>,
) -> Result<PublishedEdition, Refusal> {
    let unknown = || Refusal::Unknown(Said::new("portal.not_published"));
    let editions = match (session, asked.decision()) {
        (Some(slug), None) => {
            let session = view.session_named(slug)?.ok_or_else(unknown)?;
            view.editions(asked.kind(), session.id, None)?
        }
        (_, Some(decision)) => editions_of(view, asked.kind(), decision)?,
        (None, None) => Vec::new(),
    };
    let last = editions.last().cloned().ok_or_else(unknown)?;
    let wanted = version.unwrap_or(last.version);
    let entry = editions.iter().find(|entry| entry.version == wanted).cloned().ok_or_else(unknown)?;
    // What was taken back is not shown, in no version that came before; what is published again is.
    let taken_back =
        |later: &Publication| later.act == PublicationAct::Withdrawn && later.version >= entry.version;
    let bytes = if editions.iter().any(taken_back) { None } else { view.published_bytes(entry.seq)? };
    Ok(PublishedEdition { entry, bytes, last })
}

fn editions_of(
    view: &View<'_>,
    kind: PublicationKind,
    decision: DecisionId,
) -> Result<Vec<Publication>, StoreError> {
    let all = view.publications_of_decision(decision)?;
    Ok(all.into_iter().filter(|entry| entry.kind == kind).collect())
}

/// What stands of a session with its facts: its minutes if they stand, else its decisions, else its agenda. What a
/// later document knows, it knows on top of what an earlier one said.
///
/// # Errors
/// Those of the store.
pub fn standing_facts(view: &View<'_>, documents: &[Publication]) -> Result<Option<Facts>, StoreError> {
    let of_session = documents.iter().filter(|entry| !entry.kind.is_of_decision());
    let Some(best) = of_session.max_by_key(|entry| entry.kind) else { return Ok(None) };
    view.published_facts(best.seq)
}

/// A calendar with what tells one state of it from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedCalendar {
    /// Differs when the calendar does.
    pub tag: String,
    /// The calendar.
    pub bytes: Vec<u8>,
}

/// The sessions of a body of which something stands, as a calendar (RFC 5545): for anybody to subscribe to.
///
/// # Errors
/// [`Refusal::Unknown`] if nothing of this body stands.
pub fn published_calendar(view: &View<'_>, base: &str, body: &str) -> Result<PublishedCalendar, Refusal> {
    let unknown = || Refusal::Unknown(Said::new("portal.no_session"));
    let known = view.directory().body_named(body).ok_or_else(unknown)?;
    let sessions = published_sessions(view, Some(known.id))?;
    if sessions.is_empty() {
        return Err(unknown());
    }
    // The register and the versions of sessions only ever rise: which sessions there are follows from the one, how they
    // stand from the sum of the others.
    let versions: i64 = sessions.iter().map(|session| session.version).sum();
    let tag = format!("{body}-{WRITER_VERSION}-{}-{versions}", view.publication_count()?);
    Ok(PublishedCalendar { tag, bytes: super::published_events::calendar(view, base, &sessions) })
}
