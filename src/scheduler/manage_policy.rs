//! The rules of the house: adds, changes, orders and removes them. Whoever looks after one building does so for
//! rules about its rooms only. The journal has the id of a rule, not what it says.

use serde_json::json;

use super::create_meeting::clip;
use super::manage_town::note;
use super::{Caller, must_tend};
use crate::booking::{Fault, Refusal};
use crate::store::{Tx, View};
use crate::texts::Said;
use crate::town::{Action, Policy, Scope, Test};

/// The longest note.
const LONGEST_NOTE: usize = 200;

/// Adds a rule, or replaces the one with its id. Rules are asked in order of position.
///
/// # Errors
/// [`Refusal::Invalid`] for a rule without an id, for figures that no rule can have, or for a window that ends
/// before it begins.
pub fn put_policy(tx: &Tx<'_>, caller: &Caller, position: u32, policy: &Policy) -> Result<(), Refusal> {
    must_rule(tx, caller, &policy.scope)?;
    if let Some(before) = tx.directory().policies.iter().find(|other| other.id == policy.id) {
        must_rule(tx, caller, &before.scope)?;
    }
    let faults = faults_of(policy);
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    if let Some(slug) = &policy.scope.room
        && tx.directory().room_named(slug).is_none()
    {
        return Err(Refusal::unknown("room", clip(slug)));
    }
    tx.put_policy(position, policy)?;
    note(tx, caller, "policy.put", None, Some(json!({ "rule": policy.id })))
}

/// Adds a rule after all others.
///
/// # Errors
/// Those of [`put_policy`]; [`Refusal::Invalid`] if there is a rule with this id.
pub fn add_policy(tx: &Tx<'_>, caller: &Caller, policy: &Policy) -> Result<(), Refusal> {
    let policies = &tx.directory().policies;
    if policies.iter().any(|other| other.id == policy.id) {
        return Err(Refusal::invalid("id", Said::new("town.exists").with("name", clip(&policy.id))));
    }
    place_all(tx, policies.iter().map(|other| other.id.as_str()))?;
    put_policy(tx, caller, position(policies.len()), policy)
}

/// Changes a rule, which keeps its place.
///
/// # Errors
/// Those of [`put_policy`]; [`Refusal::Unknown`] if there is no rule with this id.
pub fn change_policy(tx: &Tx<'_>, caller: &Caller, policy: &Policy) -> Result<(), Refusal> {
    let policies = &tx.directory().policies;
    let place = policies.iter().position(|other| other.id == policy.id);
    let place = place.ok_or_else(|| Refusal::unknown("policy", clip(&policy.id)))?;
    place_all(tx, policies.iter().map(|other| other.id.as_str()))?;
    put_policy(tx, caller, position(place), policy)
}

/// Removes a rule.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no rule with this id.
pub fn drop_policy(tx: &Tx<'_>, caller: &Caller, id: &str) -> Result<(), Refusal> {
    caller.must_somewhere(Action::ManageTown)?;
    let policy = tx.directory().policies.iter().find(|policy| policy.id == id);
    let policy = policy.ok_or_else(|| Refusal::unknown("policy", clip(id)))?;
    must_rule(tx, caller, &policy.scope)?;
    tx.drop_policy(id)?;
    note(tx, caller, "policy.dropped", None, Some(json!({ "rule": id })))
}

/// Moves a rule one place up or down: what is said first when several object.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no rule with this id.
pub fn move_policy(tx: &Tx<'_>, caller: &Caller, id: &str, up: bool) -> Result<(), Refusal> {
    caller.must(Action::ManageTown)?;
    let mut ids: Vec<&str> = tx.directory().policies.iter().map(|policy| policy.id.as_str()).collect();
    let place = ids.iter().position(|other| *other == id);
    let place = place.ok_or_else(|| Refusal::unknown("policy", clip(id)))?;
    let other = if up { place.checked_sub(1) } else { Some(place + 1).filter(|next| *next < ids.len()) };
    let Some(other) = other else { return Ok(()) };
    ids.swap(place, other);
    place_all(tx, ids.into_iter())?;
    note(tx, caller, "policy.moved", None, Some(json!({ "rule": id })))
}

fn position(place: usize) -> u32 {
    u32::try_from((place + 1) * 10).unwrap_or(u32::MAX)
}

fn place_all<'a>(tx: &Tx<'_>, ids: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    for (place, id) in ids.enumerate() {
        tx.place_policy(id, position(place))?;
    }
    Ok(())
}

/// Refuses a rule to those who do not look after all rooms about which it is.
pub(super) fn must_rule(view: &View<'_>, caller: &Caller, scope: &Scope) -> Result<(), Refusal> {
    let directory = view.directory();
    let inside = |room: &&crate::town::Room| match (&scope.room, &scope.group) {
        (Some(slug), _) => room.slug == *slug,
        (None, group) => group.is_some() && room.group == *group,
    };
    let sites: Vec<_> = directory.rooms.iter().filter(inside).map(|room| room.site).collect();
    if sites.is_empty() { caller.must(Action::ManageTown) } else { must_tend(caller, &sites) }
}

fn faults_of(policy: &Policy) -> Vec<Fault> {
    let mut faults = Vec::new();
    let id_fits = !policy.id.is_empty() && policy.id.len() <= 80;
    if !id_fits || policy.id.chars().any(|c| c.is_control() || c.is_whitespace()) {
        faults.push(Fault::new("id", Said::new("town.rule_id")));
    }
    let window = &policy.window;
    let backwards = window.from.zip(window.to).is_some_and(|(from, to)| to < from);
    if backwards || window.weekdays.iter().any(|day| !(1..=7).contains(day)) {
        faults.push(Fault::new("window", Said::new("town.rule_window")));
    }
    let note = policy.note.as_deref().unwrap_or("");
    faults.extend(super::create_meeting::text_fault("note", note, LONGEST_NOTE, false));
    faults.extend(test_fault(&policy.test));
    faults
}

/// What no rule can ask.
fn test_fault(test: &Test) -> Option<Fault> {
    let (amount, least, most) = match *test {
        Test::MinLead { minutes } | Test::MinLength { minutes } | Test::MaxLength { minutes } => {
            (minutes, 1, 366 * 24 * 60)
        }
        Test::MaxLead { days } => (days, 0, 3_660),
        Test::Step { minutes } => (i64::from(minutes), 1, 60),
        Test::Quota { meetings } => (i64::from(meetings), 1, 1_000),
        Test::MinOccupancy { percent } => (i64::from(percent), 1, 100),
        Test::OpeningHours { from, to } => {
            let backwards = to <= from && to != chrono::NaiveTime::MIN;
            return backwards.then(|| Fault::new("to", Said::new("town.rule_hours")));
        }
        Test::Never | Test::Always => return None,
    };
    let said = || Said::new("town.rule_amount").with("least", least).with("most", most);
    (!(least..=most).contains(&amount)).then(|| Fault::new("amount", said()))
}
