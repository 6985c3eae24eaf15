//! Moves a session, with its room and the time of its members; or calls it off.

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::json;

use super::super::Caller;
use super::super::change_meeting::{ChangeMeeting, Scope, Target, rework_meeting};
use super::super::create_meeting::text_fault;
use super::super::end_meeting::call_off;
use super::deadlines::{facts_of, rules_of};
use super::edit_agenda::prepared_session;
use super::plan_session::{book_later, check_mode, conference_of, officer, place_in};
use super::{law_of_body, log_session};
use crate::booking::{Fault, Refusal};
use crate::council::{
    MandateRole, ModeReason, Session, SessionMode, SessionState, Severity, Violation, moved,
};
use crate::ids::MandateId;
use crate::store::{Tx, View};
use crate::texts::{Lang, Said};

/// What moving a session would break, each with its article, in words.
#[derive(Clone, Debug)]
pub struct Breaks {
    /// What it breaks.
    pub violation: Violation,
    /// The same in words, with the name of the rule and its article.
    pub words: String,
}

/// What moving a session to another wall time would break.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Unknown`].
pub fn moving_breaks(
    view: &View<'_>,
    caller: &Caller,
    slug: &str,
    start: NaiveDateTime,
) -> Result<Vec<Breaks>, Refusal> {
    let session = prepared_session(view, caller, slug)?;
    breaks(view, &session, start, caller.lang)
}

fn breaks(
    view: &View<'_>,
    session: &Session,
    start: NaiveDateTime,
    lang: Lang,
) -> Result<Vec<Breaks>, Refusal> {
    let law = law_of_body(view, session.body)?;
    let rules = rules_of(&law)?;
    let found = moved(&facts_of(view, session)?, &rules, session.zone.resolve(start).instant, view.now());
    let spoken = |violation: Violation| Breaks { words: rules.speak(&violation, lang), violation };
    Ok(found.into_iter().map(spoken).collect())
}

/// Moves a session to another wall time and, if any are named, to other rooms. A convened one has to be convened anew;
/// where the law asks for more time than is left, only with a reason.
///
/// # Errors
/// [`Refusal::Taken`] if the room or a member is taken; [`Refusal::Invalid`] of `reason` with each rule that is broken.
pub fn move_session(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    start: NaiveDateTime,
    rooms: &[String],
    reason: &str,
) -> Result<Session, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    if !session.state.lies_ahead() {
        return Err(Refusal::State(Said::new("council.moved_too_late")));
    }
    let planned = session.zone.resolve(start).instant;
    if planned <= tx.now() {
        let said = Said::new("booking.past").with("start", start.format("%Y-%m-%d %H:%M"));
        return Err(Refusal::invalid("start", said));
    }
    if !tx.term(session.term)?.is_some_and(|term| term.covers(start.date())) {
        return Err(Refusal::State(Said::new("council.no_term").with("date", start.date())));
    }
    if session.state == SessionState::Convened {
        allow(&breaks(tx, &session, start, caller.lang)?, reason)?;
    }
    if let Some(meeting) = session.meeting {
        let change = ChangeMeeting {
            start: Some(start.format("%Y-%m-%dT%H:%M").to_string()),
            end: Some(end_of(start, session.length_min)),
            rooms: Some(rooms.to_vec()).filter(|rooms| !rooms.is_empty()),
            ..ChangeMeeting::default()
        };
        let target = Target { meeting, scope: Scope::All, occurrence: None, if_match: None };
        rework_meeting(tx, caller, &target, &change)?;
    }
    let meeting = match session.meeting {
        // It was planned without a room, and gets one now.
        None if session.state == SessionState::Draft && !rooms.is_empty() => {
            Some(book_later(tx, caller, &session, (start, rooms))?)
        }
        meeting => meeting,
    };
    let was = session.planned;
    let place = place_in(tx, rooms);
    let ready = session.state == SessionState::Convened || meeting.is_some();
    // Who presides on the one day may not hold the office on the other.
    let mandates = tx.mandates(session.term)?;
    let stands = |id: Option<MandateId>| {
        id.filter(|id| mandates.iter().any(|mandate| mandate.id == *id && mandate.stands_at(planned)))
    };
    let chair = stands(session.chair).or_else(|| officer(&mandates, MandateRole::Chair, planned));
    let secretary = stands(session.secretary).or_else(|| officer(&mandates, MandateRole::Secretary, planned));
    let session = Session {
        planned,
        meeting,
        chair,
        secretary,
        place: place.unwrap_or(session.place),
        state: if ready { SessionState::Scheduled } else { session.state },
        version: session.version + 1,
        ..session
    };
    tx.put_session(&session)?;
    let detail =
        json!({ "from": was.timestamp(), "to": planned.timestamp(), "reason": !reason.trim().is_empty() });
    log_session(tx, caller, "session.moved", &session, Some(detail))?;
    Ok(session)
}

