//! Reads the people of the directory: who they are, how they sign in, what they may do.

use chrono::{DateTime, Utc};

use super::Caller;
use crate::booking::Refusal;
use crate::ids::{BodyId, PersonId};
use crate::store::{Account, PeopleAsked, PersonRow, View};
use crate::town::{Action, Grant, Person, PersonKind};

/// How many people a page of the list has.
pub const PEOPLE_PER_PAGE: u32 = 50;

/// A page of the list of people.
#[derive(Clone, Debug)]
pub struct PeoplePage {
    /// Those on this page, in order of name.
    pub rows: Vec<PersonRow>,
    /// How many there are on all pages.
    pub count: u32,
    /// The departments that one can choose from.
    pub departments: Vec<String>,
}

/// Somebody of the directory with all that is managed of them.
#[derive(Clone, Debug)]
pub struct PersonSheet {
    /// Who.
    pub person: Person,
    /// When they left the house.
    pub left: Option<DateTime<Utc>>,
    /// Their account; nothing for whoever may not look after accounts.
    pub account: Option<Account>,
    /// What they were granted beyond what all staff may.
    pub grants: Vec<Grant>,
    /// Browsers they are signed in with.
    pub sign_ins: usize,
    /// When they last signed in.
    pub last_sign_in: Option<DateTime<Utc>>,
    /// Tokens and feeds of theirs that work.
    pub tokens: usize,
    /// Bodies in which they sit.
    pub bodies: Vec<BodyId>,
}

/// People of the directory as asked for, a page of them.
///
/// # Errors
/// [`Refusal::Forbidden`] for whoever does not look after the town.
pub fn list_people(
    view: &View<'_>,
    caller: &Caller,
    asked: &PeopleAsked,
    page: u32,
) -> Result<PeoplePage, Refusal> {
    caller.must(Action::ManageTown)?;
    let skip = page.saturating_sub(1).saturating_mul(PEOPLE_PER_PAGE);
    let (rows, count) = view.people(asked, skip, PEOPLE_PER_PAGE)?;
    Ok(PeoplePage { rows, count, departments: view.departments()? })
}

/// Somebody of the directory. How they sign in is told to those who look after accounts.
///
/// # Errors
/// [`Refusal::Forbidden`]; [`Refusal::Unknown`] if there is no such member of staff.
pub fn person_sheet(view: &View<'_>, caller: &Caller, id: PersonId) -> Result<PersonSheet, Refusal> {
    caller.must(Action::ManageTown)?;
    let person = view.person(id)?.filter(|person| person.kind == PersonKind::Staff);
    let person = person.ok_or_else(|| Refusal::unknown("person", id))?;
    let accounts = caller.must(Action::ManageAccounts).is_ok();
    let now = view.now();
    let bodies = view.directory().bodies.iter().filter(|body| body.members.contains(&id));
    let tokens = if accounts { view.tokens()? } else { Vec::new() };
    Ok(PersonSheet {
        left: view.left_at(id)?,
        account: if accounts { view.account(id)? } else { None },
        grants: view.grants(id)?,
        sign_ins: if accounts { view.sign_ins(id)?.iter().filter(|s| !s.pending).count() } else { 0 },
        last_sign_in: if accounts { view.last_done(id.0, "sign_in.begun")? } else { None },
        tokens: tokens.iter().filter(|token| token.person == Some(id) && token.works(now)).count(),
        bodies: bodies.map(|body| body.id).collect(),
        person,
    })
}
