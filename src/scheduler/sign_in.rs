//! Signs people in and out. A wrong password or code is counted; from the fifth in a row on the account waits,
//! each time twice as long. The secret of a cookie is ours, fresh at each step, and kept as a hash only.

use chrono::{DateTime, TimeDelta, Utc};
use totp_rs::{Builder, Secret};

use super::Caller;
use crate::booking::Refusal;
use crate::ids::{PersonId, SignInId, base32};
use crate::store::{Account, NewEntry, SignIn, StoreError, Subjects, Tx, View};
use crate::texts::Said;
use crate::town::{Action, Grant, Person, PersonKind, Role};

/// Wrong passwords or codes in a row that are let pass.
const PATIENCE: u32 = 5;
/// The first wait; it doubles with each further failure.
const FIRST_WAIT_S: i64 = 30;
/// The longest wait.
const LONGEST_WAIT_S: i64 = 900;
/// How long the page that asks for the second factor waits.
const PENDING: TimeDelta = TimeDelta::minutes(5);

/// What is known of somebody who tries to sign in; nothing, if there is no such account.
#[derive(Clone, Debug, Default)]
pub struct SignInAttempt {
    /// Whose account it is.
    pub person: Option<PersonId>,
    /// What the password is compared with.
    pub password: Option<String>,
}

/// How a sign-in goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The secret for the cookie.
    pub secret: String,
    /// The second factor is asked for next.
    pub pending: bool,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// With which rights they act.
    pub caller: Caller,
    /// Who they are.
    pub person: Person,
    /// By which sign-in.
    pub sign_in: SignIn,
}

/// Looks up who wants to sign in.
///
/// # Errors
/// Those of the store; an unknown address is none.
pub fn read_attempt(view: &View<'_>, email: &str) -> Result<SignInAttempt, Refusal> {
    let Some(person) = view.person_at(email)? else { return Ok(SignInAttempt::default()) };
    let account = view.account(person.id)?.filter(|account| account.closed.is_none());
    let Some(account) = account else { return Ok(SignInAttempt::default()) };
    Ok(SignInAttempt { person: Some(person.id), password: account.password })
}

/// Takes the outcome of comparing a password. Right: a sign-in begins, or waits for the second factor. Wrong: it
/// is counted, and the answer is kept for after the commit, so that it is counted on disk.
///
/// # Errors
/// [`Refusal::State`] while the account waits, whether the password was right or not. The inner refusal is a
/// wrong password, the same for an account that does not exist.
pub fn finish_password(
    tx: &Tx<'_>,
    attempt: &SignInAttempt,
    right: bool,
    agent: Option<&str>,
) -> Result<Result<Step, Refusal>, Refusal> {
    let wrong = || Refusal::State(Said::new("sign_in.wrong"));
    let Some(person) = attempt.person else { return Ok(Err(wrong())) };
    let Some(account) = tx.account(person)?.filter(|account| account.closed.is_none()) else {
        return Ok(Err(wrong()));
    };
    refuse_while_waiting(&account, tx.now())?;
    // Compared with what has been replaced in the meantime.
    if !right || account.password != attempt.password {
        count(tx, &account)?;
        return Ok(Err(wrong()));
    }
    let pending = account.totp.is_some();
    if !pending {
        tx.count_failures(person, 0, None)?;
        note(tx, "sign_in.begun", person)?;
    }
    let (_, secret) = tx.begin_sign_in(person, pending, agent)?;
    Ok(Ok(Step { secret, pending }))
}

