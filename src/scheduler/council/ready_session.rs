//! Ticks off what has to be ready, and plans and notes the chair's test calls.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::super::Caller;
use super::super::create_meeting::text_fault;
use super::edit_agenda::prepared_session;
use super::{law_of_body, log_session};
use crate::booking::Refusal;
use crate::council::{
    CallResult, Light, Needs, Readied, ReadyItem, ReadyState, Session, SessionPart, TestCall, light,
};
use crate::ids::MandateId;
use crate::store::{Tx, View};
use crate::texts::Said;

/// A session for which something can still be made ready.
fn ahead(tx: &Tx<'_>, caller: &Caller, slug: &str) -> Result<Session, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    if session.state.is_over() { Err(Refusal::State(Said::new("readiness.over"))) } else { Ok(session) }
}

/// Notes how ready one thing is.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Unknown`], [`Refusal::Invalid`]; [`Refusal::State`] if the session is over.
pub fn note_ready(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    what: Readied,
    state: ReadyState,
    note: &str,
) -> Result<(), Refusal> {
    let session = ahead(tx, caller, slug)?;
    if let Some(fault) = text_fault("note", note, 300, false) {
        return Err(Refusal::Invalid(vec![fault]));
    }
    tx.put_ready_item(session.id, &ReadyItem { what, state, at: tx.now(), note: note.trim().to_owned() })?;
    log_session(tx, caller, "session.readied", &session, Some(json!({ "what": what, "state": state })))
}

/// Plans a test call with every member who was convened or will be, at one hour; those made stay as they are.
///
/// # Errors
/// [`Refusal::Invalid`] if it is not before the session; [`Refusal::State`] if that is over.
pub fn plan_test_calls(tx: &Tx<'_>, caller: &Caller, slug: &str, at: DateTime<Utc>) -> Result<(), Refusal> {
    let session = ahead(tx, caller, slug)?;
    if at >= session.planned {
        return Err(Refusal::invalid("at", Said::new("readiness.call_before")));
    }
    let made = tx.test_calls(session.id)?;
    let mandates = tx.mandates(session.term)?;
    for mandate in crate::council::sitting(&mandates, session.planned) {
        if made.iter().any(|call| call.mandate == mandate.id && call.done_at.is_some()) {
            continue;
        }
        let call = TestCall {
            mandate: mandate.id,
            planned: Some(at),
            done_at: None,
            result: CallResult::Planned,
            note: String::new(),
        };
        tx.put_test_call(session.id, &call)?;
    }
    log_session(tx, caller, "session.calls_planned", &session, Some(json!({ "at": at.timestamp() })))
}

/// Notes how the test call with a member went.
///
/// # Errors
/// [`Refusal::Unknown`] for somebody who does not sit in the session; [`Refusal::State`] if that is over.
pub fn note_test_call(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    mandate: MandateId,
    result: CallResult,
    note: &str,
) -> Result<(), Refusal> {
    let session = ahead(tx, caller, slug)?;
    let known = tx.mandate(mandate)?.filter(|known| known.term == session.term);
    known.ok_or_else(|| Refusal::unknown("mandate", mandate))?;
    if let Some(fault) = text_fault("note", note, 300, false) {
        return Err(Refusal::Invalid(vec![fault]));
    }
    let planned = tx.test_calls(session.id)?.into_iter().find(|call| call.mandate == mandate);
    let call = TestCall {
        mandate,
        planned: planned.and_then(|call| call.planned),
        done_at: (result != CallResult::Planned).then(|| tx.now()),
        result,
        note: note.trim().to_owned(),
    };
    tx.put_test_call(session.id, &call)?;
    log_session(tx, caller, "session.called", &session, Some(json!({ "mandate": mandate, "result": result })))
}

/// The colour of a session on the clerk's board, what holds it back, and with how many members the test call is not
/// good.
///
/// # Errors
/// Those of the store.
pub fn session_light(view: &View<'_>, session: &Session) -> Result<(Light, Vec<Readied>, usize), Refusal> {
    let law = law_of_body(view, session.body)?;
    let items = view.agenda_items(session.id)?;
    let needs = Needs {
        public: items.iter().any(|item| item.is_live() && item.part == SessionPart::Public),
        secret_vote: items.iter().any(|item| item.is_live() && item.secret),
    };
    let (ready, calls) = (view.readiness(session.id)?, view.test_calls(session.id)?);
    Ok(light(session, &law, &ready, &calls, needs, view.now()))
}
