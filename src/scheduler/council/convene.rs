//! Convenes a session: seals exactly what is sent, and sends it to every sitting member.

use chrono::NaiveDate;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::super::Caller;
use super::super::create_meeting::{clip, text_fault};
use super::super::freeze_documents;
use super::deadlines::{against, due_day, rules_of};
use super::edit_agenda::prepared_session;
use super::fix_agenda::fixed_content;
use super::plan_session::{check_mode, privacy_of};
use super::{law_of, log_session};
use crate::booking::{Privacy, Refusal};
use crate::council::{
    AgendaVersion, Convocation, CouncilBody, Dispatch, DispatchChannel, DispatchState, DocumentVersion,
    LetterFacts, Mandate, SealedDocument, Session, SessionState, Severity, VersionKind, convened, letter,
    missing,
};
use crate::ids::{MandateId, SessionId, hex};
use crate::store::{Tx, View};
use crate::texts::{Lang, Said, known};
use crate::town::Body;

/// What the clerk says when convening.
#[derive(Clone, Debug, Default)]
pub struct Convene {
    /// Why it comes later than the law asks; needed if, and only if, it does (article 20).
    pub urgent_reason: String,
    /// Members who are reached otherwise than by mail.
    pub channels: Vec<(MandateId, DispatchChannel)>,
}

/// Convenes a session with the last fixed version of its agenda; a later version is sent as a supplementary one.
///
/// # Errors
/// [`Refusal::State`] if nothing new was fixed or something is missing that a convocation must say;
/// [`Refusal::Invalid`] of `urgent_reason` if it comes too late and no reason is given.
pub fn convene(tx: &Tx<'_>, caller: &Caller, slug: &str, wanted: &Convene) -> Result<Convocation, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    if !matches!(session.state, SessionState::Scheduled | SessionState::Convened) {
        return Err(Refusal::State(Said::new("convocation.not_now")));
    }
    let body = tx.directory().body(session.body).ok_or_else(|| Refusal::unknown("body", session.body))?;
    let law = law_of(tx, body)?;
    check_mode(&law, session.mode, session.mode_reason.as_ref())?;
    let earlier = tx.convocations(session.id)?;
    let version = next_version(tx, &session, &earlier)?;
    let agenda = fixed_content(&version)?;
    let lacks = missing(&session, &law, &agenda, privacy_of(&law) == Privacy::Public);
    if !lacks.is_empty() {
        let spoken = lacks.iter().map(|field| known(caller.lang, &format!("convocation.lacks_{field}")));
        let spoken: Vec<&str> = spoken.collect();
        return Err(Refusal::State(Said::new("convocation.lacks").with("what", spoken.join(", "))));
    }
    let kind = if earlier.is_empty() { VersionKind::First } else { version.kind };
    let urgent_reason = urgent_reason(tx, caller, (&session, &law, kind), wanted)?;
    let number = u32::try_from(earlier.len()).unwrap_or(u32::MAX) + 1;
    // From its dispatch on the file is complete and stays as it was sent (article 20).
    let documents = freeze_documents(tx, caller, session.id, number)?.sent;
    let sealed = seal(
        tx,
        &Draft {
            session: &session,
            body,
            law: &law,
            version: &version,
            number,
            documents: &documents,
            kind,
            urgent_reason,
        },
    )?;
    tx.insert_convocation(&sealed)?;
    tx.seal_documents(&sealed, &documents)?;
    let sent = dispatch_all(tx, &session, &sealed, wanted)?;
    let hash = hex(&sealed.hash);
    let session = Session { state: SessionState::Convened, version: session.version + 1, ..session };
    tx.put_session(&session)?;
    let detail = json!({ "number": sealed.number, "agenda_version": sealed.agenda_version, "sha256": hash,
        "members": sent, "urgent": sealed.urgent_reason.is_some() });
    log_session(tx, caller, "session.convened", &session, Some(detail))?;
    Ok(sealed)
}

