//! `GET /zittingen.ics?body=`: the public sessions of a body as a calendar to subscribe to.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::{FRESH, tagged};
use crate::http::App;
use crate::scheduler::published_calendar;
use crate::web::oops::Oops;
use crate::web::visitor::{Asked, Visitor};

/// Writes the calendar.
pub(super) async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Asked(asked): Asked,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let (base, body) = (app.base_url.clone(), asked.get("body").to_owned());
    let calendar = app
        .read(move |view| published_calendar(view, &base, &body))
        .await
        .map_err(|refusal| visitor.oops(refusal))?;
    Ok(tagged(&headers, "text/calendar; charset=utf-8", (&calendar.tag, FRESH), calendar.bytes))
}
