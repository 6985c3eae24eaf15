//! Doors, public stream and screens: whether a public part can be followed and a closed part cannot.

use serde_json::json;

use super::Hall;
use super::figures::note;
use crate::booking::Refusal;
use crate::council::{Law, SessionEventKind, SessionPart};
use crate::ids::SessionId;
use crate::scheduler::Caller;
use crate::store::Tx;
use crate::texts::Said;

/// What is switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The doors of the room.
    Doors,
    /// The public stream.
    Stream,
    /// The screens in the room and at its door.
    Screens,
}

impl Signal {
    const fn kind(self, on: bool) -> SessionEventKind {
        match (self, on) {
            (Self::Doors, true) => SessionEventKind::DoorsOpen,
            (Self::Doors, false) => SessionEventKind::DoorsClosed,
            (Self::Stream, true) => SessionEventKind::StreamUp,
            (Self::Stream, false) => SessionEventKind::StreamDown,
            (Self::Screens, true) => SessionEventKind::ScreensOn,
            (Self::Screens, false) => SessionEventKind::ScreensOff,
        }
    }
}

/// Takes down that doors, stream or screens are open or on, or no longer. To say again what is so already is no act.
///
/// # Errors
/// [`Refusal::State`] while a closed item is treated and it would be heard, or a public one and the doors would close;
/// a stream that fails is taken down at any time.
pub fn signal_session(
    tx: &Tx<'_>,
    caller: &Caller,
    id: SessionId,
    (signal, on): (Signal, bool),
) -> Result<(), Refusal> {
    let hall = Hall::load(tx, id)?;
    hall.must_conduct(caller)?;
    if hall.session.state.is_over() {
        return Err(Refusal::State(Said::new("chamber.over")));
    }
    let is_on = match signal {
        Signal::Doors => hall.doors_open(),
        Signal::Stream => hall.stream_up(),
        Signal::Screens => hall.screens_on(),
    };
    if is_on == on {
        return Ok(());
    }
    let part =
        hall.under_way().map(|treatment| hall.item(treatment.item).map(|item| item.part)).transpose()?;
    let refuse = |key: &str| Err(Refusal::State(Said::new(key).with("article", Law::PUBLIC)));
    match part {
        Some(SessionPart::Closed) if on => return refuse("chamber.closed_item_open"),
        Some(SessionPart::Public) if signal == Signal::Doors => return refuse("chamber.public_item_open"),
        _ => {}
    }
    tx.add_session_event(id, signal.kind(on), (None, None), "")?;
    let detail = json!({ "what": signal.kind(on).word(), "at": hall.now.timestamp() });
    note(tx, caller, &hall.session, ("session.signalled", detail))
}
