//! Changes a building, and takes equipment out of use or back in.

use super::create_meeting::{clip, text_fault};
use super::manage_town::note;
use super::{Caller, must_tend};
use crate::booking::{Fault, Refusal};
use crate::store::Tx;
use crate::texts::Said;
use crate::town::{ResourceId, Site};

/// The longest walk, in minutes: further away is another town.
const MAX_WALK_MIN: u32 = 240;

/// What can be said of a building.
#[derive(Clone, Debug, Default)]
pub struct SiteFields {
    /// The name on the front.
    pub name: String,
    /// The postal address.
    pub address: String,
    /// Minutes on foot from the town hall.
    pub walk_min: u32,
}

impl SiteFields {
    /// Refuses what cannot be said of a building.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let mut faults = Vec::new();
        faults.extend(text_fault("name", self.name.trim(), 200, true));
        faults.extend(text_fault("address", self.address.trim(), 300, false));
        if self.walk_min > MAX_WALK_MIN {
            faults.push(Fault::new("walk_min", Said::new("town.walk").with("max", MAX_WALK_MIN)));
        }
        if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults)) }
    }
}

/// Changes a building; its address on the web stays.
///
/// # Errors
/// [`Refusal::Unknown`] for a building that is not there, [`Refusal::Invalid`] for wrong fields.
pub fn change_site(tx: &Tx<'_>, caller: &Caller, slug: &str, fields: &SiteFields) -> Result<Site, Refusal> {
    let site = tx.directory().site_named(slug).ok_or_else(|| Refusal::unknown("site", clip(slug)))?;
    must_tend(caller, &[site.id])?;
    fields.check()?;
    let changed = Site {
        name: fields.name.trim().to_owned(),
        address: fields.address.trim().to_owned(),
        walk_min: fields.walk_min,
        ..site.clone()
    };
    if changed != *site {
        tx.update_site(&changed)?;
        note(tx, caller, "site.changed", Some(changed.id.0), None)?;
    }
    Ok(changed)
}

/// Takes a piece of equipment out of use, or back in. Meetings that have it keep it.
///
/// # Errors
/// [`Refusal::Unknown`] for equipment that is not there.
pub fn use_unit(tx: &Tx<'_>, caller: &Caller, unit: ResourceId, active: bool) -> Result<(), Refusal> {
    let found = tx.directory().units.iter().find(|other| other.resource == unit);
    let found = found.ok_or_else(|| Refusal::unknown("equipment", unit.0))?;
    must_tend(caller, &[found.site])?;
    if found.active == active {
        return Ok(());
    }
    tx.set_unit_active(unit, active)?;
    let action = if active { "unit.in_use" } else { "unit.out_of_use" };
    note(tx, caller, action, None, Some(serde_json::json!({ "resource": unit.0 })))
}