fn end_of(start: NaiveDateTime, length_min: u32) -> String {
    (start + TimeDelta::minutes(i64::from(length_min))).format("%Y-%m-%dT%H:%M").to_string()
}

/// What blocks, blocks; what needs a reason, goes on with one.
fn allow(breaks: &[Breaks], reason: &str) -> Result<(), Refusal> {
    if let Some(fault) = text_fault("reason", reason, 1_000, false) {
        return Err(Refusal::Invalid(vec![fault]));
    }
    let wall = if reason.trim().is_empty() { Severity::NeedsReason } else { Severity::Block };
    let fault = |one: &Breaks| Fault::new("reason", Said::new("council.breaks").with("what", &one.words));
    let faults: Vec<Fault> = breaks.iter().filter(|one| one.violation.severity >= wall).map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults)) }
}

/// Changes in which way a session meets; what members were told must be told anew.
///
/// # Errors
/// [`Refusal::Invalid`] if the body may not meet so, or asks for a reason; [`Refusal::State`] once it is convened.
pub fn change_mode(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    mode: SessionMode,
    reason: Option<&ModeReason>,
) -> Result<(), Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    if !matches!(session.state, SessionState::Draft | SessionState::Scheduled) {
        return Err(Refusal::State(Said::new("council.mode_convened")));
    }
    let law = law_of_body(tx, session.body)?;
    check_mode(&law, mode, reason)?;
    if let Some(meeting) = session.meeting {
        let change =
            ChangeMeeting { conference: Some(conference_of(&law, mode)), ..ChangeMeeting::default() };
        let target = Target { meeting, scope: Scope::All, occurrence: None, if_match: None };
        rework_meeting(tx, caller, &target, &change)?;
    }
    let mode_reason = reason.cloned();
    let session = Session { mode, mode_reason, version: session.version + 1, ..session };
    tx.put_session(&session)?;
    log_session(tx, caller, "session.mode_changed", &session, Some(json!({ "mode": mode })))
}

/// Calls a session off before it was opened; its room is free again.
///
/// # Errors
/// [`Refusal::State`] if it sat already or was called off; [`Refusal::Invalid`] without a reason.
pub fn cancel_session(tx: &Tx<'_>, caller: &Caller, slug: &str, reason: &str) -> Result<Session, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    if !session.state.may_become(SessionState::Cancelled) {
        return Err(Refusal::State(Said::new("council.moved_too_late")));
    }
    if let Some(fault) = text_fault("reason", reason, 500, true) {
        return Err(Refusal::Invalid(vec![fault]));
    }
    if let Some(meeting) = session.meeting {
        let target = Target { meeting, scope: Scope::All, occurrence: None, if_match: None };
        call_off(tx, caller, &target)?;
        tx.set_cancel_reason(meeting, reason.trim())?;
    }
    let session = Session { state: SessionState::Cancelled, version: session.version + 1, ..session };
    tx.put_session(&session)?;
    log_session(tx, caller, "session.cancelled", &session, None)?;
    Ok(session)
}
