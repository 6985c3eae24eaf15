//! Changes what changes rarely: places, rooms, people, bodies, rules, house settings. For those who look after
//! the town; each change is journalled by id.

use serde_json::{Value, json};
use uuid::Uuid;

use super::change_room::RoomFields;
use super::change_site::SiteFields;
use super::create_meeting::clip;
use super::{Caller, must_tend};
use crate::booking::Refusal;
use crate::council::holidays;
use crate::ids::{BodyId, PersonId, RoomId, SiteId};
use crate::store::{NewEntry, Subjects, Tx};
use crate::texts::{Lang, Said};
use crate::time::Zone;
use crate::town::{
    Action, Body, BodyKind, Kit, LegalBody, Person, PersonKind, ResourceId, Room, Site, email_of, slug_of,
};

/// A building to be added.
#[derive(Clone, Debug, Default)]
pub struct NewSite {
    /// Name in addresses; made of the name if empty.
    pub slug: String,
    /// What is said of it.
    pub fields: SiteFields,
}

/// A room to be added.
#[derive(Clone, Debug, Default)]
pub struct NewRoom {
    /// Name in addresses; made of the name if empty.
    pub slug: String,
    /// Slugs of the rooms it is made of: it is then claimed with them, and they with it.
    pub made_of: Vec<String>,
    /// What is said of it.
    pub fields: RoomFields,
}

/// Somebody to be added to the directory.
#[derive(Clone, Debug, Default)]
pub struct NewPerson {
    /// Address.
    pub email: String,
    /// The name shown.
    pub name: String,
    /// The language written to; the town's own if absent.
    pub lang: Option<Lang>,
    /// Department or party.
    pub department: Option<String>,
    /// Councillors, technicians, interpreters: sessions claim their time.
    pub hard: bool,
}

/// A body to be added.
#[derive(Clone, Debug)]
pub struct NewBody {
    /// Name in addresses; made of the name if empty.
    pub slug: String,
    /// The full name.
    pub name: String,
    /// Its kind of sitting.
    pub kind: BodyKind,
    /// Slug of the legal body it belongs to.
    pub legal_body: String,
    /// Addresses of its members.
    pub members: Vec<String>,
}

/// Sets a house setting, such as `grace_min`. The journal keeps which, not what: a town's name is a name.
///
/// # Errors
/// [`Refusal::Invalid`] for a setting that does not exist or a value that it cannot have.
pub fn set_house(tx: &Tx<'_>, caller: &Caller, key: &str, value: &str) -> Result<(), Refusal> {
    caller.must(Action::ManageTown)?;
    let fits = match key {
        "town" => !value.trim().is_empty() && value.chars().count() <= 200,
        "zone" => value.parse::<Zone>().is_ok(),
        "holidays" => {
            value.split(',').filter(|id| !id.is_empty()).all(|id| holidays().iter().any(|day| day.id == id))
        }
        "languages" => value.split(',').all(|code| Lang::from_code(code).is_some()),
        "undecided_percent" => value.parse::<u32>().is_ok_and(|percent| percent <= 100),
        "check_in_before_min" | "grace_min" | "undo_min" | "hold_min" | "guest_retention_days" => {
            value.parse::<u32>().is_ok_and(|number| number <= 100_000)
        }
        _ => return Err(Refusal::invalid(&clip(key), Said::new("town.no_such_setting"))),
    };
    if !fits {
        let said = Said::new("town.bad_setting").with("value", clip(value));
        return Err(Refusal::invalid(key, said));
    }
    tx.set_house(&format!("house.{key}"), value.trim())?;
    note(tx, caller, "house.set", None, Some(json!({ "setting": key })))
}

/// Adds a legal body: town, OCMW, police zone.
///
/// # Errors
/// [`Refusal::State`] if there is one with this slug.
pub fn add_legal_body(tx: &Tx<'_>, caller: &Caller, name: &str, slug: &str) -> Result<LegalBody, Refusal> {
    caller.must(Action::ManageTown)?;
    let body = LegalBody { slug: slug_or(slug, name)?, name: name_of(name)? };
    if tx.directory().legal_bodies.iter().any(|other| other.slug == body.slug) {
        return Err(exists(&body.slug));
    }
    tx.insert_legal_body(&body)?;
    note(tx, caller, "legal_body.added", None, Some(json!({ "slug": body.slug })))?;
    Ok(body)
}

