//! Pages: server-rendered, plain forms, strict CSP. One file per action, `<noun>_<verb>.rs`, its `.html`
//! beside it. `visitor` says who looks, `shell` is the frame, `oops` a refusal as a page.

mod account_mail;
mod account_open;
mod account_read;
mod approvals_read;
mod assets;
mod calendar_change;
mod calendar_words;
mod calendars_read;
mod chamber;
mod council;
mod documents;
mod equipment_form;
mod form;
mod health_read;
mod home_read;
mod invitation_answer;
mod journal_read;
mod journal_words;
mod live_read;
mod manage_read;
mod meeting_book;
mod meeting_change;
mod meeting_join;
mod meeting_people;
mod meeting_read;
mod meeting_rooms;
mod meeting_run;
mod meeting_services;
mod meeting_times;
mod oops;
mod opening_manage;
mod orders_read;
mod pager;
mod people_find;
mod people_import;
mod people_read;
mod person_change;
mod person_leave;
mod person_read;
mod portal;
mod room_add;
mod room_change;
mod room_code;
mod room_read;
mod rooms_manage;
mod rooms_read;
mod rule_change;
mod rule_try;
mod rule_words;
mod rules_manage;
mod services_manage;
mod shell;
mod sign_in_begin;
mod sign_in_end;
mod sites_manage;
mod time_picture;
mod today_read;
mod tokens_read;
mod units_manage;
mod upload;
mod visitor;
mod words;
mod wrong;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::http::App;

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
        .route("/meetings/{id}/services", get(meeting_services::ask).post(meeting_services::order))
        .route("/meetings/{id}/restore", post(meeting_change::restore))
        .route("/join/{token}", get(meeting_join::join))
        .route("/join/{token}/here", post(meeting_join::here))
        .route("/join/{token}/left", post(meeting_join::left))
        .route("/answer/{token}", get(invitation_answer::show))
        .route("/answer/{token}/meeting.ics", get(invitation_answer::calendar))
        .route("/answer/{token}/{choice}", post(invitation_answer::answer))
        .route("/live", get(live_read::live))
        .route("/people", get(people_find::find))
        .route("/rooms", get(rooms_read::read))
        .route("/rooms/{slug}", get(room_read::read))
        .route("/rooms/{slug}/code", get(room_code::read))
        .route("/rooms/{slug}/photo", get(room_read::photo))
        .route("/assets/{file}", get(assets::asset))
        .merge(chamber::routes())
        .merge(managed())
        .merge(council::routes())
        .merge(portal::routes())
        .merge(documents::routes())
        .fallback(oops::not_here)
        .method_not_allowed_fallback(oops::not_so)
        // A page shrinks to a quarter at hardly any cost; the token of its forms differs each time, so that sizes
        // tell nothing about it. Documents are packed already.
        .layer(
            CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(
                DefaultPredicate::new()
                    .and(NotForContentType::const_new("application/pdf"))
                    .and(NotForContentType::const_new("application/vnd.")),
            ),
        )
}

/// The pages of those who look after the town.
fn managed() -> Router<App> {
    Router::new()
        .route("/manage", get(manage_read::read))
        .route("/manage/approvals", get(approvals_read::read).post(approvals_read::decide))
        .route("/manage/buildings", get(sites_manage::read).post(sites_manage::add))
        .route("/manage/buildings/{slug}", get(sites_manage::ask).post(sites_manage::change))
        .route("/manage/equipment", get(units_manage::read).post(units_manage::add))
        .route("/manage/equipment/use", post(units_manage::put_in_use))
        .route("/manage/health", get(health_read::read))
        .route("/manage/journal", get(journal_read::read))
        .route("/manage/journal.csv", get(journal_read::download))
        .route("/manage/journal/check", post(journal_read::begin_check))
        .route("/manage/opening", get(opening_manage::read).post(opening_manage::set))
        .route("/manage/opening/close", post(opening_manage::close))
        .route("/manage/opening/lift", post(opening_manage::lift))
        .route("/manage/orders", get(orders_read::read))
        .route("/manage/people", get(people_read::read))
        .route("/manage/people/add", get(person_change::ask_new).post(person_change::add))
        .route("/manage/people/import", get(people_import::ask).post(people_import::import))
        .route("/manage/people/{id}", get(person_read::read))
        .route("/manage/people/{id}/change", get(person_change::ask).post(person_change::change))
        .route("/manage/people/{id}/leave", get(person_leave::ask).post(person_leave::leave))
        .route("/manage/people/{id}/link", post(person_read::link))
        .route("/manage/people/{id}/roles", post(person_read::grant))
        .route("/manage/people/{id}/roles/take", post(person_read::take))
        .route("/manage/people/{id}/{deed}", post(person_read::look_after))
        .route("/manage/rooms", get(rooms_manage::read))
        .route("/manage/rooms/new", get(room_add::ask).post(room_add::add))
        .route("/manage/rooms/{slug}", get(room_change::ask).post(room_change::change))
        .route("/manage/rooms/{slug}/photo", post(room_change::photo))
        .route("/manage/rooms/{slug}/photo/drop", post(room_change::photo_drop))
        .route("/manage/rooms/{slug}/use", post(room_change::put_in_use))
        .route("/manage/rules", get(rules_manage::read))
        .route("/manage/rules/change", get(rule_change::ask).post(rule_change::change))
        .route("/manage/rules/drop", post(rules_manage::remove))
        .route("/manage/rules/move", post(rules_manage::shift))
        .route("/manage/rules/new", get(rule_change::ask_new).post(rule_change::add))
        .route("/manage/rules/try", get(rule_try::read))
        .route("/manage/services", get(services_manage::read).post(services_manage::add))
        .route("/manage/services/{slug}", get(services_manage::ask).post(services_manage::change))
        .route("/manage/tokens", get(tokens_read::read).post(tokens_read::make))
        .route("/manage/tokens/{id}/revoke", post(tokens_read::revoke))
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
