//! What can be ordered: adds a service, changes one, takes it out of use.

use serde_json::json;

use super::Caller;
use super::create_meeting::{clip, text_fault};
use super::manage_town::{exists, note};
use crate::booking::{Fault, Refusal};
use crate::store::Tx;
use crate::texts::Said;
use crate::town::{Action, Service, slug_of};

/// The longest lead time: a year.
const MAX_LEAD_HOURS: u32 = 8_760;

/// Adds a service; its name in addresses is made of its name.
///
/// # Errors
/// [`Refusal::Invalid`] for wrong fields, [`Refusal::State`] if there is one with this name.
pub fn add_service(tx: &Tx<'_>, caller: &Caller, new: &Service) -> Result<Service, Refusal> {
    caller.must(Action::ManageTown)?;
    let service = Service { slug: slug_of(&new.name), ..sound(new)? };
    if service.slug.is_empty() {
        return Err(Refusal::invalid("name", Said::new("town.slug").with("slug", clip(&new.name))));
    }
    if tx.directory().services.iter().any(|other| other.slug == service.slug) {
        return Err(exists(&service.slug));
    }
    tx.put_service(&service)?;
    note(tx, caller, "service.added", None, Some(json!({ "service": service.slug })))?;
    Ok(service)
}

/// Changes a service. What is ordered stays ordered, also of one that is taken out of use.
///
/// # Errors
/// [`Refusal::Unknown`] if there is none with this name; [`Refusal::Invalid`] for wrong fields.
pub fn change_service(tx: &Tx<'_>, caller: &Caller, changed: &Service) -> Result<(), Refusal> {
    caller.must(Action::ManageTown)?;
    let known = tx.directory().service_named(&changed.slug);
    let known = known.ok_or_else(|| Refusal::unknown("service", clip(&changed.slug)))?;
    let service = sound(changed)?;
    if service == *known {
        return Ok(());
    }
    tx.put_service(&service)?;
    note(tx, caller, "service.changed", None, Some(json!({ "service": service.slug })))
}

fn sound(service: &Service) -> Result<Service, Refusal> {
    let mut faults = Vec::new();
    faults.extend(text_fault("name", service.name.trim(), 120, true));
    faults.extend(text_fault("contact", service.contact.trim(), 200, false));
    if service.lead_hours > MAX_LEAD_HOURS {
        faults.push(Fault::new("lead_hours", Said::new("services.lead_max").with("max", MAX_LEAD_HOURS)));
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    let (name, contact) = (service.name.trim().to_owned(), service.contact.trim().to_owned());
    Ok(Service { name, contact, ..service.clone() })
}