/// Adds a building.
///
/// # Errors
/// [`Refusal::State`] if there is one with this slug.
pub fn add_site(tx: &Tx<'_>, caller: &Caller, new: &NewSite) -> Result<Site, Refusal> {
    caller.must(Action::ManageTown)?;
    new.fields.check()?;
    let site = Site {
        id: SiteId(tx.fresh()),
        slug: slug_or(&new.slug, &new.fields.name)?,
        name: name_of(&new.fields.name)?,
        address: new.fields.address.trim().to_owned(),
        walk_min: new.fields.walk_min,
    };
    if tx.directory().site_named(&site.slug).is_some() {
        return Err(exists(&site.slug));
    }
    tx.insert_site(&site)?;
    note(tx, caller, "site.added", Some(site.id.0), None)?;
    Ok(site)
}

/// Adds a room: with a cell of its own, or made of other rooms.
///
/// # Errors
/// [`Refusal::Invalid`] for wrong fields, [`Refusal::Unknown`] for a building or part that is not there,
/// [`Refusal::State`] if there is a room with this slug.
pub fn add_room(tx: &Tx<'_>, caller: &Caller, new: &NewRoom) -> Result<Room, Refusal> {
    let fields = &new.fields;
    let site = fields.check(tx, caller)?;
    let slug = slug_or(&new.slug, &fields.name)?;
    if tx.directory().room_named(&slug).is_some() {
        return Err(exists(&slug));
    }
    let mut room = Room {
        id: RoomId(tx.fresh()),
        slug,
        name: String::new(),
        site,
        floor: String::new(),
        capacity: 0,
        kit: Kit::default(),
        cells: cells(tx, site, &new.made_of)?,
        setup_min: 0,
        cleanup_min: 0,
        group: None,
        check_in: false,
        active: true,
    };
    fields.fill(&mut room, site);
    tx.insert_room(&room)?;
    let subjects = Subjects { rooms: vec![room.id], ..Subjects::default() };
    let subject = Some(room.id.0);
    tx.journal(&NewEntry { actor: caller.actor(), action: "room.added", subject, subjects })?;
    Ok(room)
}

/// The cells of the rooms it is made of, all in the same building; a cell of its own if there are none.
fn cells(tx: &Tx<'_>, site: SiteId, made_of: &[String]) -> Result<Vec<ResourceId>, Refusal> {
    if made_of.is_empty() {
        return Ok(vec![tx.new_cell()?]);
    }
    let mut cells = Vec::new();
    for slug in made_of {
        let part = tx.directory().room_named(slug).ok_or_else(|| Refusal::unknown("room", clip(slug)))?;
        if part.site != site {
            return Err(Refusal::invalid("made_of", Said::new("town.parts_apart").with("room", &part.name)));
        }
        cells.extend(&part.cells);
    }
    cells.sort_unstable();
    cells.dedup();
    Ok(cells)
}

/// Adds a piece of equipment of `kind`, kept in the building `site`.
///
/// # Errors
/// [`Refusal::Unknown`] for a building that is not there.
pub fn add_unit(
    tx: &Tx<'_>,
    caller: &Caller,
    kind: &str,
    name: &str,
    site: &str,
) -> Result<ResourceId, Refusal> {
    let site = tx.directory().site_named(site).ok_or_else(|| Refusal::unknown("site", clip(site)))?.id;
    must_tend(caller, &[site])?;
    let kind = slug_of(kind);
    if kind.is_empty() {
        return Err(Refusal::invalid("kind", Said::new("request.empty")));
    }
    let resource = tx.insert_unit(&kind, &name_of(name)?, site)?;
    note(tx, caller, "unit.added", None, Some(json!({ "resource": resource.0 })))?;
    Ok(resource)
}

/// Adds somebody to the directory; a guest becomes one of the house.
///
/// # Errors
/// [`Refusal::Invalid`] for an address that is none, [`Refusal::State`] if it is in the directory already.
pub fn add_person(tx: &Tx<'_>, caller: &Caller, new: &NewPerson) -> Result<Person, Refusal> {
    caller.must(Action::ManageTown)?;
    enter_person(tx, caller, new)
}

