//! Accounts: the first set-up, invitations and resets by a link that is good once, passwords, the second
//! factor, roles, and what happens when somebody leaves.

use chrono::TimeDelta;
use serde_json::json;

use super::Caller;
use super::manage_town::{NewPerson, add_person};
use super::sign_in::{step_of, takes};
use crate::booking::Refusal;
use crate::ids::{PersonId, SignInId, base32};
use crate::store::{AccountLink, LinkKind, NewEntry, Subjects, Tx, View};
use crate::texts::{Lang, Said};
use crate::town::{Action, Grant, Person, PersonKind, Role, RoleScope};

/// How long the link of the first set-up is good.
const SET_UP_HOURS: i64 = 24;
/// How long an invitation is good.
const INVITATION_DAYS: i64 = 7;
/// How long the link for a new password is good.
const RESET_HOURS: i64 = 1;
/// Recovery codes that are printed with a second factor.
const RECOVERY_CODES: usize = 10;

/// The first account of a municipality.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// The address to sign in with.
    pub email: String,
    /// The name shown.
    pub name: String,
    /// The password as a PHC string.
    pub password: String,
    /// The language written to.
    pub lang: Lang,
}

/// A link for the first account, if nobody can look after the installation yet. Each start makes a fresh one;
/// the one before ends.
///
/// # Errors
/// Those of the store.
pub fn open_set_up(tx: &Tx<'_>) -> Result<Option<String>, Refusal> {
    if tx.has_admin()? {
        return Ok(None);
    }
    let expires = tx.now() + TimeDelta::hours(SET_UP_HOURS);
    Ok(Some(tx.insert_account_link(LinkKind::SetUp, None, expires)?))
}

/// What a link opens, and for whom; refused if it is unknown, used or too old, with the same words.
///
/// # Errors
/// [`Refusal::Unknown`].
pub fn link_purpose(view: &View<'_>, secret: &str) -> Result<(AccountLink, Option<Person>), Refusal> {
    let good = |link: &AccountLink| link.used.is_none() && link.expires > view.now();
    let link = view.account_link(secret)?.filter(good).ok_or_else(spent)?;
    let person = link.person.map(|id| view.person(id)).transpose()?.flatten();
    if link.kind == LinkKind::SetUp && view.has_admin()? {
        return Err(spent());
    }
    Ok((link, person))
}

fn spent() -> Refusal {
    Refusal::Unknown(Said::new("account.link_spent"))
}

/// Makes the first account, that of an administrator. Somebody already in the directory keeps their place.
///
/// # Errors
/// [`Refusal::Unknown`] if the link is not good, [`Refusal::Invalid`] for an address or name that is none.
pub fn set_up(tx: &Tx<'_>, secret: &str, wanted: &SetUp) -> Result<PersonId, Refusal> {
    let (link, _) = link_purpose(tx, secret)?;
    if link.kind != LinkKind::SetUp || !tx.use_account_link(secret)? {
        return Err(spent());
    }
    let person = if let Some(person) = tx.colleague_at(&wanted.email)? {
        person
    } else {
        let (email, name) = (wanted.email.clone(), wanted.name.clone());
        let new = NewPerson { email, name, lang: Some(wanted.lang), ..NewPerson::default() };
        add_person(tx, &Caller::system(), &new)?
    };
    tx.open_account(person.id)?;
    tx.set_password(person.id, &wanted.password)?;
    tx.insert_grant(person.id, &Grant::town(Role::Admin))?;
    note(tx, None, "account.set_up", person.id, None)?;
    Ok(person.id)
}

/// Invites somebody of the directory to sign in; returns the secret of the link.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such member of staff; [`Refusal::State`] if they have left the house.
pub fn invite_person(tx: &Tx<'_>, caller: &Caller, person: PersonId) -> Result<String, Refusal> {
    caller.must(Action::ManageAccounts)?;
    staff(tx, person)?;
    if tx.left_at(person)?.is_some() {
        return Err(Refusal::State(Said::new("people.has_left")));
    }
    tx.open_account(person)?;
    note(tx, Some(caller), "account.invited", person, None)?;
    let expires = tx.now() + TimeDelta::days(INVITATION_DAYS);
    Ok(tx.insert_account_link(LinkKind::Invitation, Some(person), expires)?)
}

