//! Cancels and restores meetings, and makes holds firm.

use chrono::TimeDelta;

use super::caller::{place_of, place_with};
use super::change_meeting::refuse_session;
use super::create_meeting::{open_end, refuse_denied, subjects, taken};
use super::invite::list_of;
use super::place::{Plan, claim_all, judge_all};
use super::read_meeting::rooms_of_date;
use super::{Caller, Scope, Target};
use crate::booking::{Meeting, MeetingStatus, Occurrence, Refusal, Run, Slot, Strength};
use crate::ids::MeetingId;
use crate::store::{NewEntry, StoreError, Tx};
use crate::texts::Said;
use crate::time::Shift;
use crate::time::recurrence::Rule;
use crate::town::{Action, Role};

/// Cancels a meeting, one date of it, or one and all following. What is over stays as it was.
///
/// # Errors
/// [`Refusal::Unknown`], [`Refusal::Forbidden`], [`Refusal::Stale`]; [`Refusal::State`] if it was cancelled
/// before, or all that the scope reaches is over.
pub fn cancel_meeting(tx: &Tx<'_>, caller: &Caller, target: &Target) -> Result<Meeting, Refusal> {
    refuse_session(tx, target.meeting)?;
    call_off(tx, caller, target)
}

/// [`cancel_meeting`] for a session too, by whoever calls it off as such.
pub(super) fn call_off(tx: &Tx<'_>, caller: &Caller, target: &Target) -> Result<Meeting, Refusal> {
    let mut meeting = target.load(tx, caller)?;
    if meeting.status == MeetingStatus::Cancelled {
        return Err(Refusal::State(Said::new("run.cancelled")));
    }
    let dates = target.dates(tx, &meeting)?;
    let ahead: Vec<Occurrence> = dates.into_iter().filter(|date| date.time.end > tx.now()).collect();
    if ahead.is_empty() {
        return Err(Refusal::State(Said::new("run.ended")));
    }
    if ahead.iter().all(|date| date.run == Run::Cancelled) {
        return Err(Refusal::State(Said::new("run.cancelled")));
    }
    let mut touched = Vec::new();
    for mut date in ahead.into_iter().filter(|date| date.run == Run::Planned) {
        date.run = Run::Cancelled;
        date.cancelled = Some(tx.now());
        tx.silence_claims(date.id)?;
        tx.update_occurrence(&date, None)?;
        touched.push(date);
    }
    if touched.is_empty() && target.scope == Scope::This {
        return Err(Refusal::State(Said::new("run.cancelled")));
    }
    // What took place did so: the meeting as a whole is called off only if no date of it stands.
    if !tx.occurrences(meeting.id)?.iter().any(|date| date.run == Run::Planned) {
        meeting.status = MeetingStatus::Cancelled;
        meeting.held_until = None;
    } else if target.scope != Scope::This {
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

/// Takes a cancellation back, as far as the rooms are still free and the dates lie ahead. The dates claim
/// anew, for rooms and people may have changed meanwhile.
///
/// # Errors
/// [`Refusal::Taken`] if another has a room by now; then nothing is restored.
pub fn restore_meeting(tx: &Tx<'_>, caller: &Caller, target: &Target) -> Result<Meeting, Refusal> {
    refuse_session(tx, target.meeting)?;
    let mut meeting = target.load(tx, caller)?;
    let mut dates = target.dates(tx, &meeting)?;
    dates.retain(|date| date.run == Run::Cancelled && date.time.end > tx.now());
    if dates.is_empty() {
        return Err(Refusal::State(Said::new("run.not_cancelled")));
    }
    if meeting.status == MeetingStatus::Cancelled {
        // A hold that was called off comes back as a hold: nobody has approved it.
        let held = was_held(tx, &dates)?;
        let minutes = TimeDelta::minutes(i64::from(tx.directory().house.hold_min));
        meeting.status = if held { MeetingStatus::Held } else { MeetingStatus::Live };
        meeting.held_until = held.then(|| tx.now() + minutes);
    }
    if target.scope != Scope::This {
        roll_on_again(tx, &mut meeting)?;
    }
    let (list, people) = list_of(tx, &meeting)?;
    let plan = Plan {
        meeting: &meeting,
        participants: &list,
        people: &people,
        role: caller.role,
        override_policy: false,
        ignore_policy: true,
        stands: false,
        future_meetings: 0,
    };
    let mut slots = Vec::with_capacity(dates.len());
    for date in &dates {
        let slot = Slot {
            original: date.original,
            start: meeting.zone.wall(date.time.start),
            time: date.time,
            rooms: date.rooms.clone(),
            shift: Shift::Exact,
        };
        if had_other_rooms(tx, &meeting, date)? {
            refuse_elsewhere(tx, caller, &plan, slot.clone())?;
        }
        tx.drop_claims(date.id)?;
        slots.push(slot);
    }
    let known = |slot: &Slot| dates.iter().find(|date| date.original == slot.original).cloned();
    let placement = claim_all(tx, &plan, slots, known)?;
    if !placement.conflicts.is_empty() {
        return Err(taken(&meeting, &list, placement.conflicts));
    }
    save(tx, caller, &mut meeting, "meeting.restored", &placement.occurrences)?;
    Ok(meeting)
}

/// Whether a date would come back to rooms that it did not have: its meeting moved while it was called off.
fn had_other_rooms(tx: &Tx<'_>, meeting: &Meeting, date: &Occurrence) -> Result<bool, StoreError> {
    let had: Vec<_> = tx.claims_of_occurrence(date.id)?.iter().map(|claim| claim.resource).collect();
    Ok(rooms_of_date(tx, meeting, date).iter().flat_map(|room| &room.cells).any(|cell| !had.contains(cell)))
}

/// Refuses a date where the rules refuse one that is new, or ask for consent that the caller cannot give.
fn refuse_elsewhere(tx: &Tx<'_>, caller: &Caller, plan: &Plan<'_>, slot: Slot) -> Result<(), Refusal> {
    let rooms = slot.rooms.clone().unwrap_or_else(|| plan.meeting.rooms.clone());
    let asked = Plan { ignore_policy: caller.role == Role::System, ..*plan };
    let judged = judge_all(tx, &asked, vec![slot])?;
    refuse_denied(&judged)?;
    let held = plan.meeting.status == MeetingStatus::Held;
    if judged.needs_approval
        && !held
        && caller.must_in(Action::OverridePolicy, &place_with(tx, &rooms)).is_err()
    {
        return Err(Refusal::State(Said::new("change.needs_consent")));
    }
    Ok(())
}

/// Whether the dates were only held when they were called off.
fn was_held(tx: &Tx<'_>, dates: &[Occurrence]) -> Result<bool, StoreError> {
    for date in dates {
        if tx.claims_of_occurrence(date.id)?.iter().any(|claim| claim.strength == Strength::Hold) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A cancelled series is not rolled on; a restored one is, from its last date.
fn roll_on_again(tx: &Tx<'_>, meeting: &mut Meeting) -> Result<(), Refusal> {
    let (Some(text), None) = (&meeting.rule, meeting.materialised_to) else { return Ok(()) };
    let rule = Rule::parse(text, meeting.start, meeting.zone).map_err(|error| Refusal::State(error.0))?;
    let last = tx.occurrences(meeting.id)?.last().map_or(meeting.start, |date| date.original);
    meeting.materialised_to = open_end(&rule, meeting.start, last + TimeDelta::seconds(1));
    Ok(())
}

/// Makes a hold firm: the answer of a room manager to a request that needs approval.
///
/// # Errors
/// [`Refusal::State`] if it is not, or no longer, held: of two answers one wins.
pub fn approve_meeting(tx: &Tx<'_>, caller: &Caller, id: MeetingId) -> Result<Meeting, Refusal> {
    let mut meeting = tx.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
    caller.must_in(Action::OverridePolicy, &place_of(tx, &meeting)?)?;
    if meeting.status != MeetingStatus::Held || meeting.held_until.is_some_and(|until| until <= tx.now()) {
        return Err(Refusal::State(Said::new("run.not_held")));
    }
    meeting.status = MeetingStatus::Live;
    meeting.held_until = None;
    let dates = tx.occurrences(id)?;
    for date in dates.iter().filter(|date| date.run == Run::Planned) {
        tx.harden_claims(date.id)?;
    }
    tx.put_hold_reasons(id, &[])?;
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
    super::post_mail::acted(tx, caller, meeting, action, &list, touched)
}