fn next_version(tx: &Tx<'_>, session: &Session, earlier: &[Convocation]) -> Result<AgendaVersion, Refusal> {
    let version = tx.agenda_versions(session.id)?.pop();
    let version = version.ok_or_else(|| Refusal::State(Said::new("convocation.no_agenda")))?;
    if earlier.last().is_some_and(|last| last.agenda_version == version.number) {
        return Err(Refusal::State(Said::new("convocation.nothing_new")));
    }
    Ok(version)
}

/// The reason for urgency, where the first convocation comes after the last day for it.
fn urgent_reason(
    view: &View<'_>,
    caller: &Caller,
    (session, law, kind): (&Session, &CouncilBody, VersionKind),
    wanted: &Convene,
) -> Result<Option<String>, Refusal> {
    let reason = wanted.urgent_reason.trim();
    if let Some(fault) = text_fault("urgent_reason", reason, 1_000, false) {
        return Err(Refusal::Invalid(vec![fault]));
    }
    let today = session.zone.wall(view.now()).date();
    let last = due_day(session, law, "convocation-sent")?;
    match last.filter(|last| !kind.adds() && today > *last) {
        Some(last) if reason.is_empty() => {
            let (rules, said) = (rules_of(law)?, Said::new("convocation.late").with("last", last));
            let said = against(&rules, "convocation-sent", Severity::NeedsReason, said, caller.lang);
            Err(Refusal::invalid("urgent_reason", said))
        }
        Some(_) => Ok(Some(reason.to_owned())),
        None => Ok(None),
    }
}

struct Draft<'a> {
    session: &'a Session,
    body: &'a Body,
    law: &'a CouncilBody,
    version: &'a AgendaVersion,
    number: u32,
    documents: &'a [SealedDocument],
    kind: VersionKind,
    urgent_reason: Option<String>,
}

fn seal(tx: &Tx<'_>, draft: &Draft<'_>) -> Result<Convocation, Refusal> {
    let Draft { session, body, law, version, documents, .. } = draft;
    let agenda = fixed_content(version)?;
    let facts = LetterFacts {
        body: &body.name,
        law,
        session,
        agenda: &agenda,
        kind: draft.kind,
        urgent_reason: draft.urgent_reason.as_deref(),
        test_call: tx.first_test_call(session.id)?,
        documents: (documents.len(), &hash_of(documents)),
        chair: &chair_name(tx, session)?,
    };
    let letter = letter(&facts, tx.directory().house.lang());
    Ok(Convocation {
        session: session.id,
        number: draft.number,
        kind: draft.kind,
        agenda_version: version.number,
        urgent_reason: draft.urgent_reason.clone(),
        hash: Sha256::digest(letter.as_bytes()).into(),
        letter,
        sealed_at: tx.now(),
    })
}

/// The common hash of the documents of a convocation, in hexadecimal.
fn hash_of(documents: &[SealedDocument]) -> String {
    let hash: [u8; 32] = Sha256::digest(SealedDocument::lines(documents).as_bytes()).into();
    hex(&hash)
}

fn chair_name(view: &View<'_>, session: &Session) -> Result<String, Refusal> {
    let chair = session.chair.map(|id| view.mandate(id)).transpose()?.flatten();
    let person = chair.map(|mandate| view.person(mandate.person)).transpose()?.flatten();
    Ok(person.map(|person| person.name).unwrap_or_default())
}

/// Sends to every member who sits at the hour of the session, and to those who sit without a vote.
fn dispatch_all(
    tx: &Tx<'_>,
    session: &Session,
    sealed: &Convocation,
    wanted: &Convene,
) -> Result<usize, Refusal> {
    let mandates = tx.mandates(session.term)?;
    let members = convened(&mandates, session.planned);
    for mandate in &members {
        let asked = wanted.channels.iter().find(|(id, _)| *id == mandate.id).map(|(_, channel)| *channel);
        let mail = tx.directory().house.mail;
        let channel = asked.unwrap_or(if mail { DispatchChannel::Email } else { DispatchChannel::Portal });
        start(tx, session.id, sealed.number, mandate, channel)?;
    }
    Ok(members.len())
}

