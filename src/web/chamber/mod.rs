//! The clerk's cockpit during a session, and the page on which a member takes part.

mod attendance;
mod cockpit_read;
mod fees_read;
mod item_treat;
mod log_rows;
mod presence_note;
mod seat_picture;
mod session_conduct;
mod take_part;
mod vote_hold;
mod vote_panel;
mod words;

use axum::Router;
use axum::routing::{get, post};

use crate::http::App;

/// The routes of what happens during a session.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/council/sessions/{slug}/chamber", get(cockpit_read::read))
        .route("/council/sessions/{slug}/chamber/fees.csv", get(fees_read::download))
        .route("/council/sessions/{slug}/chamber/floor", post(session_conduct::floor))
        .route("/council/sessions/{slug}/chamber/item", post(item_treat::treat))
        .route("/council/sessions/{slug}/chamber/presence", post(presence_note::note))
        .route("/council/sessions/{slug}/chamber/session", post(session_conduct::conduct))
        .route("/council/sessions/{slug}/chamber/signal", post(session_conduct::signal))
        .route("/council/sessions/{slug}/chamber/vote", post(vote_hold::hold))
        .route("/council/sessions/{slug}/take-part", get(take_part::read))
        .route("/council/sessions/{slug}/take-part/presence", post(take_part::presence))
        .route("/council/sessions/{slug}/take-part/vote", post(take_part::vote))
}
