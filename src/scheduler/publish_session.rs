//! Publishes a document of a session: only what is ready, only what the filter lets through, and for good.

use serde_json::json;

use super::Caller;
use super::create_meeting::text_fault;
use super::session_file::session_file;
use crate::booking::Refusal;
use crate::council::Session;
use crate::council::publication::{
    Asked, Edition, Facts, PublicView, PublicationAct, PublicationKind, Rendered, render,
};
use crate::store::{NewEntry, NewPublication, Publication, PublishedPage, Subjects, Tx};
use crate::texts::Said;
use crate::town::{Action, Matter};

/// The longest reason for a correction or a withdrawal, in characters.
const LONGEST_REASON: usize = 500;

/// What is to be published.
#[derive(Clone, Debug)]
pub struct Publish {
    /// The session's name in addresses.
    pub session: String,
    /// Which document.
    pub asked: Asked,
    /// Why it takes the place of the version before; needed if there is one, and shown to everybody.
    pub reason: String,
}

/// Publishes a document, or a correction of one. `base` is where people reach the house, without slash at the end.
///
/// # Errors
/// [`Refusal::Forbidden`] without the right; [`Refusal::State`] if it is not ready, may not be published, or nothing is
/// different from what stands; [`Refusal::Invalid`] for a correction without a reason.
pub fn publish_session(
    tx: &Tx<'_>,
    caller: &Caller,
    base: &str,
    wish: &Publish,
) -> Result<Publication, Refusal> {
    let session = publishable(tx, caller, &wish.session)?;
    let kind = wish.asked.kind();
    must_be_ready(tx, &session, kind)?;
    let view = PublicView::of(&session_file(tx, base, &session, wish.asked)?, wish.asked)
        .map_err(|refused| Refusal::State(Said::new(refused.key())))?;
    let editions = tx.editions(kind, session.id, wish.asked.decision())?;
    let reason = reason_for(&editions, &wish.reason)?;
    must_differ(tx, &editions, view.facts())?;
    let version = editions.last().map_or(1, |last| last.version + 1);
    let wall = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&session.zone.tz()).fixed_offset();
    let published = |entry: &&Publication| entry.act == PublicationAct::Published;
    let first = editions.iter().find(published).map_or(tx.now(), |first| first.published_at);
    let edition = Edition {
        version,
        at: wall(tx.now()),
        first: wall(first).date_naive(),
        correction: reason.clone(),
        town: tx.directory().house.town.clone(),
    };
    let page = render(&view, &edition);
    let entry = tx.enter_publication(&entry_for(caller, &view, version, (reason, page)))?;
    note(tx, caller, &session, "publication.published", &entry)?;
    Ok(entry)
}

/// Takes a document back: none of its versions is shown any more. What was published stays in the register with its
/// hash, and its bytes stay in the house.
///
/// # Errors
/// [`Refusal::Forbidden`] without the right; [`Refusal::State`] if nothing of it stands; [`Refusal::Invalid`] without a
/// reason.
pub fn withdraw_publication(tx: &Tx<'_>, caller: &Caller, wish: &Publish) -> Result<Publication, Refusal> {
    let session = publishable(tx, caller, &wish.session)?;
    let editions = tx.editions(wish.asked.kind(), session.id, wish.asked.decision())?;
    let standing = editions.last().filter(|last| last.act == PublicationAct::Published);
    let last = standing.ok_or_else(|| Refusal::State(Said::new("portal.nothing_stands")))?;
    let address = last.url.rsplit_once("/v/").map_or(last.url.as_str(), |(address, _)| address);
    let entry = tx.enter_publication(&NewPublication {
        kind: last.kind,
        session: last.session,
        decision: last.decision,
        version: last.version + 1,
        document: last.document.clone(),
        url: format!("{address}/v/{}", last.version + 1),
        title: last.title.clone(),
        reason: Some(sound_reason(&wish.reason)?),
        by: caller.actor(),
        page: None,
    })?;
    note(tx, caller, &session, "publication.withdrawn", &entry)?;
    Ok(entry)
}

