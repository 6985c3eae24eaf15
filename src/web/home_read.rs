//! The front page: one's own day for whoever is signed in, the way in for anybody else.

use axum::response::{IntoResponse, Redirect, Response};

use super::visitor::Visitor;

/// `GET /`.
pub(super) async fn home(visitor: Visitor) -> Response {
    Redirect::to(if visitor.who.is_some() { "/today" } else { "/sign-in" }).into_response()
}
