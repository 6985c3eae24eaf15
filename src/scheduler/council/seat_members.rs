//! Seats members: one at a time, or a list from a spreadsheet. Whoever sits also belongs to the body for the scheduler,
//! so that its sessions claim their time.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use serde_json::json;

use super::super::Caller;
use super::super::change_person::save_person;
use super::super::create_meeting::clip;
use super::super::manage_town::{department_of, name_of};
use super::super::table_file::read_table;
use super::set_up_body::iri_of;
use super::{law_of, log_body, tended_body};
use crate::booking::Refusal;
use crate::council::{Mandate, MandateRole, MandateStatus, Term, seat_clash};
use crate::ids::{BodyId, MandateId, PersonId};
use crate::store::{NewEntry, Subjects, Tx, View};
use crate::texts::Said;
use crate::town::{Person, email_of, slug_of};

/// Somebody to be seated.
#[derive(Clone, Debug)]
pub struct NewMandate {
    /// Address; whoever is not in the directory yet is added to it.
    pub email: String,
    /// Name, for those who are new.
    pub name: String,
    /// Which seat; none for those who sit without a vote.
    pub seat: Option<u32>,
    /// What they do.
    pub role: MandateRole,
    /// How they hold the seat.
    pub status: MandateStatus,
    /// Place in the order of precedence; after all others if absent.
    pub precedence: Option<u32>,
    /// Their group.
    pub fraction: Option<String>,
    /// Their identity in linked data.
    pub iri: Option<String>,
    /// From when, wall time in the zone of the house.
    pub from: NaiveDateTime,
    /// Until when, wall time, exclusive.
    pub until: Option<NaiveDateTime>,
}

/// Seats somebody in the term of a body that covers the first day.
///
/// # Errors
/// [`Refusal::Invalid`] for wrong fields, [`Refusal::State`] if the seat is taken or no term covers the day.
pub fn add_mandate(tx: &Tx<'_>, caller: &Caller, slug: &str, new: &NewMandate) -> Result<Mandate, Refusal> {
    let id = tended_body(tx, caller, slug)?.id;
    let mandate = seat(tx, caller, id, new)?;
    sync_members(tx, id)?;
    Ok(mandate)
}

fn seat(tx: &Tx<'_>, caller: &Caller, body: BodyId, new: &NewMandate) -> Result<Mandate, Refusal> {
    let term = term_on(tx, body, new.from.date())?;
    let mandates = tx.mandates(term.id)?;
    let zone = tx.directory().house.zone;
    let last = mandates.iter().map(|m| m.precedence).max().unwrap_or(0);
    let mut mandate = Mandate {
        id: MandateId(tx.fresh()),
        term: term.id,
        person: PersonId(uuid::Uuid::nil()),
        seat: new.seat,
        role: new.role,
        status: new.status,
        precedence: new.precedence.unwrap_or(last + 1).max(1),
        fraction: department_of(new.fraction.as_deref())?,
        iri: iri_of(new.iri.as_deref())?,
        starts: zone.resolve(new.from).instant,
        ends: new.until.map(|wall| zone.resolve(wall).instant),
    };
    check(&term, &mandates, &mandate)?;
    // Only whoever gets a seat is entered: a line that is refused leaves nobody behind in the directory.
    let person = person_of(tx, caller, new)?;
    mandate.person = person.id;
    tx.put_mandate(&mandate)?;
    let subjects = Subjects {
        body: Some(body),
        people: vec![person.id],
        detail: Some(json!({ "mandate": mandate.id, "term": term.id, "seat": mandate.seat,
            "starts": mandate.starts.timestamp(), "ends": mandate.ends.map(|end| end.timestamp()),
            "status": mandate.status, "role": mandate.role })),
        ..Subjects::default()
    };
    let subject = Some(person.id.0);
    tx.journal(&NewEntry { actor: caller.actor(), action: "mandate.added", subject, subjects })?;
    Ok(mandate)
}

fn check(term: &Term, mandates: &[Mandate], new: &Mandate) -> Result<(), Refusal> {
    let bare = matches!(new.role, MandateRole::Advisory | MandateRole::Secretary);
    match new.seat {
        Some(_) if bare => return Err(Refusal::invalid("seat", Said::new("council.no_seat_for_role"))),
        None if !bare => return Err(Refusal::invalid("seat", Said::new("council.seat_needed"))),
        Some(seat) if seat == 0 || seat > term.seats => {
            return Err(Refusal::invalid("seat", Said::new("council.seat_exists").with("seats", term.seats)));
        }
        _ => {}
    }
    if new.ends.is_some_and(|end| end <= new.starts) {
        return Err(Refusal::invalid("until", Said::new("council.mandate_ends")));
    }
    let mut all = mandates.to_vec();
    all.push(new.clone());
    if seat_clash(&all).is_some() {
        let seat = new.seat.unwrap_or(0);
        return Err(Refusal::invalid("seat", Said::new("council.seat_taken").with("seat", seat)));
    }
    Ok(())
}

