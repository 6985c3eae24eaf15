//! Puts mail in the outbox, in the transaction of the action that gives rise to it. Only who, what about and which
//! revision is written here; words and calendar are made when it is sent.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::caller::place_of;
use super::{Caller, Made};
use crate::booking::{Meeting, MeetingStatus, Occurrence, Participant, Refusal};
use crate::ids::PersonId;
use crate::store::{MailKind, MailKnown, NewMail, StoreError, Tx};
use crate::town::{Grant, Role};

/// Answers are gathered for so long before the organiser hears of them.
const GATHER: TimeDelta = TimeDelta::minutes(10);

/// What a link about an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkMail {
    /// To make an account.
    Welcome,
    /// To choose a new password.
    Reset,
}

/// What is kept with a mail until it is settled, for it cannot be read from the meeting later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Note {
    /// A link with a secret in it.
    Link { purpose: LinkMail, url: String },
    /// What somebody knew of a meeting when they were taken off its list: nothing newer is told them.
    Left { title: String, start: NaiveDateTime },
    /// The start of which a mail reminds: once the date has moved, there is another reminder.
    Starts { at: DateTime<Utc> },
}

/// Queues a plain mail with a link about the account of `person`. The link is wiped when the mail is settled.
///
/// # Errors
/// Those of the store. Without a mail server nothing is queued: the caller shows the link instead.
pub fn post_link_mail(tx: &Tx<'_>, person: PersonId, purpose: LinkMail, url: &str) -> Result<bool, Refusal> {
    if !tx.directory().house.mail {
        return Ok(false);
    }
    let note = written(&Note::Link { purpose, url: url.to_owned() })?;
    let kind = MailKind::Account;
    let (next_at, note) = (tx.now(), Some(note.as_str()));
    tx.queue_mail(&NewMail { meeting: None, date: None, person, kind, sequence: 0, next_at, note })?;
    Ok(true)
}

/// Notes whether there is a mail server, by which every process on the municipality knows whether to fill the
/// outbox.
///
/// # Errors
/// Those of the store.
pub fn switch_mail(tx: &Tx<'_>, on: bool) -> Result<(), Refusal> {
    if tx.directory().house.mail != on {
        tx.set_house("house.mail", if on { "on" } else { "off" })?;
    }
    Ok(())
}

fn written(note: &Note) -> Result<String, StoreError> {
    serde_json::to_string(note).map_err(|error| StoreError::Sql(format!("note of a mail: {error}")))
}

/// What is to be said to those on the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    Invited,
    Changed,
    Cancelled,
}

/// A meeting was made. One that waits for consent invites nobody yet; those who may give it are asked.
pub(super) fn created(
    tx: &Tx<'_>,
    caller: &Caller,
    meeting: &Meeting,
    list: &[Participant],
    needs_approval: bool,
) -> Result<(), StoreError> {
    if !tx.directory().house.mail {
        return Ok(());
    }
    if meeting.status == MeetingStatus::Held {
        return if needs_approval { ask(tx, caller, meeting) } else { Ok(()) };
    }
    for person in told(caller, meeting, list) {
        queue(tx, meeting, None, person, MailKind::Invitation, None)?;
    }
    Ok(())
}

/// What `end_meeting::save` has written: `action` as in the journal, and the dates that it touched.
pub(super) fn acted(
    tx: &Tx<'_>,
    caller: &Caller,
    meeting: &Meeting,
    action: &str,
    list: &[Participant],
    touched: &[Occurrence],
) -> Result<(), StoreError> {
    if !tx.directory().house.mail {
        return Ok(());
    }
    // One date of several; a change hands the same date over twice, before and after.
    let one = touched.first().filter(|first| touched.iter().all(|date| date.id == first.id));
    let date = if tx.has_several_dates(meeting.id)? { one.map(|date| date.original) } else { None };
    let gone = meeting.status == MeetingStatus::Cancelled;
    let news = match action {
        "meeting.cancelled" if gone => News::Cancelled,
        "meeting.cancelled" if date.is_some() => return say_cancelled_date(tx, caller, meeting, list, date),
        "meeting.cancelled" | "meeting.changed" | "meeting.split" => News::Changed,
        // A request that comes back waits for consent again.
        "meeting.restored" if meeting.status == MeetingStatus::Held => {
            return if tx.hold_reasons(meeting.id)?.is_empty() { Ok(()) } else { ask(tx, caller, meeting) };
        }
        "meeting.restored" => News::Invited,
        "meeting.released" => {
            return one.map_or(Ok(()), |date| {
                queue_about(tx, meeting, date, meeting.organiser, MailKind::Released, None)
            });
        }
        "meeting.approved" => {
            decided(tx, caller, meeting)?;
            News::Changed
        }
        "meeting.hold_expired" | "meeting.refused" => {
            decided(tx, caller, meeting)?;
            News::Cancelled
        }
        _ => return Ok(()),
    };
    if meeting.status == MeetingStatus::Held {
        return Ok(());
    }
    let date = if gone || news == News::Invited { None } else { date };
    let answered_by_decision =
        matches!(action, "meeting.approved" | "meeting.hold_expired" | "meeting.refused");
    for person in told(caller, meeting, list) {
        if answered_by_decision && person == meeting.organiser {
            continue;
        }
        let known = tx.known_by_mail(meeting.id, person)?;
        let unheard = answered_by_decision && known == MailKnown::NoMail;
        let known = if unheard { MailKnown::NotTold } else { known };
        say(tx, meeting, date, person, news, known)?;
    }
    Ok(())
}

