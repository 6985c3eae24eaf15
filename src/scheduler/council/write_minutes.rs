//! Minutes: put at the members' disposal, remarked on, corrected, approved by the next session, signed.

use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::super::Caller;
use super::super::create_meeting::{clip, text_fault};
use super::super::session_file::session_file;
use super::edit_agenda::prepared_session;
use super::log_session;
use super::submit_item::seats_of;
use crate::booking::Refusal;
use crate::council::publication::Asked;
use crate::council::{
    AgendaItem, ItemState, Minutes, MinutesRemark, MinutesVersion, Outcome, Section, Session, SessionState,
    minutes_text, report_text,
};
use crate::ids::{ItemId, hex};
use crate::store::{Tx, View};
use crate::texts::Said;

/// The minutes as they would be now: both parts, and the report of the public part.
///
/// # Errors
/// [`Refusal::State`] while the session was not held.
pub fn draft_minutes(view: &View<'_>, caller: &Caller, slug: &str) -> Result<(String, String), Refusal> {
    let session = prepared_session(view, caller, slug)?;
    texts(view, &session)
}

fn texts(view: &View<'_>, session: &Session) -> Result<(String, String), Refusal> {
    if !session.state.was_held() {
        return Err(Refusal::State(Said::new("minutes.not_held")));
    }
    let file = session_file(view, "", session, Asked::Minutes)?;
    let lang = view.directory().house.lang();
    Ok((minutes_text(&file, lang), report_text(&file, lang)))
}

/// Puts the minutes at the members' disposal as they are now; after corrections, once more.
///
/// # Errors
/// [`Refusal::State`] while the session was not held, once they are approved, or if nothing is different.
pub fn offer_minutes(tx: &Tx<'_>, caller: &Caller, slug: &str) -> Result<MinutesVersion, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    let (content, report) = texts(tx, &session)?;
    let known = tx.minutes(session.id)?;
    if known.as_ref().is_some_and(|minutes| minutes.approved_at.is_some()) {
        return Err(Refusal::State(Said::new("minutes.approved_already")));
    }
    let versions = tx.minutes_versions(session.id)?;
    if versions.last().is_some_and(|last| last.content == content && last.report == report) {
        return Err(Refusal::State(Said::new("minutes.nothing_new")));
    }
    let version = MinutesVersion {
        session: session.id,
        number: u32::try_from(versions.len()).unwrap_or(u32::MAX) + 1,
        made_at: tx.now(),
        hash: hash_of(&content, &report),
        content,
        report,
    };
    tx.insert_minutes_version(&version)?;
    if known.is_none() {
        tx.put_minutes(&Minutes {
            session: session.id,
            available_at: tx.now(),
            approved_in: None,
            approved_at: None,
            signed_chair: None,
            signed_secretary: None,
        })?;
    }
    let session = if session.state.may_become(SessionState::MinutesDraft) {
        let session = Session { state: SessionState::MinutesDraft, version: session.version + 1, ..session };
        tx.put_session(&session)?;
        session
    } else {
        session
    };
    let detail = json!({ "version": version.number, "sha256": hex(&version.hash) });
    log_session(tx, caller, "minutes.offered", &session, Some(detail))?;
    Ok(version)
}

fn hash_of(content: &str, report: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(content.as_bytes());
    hash.update(report.as_bytes());
    hash.finalize().into()
}

/// A member's remark on the wording (article 32).
///
/// # Errors
/// [`Refusal::Unknown`] for a session in which the caller does not sit; [`Refusal::State`] while the minutes are not at
/// the members' disposal or once they are approved.
pub fn remark_minutes(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    item: Option<ItemId>,
    text: &str,
) -> Result<(), Refusal> {
    let unknown = || Refusal::unknown("session", clip(slug));
    let session = tx.session_named(slug)?.ok_or_else(unknown)?;
    let person = caller.person.ok_or_else(unknown)?;
    let seat = seats_of(tx, &session, person)?.into_iter().next().ok_or_else(unknown)?;
    match tx.minutes(session.id)? {
        None => return Err(Refusal::State(Said::new("minutes.not_offered"))),
        Some(minutes) if minutes.approved_at.is_some() => {
            return Err(Refusal::State(Said::new("minutes.approved_already")));
        }
        Some(_) => {}
    }
    if let Some(fault) = text_fault("text", text.trim(), 4_000, true) {
        return Err(Refusal::Invalid(vec![fault]));
    }
    let remark = MinutesRemark {
        id: tx.fresh(),
        mandate: seat.id,
        item,
        text: text.trim().to_owned(),
        made_at: tx.now(),
        taken_over: None,
    };
    tx.put_minutes_remark(session.id, &remark)?;
    log_session(tx, caller, "minutes.remarked", &session, Some(json!({ "mandate": seat.id, "item": item })))
}