/// Begins to reach one member in one way.
fn start(
    tx: &Tx<'_>,
    session: SessionId,
    number: u32,
    mandate: &Mandate,
    channel: DispatchChannel,
) -> Result<Dispatch, Refusal> {
    let dispatch = Dispatch {
        id: tx.fresh(),
        session,
        number,
        mandate: mandate.id,
        channel,
        state: DispatchState::Queued,
        queued_at: tx.now(),
        sent_at: None,
        evidence: String::new(),
        opened_at: None,
    };
    tx.put_dispatch(&dispatch)?;
    if channel == DispatchChannel::Email {
        tx.queue_convocation(dispatch.id, mandate.person)?;
    }
    Ok(dispatch)
}

/// Reaches a member in another way: by mail once more, or on paper, handed over by the caller just now.
///
/// # Errors
/// [`Refusal::State`] if this way was tried already; [`Refusal::Unknown`] for a member who was not convened.
pub fn reach_member(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    member: MandateId,
    channel: DispatchChannel,
) -> Result<Dispatch, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    let last = tx.convocations(session.id)?.pop();
    let last = last.ok_or_else(|| Refusal::State(Said::new("convocation.no_agenda")))?;
    let mandates = tx.mandates(session.term)?;
    // Somebody sworn in after the convocation was sealed gets it too.
    let mandate = convened(&mandates, session.planned).into_iter().find(|mandate| mandate.id == member);
    let mandate = mandate.ok_or_else(|| Refusal::unknown("mandate", member))?.clone();
    let known = tx.dispatches(session.id)?;
    let here = |d: &&Dispatch| d.number == last.number && d.mandate == member && d.channel == channel;
    let dispatch = match known.iter().find(here) {
        Some(dispatch) if dispatch.state == DispatchState::Queued && channel != DispatchChannel::Email => {
            dispatch.clone()
        }
        Some(_) => return Err(Refusal::State(Said::new("convocation.tried"))),
        None => start(tx, session.id, last.number, &mandate, channel)?,
    };
    let dispatch = if channel == DispatchChannel::Paper {
        let by = caller.actor().map_or_else(String::new, |id| id.to_string());
        arrived(tx, dispatch, &by)?
    } else {
        dispatch
    };
    let detail =
        json!({ "number": last.number, "mandate": member, "channel": channel, "state": dispatch.state });
    log_session(tx, caller, "convocation.reached", &session, Some(detail))?;
    Ok(dispatch)
}

/// Writes down that a dispatch is the member's now.
fn arrived(tx: &Tx<'_>, dispatch: Dispatch, evidence: &str) -> Result<Dispatch, Refusal> {
    if dispatch.state == DispatchState::Sent {
        return Ok(dispatch);
    }
    let sent_at = Some(tx.now());
    let evidence = clip_evidence(evidence);
    let dispatch = Dispatch { state: DispatchState::Sent, sent_at, evidence, ..dispatch };
    tx.put_dispatch(&dispatch)?;
    Ok(dispatch)
}