fn say_cancelled_date(
    tx: &Tx<'_>,
    caller: &Caller,
    meeting: &Meeting,
    list: &[Participant],
    date: Option<NaiveDateTime>,
) -> Result<(), StoreError> {
    for person in told(caller, meeting, list) {
        // An invitation that still waits will not name the date: there is nothing to take back.
        if tx.known_by_mail(meeting.id, person)? != MailKnown::NotTold {
            say(tx, meeting, date, person, News::Cancelled, MailKnown::Told)?;
        }
    }
    Ok(())
}

/// A meeting as it was before a change, to tell afterwards what is news to whom.
pub(super) struct Before(Option<(Meeting, Vec<Participant>)>);

/// Remembers a meeting that is about to change.
pub(super) fn before(tx: &Tx<'_>, meeting: &Meeting) -> Result<Before, StoreError> {
    if !tx.directory().house.mail {
        return Ok(Before(None));
    }
    Ok(Before(Some((meeting.clone(), tx.participants(meeting.id)?))))
}

impl Before {
    /// The meeting was changed: those who left the list are told so, those who are new on it invited, and the
    /// others told if what they see is different.
    pub(super) fn changed(&self, tx: &Tx<'_>, caller: &Caller, made: &Made) -> Result<(), StoreError> {
        let Self(Some((was, list))) = self else { return Ok(()) };
        let meeting = &made.meeting;
        let staying = told(caller, meeting, &made.participants);
        for person in told(caller, was, list).into_iter().filter(|person| !staying.contains(person)) {
            let known = tx.known_by_mail(meeting.id, person)?;
            tx.supersede_mail(meeting.id, person, None, MailKind::Cancellation)?;
            if known != MailKnown::NotTold && was.status == MeetingStatus::Live {
                let note = written(&Note::Left { title: was.title.clone(), start: was.start })?;
                queue(tx, meeting, None, person, MailKind::Cancellation, Some(&note))?;
            }
        }
        if meeting.status == MeetingStatus::Held {
            return if was.status == MeetingStatus::Held { Ok(()) } else { ask(tx, caller, meeting) };
        }
        // The continuation of a series that was split is news to every calendar.
        let fresh = was.split_from.is_some() && was.sequence == 0;
        let handed = was.organiser != meeting.organiser;
        for person in staying {
            let listed = list.iter().any(|p| p.person == person);
            if !listed && (handed || person != meeting.organiser) {
                say(tx, meeting, None, person, News::Invited, MailKnown::NoMail)?;
            } else if fresh || handed || differs(was, meeting) {
                let known = tx.known_by_mail(meeting.id, person)?;
                say(tx, meeting, None, person, News::Changed, known)?;
            }
        }
        Ok(())
    }
}

/// Whether somebody who is invited sees a difference.
fn differs(was: &Meeting, is: &Meeting) -> bool {
    let seen = |m: &Meeting| (m.title.clone(), m.description.clone(), m.start, m.length, m.rule.clone());
    seen(was) != seen(is)
        || (was.zone, &was.rooms, &was.conference, was.status)
            != (is.zone, &is.rooms, &is.conference, is.status)
}