fn term_on(view: &View<'_>, body: BodyId, day: NaiveDate) -> Result<Term, Refusal> {
    let term = view.terms(body)?.into_iter().find(|term| term.covers(day));
    term.ok_or_else(|| Refusal::State(Said::new("council.no_term").with("date", day)))
}

/// Whoever is in the directory, or somebody new of the house whose time sessions claim.
fn person_of(tx: &Tx<'_>, caller: &Caller, new: &NewMandate) -> Result<Person, Refusal> {
    let wrong = || Refusal::invalid("email", Said::new("request.email").with("text", clip(&new.email)));
    let email = email_of(&new.email).ok_or_else(wrong)?;
    if let Some(known) = tx.colleague_at(&email)? {
        let claimed = Person { hard: true, ..known.clone() };
        save_person(tx, caller, &known, &claimed)?;
        return Ok(claimed);
    }
    let person = super::super::manage_town::NewPerson {
        email,
        name: name_of(&new.name)?,
        lang: None,
        department: new.fraction.clone(),
        hard: true,
    };
    super::super::manage_town::enter_person(tx, caller, &person)
}

/// Ends a mandate at an instant: by resignation, by another oath on the seat.
///
/// # Errors
/// [`Refusal::Unknown`], [`Refusal::Invalid`] if it would end before it began or has ended already.
pub fn end_mandate(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    id: MandateId,
    at: DateTime<Utc>,
) -> Result<Mandate, Refusal> {
    let body = tended_body(tx, caller, slug)?.id;
    let mandate = tx.mandate(id)?.ok_or_else(|| Refusal::unknown("mandate", id))?;
    let term = tx.term(mandate.term)?.filter(|term| term.body == body);
    term.ok_or_else(|| Refusal::unknown("mandate", id))?;
    if at <= mandate.starts || mandate.ends.is_some_and(|end| end <= at) {
        return Err(Refusal::invalid("until", Said::new("council.mandate_ends")));
    }
    let mandate = Mandate { ends: Some(at), ..mandate };
    tx.put_mandate(&mandate)?;
    log_body(tx, caller, "mandate.ended", body, json!({ "mandate": id, "ends": at.timestamp() }))?;
    sync_members(tx, body)?;
    Ok(mandate)
}

/// Who holds a mandate now or will, belongs to the body.
fn sync_members(tx: &Tx<'_>, body: BodyId) -> Result<(), Refusal> {
    let mut members = Vec::new();
    for term in tx.terms(body)? {
        let standing = tx.mandates(term.id)?.into_iter().filter(|m| m.ends.is_none_or(|end| end > tx.now()));
        members.extend(standing.map(|mandate| mandate.person));
    }
    members.sort_unstable();
    members.dedup();
    let known = tx.directory().body(body).map(|body| body.members.clone());
    if known.as_ref() != Some(&members) {
        tx.set_body_members(body, &members)?;
    }
    Ok(())
}

/// One line of a list of members.
#[derive(Clone, Debug)]
pub struct MandateRow {
    /// The line on which it begins.
    pub line: usize,
    /// Address, as written.
    pub email: String,
    /// Name, as written.
    pub name: String,
    /// What it asks for, or what is wrong with it.
    pub becomes: Result<NewMandate, Said>,
}

/// What became of one line.
#[derive(Clone, Debug)]
pub struct MandateLine {
    /// The line.
    pub row: MandateRow,
    /// Why it was not taken over; nothing if it was, or if it stood already.
    pub wrong: Option<Said>,
}

/// Names of columns, as they are written without accents and capitals.
const COLUMNS: &[(&str, &[&str])] = &[
    ("email", &["email", "e-mail", "e-mailadres", "courriel"]),
    ("name", &["name", "naam", "nom"]),
    ("seat", &["seat", "zetel", "siege", "sitz"]),
    ("role", &["role", "rol", "functie", "fonction", "funktion"]),
    ("status", &["status", "statuut", "statut"]),
    ("precedence", &["precedence", "rangorde", "rang", "preseance", "rangfolge"]),
    ("fraction", &["fraction", "fractie", "groupe", "fraktion"]),
    ("from", &["from", "van", "vanaf", "de", "ab", "start"]),
    ("until", &["until", "tot", "jusqua", "bis", "einde"]),
    ("iri", &["iri", "uri"]),
];

/// Words for roles in lists, as they are written without accents and capitals.
const ROLES: &[(MandateRole, &[&str])] = &[
    (MandateRole::Chair, &["chair", "voorzitter", "president", "vorsitzender"]),
    (MandateRole::Mayor, &["mayor", "burgemeester", "bourgmestre", "burgermeister"]),
    (MandateRole::Alderman, &["alderman", "schepen", "echevin", "schoffe"]),
    (MandateRole::Member, &["member", "lid", "raadslid", "membre", "conseiller", "mitglied", ""]),
    (MandateRole::Advisory, &["advisory", "raadgevend", "consultatif", "beratend"]),
    (
        MandateRole::Secretary,
        &["secretary", "secretaris", "algemeen-directeur", "directeur-general", "secretaire"],
    ),
];

