//! Who plays which part in the demo: the people behind its tokens.

use crate::store::{StoreError, View};
use crate::town::Person;

/// The people behind the demo's tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    /// Somebody with a full agenda.
    pub staff: Person,
    /// Of the secretariat.
    pub clerk: Person,
    /// Looks after the buildings.
    pub manager: Person,
    /// Looks after the machines.
    pub admin: Person,
}

/// Everybody in the directory.
pub(super) fn everybody(view: &View<'_>) -> Result<Vec<Person>, StoreError> {
    let mut people: Vec<Person> = Vec::new();
    loop {
        let after = people.last().map_or_else(String::new, |person| person.email.clone());
        let page = view.staff(&after, 500)?;
        if page.is_empty() {
            return Ok(people);
        }
        people.extend(page);
    }
}

/// Finds them again: the first by address of their department. None if this is not the demo municipality.
pub fn cast(view: &View<'_>) -> Result<Option<Cast>, StoreError> {
    let people = everybody(view)?;
    let of = |department: &str| {
        people.iter().find(|person| person.department.as_deref() == Some(department)).cloned()
    };
    let found = (of("Omgeving"), of("Secretariaat"), of("Gebouwen"), of("Informatica"));
    let (Some(staff), Some(clerk), Some(manager), Some(admin)) = found else { return Ok(None) };
    Ok(Some(Cast { staff, clerk, manager, admin }))
}
