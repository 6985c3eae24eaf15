//! Speaking time: who has the floor, since when.

use serde_json::json;

use super::Hall;
use super::figures::note;
use crate::booking::Refusal;
use crate::council::SessionEventKind;
use crate::ids::{MandateId, SessionId};
use crate::presence::{Presence, RemoteLine};
use crate::scheduler::Caller;
use crate::store::Tx;
use crate::texts::Said;

/// Gives a member the floor; whoever had it stops.
///
/// # Errors
/// [`Refusal::State`] if the session does not sit or they are not there.
pub fn start_speaking(
    tx: &Tx<'_>,
    caller: &Caller,
    id: SessionId,
    mandate: MandateId,
) -> Result<(), Refusal> {
    let hall = Hall::load(tx, id)?;
    hall.must_conduct(caller)?;
    hall.must_sit()?;
    hall.mandate(mandate)?;
    let heard = matches!(hall.presence(mandate), Presence::InRoom | Presence::Remote(RemoteLine::Confirmed));
    if !heard {
        let name = hall.name(mandate);
        return Err(Refusal::State(Said::new("chamber.not_there").with("name", name)));
    }
    silence(tx, &hall)?;
    tx.add_session_event(id, SessionEventKind::SpeakerStarted, (None, Some(mandate)), "")?;
    let detail = json!({ "mandate": mandate, "at": hall.now.timestamp() });
    note(tx, caller, &hall.session, ("floor.given", detail))
}

/// Takes the floor back.
///
/// # Errors
/// [`Refusal::State`] if nobody has it.
pub fn stop_speaking(tx: &Tx<'_>, caller: &Caller, id: SessionId) -> Result<(), Refusal> {
    let hall = Hall::load(tx, id)?;
    hall.must_conduct(caller)?;
    let Some((mandate, _)) = hall.speaker() else {
        return Err(Refusal::State(Said::new("chamber.nobody_speaks")));
    };
    silence(tx, &hall)?;
    let detail = json!({ "mandate": mandate, "at": hall.now.timestamp() });
    note(tx, caller, &hall.session, ("floor.taken", detail))
}

/// Ends the speaking of whoever has the floor, if anybody has.
pub(super) fn silence(tx: &Tx<'_>, hall: &Hall) -> Result<(), Refusal> {
    if let Some((mandate, _)) = hall.speaker() {
        let about = (None, Some(mandate));
        tx.add_session_event(hall.session.id, SessionEventKind::SpeakerStopped, about, "")?;
    }
    Ok(())
}
