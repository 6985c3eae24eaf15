//! Makes an agenda: adds items, changes them, puts them in order, takes them through their approval.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::super::Caller;
use super::super::create_meeting::{clip, text_fault};
use super::{log_session, must_for};
use crate::booking::{Fault, Refusal};
use crate::council::{
    AgendaItem, Ground, ItemState, Origin, Section, Session, SessionPart, SessionState, Urgency,
};
use crate::ids::{ItemId, PersonId};
use crate::store::{Tx, View};
use crate::texts::Said;
use crate::town::Action;

/// What is said of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFields {
    /// The title that anybody may read.
    pub title: String,
    /// What only the members read.
    pub internal_title: String,
    /// A short description that anybody may read.
    pub description: String,
    /// The explanatory note.
    pub note: String,
    /// The draft decision.
    pub draft: String,
    /// Why behind closed doors; none for the public part.
    pub ground: Option<Ground>,
    /// The section.
    pub section: Section,
    /// Where it comes from.
    pub origin: Origin,
    /// Address of who presents it; empty for nobody.
    pub rapporteur: String,
    /// How long it is planned to take, in minutes.
    pub planned_min: u32,
    /// Whether it is voted on in secret.
    pub secret: bool,
    /// Whether it is a regulation.
    pub regulation: bool,
    /// Why it cannot wait, for an item that comes after the agenda was sealed.
    pub urgent_reason: String,
}

impl Default for ItemFields {
    fn default() -> Self {
        Self {
            title: String::new(),
            internal_title: String::new(),
            description: String::new(),
            note: String::new(),
            draft: String::new(),
            ground: None,
            section: Section::Decisions,
            origin: Origin::College,
            rapporteur: String::new(),
            planned_min: 5,
            secret: false,
            regulation: false,
            urgent_reason: String::new(),
        }
    }
}

impl ItemFields {
    /// What is said of an item as it stands; `rapporteur` is the address of who presents it, empty for nobody.
    #[must_use]
    pub fn of(item: &AgendaItem, rapporteur: String) -> Self {
        Self {
            title: item.title.clone(),
            internal_title: item.internal_title.clone(),
            description: item.description.clone(),
            note: item.note.clone(),
            draft: item.draft.clone(),
            ground: item.ground,
            section: item.section,
            origin: item.origin,
            rapporteur,
            planned_min: item.planned_min,
            secret: item.secret,
            regulation: item.regulation,
            urgent_reason: item.urgency.as_ref().map_or_else(String::new, |urgency| urgency.reason.clone()),
        }
    }

    /// The part that follows from the ground.
    fn part(&self) -> SessionPart {
        if self.ground.is_some() { SessionPart::Closed } else { SessionPart::Public }
    }

    /// Its urgency, on which nobody voted yet.
    fn urgency(&self) -> Option<Urgency> {
        (self.section == Section::Urgent)
            .then(|| Urgency { reason: self.urgent_reason.trim().to_owned(), vote: None })
    }

    fn check(&self) -> Result<(), Refusal> {
        let mut faults: Vec<Fault> = [
            text_fault("title", self.title.trim(), 300, true),
            text_fault("internal_title", self.internal_title.trim(), 300, false),
            text_fault("description", &self.description, 2_000, false),
            text_fault("note", &self.note, 50_000, false),
            text_fault("draft", &self.draft, 50_000, false),
            text_fault("urgent_reason", &self.urgent_reason, 1_000, false),
        ]
        .into_iter()
        .flatten()
        .collect();
        if self.planned_min > 600 {
            faults.push(Fault::new("planned_min", Said::new("agenda.planned_max").with("max", 600)));
        }
        if self.section == Section::Urgent && self.urgent_reason.trim().is_empty() {
            faults.push(Fault::new("urgent_reason", Said::new("agenda.urgent_reason")));
        }
        if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults)) }
    }
}

/// The session with this name in addresses, if the caller may prepare it.
pub(super) fn prepared_session(view: &View<'_>, caller: &Caller, slug: &str) -> Result<Session, Refusal> {
    let session = view.session_named(slug)?.ok_or_else(|| Refusal::unknown("session", clip(slug)))?;
    must_for(caller, Action::PrepareSession, session.body)?;
    Ok(session)
}

/// Refuses to change what a session is about once it sits.
pub(super) fn must_lie_ahead(session: &Session) -> Result<(), Refusal> {
    if session.state.lies_ahead() { Ok(()) } else { Err(Refusal::State(Said::new("agenda.over"))) }
}