/// Somebody answered, or was put on the list. Answers are gathered; the organiser's own deeds are no news to them.
pub(super) fn answered(
    tx: &Tx<'_>,
    caller: &Caller,
    meeting: &Meeting,
    person: PersonId,
    added: bool,
) -> Result<(), StoreError> {
    if !tx.directory().house.mail || meeting.status != MeetingStatus::Live {
        return Ok(());
    }
    if added {
        return say(tx, meeting, None, person, News::Invited, MailKnown::NoMail);
    }
    if caller.person == Some(meeting.organiser) || caller.person != Some(person) {
        return Ok(());
    }
    let kind = MailKind::Answered;
    let waiting = tx.supersede_mail(meeting.id, meeting.organiser, None, kind)?;
    let (sequence, next_at) = (meeting.sequence, waiting.unwrap_or(tx.now() + GATHER));
    let (meeting, person) = (Some(meeting.id), meeting.organiser);
    tx.queue_mail(&NewMail { meeting, date: None, person, kind, sequence, next_at, note: None })
}

/// Asks those who look after these rooms for their consent.
fn ask(tx: &Tx<'_>, caller: &Caller, meeting: &Meeting) -> Result<(), StoreError> {
    let mut asked = tx.holders_of(Role::Manager)?;
    asked.extend(tx.holders_of(Role::Admin)?);
    let matter = place_of(tx, meeting)?;
    let looks_after =
        |grant: &Grant| matches!(grant.role, Role::Manager | Role::Admin) && grant.covers(&matter);
    asked.extend(
        tx.all_grants()?.into_iter().filter(|(_, grant)| looks_after(grant)).map(|(person, _)| person),
    );
    asked.sort_unstable();
    asked.dedup();
    for person in asked.into_iter().filter(|person| caller.person != Some(*person)) {
        tx.supersede_mail(meeting.id, person, None, MailKind::Asked)?;
        queue(tx, meeting, None, person, MailKind::Asked, None)?;
    }
    Ok(())
}

/// Tells the organiser what became of a request.
fn decided(tx: &Tx<'_>, caller: &Caller, meeting: &Meeting) -> Result<(), StoreError> {
    if caller.person == Some(meeting.organiser) {
        return Ok(());
    }
    queue(tx, meeting, None, meeting.organiser, MailKind::Decided, None)
}

/// Those who hear of a meeting: its list, and the organiser only if somebody else acts in their name.
fn told(caller: &Caller, meeting: &Meeting, list: &[Participant]) -> Vec<PersonId> {
    let mut people: Vec<PersonId> =
        list.iter().map(|p| p.person).filter(|person| *person != meeting.organiser).collect();
    if caller.person != Some(meeting.organiser) {
        people.push(meeting.organiser);
    }
    people
}

/// Queues one piece of news in place of what still waits: somebody who was never told is invited, and is not told
/// of the end of what they never heard of.
fn say(
    tx: &Tx<'_>,
    meeting: &Meeting,
    date: Option<NaiveDateTime>,
    person: PersonId,
    news: News,
    known: MailKnown,
) -> Result<(), StoreError> {
    let never = known == MailKnown::NotTold;
    let (kind, date) = match news {
        News::Invited => (MailKind::Invitation, date),
        News::Changed if never => (MailKind::Invitation, None),
        News::Changed => (MailKind::Change, date),
        News::Cancelled => (MailKind::Cancellation, date),
    };
    tx.supersede_mail(meeting.id, person, date, kind)?;
    if news == News::Cancelled && never {
        return Ok(());
    }
    queue(tx, meeting, date, person, kind, None)
}

fn queue(
    tx: &Tx<'_>,
    meeting: &Meeting,
    date: Option<NaiveDateTime>,
    person: PersonId,
    kind: MailKind,
    note: Option<&str>,
) -> Result<(), StoreError> {
    let (sequence, next_at, meeting) = (meeting.sequence, tx.now(), Some(meeting.id));
    tx.queue_mail(&NewMail { meeting, date, person, kind, sequence, next_at, note })
}

/// Queues a mail to `person` about one date, whether or not there are others.
pub(super) fn queue_about(
    tx: &Tx<'_>,
    meeting: &Meeting,
    date: &Occurrence,
    person: PersonId,
    kind: MailKind,
    note: Option<&Note>,
) -> Result<(), StoreError> {
    let note = note.map(written).transpose()?;
    queue(tx, meeting, Some(date.original), person, kind, note.as_deref())
}
