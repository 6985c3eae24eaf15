//! What those who look after accounts do for others: a new link, ending sign-ins, letting a locked account in again,
//! taking a lost second factor away, and having somebody back who had left.

use chrono::TimeDelta;

use super::manage_account::{invite_person, note, staff};
use super::{Caller, LinkMail};
use crate::booking::Refusal;
use crate::ids::PersonId;
use crate::store::{Account, LinkKind, NewEntry, Subjects, Tx};
use crate::texts::Said;
use crate::town::Action;

/// How long a link for a new password is good that was made for somebody, and may have to be handed over.
const RESET_HOURS: i64 = 24;

/// Makes the link with which somebody gets in: an invitation until they have chosen a password, then a new one.
/// Links of the same kind made before end. Returns what it is for, and its secret.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such member of staff; [`Refusal::State`] if they have left.
pub fn send_link(tx: &Tx<'_>, caller: &Caller, person: PersonId) -> Result<(LinkMail, String), Refusal> {
    caller.must(Action::ManageAccounts)?;
    let account = tx.account(person)?.filter(|account| account.closed.is_none());
    if account.is_none_or(|account| account.password.is_none()) {
        return Ok((LinkMail::Welcome, invite_person(tx, caller, person)?));
    }
    staff(tx, person)?;
    let expires = tx.now() + TimeDelta::hours(RESET_HOURS);
    let secret = tx.insert_account_link(LinkKind::Reset, Some(person), expires)?;
    note(tx, Some(caller), "account.reset_sent", person, None)?;
    Ok((LinkMail::Reset, secret))
}

/// Ends every sign-in of somebody: a lost telephone, a computer left open. They can sign in again.
///
/// # Errors
/// [`Refusal::Unknown`] if they have no account.
pub fn end_sign_ins(tx: &Tx<'_>, caller: &Caller, person: PersonId) -> Result<(), Refusal> {
    account_of(tx, caller, person)?;
    tx.end_sign_ins(person, None)?;
    note(tx, Some(caller), "sign_in.all_ended", person, None)
}

/// Lets somebody try again whose account waits because of wrong passwords or codes.
///
/// # Errors
/// [`Refusal::Unknown`] if they have no account.
pub fn unlock_account(tx: &Tx<'_>, caller: &Caller, person: PersonId) -> Result<(), Refusal> {
    account_of(tx, caller, person)?;
    tx.count_failures(person, 0, None)?;
    note(tx, Some(caller), "account.unlocked", person, None)
}

/// Takes the second factor away from somebody who has lost it, with its recovery codes. Their sign-ins end: what was
/// begun with the lost device does not go on.
///
/// # Errors
/// [`Refusal::Unknown`] if they have no account; [`Refusal::State`] if it has no second factor.
pub fn reset_second_factor(tx: &Tx<'_>, caller: &Caller, person: PersonId) -> Result<(), Refusal> {
    if account_of(tx, caller, person)?.totp.is_none() {
        return Err(Refusal::State(Said::new("people.no_second_factor")));
    }
    tx.set_totp(person, None)?;
    tx.end_sign_ins(person, None)?;
    note(tx, Some(caller), "account.second_factor_reset", person, None)
}

/// Has somebody back who had left. Their account stays closed until they are invited again.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such member of staff.
pub fn come_back(tx: &Tx<'_>, caller: &Caller, person: PersonId) -> Result<(), Refusal> {
    caller.must(Action::ManageTown)?;
    staff(tx, person)?;
    if tx.left_at(person)?.is_none() {
        return Ok(());
    }
    tx.set_left(person, None)?;
    let subjects = Subjects { people: vec![person], ..Subjects::default() };
    let (actor, subject) = (caller.actor(), Some(person.0));
    tx.journal(&NewEntry { actor, action: "person.back", subject, subjects })?;
    Ok(())
}

/// The account of somebody, for those who look after accounts.
fn account_of(tx: &Tx<'_>, caller: &Caller, person: PersonId) -> Result<Account, Refusal> {
    caller.must(Action::ManageAccounts)?;
    let open = tx.account(person)?.filter(|account| account.closed.is_none());
    open.ok_or_else(|| Refusal::State(Said::new("people.no_account")))
}
