//! Hands meetings over to another organiser, and takes somebody off the lists of meetings: what has to be arranged
//! when somebody leaves or is away for long.

use super::create_meeting::subjects;
use super::manage_account::staff;
use super::sign_in::caller_of;
use super::{Caller, Made};
use crate::booking::{Claim, Conflict, Meeting, MeetingStatus, Occurrence, Refusal, Run, Sight, Strength};
use crate::ids::{MeetingId, PersonId};
use crate::store::{NewEntry, StoreError, Tx, View};
use crate::texts::Said;
use crate::town::Person;

/// Gives a meeting another organiser, who takes the place of the former one on its list. UID and dates stay, so
/// calendars show the same entry; what is over keeps who took part, not who organised it.
///
/// # Errors
/// [`Refusal::Unknown`], [`Refusal::Forbidden`]; [`Refusal::State`] for a meeting that is called off or over, or that
/// the new organiser may not know of; [`Refusal::Taken`] if a councillor sits elsewhere at the time.
pub fn hand_over(tx: &Tx<'_>, caller: &Caller, id: MeetingId, to: PersonId) -> Result<Meeting, Refusal> {
    let mut meeting = tx.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
    caller.must_own(tx, &meeting)?;
    let next = staff(tx, to)?;
    if tx.left_at(to)?.is_some() {
        return Err(Refusal::invalid("to", Said::new("people.to_left").with("name", next.name)));
    }
    if meeting.status == MeetingStatus::Cancelled {
        return Err(Refusal::State(Said::new("run.cancelled")));
    }
    if !may_take_over(tx, &meeting, &next)? {
        return Err(Refusal::State(Said::new("people.may_not_know").with("name", next.name)));
    }
    let dates = ahead(tx, id)?;
    if dates.is_empty() {
        return Err(Refusal::State(Said::new("run.ended")));
    }
    let before = super::post_mail::before(tx, &meeting)?;
    let former = std::mem::replace(&mut meeting.organiser, to);
    if former == to {
        return Ok(meeting);
    }
    let mut list = tx.participants(id)?;
    let listed = list.iter().any(|p| p.person == to);
    let place = list.iter_mut().find(|p| p.person == former);
    let takes_place = !listed && place.is_some();
    if let Some(place) = place.filter(|_| !listed) {
        (place.person, place.email, place.name) = (to, next.email.clone(), next.name.clone());
    }
    list.retain(|p| p.person != former);
    tx.replace_participants(id, &list)?;
    for date in &dates {
        free(tx, former, date)?;
        if takes_place {
            claim(tx, &meeting, &next, date)?;
        }
    }
    let touched = [former, to];
    announce(tx, caller, meeting, dates, "meeting.handed_over", &touched, &before)
}

/// Takes somebody off the list of a meeting, and frees their time on the dates that lie ahead.
pub(super) fn take_off_list(
    tx: &Tx<'_>,
    caller: &Caller,
    id: MeetingId,
    person: PersonId,
) -> Result<(), Refusal> {
    let meeting = tx.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
    let before = super::post_mail::before(tx, &meeting)?;
    let mut list = tx.participants(id)?;
    list.retain(|p| p.person != person);
    tx.replace_participants(id, &list)?;
    let dates = ahead(tx, id)?;
    for date in &dates {
        free(tx, person, date)?;
    }
    announce(tx, caller, meeting, dates, "meeting.changed", &[person], &before).map(|_| ())
}

/// Whether somebody may know what a meeting is about in their own right: only then can it be given to them.
pub(super) fn may_take_over(view: &View<'_>, meeting: &Meeting, next: &Person) -> Result<bool, StoreError> {
    let people: Vec<PersonId> = view.participants(meeting.id)?.iter().map(|p| p.person).collect();
    Ok(caller_of(view, next)?.sees(meeting, &people) >= Sight::Title)
}

/// The dates that are still to take place, or do now.
fn ahead(view: &View<'_>, meeting: MeetingId) -> Result<Vec<Occurrence>, StoreError> {
    let mut dates = view.occurrences(meeting)?;
    dates.retain(|date| date.run == Run::Planned && date.time.end > view.now());
    Ok(dates)
}

fn free(tx: &Tx<'_>, person: PersonId, date: &Occurrence) -> Result<(), StoreError> {
    tx.forget_attendance(date.id, person)?;
    match tx.person(person)?.and_then(|person| person.resource) {
        Some(resource) => tx.drop_claim_of(date.id, resource),
        None => Ok(()),
    }
}

/// Claims the time of whoever is new on the list, as booking does: firmly for councillors in session.
fn claim(tx: &Tx<'_>, meeting: &Meeting, person: &Person, date: &Occurrence) -> Result<(), Refusal> {
    let Some(resource) = person.resource else { return Ok(()) };
    let hard = person.hard && meeting.is_session();
    if hard && let Some(taken) = tx.taken(resource, date.time)? {
        let wall = |at| tx.directory().house.zone.wall(at).format("%Y-%m-%d %H:%M").to_string();
        let why = Said::new("booking.person_taken")
            .with("room", &person.name)
            .with("from", wall(taken.time.start))
            .with("to", wall(taken.time.end));
        let conflict = Conflict {
            start: date.original,
            resource: person.email.clone(),
            taken: Some(taken.time),
            why,
            substitutes: Vec::new(),
        };
        return Err(Refusal::Taken { conflicts: vec![conflict], alternatives: Vec::new(), wish: None });
    }
    let strength = match meeting.status {
        _ if !hard => Strength::Soft,
        MeetingStatus::Held => Strength::Hold,
        _ => Strength::Hard,
    };
    Ok(tx.insert_claim(&Claim { resource, time: date.time, occurrence: date.id, strength })?)
}

/// Writes the meeting, the journal and the mails to those who see a difference.
fn announce(
    tx: &Tx<'_>,
    caller: &Caller,
    mut meeting: Meeting,
    dates: Vec<Occurrence>,
    action: &str,
    touched: &[PersonId],
    before: &super::post_mail::Before,
) -> Result<Meeting, Refusal> {
    meeting.version += 1;
    meeting.sequence += 1;
    meeting.modified = tx.now();
    tx.update_meeting(&meeting)?;
    let participants = tx.participants(meeting.id)?;
    let mut subjects = subjects(&meeting, &participants, &dates);
    subjects.people.extend(touched);
    subjects.people.sort_unstable();
    subjects.people.dedup();
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(meeting.id.0), subjects })?;
    let made = Made {
        meeting,
        participants,
        occurrences: dates,
        warnings: Vec::new(),
        notes: Vec::new(),
        conflicts: Vec::new(),
    };
    before.changed(tx, caller, &made)?;
    Ok(made.meeting)
}
