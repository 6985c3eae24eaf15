//! Which mail is sent now, and what became of it.
//!
//! A mail is claimed on disk before it is sent and settled on disk after, so that a recipient gets one mail per
//! revision. Between the mail server's 250 and our commit lies a moment that no protocol closes (RFC 5321 4.2.5,
//! RFC 1047): if the program or the line breaks there, or an answer to the message never comes, the mail may have
//! arrived. It is sent again then, with the same Message-ID, UID and SEQUENCE, by which mail servers and calendars
//! know it for the same: an invitation twice is a nuisance, a cancellation never heard of is a journey for nothing.
//! Once a 250 was heard nothing is sent again.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde_json::json;

use super::council::settle_dispatch;
use crate::booking::Refusal;
use crate::store::{MailKind, MailState, NewEntry, QueuedMail, StoreError, Subjects, Tx, View};
use crate::town::Person;

/// How long an attempt may take before another may begin: longer than an SMTP client waits (RFC 5321 4.5.3.2).
pub const LEASE: TimeDelta = TimeDelta::minutes(30);
/// A meeting that starts within this time is worth waking somebody for.
const URGENT: TimeDelta = TimeDelta::hours(24);
/// Mails looked at in one claim.
const LOOKED_AT: u32 = 200;

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The mail server took the message; what it said.
    Sent(String),
    /// It did not, or it did not say.
    NotNow {
        /// When to try again, unless that is later than `until`.
        at: DateTime<Utc>,
        /// When to give up.
        until: DateTime<Utc>,
        /// The message was handed over and no answer came: it may have arrived.
        doubtful: bool,
    },
    /// The mail server refused for good, with this code (RFC 5321 4.2.3); 0 if the message could not be made.
    Refused(u16),
    /// There is nothing to say any more: it was overtaken, or the person is gone.
    Needless,
}

/// Claims up to `limit` mails for sending. Those that can wait wait for the end of their recipient's quiet hours;
/// those to people whose data were wiped are given up.
///
/// # Errors
/// Those of the store.
pub fn claim_mail(tx: &Tx<'_>, limit: usize) -> Result<Vec<QueuedMail>, Refusal> {
    let mut claimed = Vec::new();
    for mut mail in tx.due_mail(LOOKED_AT)? {
        if claimed.len() == limit {
            break;
        }
        let (Some(person), Some(quiet)) = (tx.person(mail.person)?, tx.quiet_hours(mail.person)?) else {
            tx.settle_mail(mail.id, MailState::GivenUp)?;
            continue;
        };
        if let Some(end) = quiet_until(&person, quiet, tx.now())
            && can_wait(tx, &mail)?
        {
            tx.postpone_mail(mail.id, end)?;
            continue;
        }
        tx.claim_mail(mail.id, tx.now() + LEASE)?;
        mail.attempts += 1;
        claimed.push(mail);
    }
    Ok(claimed)
}

/// When the quiet hours of somebody end, if it is quiet now. The zone is their own.
fn quiet_until(person: &Person, (from, to): (u32, u32), now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let clock = |minutes: u32| NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0);
    let (from, to) = (clock(from)?, clock(to)?);
    let wall = person.zone.wall(now);
    let time = wall.time();
    let quiet = if from <= to { from <= time && time < to } else { time >= from || time < to };
    let day = if time < to { wall.date() } else { wall.date().succ_opt()? };
    quiet.then(|| person.zone.resolve(day.and_time(to)).instant)
}

/// Somebody who asked for a link waits for it, and a change or cancellation of a meeting that is near is of no use
/// in the morning.
fn can_wait(view: &View<'_>, mail: &QueuedMail) -> Result<bool, StoreError> {
    let Some(meeting) = mail.meeting else { return Ok(mail.kind == MailKind::Deadlines) };
    match mail.kind {
        MailKind::Change | MailKind::Cancellation => {}
        // In the morning there is nothing left to save.
        MailKind::ReleaseSoon | MailKind::Released => return Ok(false),
        _ => return Ok(true),
    }
    let soon = view.now() + URGENT;
    let dates = view.occurrences(meeting)?;
    let near = |date: &crate::booking::Occurrence| date.time.end > view.now() && date.time.start <= soon;
    let about =
        |date: &&crate::booking::Occurrence| mail.date.is_none_or(|original| original == date.original);
    Ok(!dates.iter().filter(about).any(near))
}