/// [`add_person`] by whoever has the right to for a reason of their own: a clerk enters those who sit in a body.
pub(super) fn enter_person(tx: &Tx<'_>, caller: &Caller, new: &NewPerson) -> Result<Person, Refusal> {
    let email = email_of(&new.email).ok_or_else(|| {
        Refusal::invalid("email", Said::new("request.email").with("text", clip(&new.email)))
    })?;
    let known = tx.person_by_email(&email)?;
    if known.as_ref().is_some_and(|person| person.kind == PersonKind::Staff) {
        return Err(Refusal::State(Said::new("town.person_exists").with("email", email)));
    }
    let house = &tx.directory().house;
    let person = Person {
        id: known.as_ref().map_or_else(|| PersonId(tx.fresh()), |guest| guest.id),
        kind: PersonKind::Staff,
        email,
        name: name_of(&new.name)?,
        lang: new.lang.unwrap_or_else(|| house.lang()),
        zone: house.zone,
        department: department_of(new.department.as_deref())?,
        resource: None,
        hard: new.hard,
        expires: None,
    };
    // Whoever was a guest comes to work here: they keep the meetings to which they were invited.
    let person = if known.is_some() { tx.promote_guest(&person)? } else { tx.insert_person(&person)? };
    let subjects = Subjects { people: vec![person.id], ..Subjects::default() };
    let subject = Some(person.id.0);
    tx.journal(&NewEntry { actor: caller.actor(), action: "person.added", subject, subjects })?;
    Ok(person)
}

/// Adds a council, college or committee with its members.
///
/// # Errors
/// [`Refusal::Unknown`] for a legal body or member that is not there, [`Refusal::State`] if there is a body
/// with this slug.
pub fn add_body(tx: &Tx<'_>, caller: &Caller, new: &NewBody) -> Result<Body, Refusal> {
    caller.must(Action::ManageTown)?;
    let directory = tx.directory();
    let slug = slug_or(&new.slug, &new.name)?;
    if directory.body_named(&slug).is_some() {
        return Err(exists(&slug));
    }
    if !directory.legal_bodies.iter().any(|legal| legal.slug == new.legal_body) {
        return Err(Refusal::unknown("legal_body", clip(&new.legal_body)));
    }
    let mut members = Vec::with_capacity(new.members.len());
    for address in &new.members {
        let person = tx.colleague_at(address)?;
        members.push(person.ok_or_else(|| Refusal::unknown("person", clip(address)))?.id);
    }
    members.sort_unstable();
    members.dedup();
    let id = BodyId(tx.fresh());
    let name = name_of(&new.name)?;
    let body = Body { id, slug, name, kind: new.kind, legal_body: new.legal_body.clone(), members };
    tx.insert_body(&body)?;
    let subjects = Subjects { body: Some(id), people: body.members.clone(), ..Subjects::default() };
    tx.journal(&NewEntry { actor: caller.actor(), action: "body.added", subject: Some(id.0), subjects })?;
    Ok(body)
}

pub(super) fn note(
    tx: &Tx<'_>,
    caller: &Caller,
    action: &str,
    subject: Option<Uuid>,
    detail: Option<Value>,
) -> Result<(), Refusal> {
    let subjects = Subjects { detail, ..Subjects::default() };
    tx.journal(&NewEntry { actor: caller.actor(), action, subject, subjects })?;
    Ok(())
}

pub(super) fn exists(slug: &str) -> Refusal {
    Refusal::State(Said::new("town.exists").with("name", slug))
}

/// The name of a department; none if it is empty.
pub(super) fn department_of(text: Option<&str>) -> Result<Option<String>, Refusal> {
    let name = text.unwrap_or("").trim();
    if name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Refusal::invalid("department", Said::new("people.department_long").with("max", 200)));
    }
    Ok(Some(name.to_owned()).filter(|name| !name.is_empty()))
}

pub(super) fn name_of(text: &str) -> Result<String, Refusal> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= 200 && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(Refusal::invalid("name", Said::new("town.name"))) }
}

pub(super) fn slug_or(slug: &str, name: &str) -> Result<String, Refusal> {
    let made = slug_of(if slug.is_empty() { name } else { slug });
    if made.is_empty() || (!slug.is_empty() && made != slug) {
        let (field, text) = if slug.is_empty() { ("name", name) } else { ("slug", slug) };
        return Err(Refusal::invalid(field, Said::new("town.slug").with("slug", clip(text))));
    }
    Ok(made)
}
