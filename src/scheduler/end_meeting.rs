//! Cancels and restores meetings, and makes holds firm.

use chrono::TimeDelta;

use super::create_meeting::subjects;
use super::{Caller, Scope, Target};
use crate::booking::{Meeting, MeetingStatus, Occurrence, Refusal, Run};
use crate::ids::MeetingId;
use crate::store::{NewEntry, StoreError, Tx};
use crate::texts::Said;
use crate::time::recurrence::Rule;
use crate::town::{Action, Room};

/// Cancels a meeting, one date of it, or one and all following. What is over stays as it was.
///
/// # Errors
/// [`Refusal::Unknown`], [`Refusal::Forbidden`], [`Refusal::Stale`]; [`Refusal::State`] if it was cancelled
/// before.
pub fn cancel_meeting(tx: &Tx<'_>, caller: &Caller, target: &Target) -> Result<Meeting, Refusal> {
    let mut meeting = target.load(tx, caller)?;
    if meeting.status == MeetingStatus::Cancelled {
        return Err(Refusal::State(Said::new("run.cancelled")));
    }
    let dates = target.dates(tx, &meeting)?;
    let mut touched = Vec::new();
    for mut date in dates {
        if date.run != Run::Planned || (target.scope != Scope::This && date.time.end <= tx.now()) {
            continue;
        }
        date.run = Run::Cancelled;
        date.cancelled = Some(tx.now());
        tx.silence_claims(date.id)?;
        tx.update_occurrence(&date, None)?;
        touched.push(date);
    }
    if touched.is_empty() && target.scope == Scope::This {
        return Err(Refusal::State(Said::new("run.cancelled")));
    }
    let left = tx.occurrences(meeting.id)?.iter().any(|date| date.run == Run::Planned);
    if target.scope == Scope::All || !left {
        meeting.status = MeetingStatus::Cancelled;
        meeting.held_until = None;
    } else if target.scope == Scope::Following {
        close(tx, &mut meeting)?;
    }
    save(tx, caller, &mut meeting, "meeting.cancelled", &touched)?;
    Ok(meeting)
}

/// Ends the rule of a series with the last date that was made: no calendar shows dates beyond it.
fn close(tx: &Tx<'_>, meeting: &mut Meeting) -> Result<(), Refusal> {
    let last = tx.occurrences(meeting.id)?.last().map(|date| date.original);
    if let (Some(text), Some(last)) = (&meeting.rule, last) {
        let rule = Rule::parse(text, meeting.start, meeting.zone).map_err(|error| Refusal::State(error.0))?;
        meeting.rule = Some(rule.ended_before(meeting.start, last + TimeDelta::seconds(1)).to_string());
    }
    meeting.materialised_to = None;
    Ok(())
}

/// Takes a cancellation back, as far as the rooms are still free and the dates lie ahead.
///
/// # Errors
/// [`Refusal::Taken`] if another has a room by now; then nothing is restored.
pub fn restore_meeting(tx: &Tx<'_>, caller: &Caller, target: &Target) -> Result<Meeting, Refusal> {
    let mut meeting = target.load(tx, caller)?;
    let dates = target.dates(tx, &meeting)?;
    let mut touched = Vec::new();
    for mut date in dates {
        if date.run != Run::Cancelled || date.time.end <= tx.now() {
            continue;
        }
        date.run = Run::Planned;
        date.cancelled = None;
        tx.revive_claims(date.id)?;
        let rooms: Vec<&Room> =
            date.rooms_or(&meeting.rooms).iter().filter_map(|id| tx.directory().room(*id)).collect();
        let release_at = super::place::release_at(tx, &meeting, &date, &rooms);
        tx.update_occurrence(&date, release_at)?;
        touched.push(date);
    }
    if touched.is_empty() {
        return Err(Refusal::State(Said::new("run.not_cancelled")));
    }
    meeting.status = MeetingStatus::Live;
    save(tx, caller, &mut meeting, "meeting.restored", &touched)?;
    Ok(meeting)
}

/// Makes a hold firm: the answer of a room manager to a request that needs approval.
///
/// # Errors
/// [`Refusal::State`] if it is not, or no longer, held: of two answers one wins.
pub fn approve_meeting(tx: &Tx<'_>, caller: &Caller, id: MeetingId) -> Result<Meeting, Refusal> {
    caller.must(Action::OverridePolicy)?;
    let mut meeting = tx.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
    if meeting.status != MeetingStatus::Held || meeting.held_until.is_some_and(|until| until <= tx.now()) {
        return Err(Refusal::State(Said::new("run.not_held")));
    }
    meeting.status = MeetingStatus::Live;
    meeting.held_until = None;
    let dates = tx.occurrences(id)?;
    for date in dates.iter().filter(|date| date.run == Run::Planned) {
        tx.harden_claims(date.id)?;
    }
    save(tx, caller, &mut meeting, "meeting.approved", &dates)?;
    Ok(meeting)
}

/// Raises version and SEQUENCE, writes the meeting and the journal.
pub(super) fn save(
    tx: &Tx<'_>,
    caller: &Caller,
    meeting: &mut Meeting,
    action: &str,
    touched: &[Occurrence],
) -> Result<(), StoreError> {
    meeting.version += 1;
    meeting.sequence += 1;
    meeting.modified = tx.now();
    tx.update_meeting(meeting)?;
    let list = tx.participants(meeting.id)?;
    let mut subjects = subjects(meeting, &list, touched);
    subjects.occurrence = match touched {
        [only] => Some(only.id),
        _ => None,
    };
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(meeting.id.0), subjects })?;
    Ok(())
}