/// Puts back what was claimed and not begun, for whoever sends next.
///
/// # Errors
/// Those of the store; what was claimed is then tried again after the lease.
pub fn put_mail_back(tx: &Tx<'_>, claimed: &[QueuedMail]) -> Result<(), Refusal> {
    for mail in claimed {
        tx.unclaim_mail(mail.id, mail.attempts)?;
    }
    Ok(())
}

/// Writes down how an attempt ended. What was refused or given up is journalled for the organiser, by ids.
///
/// # Errors
/// Those of the store.
pub fn settle_mail(tx: &Tx<'_>, mail: &QueuedMail, attempt: &Attempt) -> Result<(), Refusal> {
    let (state, code) = match attempt {
        Attempt::Sent(_) => (MailState::Sent, 250),
        Attempt::Needless => (MailState::Superseded, 0),
        Attempt::Refused(code) => (MailState::Failed, *code),
        Attempt::NotNow { at, until, doubtful } => {
            tx.retry_mail(mail.id, mail.attempts, *at, *doubtful)?;
            if at <= until {
                return Ok(());
            }
            (MailState::GivenUp, 0)
        }
    };
    tx.settle_mail(mail.id, state)?;
    if let Some(dispatch) = mail.dispatch.filter(|_| state != MailState::Superseded) {
        let said = match attempt {
            Attempt::Sent(reply) => format!("{reply} <{}>", mail.id),
            _ => format!("{} {code}", state.word()),
        };
        settle_dispatch(tx, dispatch, state == MailState::Sent, &said)?;
    }
    if matches!(state, MailState::Failed | MailState::GivenUp) {
        journal(tx, mail, state, code)?;
    }
    Ok(())
}

fn journal(tx: &Tx<'_>, mail: &QueuedMail, state: MailState, code: u16) -> Result<(), StoreError> {
    let meeting = mail.meeting.map(|id| tx.meeting(id)).transpose()?.flatten();
    let mut people = vec![mail.person];
    people.extend(meeting.as_ref().map(|meeting| meeting.organiser).filter(|id| *id != mail.person));
    let subjects = Subjects {
        meeting: mail.meeting,
        people,
        detail: Some(json!({ "kind": mail.kind.word(), "code": code })),
        ..Subjects::default()
    };
    let action = if state == MailState::Failed { "mail.failed" } else { "mail.given_up" };
    let subject = Some(mail.meeting.map_or(mail.person.0, |id| id.0));
    tx.journal(&NewEntry { actor: None, action, subject, subjects })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PersonId;
    use crate::texts::Lang;
    use crate::time::Zone;
    use crate::town::PersonKind;

    fn person(zone: &str) -> Person {
        Person {
            id: PersonId(uuid::Uuid::nil()),
            kind: PersonKind::Staff,
            email: "a@stad.example".into(),
            name: "A".into(),
            lang: Lang::Nl,
            zone: zone.parse::<Zone>().unwrap(),
            department: None,
            resource: None,
            hard: false,
            expires: None,
        }
    }

    #[test]
    fn quiet_hours_are_those_of_the_recipients_clock() {
        let night = (20 * 60, 7 * 60);
        for (zone, hours, now, end) in [
            ("Europe/Brussels", night, "2027-01-18T12:00:00Z", None),
            ("Europe/Brussels", night, "2027-01-18T19:00:00Z", Some("2027-01-19T06:00:00Z")),
            ("Europe/Brussels", night, "2027-01-18T18:59:59Z", None),
            ("Europe/Brussels", night, "2027-01-19T05:59:59Z", Some("2027-01-19T06:00:00Z")),
            ("Europe/Brussels", night, "2027-01-19T06:00:00Z", None),
            // The night in which the clock goes forward.
            ("Europe/Brussels", night, "2027-03-28T00:30:00Z", Some("2027-03-28T05:00:00Z")),
            ("America/New_York", night, "2027-01-18T09:00:00Z", Some("2027-01-18T12:00:00Z")),
            // A rest at noon.
            ("UTC", (12 * 60, 14 * 60), "2027-01-18T13:00:00Z", Some("2027-01-18T14:00:00Z")),
            ("UTC", (12 * 60, 14 * 60), "2027-01-18T14:00:00Z", None),
            // Never.
            ("UTC", (0, 0), "2027-01-18T00:00:00Z", None),
        ] {
            let found = quiet_until(&person(zone), hours, now.parse().unwrap());
            assert_eq!(found, end.map(|text: &str| text.parse().unwrap()), "{zone} {now}");
        }
    }
}