/// Makes a link for a new password; none if nobody signs in with that address, which the asker is not told.
///
/// # Errors
/// Those of the store.
pub fn request_reset(tx: &Tx<'_>, email: &str) -> Result<Option<(Person, String)>, Refusal> {
    let Some(person) = tx.person_at(email)? else { return Ok(None) };
    if tx.account(person.id)?.is_none_or(|account| account.closed.is_some()) {
        return Ok(None);
    }
    let expires = tx.now() + TimeDelta::hours(RESET_HOURS);
    let secret = tx.insert_account_link(LinkKind::Reset, Some(person.id), expires)?;
    note(tx, None, "account.reset_asked", person.id, None)?;
    Ok(Some((person, secret)))
}

/// Sets the password of whom a link is for. It is used up, and every sign-in of theirs ends: whoever held the
/// old password is out.
///
/// # Errors
/// [`Refusal::Unknown`] if the link is not good.
pub fn accept_link(tx: &Tx<'_>, secret: &str, phc: &str) -> Result<PersonId, Refusal> {
    let (link, person) = link_purpose(tx, secret)?;
    let person = person.filter(|_| link.kind != LinkKind::SetUp).ok_or_else(spent)?;
    if tx.account(person.id)?.is_none_or(|account| account.closed.is_some())
        || !tx.use_account_link(secret)?
    {
        return Err(spent());
    }
    tx.set_password(person.id, phc)?;
    tx.end_sign_ins(person.id, None)?;
    note(tx, None, "account.password_set", person.id, None)?;
    Ok(person.id)
}

/// Changes one's own password, once the old one was found right; one's other sign-ins end.
///
/// # Errors
/// Those of the store.
pub fn set_password(tx: &Tx<'_>, caller: &Caller, phc: &str) -> Result<(), Refusal> {
    let person = own(caller)?;
    tx.set_password(person, phc)?;
    tx.end_sign_ins(person, Some(SignInId(caller.token)))?;
    note(tx, Some(caller), "account.password_set", person, None)
}

/// Turns the second factor on, once a code shows that the app has the secret. Returns the recovery codes, which
/// are shown this once.
///
/// # Errors
/// [`Refusal::Invalid`] of the field `code` if it is not right now.
pub fn confirm_totp(
    tx: &Tx<'_>,
    caller: &Caller,
    secret: [u8; 20],
    code: &str,
) -> Result<Vec<String>, Refusal> {
    let person = own(caller)?;
    let step = step_of(secret, code.trim(), tx.now())
        .ok_or_else(|| Refusal::invalid("code", Said::new("sign_in.wrong_code")))?;
    tx.set_totp(person, Some(secret))?;
    // The code that was just shown is not good a second time.
    tx.take_totp_step(person, step)?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = base32(&tx.ids().bytes::<10>());
        tx.insert_recovery_code(person, &code)?;
        codes.push(code);
    }
    note(tx, Some(caller), "account.second_factor_on", person, None)?;
    Ok(codes)
}

/// Turns the second factor off, with a last code of it.
///
/// # Errors
/// [`Refusal::Invalid`] of the field `code` if it is not right.
pub fn drop_totp(tx: &Tx<'_>, caller: &Caller, code: &str) -> Result<(), Refusal> {
    let person = own(caller)?;
    let account = tx.account(person)?.ok_or(Refusal::Unauthorised)?;
    if !takes(tx, &account, code)? {
        return Err(Refusal::invalid("code", Said::new("sign_in.wrong_code")));
    }
    tx.set_totp(person, None)?;
    note(tx, Some(caller), "account.second_factor_off", person, None)
}

/// Ends one of one's own sign-ins.
///
/// # Errors
/// [`Refusal::Unknown`] if it is nobody's, another's, or over.
pub fn revoke_sign_in(tx: &Tx<'_>, caller: &Caller, id: SignInId) -> Result<(), Refusal> {
    let person = own(caller)?;
    if !tx.end_sign_in(person, id)? {
        return Err(Refusal::unknown("sign_in", id));
    }
    note(tx, Some(caller), "sign_in.revoked", person, None)
}