/// Adds an item. Once the session is convened, only by way of urgency or as an item of a member; while it sits, only
/// by way of urgency.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Unknown`], [`Refusal::Invalid`]; [`Refusal::State`] if it is too late.
pub fn add_item(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    fields: &ItemFields,
) -> Result<AgendaItem, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    let urgent = fields.section == Section::Urgent;
    let sits = session.state.is_under_way();
    if !(session.state.lies_ahead() || sits && urgent) {
        return Err(Refusal::State(Said::new("agenda.over")));
    }
    let sealed = session.state == SessionState::Convened || sits;
    if sealed && !urgent && fields.origin != Origin::Member {
        return Err(Refusal::invalid("section", Said::new("agenda.sealed")));
    }
    enter_item(tx, caller, &session, fields, &Entered { by: None, at: tx.now(), references: Vec::new() })
}

/// Who handed an item in, when, and what it takes up again.
pub(super) struct Entered {
    pub(super) by: Option<PersonId>,
    pub(super) at: DateTime<Utc>,
    pub(super) references: Vec<ItemId>,
}

/// Writes an item down, at the end of its section.
pub(super) fn enter_item(
    tx: &Tx<'_>,
    caller: &Caller,
    session: &Session,
    fields: &ItemFields,
    entered: &Entered,
) -> Result<AgendaItem, Refusal> {
    fields.check()?;
    let blank = AgendaItem {
        id: ItemId(tx.fresh()),
        session: session.id,
        part: fields.part(),
        ground: fields.ground,
        section: fields.section,
        position: 1,
        number: None,
        title: String::new(),
        internal_title: String::new(),
        description: String::new(),
        note: String::new(),
        draft: String::new(),
        origin: fields.origin,
        submitted_by: entered.by,
        submitted_at: entered.at,
        rapporteur: None,
        planned_min: 0,
        secret: false,
        regulation: false,
        references: entered.references.clone(),
        urgency: fields.urgency(),
        state: ItemState::Drafting,
        version: 1,
    };
    let mut item = filled(tx, blank, fields)?;
    item.position = last_place(tx, &item)? + 1;
    tx.put_agenda_item(&item)?;
    log_item(tx, caller, "item.added", session, &item)?;
    Ok(item)
}

fn filled(view: &View<'_>, item: AgendaItem, fields: &ItemFields) -> Result<AgendaItem, Refusal> {
    let rapporteur = match fields.rapporteur.trim() {
        "" => None,
        address => {
            let person = view.person_at(address)?;
            let unknown = || {
                let said = Said::new("unknown.person").with("name", clip(address));
                Refusal::invalid("rapporteur", said)
            };
            Some(person.ok_or_else(unknown)?.id)
        }
    };
    Ok(AgendaItem {
        part: fields.part(),
        ground: fields.ground,
        section: fields.section,
        title: fields.title.trim().to_owned(),
        internal_title: fields.internal_title.trim().to_owned(),
        description: fields.description.trim().to_owned(),
        note: fields.note.trim().to_owned(),
        draft: fields.draft.trim().to_owned(),
        origin: fields.origin,
        rapporteur,
        planned_min: fields.planned_min,
        secret: fields.secret,
        regulation: fields.regulation,
        ..item
    })
}

/// The last place that is taken in the section of an item.
fn last_place(view: &View<'_>, item: &AgendaItem) -> Result<u32, Refusal> {
    let items = view.agenda_items(item.session)?;
    let beside = items.iter().filter(|other| (other.part, other.section) == (item.part, item.section));
    Ok(beside.filter(|other| other.id != item.id).map(|other| other.position).max().unwrap_or(0))
}

/// An item and its session, if the caller may prepare it and has seen its current version.
pub(super) fn prepared_item(
    view: &View<'_>,
    caller: &Caller,
    id: ItemId,
    seen: Option<i64>,
) -> Result<(Session, AgendaItem), Refusal> {
    let item = view.agenda_item(id)?.ok_or_else(|| Refusal::unknown("item", id))?;
    let session = view.session(item.session)?.ok_or_else(|| Refusal::unknown("item", id))?;
    must_for(caller, Action::PrepareSession, session.body)?;
    match seen {
        Some(seen) if seen != item.version => Err(Refusal::Stale { current: item.version }),
        _ => Ok((session, item)),
    }
}

/// Changes an item. One that stands on a sealed agenda keeps its part and its number; what is different is news of the
/// next version.
///
/// # Errors
/// As for adding; [`Refusal::Stale`] if somebody else changed it first.
pub fn change_item(
    tx: &Tx<'_>,
    caller: &Caller,
    id: ItemId,
    seen: Option<i64>,
    fields: &ItemFields,
) -> Result<AgendaItem, Refusal> {
    let (session, item) = prepared_item(tx, caller, id, seen)?;
    must_lie_ahead(&session)?;
    if item.state == ItemState::Withdrawn {
        return Err(Refusal::State(Said::new("agenda.withdrawn")));
    }
    fields.check()?;
    if item.number.is_some() && fields.part() != item.part {
        return Err(Refusal::invalid("ground", Said::new("agenda.part_sealed")));
    }
    let moved = (item.part, item.section) != (fields.part(), fields.section);
    let mut changed = filled(tx, item.clone(), fields)?;
    changed.urgency = fields.urgency();
    if changed == item {
        return Ok(item);
    }
    if moved {
        changed.position = last_place(tx, &changed)? + 1;
    }
    changed.version += 1;
    tx.put_agenda_item(&changed)?;
    log_item(tx, caller, "item.changed", &session, &changed)?;
    Ok(changed)
}

