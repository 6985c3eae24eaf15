//! A member adds an item to the agenda (article 21): in time, with an explained draft decision, and not as one of the
//! executive.

use super::super::Caller;
use super::super::create_meeting::clip;
use super::deadlines::{against, due, rules_of};
use super::edit_agenda::{Entered, ItemFields, enter_item};
use super::law_of_body;
use crate::booking::{Fault, Refusal};
use crate::council::{AgendaItem, ItemState, Mandate, Origin, Section, Session, Severity};
use crate::ids::PersonId;
use crate::store::{Tx, View};
use crate::texts::Said;

/// The mandates by which somebody sits in a session, at its hour.
pub(super) fn seats_of(
    view: &View<'_>,
    session: &Session,
    person: PersonId,
) -> Result<Vec<Mandate>, Refusal> {
    let mandates = view.mandates_of(person)?;
    Ok(mandates.into_iter().filter(|m| m.term == session.term && m.stands_at(session.planned)).collect())
}

/// Hands in an item of a member for the agenda of a session of theirs.
///
/// # Errors
/// [`Refusal::Unknown`] for a session in which the caller does not sit; [`Refusal::State`] with the article if it is too
/// late or the caller belongs to the executive; [`Refusal::Invalid`] without note or draft decision.
pub fn submit_item(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    fields: &ItemFields,
) -> Result<AgendaItem, Refusal> {
    let unknown = || Refusal::unknown("session", clip(slug));
    let session = tx.session_named(slug)?.ok_or_else(unknown)?;
    let person = caller.person.ok_or_else(unknown)?;
    let seats = seats_of(tx, &session, person)?;
    if seats.iter().all(|mandate| mandate.seat.is_none()) {
        return Err(unknown());
    }
    let law = law_of_body(tx, session.body)?;
    let rules = rules_of(&law)?;
    let refused = |said| Refusal::State(against(&rules, "member-item", Severity::Block, said, caller.lang));
    if seats.iter().any(|mandate| mandate.role.is_executive()) {
        return Err(refused(Said::new("agenda.executive_adds_none")));
    }
    if !session.state.lies_ahead() {
        return Err(refused(Said::new("agenda.over")));
    }
    if let Some(due) = due(&session, &law, "member-item")?.filter(|due| !due.covers(tx.now(), session.zone)) {
        return Err(refused(Said::new("agenda.member_late").with("due", due.value(session.zone))));
    }
    let mut faults = Vec::new();
    for (field, text) in [("note", &fields.note), ("draft", &fields.draft)] {
        if text.trim().is_empty() {
            faults.push(Fault::new(field, Said::new("agenda.member_explains")));
        }
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    let fields = ItemFields {
        origin: Origin::Member,
        section: Section::MemberItems,
        urgent_reason: String::new(),
        ..fields.clone()
    };
    let entered = Entered { by: Some(person), at: tx.now(), references: Vec::new() };
    let item = enter_item(tx, caller, &session, &fields, &entered)?;
    // What a member hands in in time is a right, not a request: it waits for nobody's approval.
    let item = AgendaItem { state: ItemState::Approved, version: item.version + 1, ..item };
    tx.put_agenda_item(&item)?;
    Ok(item)
}
