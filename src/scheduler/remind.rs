//! Reminders of dates, and warnings to organisers whose room is about to be given free.
//!
//! A date carries the instant of its next reminder. When that comes, mails are queued and the instant is moved on in
//! one transaction: each recipient is reminded once for each start, also over restarts. A date that moves gets a
//! fresh instant, one that is called off none. What waits in the outbox is looked at again when it is sent.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::post_mail::{Note, queue_about};
use super::read_meeting::rooms_of_date;
use super::tick::is_unheard;
use crate::booking::{
    Answer, CheckInRule, Meeting, MeetingStatus, Mode, Occurrence, Participant, Refusal, Reminder, Reminders,
    Run, due_reminders, longest_warning, next_reminder, timetable, warn_at,
};
use crate::ids::{OccurrenceId, PersonId, RoomId};
use crate::store::{MailKind, StoreError, Tx, View};
use crate::town::Person;

/// Dates looked at in one tick: at six in the evening all of tomorrow is due, and a job stays small.
pub const REMINDED: u32 = 50;

/// Queues the reminders that are due; answers how many.
pub(super) fn remind(tx: &Tx<'_>) -> Result<usize, Refusal> {
    let zone = tx.directory().house.zone;
    let mut queued = 0;
    for (id, since) in tx.due_reminders(REMINDED)? {
        let Some(date) = tx.occurrence(id)? else { continue };
        tx.set_reminder(id, next_reminder(date.time.start, tx.now(), zone))?;
        let due = due_reminders(date.time.start, since, tx.now(), zone);
        let stands = date.run == Run::Planned && date.ended.is_none();
        if due.is_empty() || !stands || !tx.directory().house.mail {
            continue;
        }
        let Some(meeting) = tx.meeting(date.meeting)? else { continue };
        if meeting.status == MeetingStatus::Live && !meeting.ad_hoc {
            queued += remind_of(tx, &meeting, &date, &due)?;
        }
    }
    Ok(queued)
}

fn remind_of(
    tx: &Tx<'_>,
    meeting: &Meeting,
    date: &Occurrence,
    due: &[Reminder],
) -> Result<usize, StoreError> {
    let mut queued = 0;
    for (person, mode) in those_who_come(tx, meeting, date)? {
        let wishes = wishes_of(tx, person, mode)?;
        // After a pause both may be due: the later says it all.
        let Some(reminder) = due.iter().find(|reminder| wishes.want(**reminder)) else { continue };
        let kind = match reminder {
            Reminder::Evening => MailKind::EveningReminder,
            Reminder::Hour => MailKind::HourReminder,
        };
        let note = Note::Starts { at: date.time.start };
        queue_about(tx, meeting, date, person, kind, Some(&note))?;
        queued += 1;
    }
    Ok(queued)
}

/// Those on the list who have not declined this date, and the organiser, each with how they come.
fn those_who_come(
    view: &View<'_>,
    meeting: &Meeting,
    date: &Occurrence,
) -> Result<Vec<(PersonId, Mode)>, StoreError> {
    let list = view.participants_at(meeting.id, date.id)?;
    let organises = |p: &Participant| p.person == meeting.organiser;
    let organiser = (!list.iter().any(organises)).then_some((meeting.organiser, Mode::InRoom));
    let coming = list.iter().filter(|p| p.answer != Answer::Declined).map(|p| (p.person, p.mode));
    Ok(coming.chain(organiser).collect())
}

fn wishes_of(view: &View<'_>, person: PersonId, mode: Mode) -> Result<Reminders, StoreError> {
    let Some(person) = view.person(person)? else { return Ok(Reminders::None) };
    Ok(view.reminders(person.id)?.unwrap_or_else(|| Reminders::usual(person.kind, mode)))
}

/// Whether a reminder that was queued for a date is still of use to `to`: it stands, at the same time, is not over
/// quiet hours too late, and another will not say the same.
pub(super) fn still_reminds(
    view: &View<'_>,
    to: &Person,
    meeting: &Meeting,
    date: &Occurrence,
    (kind, start): (MailKind, DateTime<Utc>),
) -> Result<bool, StoreError> {
    let stands = meeting.status == MeetingStatus::Live && date.run == Run::Planned && date.ended.is_none();
    if !stands || date.time.start != start || view.now() >= start {
        return Ok(false);
    }
    let comes = those_who_come(view, meeting, date)?.into_iter().find(|(person, _)| *person == to.id);
    let Some((_, mode)) = comes else { return Ok(false) };
    let today = to.zone.wall(view.now()).date() == to.zone.wall(start).date();
    let again = today && wishes_of(view, to.id, mode)?.want(Reminder::Hour);
    Ok(kind == MailKind::HourReminder || !again)
}

/// Tells the organisers of dates to which nobody has come that their room is about to be given free; answers how
/// many. Not where the screen at the door is out of reach: somebody may have come.
pub(super) fn warn(tx: &Tx<'_>, silent: &BTreeSet<RoomId>) -> Result<usize, Refusal> {
    let mut warned = 0;
    for id in tx.unwarned(tx.now() + longest_warning())? {
        warned += usize::from(warn_of(tx, id, silent)?);
    }
    Ok(warned)
}

fn warn_of(tx: &Tx<'_>, id: OccurrenceId, silent: &BTreeSet<RoomId>) -> Result<bool, Refusal> {
    let Some(date) = tx.occurrence(id)? else { return Ok(false) };
    let Some(meeting) = tx.meeting(date.meeting)? else { return Ok(false) };
    let rooms = rooms_of_date(tx, &meeting, &date);
    let rule = CheckInRule::from(&tx.directory().house);
    let release_at = timetable(rule, &meeting, &date, &rooms, tx.now()).release_at;
    let warning = release_at.and_then(|at| warn_at(date.time.start, at));
    if warning.is_some_and(|at| tx.now() < at) || is_unheard(tx, &rooms, silent) {
        return Ok(false);
    }
    tx.set_warned(id)?;
    let in_time = release_at.is_some_and(|at| tx.now() < at) && meeting.status == MeetingStatus::Live;
    if warning.is_none() || !in_time || !tx.directory().house.mail {
        return Ok(false);
    }
    queue_about(tx, &meeting, &date, meeting.organiser, MailKind::ReleaseSoon, None)?;
    Ok(true)
}

/// Whether it is of use to tell an organiser of a release: it is still to come, or can still be made good.
pub(super) fn release_is_news(view: &View<'_>, kind: MailKind, meeting: &Meeting, date: &Occurrence) -> bool {
    let rooms = rooms_of_date(view, meeting, date);
    let table = timetable(CheckInRule::from(&view.directory().house), meeting, date, &rooms, view.now());
    match kind {
        MailKind::ReleaseSoon => table.release_at.is_some_and(|at| view.now() < at),
        _ => date.run == Run::Released && view.now() < date.time.end,
    }
}
