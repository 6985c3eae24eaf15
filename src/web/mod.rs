//! Pages: server-rendered, plain forms, strict CSP. One file per action, `<noun>_<verb>.rs`, its `.html`
//! beside it. `visitor` says who looks, `shell` is the frame, `oops` a refusal as a page.

mod account_mail;
mod account_open;
mod account_read;
mod assets;
mod calendar_change;
mod calendar_words;
mod calendars_read;
mod home_read;
mod invitation_answer;
mod live_read;
mod manage_read;
mod meeting_book;
mod meeting_change;
mod meeting_join;
mod meeting_people;
mod meeting_read;
mod meeting_run;
mod meeting_times;
mod oops;
mod people_find;
mod room_read;
mod rooms_read;
mod shell;
mod sign_in_begin;
mod sign_in_end;
mod time_picture;
mod today_read;
mod visitor;
mod words;

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
        .route("/sign-in", get(sign_in_begin::ask).post(sign_in_begin::begin))
        .route("/sign-in/code", get(sign_in_begin::ask_code).post(sign_in_begin::code))
        .route("/sign-out", post(sign_in_end::end))
        .route("/language", post(sign_in_end::language))
        .route("/forgotten", get(account_open::forgotten).post(account_open::recover))
        .route("/account", get(account_read::read))
        .route("/account/open/{secret}", get(account_open::ask).post(account_open::open))
        .route("/account/mail", get(account_read::back).post(account_mail::save))
        .route("/account/password", get(account_read::back).post(account_read::password))
        .route("/account/second-factor", get(account_read::back).post(account_read::second_factor))
        .route("/account/second-factor/off", get(account_read::back).post(account_read::second_factor_off))
        .route("/account/sign-ins/end", post(account_read::revoke))
        .route("/calendars", get(calendars_read::read).post(calendars_read::make))
        .route("/calendars/{id}", get(calendar_change::ask))
        .route("/calendars/{id}/revoke", post(calendar_change::revoke))
        .route("/calendars/{id}/rotate", get(calendar_change::back).post(calendar_change::rotate))
        .route("/today", get(today_read::read))
        .route("/book", get(meeting_book::ask).post(meeting_book::book))
        .route("/meetings/{id}", get(meeting_read::read))
        .route("/meetings/{id}/answer", post(meeting_change::answer))
        .route("/meetings/{id}/cancel", post(meeting_change::cancel))
        .route("/meetings/{id}/change", get(meeting_change::ask).post(meeting_change::change))
        .route("/meetings/{id}/check-in", post(meeting_run::here))
        .route("/meetings/{id}/take-back", post(meeting_run::take_back))
        .route("/meetings/{id}/restore", post(meeting_change::restore))
        .route("/join/{token}", get(meeting_join::join))
        .route("/join/{token}/here", post(meeting_join::here))
        .route("/join/{token}/left", post(meeting_join::left))
        .route("/answer/{token}", get(invitation_answer::show))
        .route("/answer/{token}/meeting.ics", get(invitation_answer::calendar))
        .route("/answer/{token}/{choice}", post(invitation_answer::answer))
        .route("/live", get(live_read::live))
        .route("/manage", get(manage_read::read))
        .route("/people", get(people_find::find))
        .route("/rooms", get(rooms_read::read))
        .route("/rooms/{slug}", get(room_read::read))
        .route("/rooms/{slug}/photo", get(room_read::photo))
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