fn clip_evidence(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

/// How the mail of a dispatch ended; `evidence` is what the mail server said.
///
/// # Errors
/// Those of the store.
pub(in crate::scheduler) fn settle_dispatch(
    tx: &Tx<'_>,
    id: Uuid,
    sent: bool,
    evidence: &str,
) -> Result<(), Refusal> {
    let Some(dispatch) = tx.dispatch(id)? else { return Ok(()) };
    let Some(session) = tx.session(dispatch.session)? else { return Ok(()) };
    let (number, mandate) = (dispatch.number, dispatch.mandate);
    if sent {
        arrived(tx, dispatch, evidence)?;
    } else if dispatch.state == DispatchState::Queued {
        let evidence = clip_evidence(evidence);
        tx.put_dispatch(&Dispatch { state: DispatchState::Failed, evidence, ..dispatch })?;
    }
    let action = if sent { "convocation.sent" } else { "convocation.failed" };
    let detail = json!({ "number": number, "mandate": mandate });
    log_session(tx, &Caller::system(), action, &session, Some(detail))
}

/// A member opened the file: what was sent in the portal is now theirs, and of all it is known that it was opened.
///
/// # Errors
/// Those of the store.
pub fn open_convocation(tx: &Tx<'_>, caller: &Caller, session: SessionId) -> Result<(), Refusal> {
    let Some(person) = caller.person else { return Ok(()) };
    let Some(session) = tx.session(session)? else { return Ok(()) };
    for dispatch in tx.unopened_dispatches(session.id, person)? {
        let opened_at = Some(tx.now());
        let queued = dispatch.state == DispatchState::Queued;
        let dispatch = match dispatch.channel {
            DispatchChannel::Portal => arrived(tx, dispatch, &person.to_string())?,
            _ => dispatch,
        };
        let dispatch = Dispatch { opened_at, ..dispatch };
        tx.put_dispatch(&dispatch)?;
        // With the last of them it is proven that all were convened, and from then on terms run.
        if queued && dispatch.state == DispatchState::Sent {
            let detail = json!({ "number": dispatch.number, "mandate": dispatch.mandate,
                "channel": dispatch.channel, "state": dispatch.state });
            log_session(tx, caller, "convocation.reached", &session, Some(detail))?;
        }
    }
    Ok(())
}

/// Whether the sealed letters of a session are still what was sealed, and the documents those that went with them.
///
/// # Errors
/// Those of the store.
pub fn convocations_are_whole(view: &View<'_>, session: SessionId) -> Result<bool, Refusal> {
    let versions = view.versions_of_session(session)?;
    for sealed in view.convocations(session)? {
        let hash: [u8; 32] = Sha256::digest(sealed.letter.as_bytes()).into();
        let documents = view.sealed_documents(session, sealed.number)?;
        let told = documents.is_empty() || sealed.letter.contains(&hash_of(&documents));
        let held = |one: &SealedDocument| {
            let of = |v: &&DocumentVersion| (v.document, v.number) == (one.document, one.version);
            let version = versions.iter().find(of);
            version.is_some_and(|v| v.content.as_ref().map(|content| content.sha256) == one.sha256)
        };
        if hash != sealed.hash || !told || !documents.iter().all(held) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What the mail of a dispatch says.
#[derive(Clone, Debug)]
pub struct ConvocationNews {
    /// The name of the body.
    pub body: String,
    /// The day of the session.
    pub day: NaiveDate,
    /// Exactly what was sealed.
    pub letter: String,
    /// SHA-256 of it, in hexadecimal.
    pub hash: String,
    /// The members' file.
    pub file: String,
    /// The language of the letter.
    pub lang: Lang,
}

/// What the mail of a dispatch says; nothing if the session was called off meanwhile.
///
/// # Errors
/// Those of the store.
pub(in crate::scheduler) fn convocation_news(
    view: &View<'_>,
    dispatch: Uuid,
    base_url: &str,
) -> Result<Option<ConvocationNews>, Refusal> {
    let Some(dispatch) = view.dispatch(dispatch)? else { return Ok(None) };
    let Some(session) = view.session(dispatch.session)? else { return Ok(None) };
    if session.state == SessionState::Cancelled {
        return Ok(None);
    }
    let sealed = view.convocations(session.id)?.into_iter().find(|sealed| sealed.number == dispatch.number);
    let Some(sealed) = sealed else { return Ok(None) };
    let body = view.directory().body(session.body).map_or_else(String::new, |body| clip(&body.name));
    Ok(Some(ConvocationNews {
        body,
        day: session.zone.wall(session.planned).date(),
        hash: hex(&sealed.hash),
        letter: sealed.letter,
        file: format!("{base_url}/council/sessions/{}/file", session.slug),
        lang: view.directory().house.lang(),
    }))
}
