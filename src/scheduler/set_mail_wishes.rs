//! What mail somebody wants: at what hours none, reminders of what, and of which deadlines.

use super::Caller;
use super::remind_deadlines::deadline_wish;
use crate::booking::{Fault, Mode, Refusal, Reminders};
use crate::council::DeadlineMail;
use crate::store::{NewEntry, Subjects, Tx, View};
use crate::texts::Said;
use crate::town::{Action, PersonKind};

/// Minutes of a day.
const DAY_MIN: u32 = 24 * 60;

/// What mail somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailWishes {
    /// Minutes of the day, on their own clock, between which nothing is sent that can wait; none: never.
    pub quiet: Option<(u32, u32)>,
    /// Of what they are reminded.
    pub reminders: Reminders,
    /// Of which deadlines they are told; none for those who prepare no session.
    pub deadlines: Option<DeadlineMail>,
}

/// What the caller wants, or what holds until they choose.
///
/// # Errors
/// [`Refusal::Unauthorised`] for a caller who is nobody.
pub fn mail_wishes(view: &View<'_>, caller: &Caller) -> Result<MailWishes, Refusal> {
    let person = caller.person.ok_or(Refusal::Unauthorised)?;
    let quiet = view.quiet_hours(person)?.filter(|(from, to)| from != to);
    let usual = || Reminders::usual(PersonKind::Staff, Mode::InRoom);
    Ok(MailWishes {
        quiet,
        reminders: view.reminders(person)?.unwrap_or_else(usual),
        deadlines: deadline_wish(view, caller)?,
    })
}

/// Sets what mail the caller wants.
///
/// # Errors
/// [`Refusal::Invalid`] for an hour that no clock shows.
pub fn set_mail_wishes(tx: &Tx<'_>, caller: &Caller, wanted: &MailWishes) -> Result<(), Refusal> {
    let person = caller.person.ok_or(Refusal::Unauthorised)?;
    let (from, to) = wanted.quiet.unwrap_or((0, 0));
    let wrong = [("quiet_from", from), ("quiet_to", to)].into_iter().filter(|(_, minute)| *minute >= DAY_MIN);
    let faults: Vec<Fault> =
        wrong.map(|(field, _)| Fault::new(field, Said::new("account.quiet_time"))).collect();
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    tx.set_quiet_hours(person, from, to)?;
    tx.set_reminders(person, wanted.reminders)?;
    if let Some(deadlines) = wanted.deadlines.filter(|_| caller.may_somewhere(Action::PrepareSession)) {
        tx.set_deadline_mail(person, deadlines)?;
    }
    let subjects = Subjects { for_person: Some(person), ..Subjects::default() };
    let action = "person.mail_set";
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(person.0), subjects })?;
    Ok(())
}
