//! What tells an open page to look again.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::visitor::{COOKIE, cookie};
use crate::http::App;

/// `GET /live`: a script asks, so nobody is sent to the page where one signs in.
pub(super) async fn live(State(app): State<App>, headers: HeaderMap) -> Response {
    let secret = cookie(&headers, COOKIE);
    match secret.map(|secret| (secret, app.who(secret))) {
        Some((secret, Ok(Some(_)))) => app.watch(secret.to_owned()),
        Some((_, Err(_))) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}
