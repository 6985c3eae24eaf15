//! Who organises a meeting, and which body sits: in one's own name, or with the right to act for another.

use super::create_meeting::clip;
use super::{Caller, CreateMeeting};
use crate::booking::Refusal;
use crate::ids::{BodyId, PersonId};
use crate::store::Tx;
use crate::texts::Said;
use crate::town::{Action, Matter};

/// The organiser that was asked for, or the caller.
pub(super) fn organiser_of(
    tx: &Tx<'_>,
    caller: &Caller,
    wanted: &CreateMeeting,
) -> Result<PersonId, Refusal> {
    let Some(address) = &wanted.organiser else {
        return caller
            .person
            .ok_or_else(|| Refusal::invalid("organiser", Said::new("booking.organiser_needed")));
    };
    let person = tx.colleague_at(address)?.ok_or_else(|| {
        Refusal::invalid("organiser", Said::new("unknown.person").with("name", clip(address)))
    })?;
    if tx.left_at(person.id)?.is_some() {
        return Err(Refusal::invalid("organiser", Said::new("people.invite_left").with("name", person.name)));
    }
    if Some(person.id) != caller.person {
        let matter = Matter { department: person.department.clone(), ..Matter::default() };
        caller.must_in(Action::ActForOthers, &matter)?;
    }
    Ok(person.id)
}

/// The body whose session it is to be.
pub(super) fn body_of(
    tx: &Tx<'_>,
    caller: &Caller,
    wanted: &CreateMeeting,
) -> Result<Option<BodyId>, Refusal> {
    let Some(slug) = &wanted.body else { return Ok(None) };
    let body = tx
        .directory()
        .body_named(slug)
        .ok_or_else(|| Refusal::invalid("body", Said::new("unknown.body").with("name", clip(slug))))?;
    caller.must_in(Action::BookSession, &Matter { body: Some(body.id), ..Matter::default() })?;
    Ok(Some(body.id))
}