fn publishable(tx: &Tx<'_>, caller: &Caller, slug: &str) -> Result<Session, Refusal> {
    let session = tx.session_named(slug)?;
    let session = session.ok_or_else(|| Refusal::unknown("session", super::create_meeting::clip(slug)))?;
    let matter = Matter { body: Some(session.body), ..Matter::default() };
    caller.must_in(Action::PublishSession, &matter)?;
    Ok(session)
}

/// Refuses what is not ready, each kind with its sentence.
fn must_be_ready(tx: &Tx<'_>, session: &Session, kind: PublicationKind) -> Result<(), Refusal> {
    let fixed = kind == PublicationKind::Agenda && !tx.agenda_versions(session.id)?.is_empty();
    if kind.is_ready(session.state, fixed) {
        return Ok(());
    }
    Err(Refusal::State(Said::new(match kind {
        PublicationKind::Agenda => "portal.agenda_not_fixed",
        PublicationKind::DecisionList | PublicationKind::Extract | PublicationKind::Regulation => {
            "portal.session_not_over"
        }
        PublicationKind::Minutes => "portal.minutes_not_approved",
    })))
}

/// Why this version takes the place of another; none for the first, and for one that follows a withdrawal.
fn reason_for(editions: &[Publication], reason: &str) -> Result<Option<String>, Refusal> {
    if editions.is_empty() {
        return Ok(None);
    }
    sound_reason(reason).map(Some)
}

fn sound_reason(reason: &str) -> Result<String, Refusal> {
    match text_fault("reason", reason.trim(), LONGEST_REASON, true) {
        Some(fault) => Err(Refusal::Invalid(vec![fault])),
        None => Ok(reason.trim().to_owned()),
    }
}

/// A correction corrects something.
fn must_differ(tx: &Tx<'_>, editions: &[Publication], facts: &Facts) -> Result<(), Refusal> {
    let standing = editions.last().filter(|last| last.act == PublicationAct::Published);
    let Some(last) = standing else { return Ok(()) };
    if tx.published_facts(last.seq)?.as_ref() == Some(facts) {
        return Err(Refusal::State(Said::new("portal.unchanged")));
    }
    Ok(())
}

fn entry_for(
    caller: &Caller,
    view: &PublicView,
    version: u32,
    (reason, page): (Option<String>, Rendered),
) -> NewPublication {
    let facts = view.facts();
    let decision = facts.kind.is_of_decision().then(|| decision_of(facts)).flatten();
    let place = match (facts.kind, decision) {
        (PublicationKind::Extract, Some(id)) => format!("/besluiten/{id}"),
        (_, Some(id)) => format!("/reglementen/{id}"),
        (kind, None) => format!("/zittingen/{}/{}", facts.session.slug, kind.dutch()),
    };
    NewPublication {
        kind: facts.kind,
        session: facts.session.id,
        decision,
        version,
        document: facts.document.clone(),
        url: format!("{}{place}/v/{version}", facts.base),
        title: page.title,
        reason,
        by: caller.actor(),
        page: Some(PublishedPage { bytes: page.html.into_bytes(), facts: facts.clone(), plain: page.plain }),
    }
}

fn decision_of(facts: &Facts) -> Option<crate::ids::DecisionId> {
    let treatments = facts.items.iter().filter_map(|item| item.treatment.as_ref());
    treatments.flat_map(|treatment| &treatment.decisions).map(|decision| decision.id).next()
}

/// Journals ids and figures, never a title.
fn note(
    tx: &Tx<'_>,
    caller: &Caller,
    session: &Session,
    action: &str,
    entry: &Publication,
) -> Result<(), Refusal> {
    let detail = json!({
        "kind": entry.kind.word(),
        "version": entry.version,
        "register": entry.seq,
        "sha256": crate::ids::hex(&entry.sha256),
    });
    let subjects = Subjects {
        meeting: session.meeting,
        body: Some(session.body),
        detail: Some(detail),
        ..Subjects::default()
    };
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(session.id.0), subjects })?;
    Ok(())
}
