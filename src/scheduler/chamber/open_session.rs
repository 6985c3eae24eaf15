//! Opens a session, suspends and resumes it, says who presides.

use serde_json::json;

use super::Hall;
use super::figures::{figures, note};
use crate::booking::Refusal;
use crate::council::{MandateRole, SessionEventKind, SessionState};
use crate::ids::{MandateId, SessionId};
use crate::scheduler::Caller;
use crate::scheduler::create_meeting::text_fault;
use crate::store::Tx;
use crate::texts::Said;

/// The longest reason.
pub(super) const LONGEST_REASON: usize = 500;

/// Refuses a reason that is missing or too long.
pub(super) fn reason(text: &str) -> Result<&str, Refusal> {
    let text = text.trim();
    match text_fault("reason", text, LONGEST_REASON, true) {
        Some(fault) => Err(Refusal::Invalid(vec![fault])),
        None => Ok(text),
    }
}

/// Opens a session: chair and secretary are there, and enough members or an exemption (rule S2). When it was planned
/// never changes by it (rule S3). `why` says why it is opened though no test call was made with anybody who takes part
/// from elsewhere (rule H1); it is kept with the opening.
///
/// # Errors
/// [`Refusal::State`] if it is not convened, without chair or secretary, or for want of members (article 26);
/// [`Refusal::Invalid`] of `reason` where a reason is needed.
pub fn open_session(tx: &Tx<'_>, caller: &Caller, id: SessionId, why: &str) -> Result<(), Refusal> {
    let mut hall = Hall::load(tx, id)?;
    hall.must_conduct(caller)?;
    if !hall.session.state.may_become(SessionState::Open) || hall.session.state.is_under_way() {
        return Err(Refusal::State(Said::new("chamber.not_convened")));
    }
    must_preside(&hall)?;
    let count = hall.must_be_quorate(None)?;
    let why = if hall.untested { untested_because(why)? } else { "" };
    let closed = hall.sits_closed();
    hall.session.state = SessionState::Open;
    hall.session.opened = Some(hall.now);
    hall.session.version += 1;
    tx.put_session(&hall.session)?;
    let (doors, screens) = if closed {
        (SessionEventKind::DoorsClosed, SessionEventKind::ScreensOff)
    } else {
        (SessionEventKind::DoorsOpen, SessionEventKind::ScreensOn)
    };
    for (kind, why) in [(SessionEventKind::Opened, why), (doors, ""), (screens, "")] {
        tx.add_session_event(id, kind, (None, None), why)?;
    }
    let detail = json!({
        "at": hall.now.timestamp(),
        "grace_s": hall.rules.lost_grace_s,
        "convocation": hall.session.convocation_no,
        "untested": hall.untested,
        "quorum": figures(&hall, &count),
    });
    note(tx, caller, &hall.session, ("session.opened", detail))
}

/// The reason, or what is asked for where none is given.
fn untested_because(why: &str) -> Result<&str, Refusal> {
    if why.trim().is_empty() {
        return Err(Refusal::invalid("reason", Said::new("chamber.no_test_call")));
    }
    reason(why)
}

/// Refuses to go on without chair and secretary.
fn must_preside(hall: &Hall) -> Result<(), Refusal> {
    for (who, key) in
        [(hall.session.chair, "chamber.no_chair"), (hall.session.secretary, "chamber.no_secretary")]
    {
        let there = |id: MandateId| hall.presence(id).counts().is_some();
        if !who.is_some_and(there) {
            return Err(Refusal::State(Said::new(key)));
        }
    }
    Ok(())
}

/// Suspends a session (schorsing). No vote may be open, for those who may vote would walk out of it.
///
/// # Errors
/// [`Refusal::State`] if it does not sit or a vote is open; [`Refusal::Invalid`] for a reason that is too long.
pub fn suspend_session(tx: &Tx<'_>, caller: &Caller, id: SessionId, why: &str) -> Result<(), Refusal> {
    let mut hall = Hall::load(tx, id)?;
    hall.must_conduct(caller)?;
    hall.must_sit()?;
    must_not_vote(&hall)?;
    let why = reason(why)?;
    super::speak::silence(tx, &hall)?;
    hall.session.state = SessionState::Suspended;
    hall.session.version += 1;
    tx.put_session(&hall.session)?;
    tx.add_session_event(id, SessionEventKind::Suspended, (None, None), why)?;
    note(tx, caller, &hall.session, ("session.suspended", json!({ "at": hall.now.timestamp() })))
}

/// Refuses while a vote is open.
pub(super) fn must_not_vote(hall: &Hall) -> Result<(), Refusal> {
    match hall.open_vote() {
        Some(_) => Err(Refusal::State(Said::new("chamber.vote_open"))),
        None => Ok(()),
    }
}

/// Resumes a session, with chair and secretary. How many are there is asked when something is decided.
///
/// # Errors
/// [`Refusal::State`] if it is not suspended, or without chair or secretary.
pub fn resume_session(tx: &Tx<'_>, caller: &Caller, id: SessionId) -> Result<(), Refusal> {
    let mut hall = Hall::load(tx, id)?;
    hall.must_conduct(caller)?;
    if hall.session.state != SessionState::Suspended {
        return Err(Refusal::State(Said::new("chamber.not_suspended")));
    }
    must_preside(&hall)?;
    hall.session.state = SessionState::Open;
    hall.session.version += 1;
    tx.put_session(&hall.session)?;
    tx.add_session_event(id, SessionEventKind::Resumed, (None, None), "")?;
    let count = hall.quorum(None);
    let detail = json!({ "at": hall.now.timestamp(), "quorum": figures(&hall, &count) });
    note(tx, caller, &hall.session, ("session.resumed", detail))
}

/// Says who presides and who writes the minutes: whoever was to may not have come.
///
/// # Errors
/// [`Refusal::State`] once the session is over; [`Refusal::Unknown`] for somebody who has no place in it;
/// [`Refusal::Invalid`] if a member is to write the minutes or somebody without a seat to preside.
pub fn preside(
    tx: &Tx<'_>,
    caller: &Caller,
    id: SessionId,
    (chair, secretary): (MandateId, MandateId),
) -> Result<(), Refusal> {
    let mut hall = Hall::load(tx, id)?;
    hall.must_conduct(caller)?;
    let state = hall.session.state;
    if state.is_over() {
        return Err(Refusal::State(Said::new("chamber.over")));
    }
    let presides = |role: MandateRole| !matches!(role, MandateRole::Advisory | MandateRole::Secretary);
    if !presides(hall.mandate(chair)?.role) {
        return Err(Refusal::invalid("chair", Said::new("chamber.cannot_preside")));
    }
    if hall.mandate(secretary)?.role != MandateRole::Secretary {
        return Err(Refusal::invalid("secretary", Said::new("chamber.cannot_write")));
    }
    if state.is_under_way() && hall.presence(chair).counts().is_none() {
        return Err(Refusal::State(Said::new("chamber.no_chair")));
    }
    hall.session.chair = Some(chair);
    hall.session.secretary = Some(secretary);
    hall.session.version += 1;
    tx.put_session(&hall.session)?;
    let detail = json!({ "chair": chair, "secretary": secretary });
    note(tx, caller, &hall.session, ("session.presided", detail))
}
