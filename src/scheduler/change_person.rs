//! Changes what the directory says of somebody.

use serde_json::json;

use super::Caller;
use super::create_meeting::clip;
use super::manage_town::{department_of, name_of};
use crate::booking::{Fault, Refusal};
use crate::ids::PersonId;
use crate::store::{NewEntry, Subjects, Tx};
use crate::texts::{Lang, Said};
use crate::town::{Action, Person, PersonKind, email_of};

/// What is to be said of somebody from now on; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct ChangePerson {
    /// Address.
    pub email: Option<String>,
    /// The name shown.
    pub name: Option<String>,
    /// The language written to.
    pub lang: Option<Lang>,
    /// Department or party; empty for none.
    pub department: Option<String>,
    /// Whether their time is claimed, so that two meetings cannot be at once; for meetings booked from now on.
    pub hard: Option<bool>,
}

/// Changes somebody of the directory. What is the same already changes nothing and is not journalled.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such member of staff; [`Refusal::Invalid`] for each field that cannot be so,
/// among them an address that is somebody else's; [`Refusal::Forbidden`] for the address of an account to those who
/// do not look after accounts.
pub fn change_person(
    tx: &Tx<'_>,
    caller: &Caller,
    id: PersonId,
    change: &ChangePerson,
) -> Result<Person, Refusal> {
    caller.must(Action::ManageTown)?;
    let known = tx.person(id)?.filter(|person| person.kind == PersonKind::Staff);
    let was = known.ok_or_else(|| Refusal::unknown("person", id))?;
    let mut person = was.clone();
    let mut faults = Vec::new();
    let mut take = |outcome: Result<(), Refusal>| match outcome {
        Err(Refusal::Invalid(wrong)) => {
            faults.extend(wrong);
            Ok(())
        }
        other => other,
    };
    if let Some(text) = &change.email {
        take(address(tx, caller, &was, text).map(|email| person.email = email))?;
    }
    if let Some(text) = &change.name {
        take(name_of(text).map(|name| person.name = name))?;
    }
    if let Some(text) = &change.department {
        take(department_of(Some(text)).map(|department| person.department = department))?;
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    person.lang = change.lang.unwrap_or(person.lang);
    person.hard = change.hard.unwrap_or(person.hard);
    save_person(tx, caller, &was, &person)?;
    Ok(person)
}

/// Saves somebody, and journals which fields differ, not what is in them: the journal has no names.
pub(super) fn save_person(tx: &Tx<'_>, caller: &Caller, was: &Person, is: &Person) -> Result<(), Refusal> {
    let changed = fields_changed(was, is);
    if changed.is_empty() {
        return Ok(());
    }
    tx.update_person(is)?;
    let detail = Some(json!({ "fields": changed }));
    let subjects = Subjects { people: vec![is.id], detail, ..Subjects::default() };
    let subject = Some(is.id.0);
    tx.journal(&NewEntry { actor: caller.actor(), action: "person.changed", subject, subjects })?;
    Ok(())
}

/// The address that somebody is to have. Where a new password is sent is for those to change who look after accounts:
/// whoever could change it would get in as anybody.
fn address(tx: &Tx<'_>, caller: &Caller, was: &Person, text: &str) -> Result<String, Refusal> {
    let invalid = |said| Refusal::Invalid(vec![Fault::new("email", said)]);
    let email = email_of(text).ok_or_else(|| invalid(Said::new("request.email").with("text", clip(text))))?;
    if email == was.email {
        return Ok(email);
    }
    let opens = tx.account(was.id)?.is_some_and(|account| account.closed.is_none());
    // Roles may be granted before the account is opened: the invitation then goes to this address.
    if opens || !tx.grants(was.id)?.is_empty() {
        caller.must(Action::ManageAccounts)?;
    }
    match tx.person_by_email(&email)? {
        Some(_) => Err(invalid(Said::new("people.taken").with("email", email))),
        None => Ok(email),
    }
}

fn fields_changed(was: &Person, is: &Person) -> Vec<&'static str> {
    [
        ("email", was.email != is.email),
        ("name", was.name != is.name),
        ("lang", was.lang != is.lang),
        ("department", was.department != is.department),
        ("hard", was.hard != is.hard),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}
