//! Ends a session: closes it, breaks it off, or says that too few came.

use serde_json::json;

use super::Hall;
use super::figures::{figures, note};
use super::open_session::{must_not_vote, reason};
use crate::booking::Refusal;
use crate::council::{SessionEventKind, SessionState};
use crate::ids::SessionId;
use crate::scheduler::Caller;
use crate::store::Tx;
use crate::texts::Said;

/// Closes a session. Items that were not treated are left without a decision, as the minutes then say (article 278);
/// whoever closes says that they know.
///
/// # Errors
/// [`Refusal::State`] if it is not under way, an item or a vote is, or items are left and `leaving` is not set.
pub fn close_session(tx: &Tx<'_>, caller: &Caller, id: SessionId, leaving: bool) -> Result<(), Refusal> {
    let hall = Hall::load(tx, id)?;
    hall.must_conduct(caller)?;
    let left = hall.left_over().len();
    if left > 0 && !leaving {
        return Err(Refusal::State(Said::new("chamber.items_left").with("count", left)));
    }
    let hall = end(tx, hall, (SessionState::Closed, SessionEventKind::Closed, ""))?;
    let detail = json!({ "at": hall.now.timestamp(), "left": left });
    note(tx, caller, &hall.session, ("session.closed", detail))
}

/// Breaks a session off, to be continued by another that is convened anew.
///
/// # Errors
/// [`Refusal::State`] if it is not under way, or an item or a vote is; [`Refusal::Invalid`] without a reason.
pub fn adjourn_session(tx: &Tx<'_>, caller: &Caller, id: SessionId, why: &str) -> Result<(), Refusal> {
    let hall = Hall::load(tx, id)?;
    hall.must_conduct(caller)?;
    let why = reason(why)?;
    let left = hall.left_over().len();
    let hall = end(tx, hall, (SessionState::Adjourned, SessionEventKind::Adjourned, why))?;
    let detail = json!({ "at": hall.now.timestamp(), "left": left });
    note(tx, caller, &hall.session, ("session.adjourned", detail))
}

fn end(
    tx: &Tx<'_>,
    mut hall: Hall,
    (state, kind, why): (SessionState, SessionEventKind, &str),
) -> Result<Hall, Refusal> {
    if !hall.session.state.may_become(state) {
        return Err(Refusal::State(Said::new("chamber.not_open")));
    }
    must_not_vote(&hall)?;
    if hall.under_way().is_some() {
        return Err(Refusal::State(Said::new("chamber.item_open")));
    }
    super::speak::silence(tx, &hall)?;
    hall.session.state = state;
    hall.session.closed = Some(hall.now);
    hall.session.version += 1;
    tx.put_session(&hall.session)?;
    tx.add_session_event(hall.session.id, kind, (None, None), why)?;
    Ok(hall)
}

/// Says that too few came: a second convocation may follow, and its session may decide whatever the number on items
/// that come for the second time (article 26, from memory).
///
/// # Errors
/// [`Refusal::State`] if it is not convened, before its hour, or if enough are there.
pub fn declare_not_quorate(tx: &Tx<'_>, caller: &Caller, id: SessionId) -> Result<(), Refusal> {
    let mut hall = Hall::load(tx, id)?;
    hall.must_conduct(caller)?;
    if !hall.session.state.may_become(SessionState::NotQuorate) {
        return Err(Refusal::State(Said::new("chamber.not_convened")));
    }
    if hall.now < hall.session.planned {
        return Err(Refusal::State(Said::new("chamber.too_early")));
    }
    let count = hall.quorum(None);
    if count.holds() {
        let said = Said::new("chamber.is_quorate").with("present", count.present());
        return Err(Refusal::State(said.with("needed", count.needed)));
    }
    hall.session.state = SessionState::NotQuorate;
    hall.session.version += 1;
    tx.put_session(&hall.session)?;
    tx.add_session_event(id, SessionEventKind::NotQuorate, (None, None), "")?;
    let detail = json!({
        "at": hall.now.timestamp(),
        "grace_s": hall.rules.lost_grace_s,
        "quorum": figures(&hall, &count),
    });
    note(tx, caller, &hall.session, ("session.not_quorate", detail))
}
