//! The clerk's pages: bodies and those who sit in them, sessions and what is prepared for each.

mod agenda_read;
mod body_read;
mod body_rules;
mod convocation_read;
mod council_read;
mod item_change;
mod item_submit;
mod members_import;
mod minutes_read;
mod session_after;
mod session_mode;
mod session_plan;
mod session_publish;
mod session_read;
mod session_ready;
mod words;
mod year_plan;

pub(super) use session_read::{Head, head_of};

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::form::Wrong;
use super::oops::Oops;
use super::visitor::Insider;
use crate::booking::Refusal;
use crate::http::App;

/// The routes of the clerk's pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/council", get(council_read::read))
        .route("/council/bodies/{slug}", get(body_read::read))
        .route("/council/bodies/{slug}/rules", get(body_rules::ask).post(body_rules::save))
        .route("/council/bodies/{slug}/terms", get(body_read::back).post(body_read::add_term))
        .route("/council/bodies/{slug}/members", get(body_read::back).post(body_read::seat))
        .route("/council/bodies/{slug}/members/end", post(body_read::end))
        .route("/council/bodies/{slug}/members/import", get(members_import::ask).post(members_import::import))
        .route("/council/bodies/{slug}/plan", get(session_plan::ask).post(session_plan::plan))
        .route("/council/bodies/{slug}/year", get(year_plan::ask).post(year_plan::book))
        .route("/council/sessions/{slug}", get(session_read::read))
        .route("/council/sessions/{slug}/move", get(session_read::ask_move).post(session_read::shift))
        .route("/council/sessions/{slug}/mode", get(session_mode::ask).post(session_mode::change))
        .route("/council/sessions/{slug}/cancel", post(session_read::cancel))
        .route("/council/sessions/{slug}/agenda", get(agenda_read::read).post(agenda_read::add))
        .route("/council/sessions/{slug}/agenda/fix", post(agenda_read::fix))
        .route("/council/sessions/{slug}/agenda/minutes", post(agenda_read::minutes))
        .route("/council/sessions/{slug}/agenda/{number}", get(agenda_read::version))
        .route(
            "/council/sessions/{slug}/convocation",
            get(convocation_read::read).post(convocation_read::convene),
        )
        .route("/council/sessions/{slug}/convocation/reach", post(convocation_read::reach))
        .route("/council/sessions/{slug}/ready", get(session_ready::read).post(session_ready::note))
        .route("/council/sessions/{slug}/ready/calls", post(session_ready::calls))
        .route("/council/sessions/{slug}/ready/call", post(session_ready::call_noted))
        .route("/council/sessions/{slug}/submit", get(item_submit::ask).post(item_submit::submit))
        .route("/council/sessions/{slug}/after", get(session_after::read).post(session_after::minutes))
        .route("/council/sessions/{slug}/after/publish", post(session_publish::publish))
        .route("/council/sessions/{slug}/after/remark", post(session_after::remark))
        .route("/council/sessions/{slug}/minutes", get(minutes_read::read).post(minutes_read::remark))
        .route("/council/items/{id}", get(item_change::ask).post(item_change::change))
        .route("/council/items/{id}/step", post(item_change::step))
        .route("/council/items/{id}/move", post(item_change::shift))
        .route("/council/items/{id}/again", post(item_change::again))
}

/// What follows a form: the page that `done` names, a refusal as a page of its own, or the form once more.
fn after(
    insider: &Insider,
    outcome: Result<(), Refusal>,
    done: &str,
) -> Result<Result<Response, (Refusal, Wrong)>, Oops> {
    match outcome {
        Ok(()) => Ok(Ok(Redirect::to(done).into_response())),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => {
            let wrong = Wrong::of(&refusal, insider.lang());
            Ok(Err((refusal, wrong)))
        }
    }
}