/// Sets the language in which one is written to and shown pages.
///
/// # Errors
/// Those of the store.
pub fn set_language(tx: &Tx<'_>, caller: &Caller, lang: Lang) -> Result<(), Refusal> {
    let person = own(caller)?;
    tx.set_person_lang(person, lang)?;
    note(tx, Some(caller), "person.language_set", person, Some(json!({ "lang": lang.code() })))
}

/// Grants somebody a role in a part of the town.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such member of staff, building or body; [`Refusal::Invalid`] for a role
/// that people do not hold.
pub fn grant_role(tx: &Tx<'_>, caller: &Caller, person: PersonId, grant: &Grant) -> Result<(), Refusal> {
    caller.must(Action::ManageAccounts)?;
    staff(tx, person)?;
    if !Role::GRANTS.contains(&grant.role) || grant.role == Role::Admin && grant.scope != RoleScope::Town {
        return Err(Refusal::invalid("role", Said::new("account.role")));
    }
    match &grant.scope {
        RoleScope::Site(id) if tx.directory().site(*id).is_none() => {
            return Err(Refusal::unknown("site", id));
        }
        RoleScope::Body(id) if tx.directory().body(*id).is_none() => {
            return Err(Refusal::unknown("body", id));
        }
        _ => {}
    }
    tx.insert_grant(person, grant)?;
    let detail = json!({ "role": grant.role, "scope": scope_word(&grant.scope) });
    note(tx, Some(caller), "role.granted", person, Some(detail))
}

/// Takes a role back. The last administrator stays, or nobody could.
///
/// # Errors
/// [`Refusal::State`] for the last administrator, and if it was not granted.
pub fn take_role(tx: &Tx<'_>, caller: &Caller, person: PersonId, grant: &Grant) -> Result<(), Refusal> {
    caller.must(Action::ManageAccounts)?;
    if *grant == Grant::town(Role::Admin) && !tx.another_admin(person)? {
        return Err(Refusal::State(Said::new("account.last_admin")));
    }
    if !tx.delete_grant(person, grant)? {
        return Err(Refusal::State(Said::new("people.role_not_held")));
    }
    let detail = json!({ "role": grant.role, "scope": scope_word(&grant.scope) });
    note(tx, Some(caller), "role.taken", person, Some(detail))
}

/// Closes the account of somebody who leaves: sign-ins, roles, links and tokens end.
///
/// # Errors
/// [`Refusal::State`] for the last administrator; [`Refusal::Unknown`] if there is no such member of staff.
pub fn close_account(tx: &Tx<'_>, caller: &Caller, person: PersonId) -> Result<(), Refusal> {
    caller.must(Action::ManageAccounts)?;
    staff(tx, person)?;
    let admin = tx.grants(person)?.contains(&Grant::town(Role::Admin));
    if admin && !tx.another_admin(person)? {
        return Err(Refusal::State(Said::new("account.last_admin")));
    }
    tx.end_sign_ins(person, None)?;
    tx.close_account(person)?;
    for token in tx.tokens()?.iter().filter(|t| t.person == Some(person) && t.revoked.is_none()) {
        tx.revoke_token(token.id)?;
    }
    note(tx, Some(caller), "account.closed", person, None)
}

/// A department's name is no id: the journal says only that it is one.
fn scope_word(scope: &RoleScope) -> String {
    match scope {
        RoleScope::Department(_) => "department".to_owned(),
        other => other.to_string(),
    }
}

pub(super) fn staff(view: &View<'_>, person: PersonId) -> Result<Person, Refusal> {
    let known = view.person(person)?.filter(|person| person.kind == PersonKind::Staff);
    known.ok_or_else(|| Refusal::unknown("person", person))
}

fn own(caller: &Caller) -> Result<PersonId, Refusal> {
    caller.person.ok_or(Refusal::Unauthorised)
}

pub(super) fn note(
    tx: &Tx<'_>,
    caller: Option<&Caller>,
    action: &str,
    person: PersonId,
    detail: Option<serde_json::Value>,
) -> Result<(), Refusal> {
    // What is done with a link is done by whom it is for.
    let actor = caller.map_or(Some(person.0), Caller::actor);
    let subjects = Subjects { for_person: Some(person), detail, ..Subjects::default() };
    tx.journal(&NewEntry { actor, action, subject: Some(person.0), subjects })?;
    Ok(())
}