/// Takes an item a step on or back: idea, drafting, for approval, approved; or withdraws it.
///
/// # Errors
/// [`Refusal::State`] if it cannot go there from where it is, or lacks a note or a draft.
pub fn step_item(
    tx: &Tx<'_>,
    caller: &Caller,
    id: ItemId,
    seen: Option<i64>,
    next: ItemState,
) -> Result<AgendaItem, Refusal> {
    let (session, item) = prepared_item(tx, caller, id, seen)?;
    let urgent = session.state.is_under_way() && item.urgency.is_some();
    if !session.state.lies_ahead() && !urgent {
        return Err(Refusal::State(Said::new("agenda.over")));
    }
    if !item.state.may_become(next) {
        return Err(Refusal::State(Said::new("agenda.no_such_step")));
    }
    let rules = super::law_of_body(tx, session.body)?.rules;
    if next == ItemState::Approved && rules.needs_draft && !item.is_complete() {
        return Err(Refusal::State(Said::new("agenda.incomplete").with("title", clip(&item.title))));
    }
    let item = AgendaItem { state: next, version: item.version + 1, ..item };
    tx.put_agenda_item(&item)?;
    log_item(tx, caller, "item.stepped", &session, &item)?;
    Ok(item)
}

/// Puts an item at another place of its section, from 1 on; the others make room.
///
/// # Errors
/// [`Refusal::State`] once the session sits.
pub fn move_item(tx: &Tx<'_>, caller: &Caller, id: ItemId, place: u32) -> Result<(), Refusal> {
    let (session, item) = prepared_item(tx, caller, id, None)?;
    must_lie_ahead(&session)?;
    let mut beside: Vec<AgendaItem> = tx.agenda_items(session.id)?;
    beside.retain(|other| (other.part, other.section) == (item.part, item.section) && other.is_live());
    let Some(from) = beside.iter().position(|other| other.id == id) else { return Ok(()) };
    let moved = beside.remove(from);
    let to = usize::try_from(place.max(1) - 1).unwrap_or(usize::MAX).min(beside.len());
    beside.insert(to, moved);
    let mut any = false;
    for (position, other) in (1_u32..).zip(beside) {
        if other.position != position {
            any = true;
            tx.put_agenda_item(&AgendaItem { position, version: other.version + 1, ..other })?;
        }
    }
    if any {
        log_item(tx, caller, "item.moved", &session, &item)?;
    }
    Ok(())
}

/// Puts the approval of the minutes of the session before on the agenda, as its first item.
///
/// # Errors
/// [`Refusal::State`] if there was none, or it is there already.
pub fn add_minutes_item(tx: &Tx<'_>, caller: &Caller, slug: &str) -> Result<AgendaItem, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    must_lie_ahead(&session)?;
    let before = tx.session_before(session.body, session.planned)?;
    let before = before.ok_or_else(|| Refusal::State(Said::new("agenda.no_session_before")))?;
    let there = tx.agenda_items(session.id)?;
    if there.iter().any(|item| item.section == Section::Minutes && item.is_live()) {
        return Err(Refusal::State(Said::new("agenda.minutes_there")));
    }
    // Documents of the council are in Dutch, whatever language the clerk reads.
    let day = dutch_day(before.zone.wall(before.planned).date());
    let fields = ItemFields {
        title: format!("Notulen van de zitting van {day}"),
        description: format!("Goedkeuring van de notulen van de zitting van {day}."),
        note: format!("De ontwerpnotulen van {day} lagen ter beschikking van de leden."),
        draft: format!("De notulen van de zitting van {day} worden goedgekeurd."),
        section: Section::Minutes,
        origin: Origin::Chair,
        ground: super::closed_ground(tx, session.body),
        planned_min: 2,
        ..ItemFields::default()
    };
    let entered = Entered { by: None, at: tx.now(), references: Vec::new() };
    let item = enter_item(tx, caller, &session, &fields, &entered)?;
    let item = AgendaItem { state: ItemState::Approved, version: item.version + 1, ..item };
    tx.put_agenda_item(&item)?;
    Ok(item)
}

pub(super) fn log_item(
    tx: &Tx<'_>,
    caller: &Caller,
    action: &str,
    session: &Session,
    item: &AgendaItem,
) -> Result<(), Refusal> {
    let detail = json!({ "item": item.id, "state": item.state, "part": item.part, "section": item.section });
    log_session(tx, caller, action, session, Some(detail))
}

/// A day in Dutch, in which the documents of a Flemish council are.
fn dutch_day(day: chrono::NaiveDate) -> String {
    crate::texts::day(crate::texts::Lang::Nl, day)
}