/// Reads a list of members; each line with what it asks for.
///
/// # Errors
/// [`Refusal::Invalid`] of the field `file`: no text, no columns that we know.
pub fn read_mandates(view: &View<'_>, bytes: &[u8], day: NaiveDate) -> Result<Vec<MandateRow>, Refusal> {
    let refused = |said| Refusal::invalid("file", said);
    let table = read_table(bytes).map_err(refused)?;
    let named = |name: &str| {
        let slug = slug_of(name);
        COLUMNS.iter().find(|(_, names)| names.contains(&slug.as_str())).map(|(column, _)| *column)
    };
    let columns: Vec<Option<&str>> = table.head.iter().map(|name| named(name)).collect();
    if !columns.contains(&Some("email")) {
        return Err(refused(Said::new("people.csv_head")));
    }
    let zone = view.directory().house.zone;
    let lines = table.rows.iter().map(|(line, row)| {
        let cell = |wanted: &str| {
            let at = columns.iter().position(|column| *column == Some(wanted));
            at.and_then(|at| row.get(at)).map_or("", |cell| cell.trim())
        };
        let becomes = wanted(&cell, zone.wall(view.now()).date().max(day));
        MandateRow { line: *line, email: cell("email").to_owned(), name: cell("name").to_owned(), becomes }
    });
    Ok(lines.collect())
}

fn wanted<'r>(cell: &impl Fn(&str) -> &'r str, today: NaiveDate) -> Result<NewMandate, Said> {
    let number = |name: &'static str| match cell(name) {
        "" => Ok(None),
        text => text.parse::<u32>().map(Some).map_err(|_| bad(name, text)),
    };
    let day = |name: &'static str| match cell(name) {
        "" => Ok(None),
        text => day_of(text).map(Some).ok_or_else(|| bad(name, text)),
    };
    let role = slug_of(cell("role"));
    let role = ROLES.iter().find(|(_, words)| words.contains(&role.as_str())).map(|(role, _)| *role);
    let status = match slug_of(cell("status")).as_str() {
        "" | "effective" | "effectief" | "effectif" => MandateStatus::Effective,
        "acting" | "waarnemend" | "faisant-fonction" | "stellvertretend" => MandateStatus::Acting,
        "prevented" | "verhinderd" | "empeche" | "verhindert" => MandateStatus::Prevented,
        _ => return Err(bad("status", cell("status"))),
    };
    let midnight = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN);
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Ok(NewMandate {
        email: cell("email").to_owned(),
        name: cell("name").to_owned(),
        seat: number("seat")?,
        role: role.ok_or_else(|| bad("role", cell("role")))?,
        status,
        precedence: number("precedence")?,
        fraction: some(cell("fraction")),
        iri: some(cell("iri")),
        from: midnight(day("from")?.unwrap_or(today)),
        // A list names the last day; a mandate ends when that day has passed.
        until: day("until")?.map(|last| midnight(last + TimeDelta::days(1))),
    })
}

fn bad(column: &str, text: &str) -> Said {
    Said::new("council.csv_bad").with("column", column).with("text", clip(text))
}

/// A day as lists write it: `2027-01-18` or `18/01/2027`.
fn day_of(text: &str) -> Option<NaiveDate> {
    let forms = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"];
    forms.into_iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

/// Takes a list of members over. Lines that are wrong are left out; those that stand already change nothing.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Unknown`].
pub fn import_mandates(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    rows: &[MandateRow],
) -> Result<Vec<MandateLine>, Refusal> {
    let body = tended_body(tx, caller, slug)?;
    law_of(tx, body)?;
    let body = body.id;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let wrong = match &row.becomes {
            Err(said) => Some(said.clone()),
            Ok(new) if stands(tx, body, new)? => None,
            Ok(new) => match seat(tx, caller, body, new) {
                Ok(_) => None,
                Err(Refusal::Invalid(faults)) => faults.into_iter().next().map(|fault| fault.said),
                Err(Refusal::State(said)) => Some(said),
                Err(other) => return Err(other),
            },
        };
        lines.push(MandateLine { row: row.clone(), wrong });
    }
    sync_members(tx, body)?;
    Ok(lines)
}

/// Whether the same person holds the same seat in the same way from the same instant already.
fn stands(view: &View<'_>, body: BodyId, new: &NewMandate) -> Result<bool, Refusal> {
    let Some(person) = view.person_at(&new.email)? else { return Ok(false) };
    let Some(term) = view.terms(body)?.into_iter().find(|term| term.covers(new.from.date())) else {
        return Ok(false);
    };
    let starts = view.directory().house.zone.resolve(new.from).instant;
    let same = |m: &Mandate| {
        m.person == person.id
            && m.seat == new.seat
            && m.role == new.role
            && m.status == new.status
            && m.starts == starts
    };
    Ok(view.mandates(term.id)?.iter().any(same))
}