/// Takes a code of the second factor, or a recovery code, for a sign-in that waits for it. A right one ends that
/// sign-in and begins another, so that a cookie seen before opens nothing.
///
/// # Errors
/// [`Refusal::Unauthorised`] if nothing waits for a code; [`Refusal::State`] while the account waits. The inner
/// refusal is a wrong code; one that was used before is wrong (RFC 6238 5.2).
pub fn finish_code(
    tx: &Tx<'_>,
    secret: &str,
    code: &str,
    agent: Option<&str>,
) -> Result<Result<Step, Refusal>, Refusal> {
    let waits = |s: &SignIn| s.pending && s.ended.is_none() && tx.now() - s.created < PENDING;
    let sign_in = tx.sign_in_by_secret(secret)?.filter(waits).ok_or(Refusal::Unauthorised)?;
    let account = tx.account(sign_in.person)?.filter(|account| account.closed.is_none());
    let account = account.ok_or(Refusal::Unauthorised)?;
    refuse_while_waiting(&account, tx.now())?;
    if !takes(tx, &account, code)? {
        count(tx, &account)?;
        return Ok(Err(Refusal::State(Said::new("sign_in.wrong_code"))));
    }
    tx.end_sign_in(account.person, sign_in.id)?;
    tx.count_failures(account.person, 0, None)?;
    note(tx, "sign_in.begun", account.person)?;
    let (_, secret) = tx.begin_sign_in(account.person, false, agent)?;
    Ok(Ok(Step { secret, pending: false }))
}

/// Whether a code, or a recovery code, is good now; it is used up.
pub(super) fn takes(tx: &Tx<'_>, account: &Account, code: &str) -> Result<bool, Refusal> {
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let Some(secret) = account.totp else { return Ok(false) };
    if let Some(step) = step_of(secret, &code, tx.now()) {
        return Ok(tx.take_totp_step(account.person, step)?);
    }
    Ok(tx.take_recovery_code(account.person, &code.to_lowercase())?)
}

/// The step of RFC 6238 at which `code` is right: now, or 30 seconds before or after.
pub(super) fn step_of(secret: [u8; 20], code: &str, now: DateTime<Utc>) -> Option<u64> {
    let totp = Builder::new().with_secret(Secret::new_stack(secret)).build().ok()?;
    totp.check(code, u64::try_from(now.timestamp()).ok()?)
}

/// The address that authenticator apps read from a QR code.
#[must_use]
pub fn totp_uri(town: &str, email: &str, secret: [u8; 20]) -> String {
    let plain = |text: &str| -> String {
        text.bytes()
            .map(|b| match b {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'@' => {
                    char::from(b).to_string()
                }
                _ => format!("%{b:02X}"),
            })
            .collect()
    };
    let issuer = plain(&format!("Belfort {town}").replace(':', " "));
    let secret = base32(&secret).to_uppercase();
    format!("otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}", plain(email))
}

fn refuse_while_waiting(account: &Account, now: DateTime<Utc>) -> Result<(), Refusal> {
    match account.locked_until {
        Some(until) if until > now => {
            let minutes = ((until - now).num_seconds() + 59) / 60;
            Err(Refusal::State(Said::new("sign_in.locked").with("minutes", minutes)))
        }
        _ => Ok(()),
    }
}

fn count(tx: &Tx<'_>, account: &Account) -> Result<(), Refusal> {
    let failures = account.failures.saturating_add(1);
    let doublings = failures.checked_sub(PATIENCE).map(|over| over.min(20));
    let wait = doublings.map(|over| (FIRST_WAIT_S << over).min(LONGEST_WAIT_S));
    let until = wait.map(|seconds| tx.now() + TimeDelta::seconds(seconds));
    tx.count_failures(account.person, failures, until)?;
    if until.is_some() {
        note(tx, "sign_in.locked", account.person)?;
    }
    Ok(())
}

/// Who is signed in with this secret; nobody, if it was ended, waits for a code, or has been idle for too long.
/// `seen` is when it was last used, if that is not written down yet.
///
/// # Errors
/// Those of the store.
pub fn signed_in(
    view: &View<'_>,
    secret: &str,
    seen: impl Fn(SignInId) -> Option<DateTime<Utc>>,
) -> Result<Option<SignedIn>, StoreError> {
    let Some(sign_in) = view.sign_in_by_secret(secret)?.filter(|s| s.ended.is_none() && !s.pending) else {
        return Ok(None);
    };
    let Some(person) = view.person(sign_in.person)?.filter(|p| p.kind == PersonKind::Staff) else {
        return Ok(None);
    };
    if view.account(person.id)?.is_none_or(|account| account.closed.is_some()) {
        return Ok(None);
    }
    let caller = Caller { token: sign_in.id.0, ..caller_of(view, &person)? };
    let (idle, absolute) = patience(&caller.grants);
    let last = seen(sign_in.id).map_or(sign_in.last_seen, |seen| seen.max(sign_in.last_seen));
    if view.now() - last > idle || view.now() - sign_in.created > absolute {
        return Ok(None);
    }
    Ok(Some(SignedIn { caller, person, sign_in }))
}

