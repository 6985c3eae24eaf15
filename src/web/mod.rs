//! Pages: server-rendered, plain forms, strict CSP. One file per action, `<noun>_<verb>.rs`, its `.html`
//! beside it.

mod assets;
mod home_read;
mod invitation_answer;
mod meeting_join;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use crate::http::App;
use crate::texts::Lang;

/// The routes of the pages.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/", get(home_read::home))
        .route("/join/{token}", get(meeting_join::join))
        .route("/join/{token}/here", post(meeting_join::here))
        .route("/join/{token}/left", post(meeting_join::left))
        .route("/answer/{token}", get(invitation_answer::show))
        .route("/answer/{token}/meeting.ics", get(invitation_answer::calendar))
        .route("/answer/{token}/{choice}", post(invitation_answer::answer))
        .route("/assets/{file}", get(assets::asset))
}

/// The language that a browser asks for, or the house's.
fn asked_lang(app: &App, headers: &HeaderMap) -> Lang {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let house = || app.store.directory().house.lang();
    accepted.and_then(Lang::from_accept).unwrap_or_else(house)
}

/// A page with the headers that every page has: no script but our own, no frames, nothing told to others.
fn page(html: String) -> Response {
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