/// Says what became of a remark: the clerk corrects the words of the item beforehand.
///
/// # Errors
/// [`Refusal::Unknown`] for a remark that is not there.
pub fn answer_remark(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    id: Uuid,
    taken_over: bool,
) -> Result<(), Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    let known = tx.minutes_remarks(session.id)?.into_iter().find(|remark| remark.id == id);
    let known = known.ok_or_else(|| Refusal::unknown("remark", id))?;
    tx.put_minutes_remark(session.id, &MinutesRemark { taken_over: Some(taken_over), ..known })?;
    log_session(tx, caller, "minutes.remark_answered", &session, Some(json!({ "taken_over": taken_over })))
}

/// The later session of the same body that decided to approve the minutes.
fn approving(view: &View<'_>, session: &Session) -> Result<Option<Session>, Refusal> {
    for later in view.sessions_of_body(session.body)? {
        if later.planned <= session.planned || later.opened.is_none() {
            continue;
        }
        let before = view.session_before(session.body, later.planned)?;
        if before.is_none_or(|before| before.id != session.id) {
            continue;
        }
        let items = view.agenda_items(later.id)?;
        let treated =
            |item: &&AgendaItem| item.section == Section::Minutes && item.state == ItemState::Treated;
        let Some(item) = items.iter().find(treated) else { continue };
        let decided = view
            .treatments(later.id)?
            .iter()
            .any(|treatment| treatment.item == item.id && treatment.outcome == Some(Outcome::Decided));
        if decided {
            return Ok(Some(later));
        }
    }
    Ok(None)
}

/// Writes down that the next session approved the minutes: the last text that was at the members' disposal.
///
/// # Errors
/// [`Refusal::State`] if they were not at the members' disposal, a correction was not, or no session approved them yet
/// (article 32).
pub fn approve_minutes(tx: &Tx<'_>, caller: &Caller, slug: &str) -> Result<Minutes, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    let minutes = tx.minutes(session.id)?;
    let minutes = minutes.ok_or_else(|| Refusal::State(Said::new("minutes.not_offered")))?;
    if minutes.approved_at.is_some() {
        return Err(Refusal::State(Said::new("minutes.approved_already")));
    }
    let (content, report) = texts(tx, &session)?;
    let last = tx.minutes_versions(session.id)?.pop();
    if last.is_none_or(|last| last.content != content || last.report != report) {
        return Err(Refusal::State(Said::new("minutes.correction_not_offered")));
    }
    let by = approving(tx, &session)?.ok_or_else(|| Refusal::State(Said::new("minutes.nobody_approved")))?;
    let minutes = Minutes { approved_in: Some(by.id), approved_at: Some(tx.now()), ..minutes };
    tx.put_minutes(&minutes)?;
    let session = Session { state: SessionState::MinutesApproved, version: session.version + 1, ..session };
    tx.put_session(&session)?;
    log_session(tx, caller, "minutes.approved", &session, Some(json!({ "in": by.id })))?;
    Ok(minutes)
}

/// Writes down that chair and general director signed the approved minutes (article 278).
///
/// # Errors
/// [`Refusal::State`] before they are approved, or if both have signed.
pub fn sign_minutes(tx: &Tx<'_>, caller: &Caller, slug: &str, chair: bool) -> Result<Minutes, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    let minutes = tx.minutes(session.id)?.filter(|minutes| minutes.approved_at.is_some());
    let minutes = minutes.ok_or_else(|| Refusal::State(Said::new("minutes.not_approved")))?;
    let signed = if chair { minutes.signed_chair } else { minutes.signed_secretary };
    if signed.is_some() {
        return Err(Refusal::State(Said::new("minutes.signed_already")));
    }
    let now = Some(tx.now());
    let minutes = if chair {
        Minutes { signed_chair: now, ..minutes }
    } else {
        Minutes { signed_secretary: now, ..minutes }
    };
    tx.put_minutes(&minutes)?;
    let office = if chair { "chair" } else { "secretary" };
    log_session(tx, caller, "minutes.signed", &session, Some(json!({ "office": office })))?;
    Ok(minutes)
}

/// Whether the texts of the minutes are still what members read.
///
/// # Errors
/// Those of the store.
pub fn minutes_are_whole(view: &View<'_>, session: &Session) -> Result<bool, Refusal> {
    let versions = view.minutes_versions(session.id)?;
    Ok(versions.iter().all(|version| hash_of(&version.content, &version.report) == version.hash))
}