/// Somebody with the rights that they have when they are signed in.
pub(super) fn caller_of(view: &View<'_>, person: &Person) -> Result<Caller, StoreError> {
    let mut grants = view.grants(person.id)?;
    grants.push(Grant::town(Role::Staff));
    let role = main_role(&grants);
    Ok(Caller { role, person: Some(person.id), grants, lang: person.lang, ..Caller::system() })
}

/// Somebody who is not here, with every right that they have: those granted to them, and those of their tokens that work.
/// None for somebody who has left the house, or whose account was closed.
pub(super) fn in_full(view: &View<'_>, person: PersonId) -> Result<Option<Caller>, StoreError> {
    let Some(person) = view.person(person)? else { return Ok(None) };
    let closed = view.account(person.id)?.is_some_and(|account| account.closed.is_some());
    if closed || view.left_at(person.id)?.is_some() {
        return Ok(None);
    }
    let mut caller = caller_of(view, &person)?;
    caller.grants.extend(view.token_roles(person.id)?.into_iter().map(Grant::town));
    Ok(Some(caller))
}

/// One's sign-ins that are still good, newest first.
///
/// # Errors
/// [`Refusal::Unauthorised`] for a caller who is nobody.
pub fn open_sign_ins(view: &View<'_>, caller: &Caller) -> Result<Vec<SignIn>, Refusal> {
    let person = caller.person.ok_or(Refusal::Unauthorised)?;
    let (idle, absolute) = patience(&caller.grants);
    let mut found = view.sign_ins(person)?;
    found.retain(|s| !s.pending && view.now() - s.created <= absolute && view.now() - s.last_seen <= idle);
    Ok(found)
}

/// The role under which somebody acts when several are granted for the whole town: the one that may most.
fn main_role(grants: &[Grant]) -> Role {
    let whole = grants.iter().filter(|grant| **grant == Grant::town(grant.role)).map(|grant| grant.role);
    whole.max_by_key(|role| Role::GRANTS.iter().position(|known| known == role)).unwrap_or(Role::Staff)
}

/// How long somebody may be idle, and signed in at all: those who can do harm, shorter.
fn patience(grants: &[Grant]) -> (TimeDelta, TimeDelta) {
    let careful = grants.iter().any(|grant| crate::town::may(grant.role, Action::ActForOthers));
    if careful {
        (TimeDelta::hours(1), TimeDelta::hours(12))
    } else {
        (TimeDelta::hours(8), TimeDelta::days(7))
    }
}

/// Signs somebody out of the browser they are in.
///
/// # Errors
/// Those of the store.
pub fn end_sign_in(tx: &Tx<'_>, person: PersonId, id: SignInId) -> Result<(), Refusal> {
    if tx.end_sign_in(person, id)? {
        note(tx, "sign_in.ended", person)?;
    }
    Ok(())
}

fn note(tx: &Tx<'_>, action: &str, person: PersonId) -> Result<(), StoreError> {
    let subjects = Subjects { for_person: Some(person), ..Subjects::default() };
    tx.journal(&NewEntry { actor: Some(person.0), action, subject: Some(person.0), subjects })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_rfc_6238() {
        // Appendix B, SHA-1, the last six digits of its eight.
        let secret = *b"12345678901234567890";
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = DateTime::from_timestamp(at, 0).unwrap();
            assert_eq!(step_of(secret, code, now), Some(u64::try_from(at / 30).unwrap()));
            assert!(step_of(secret, code, now + TimeDelta::seconds(90)).is_none(), "a code grows old");
        }
        for wrong in ["", "28708", "2870822", "abcdef", "287083"] {
            let now = DateTime::from_timestamp(59, 0).unwrap();
            assert_eq!(step_of(secret, wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn the_address_for_authenticator_apps() {
        let uri = totp_uri("Sint-Niklaas: stad", "an@stad.example", *b"12345678901234567890");
        assert_eq!(
            uri,
            "otpauth://totp/Belfort%20Sint-Niklaas%20%20stad:an@stad.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Belfort%20Sint-Niklaas%20%20stad"
        );
    }
}
