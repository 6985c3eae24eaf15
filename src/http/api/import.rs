//! Importing a calendar over HTTP: the twin of `belfort import ics`.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::booking::Refusal;
use crate::http::App;
use crate::http::json::read_body;
use crate::http::params::Query;
use crate::http::problem::{In, Problem, Refused};
use crate::ical;
use crate::scheduler::{Caller, ImportCalendar, ImportTo, import_calendar, import_horizon};
use crate::texts::Said;
use crate::town::Action;

/// Where the meetings go.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Slug of the room for all events; without it each goes where its LOCATION says.
    room: Option<String>,
    /// Address of the person who answers for events whose organiser is not known.
    organiser: Option<String>,
    /// Leave out what does not fit instead of refusing everything.
    #[serde(default)]
    skip_conflicts: bool,
    /// Only say what would come of it.
    #[serde(default)]
    dry_run: bool,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ImportSheet {
    made: usize,
    changed: usize,
    unchanged: usize,
    cancelled: usize,
    dates: usize,
    refused: Vec<String>,
    notes: Vec<String>,
}

/// Imports a calendar: all of it, or nothing.
#[utoipa::path(post, path = "/api/v1/import", params(Wanted),
    request_body(content = String, content_type = "text/calendar"),
    responses((status = 200, body = ImportSheet), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn import(
    State(app): State<App>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
    body: Body,
) -> Result<Json<ImportSheet>, Refused> {
    let lang = caller.lang;
    caller.must(Action::Import).say_in(lang)?;
    let bytes = read_body(body, ical::guard::MAX_BYTES).await.say_in(lang)?;
    let zone = app.store.directory().house.zone;
    let horizon = import_horizon(app.store.clock().now(), zone);
    // Parsing takes its time with a large file, and none of the writer's.
    let reading = tokio::task::spawn_blocking(move || ical::read(&bytes, zone, horizon))
        .await
        .map_err(|error| Refusal::Internal(error.to_string()))
        .and_then(|read| read.map_err(|error| Refusal::invalid("file", error.0)))
        .say_in(lang)?;
    let dry_run = wanted.dry_run;
    let job = move |tx: &crate::store::Tx<'_>| {
        let to = match &wanted.room {
            None => ImportTo::ByLocation,
            Some(slug) => {
                let room = tx.directory().room_named(slug);
                let unknown = || Refusal::unknown("room", slug.chars().take(40).collect::<String>());
                ImportTo::Room(room.ok_or_else(unknown)?.id)
            }
        };
        let organiser = match &wanted.organiser {
            None => None,
            Some(address) => {
                let known = tx.person_at(address)?;
                let short: String = address.chars().take(80).collect();
                let said = Said::new("unknown.person").with("name", short);
                Some(known.ok_or_else(|| Refusal::invalid("organiser", said))?.id)
            }
        };
        import_calendar(tx, &caller, &ImportCalendar { to, organiser, skip: wanted.skip_conflicts }, &reading)
    };
    let outcome = if dry_run { app.rehearse(job).await } else { app.write(job).await };
    let report = outcome.say_in(lang)?;
    Ok(Json(ImportSheet {
        made: report.made,
        changed: report.changed,
        unchanged: report.unchanged,
        cancelled: report.cancelled,
        dates: report.dates,
        refused: report.refused.iter().map(|said| said.speak(lang)).collect(),
        notes: report.notes.iter().map(|said| said.speak(lang)).collect(),
    }))
}
