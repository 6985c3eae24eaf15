//! What clerks, chairs and members do: bodies and mandates, sessions, agendas, convocations.

mod convene;
mod deadline_entries;
mod deadlines;
mod edit_agenda;
mod fix_agenda;
mod move_session;
mod plan_session;
mod plan_year;
mod read_council;
mod ready_session;
mod seat_members;
mod session_entries;
mod set_up_body;
mod submit_item;
mod table_again;
mod write_minutes;

use serde_json::Value;
use uuid::Uuid;

use super::Caller;
use crate::booking::{Privacy, Refusal};
use crate::council::{CouncilBody, Ground, Session};
use crate::ids::BodyId;
use crate::store::{NewEntry, Subjects, Tx, View};
use crate::town::{Action, Body, Matter};

pub use convene::{
    Convene, ConvocationNews, convene, convocations_are_whole, open_convocation, reach_member,
};
pub(super) use convene::{convocation_news, settle_dispatch};
pub(super) use deadline_entries::deadline_entries;
pub use deadlines::{board_deadlines, session_deadlines};
pub use edit_agenda::{ItemFields, add_item, add_minutes_item, change_item, move_item, step_item};
pub use fix_agenda::{agenda_is_whole, fix_agenda, fixed_content};
pub use move_session::{Breaks, cancel_session, change_mode, move_session, moving_breaks};
pub use plan_session::{NewSession, plan_session};
pub use plan_year::{YearWish, propose_year};
pub use read_council::{
    BodyCard, BodySheet, CouncilHome, ItemSheet, Seat, SessionSheet, body_sheet, council_home, item_sheet,
    member_session, session_sheet,
};
pub use ready_session::{note_ready, note_test_call, plan_test_calls, session_light};
pub use seat_members::{
    MandateLine, MandateRow, NewMandate, add_mandate, end_mandate, import_mandates, read_mandates,
};
pub(super) use session_entries::{session_changed, session_entries};
pub use set_up_body::{NewTerm, add_term, set_up_body};
pub use submit_item::submit_item;
pub use table_again::{table_again, table_rest};
pub use write_minutes::{
    answer_remark, approve_minutes, draft_minutes, minutes_are_whole, offer_minutes, remark_minutes,
    sign_minutes,
};

/// A right in the matter of one body.
pub(super) fn must_for(caller: &Caller, action: Action, body: BodyId) -> Result<(), Refusal> {
    caller.must_in(action, &Matter { body: Some(body), ..Matter::default() })
}

/// The body with this name in addresses, if the caller may prepare its sessions.
fn tended_body<'v>(view: &'v View<'_>, caller: &Caller, slug: &str) -> Result<&'v Body, Refusal> {
    let body = view.directory().body_named(slug);
    let body = body.ok_or_else(|| Refusal::unknown("body", super::create_meeting::clip(slug)))?;
    must_for(caller, Action::PrepareSession, body.id)?;
    Ok(body)
}

/// What a body is in law; a refusal that says where to set it if that was not done.
fn law_of(view: &View<'_>, body: &Body) -> Result<CouncilBody, Refusal> {
    let law = view.council_body(body.id)?;
    law.ok_or_else(|| Refusal::State(crate::texts::Said::new("council.not_set_up").with("name", &body.name)))
}

/// What the body with this id is in law.
pub(super) fn law_of_body(view: &View<'_>, id: BodyId) -> Result<CouncilBody, Refusal> {
    let body = view.directory().body(id).ok_or_else(|| Refusal::unknown("body", id))?;
    law_of(view, body)
}

/// Why everything that a body treats is closed, if it never meets in the open.
fn closed_ground(view: &View<'_>, id: BodyId) -> Option<Ground> {
    let law = law_of_body(view, id).ok()?;
    (plan_session::privacy_of(&law) != Privacy::Public).then_some(Ground::BodyIsClosed)
}

/// Journals a deed about a body: ids and figures, never names.
fn log_body(tx: &Tx<'_>, caller: &Caller, action: &str, body: BodyId, detail: Value) -> Result<(), Refusal> {
    let subjects = Subjects { body: Some(body), detail: Some(detail), ..Subjects::default() };
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(body.0), subjects })?;
    Ok(())
}

/// Journals a deed about a session: ids and figures, never names.
fn log_session(
    tx: &Tx<'_>,
    caller: &Caller,
    action: &str,
    session: &Session,
    detail: Option<Value>,
) -> Result<(), Refusal> {
    let subjects =
        Subjects { meeting: session.meeting, body: Some(session.body), detail, ..Subjects::default() };
    let subject: Uuid = session.id.0;
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(subject), subjects })?;
    Ok(())
}
