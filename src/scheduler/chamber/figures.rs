//! What the journal is told, so that everything can be counted anew from it.

use serde_json::{Value, json};

use super::Hall;
use crate::booking::Refusal;
use crate::council::{Quorum, Session};
use crate::presence::{PresenceEvent, PresenceKind};
use crate::scheduler::Caller;
use crate::store::{NewEntry, Subjects, Tx};

/// Writes an entry about a session. Its meeting makes open pages look again.
pub(super) fn note(
    tx: &Tx<'_>,
    caller: &Caller,
    session: &Session,
    (action, detail): (&str, Value),
) -> Result<(), Refusal> {
    let (meeting, body) = (session.meeting, Some(session.body));
    let subjects = Subjects { meeting, body, detail: Some(detail), ..Subjects::default() };
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(session.id.0), subjects })?;
    Ok(())
}

/// A count as the journal has it: up to which line, at which second, with which result; and, unless they are those who
/// sat when the session was opened, the sitting members.
pub(super) fn figures(hall: &Hall, count: &Quorum) -> Value {
    let mut told = json!({
        "seq": hall.ledger().last(),
        "at": hall.now.timestamp(),
        "sitting": count.sitting,
        "needed": count.needed,
        "room": count.room,
        "remote": count.remote,
        "exempt": count.exempt,
    });
    let sitting = hall.sitting(hall.now);
    let known = hall.session.opened.filter(|opened| *opened < hall.now).map(|opened| hall.sitting(opened));
    if known.as_ref() != Some(&sitting) {
        told["members"] = json!(sitting);
    }
    told
}

/// A line of the ledger as the journal has it. Why a line was wrong stays in the ledger, for it may name somebody.
pub(super) fn line(event: &PresenceEvent) -> Value {
    let mut told = json!({
        "seq": event.seq,
        "mandate": event.mandate,
        "kind": event.kind.word(),
        "at": event.at.timestamp(),
        "source": event.source.word(),
        "by": event.identified_by.word(),
    });
    match &event.kind {
        PresenceKind::Arrive(channel) | PresenceKind::SwitchChannel(channel) => {
            told["channel"] = json!(channel.word());
        }
        PresenceKind::RecuseStart(item) => told["item"] = json!(item),
        PresenceKind::Correct { of, .. } => told["of"] = json!(of),
        _ => {}
    }
    told
}
