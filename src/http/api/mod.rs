//! `/api/v1`: one file per thing that is asked for.

mod bookings;
mod days;
mod events;
mod import;
mod journal;
mod meetings;
mod people;
mod search;
mod slots;
mod tokens;

use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;

/// The document without its paths, which the routes bring.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Belfort",
        description = "Rooms, sessions and remote participants of a town hall. Refusals are RFC 9457 problems \
            in the language of Accept-Language (nl, fr, de, en); commands take an Idempotency-Key; changes \
            take If-Match with the ETag that was read.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")
    ),
    security(("token" = []))
)]
struct Document;

/// The routes of the API and their description.
pub(super) fn routes() -> (Router<App>, utoipa::openapi::OpenApi) {
    let mut document = Document::openapi();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    OpenApiRouter::with_openapi(document)
        .routes(routes!(meetings::create))
        .routes(routes!(meetings::read, meetings::change, meetings::cancel))
        .routes(routes!(meetings::restore))
        .routes(routes!(meetings::approve))
        .routes(routes!(bookings::check_in))
        .routes(routes!(bookings::extend))
        .routes(routes!(bookings::end))
        .routes(routes!(bookings::undo_release))
        .routes(routes!(bookings::answer))
        .routes(routes!(bookings::command))
        .routes(routes!(days::rooms))
        .routes(routes!(days::room_day))
        .routes(routes!(days::board))
        .routes(routes!(days::town_day))
        .routes(routes!(days::agenda))
        .routes(routes!(search::rooms))
        .routes(routes!(slots::slots))
        .routes(routes!(journal::journal))
        .routes(routes!(events::events))
        .routes(routes!(tokens::feeds, tokens::make_feed))
        .routes(routes!(tokens::revoke_feed))
        .routes(routes!(people::roles))
        .routes(routes!(people::grant, people::take))
        .routes(routes!(people::leave))
        .routes(routes!(import::import))
        .split_for_parts()
}
