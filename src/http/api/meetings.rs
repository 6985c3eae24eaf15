//! Meetings: book, read, change, cancel, restore, approve.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::booking::Refusal;
use crate::http::App;
use crate::http::idempotency::{Conditions, Reply, once};
use crate::http::json::{JsonBody, tagged};
use crate::http::params::{Path, Query};
use crate::http::problem::{In, Problem, Refused};
use crate::ids::MeetingId;
use crate::scheduler::{
    Caller, ChangeMeeting, CreateMeeting, MeetingSheet, Scope, Target, approve_meeting, cancel_meeting,
    change_meeting, create_meeting, meeting_sheet, restore_meeting,
};

/// How far a change reaches.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Reach {
    /// `this`, `following` or `all`.
    #[param(value_type = Option<String>)]
    scope: Scope,
    /// Which date, for `this` and `following`: its id, wall time or instant.
    occurrence: Option<String>,
}

impl Reach {
    fn target(self, meeting: MeetingId, if_match: Option<i64>) -> Target {
        Target { meeting, scope: self.scope, occurrence: self.occurrence, if_match }
    }
}

/// The id in a path; one that is none names nothing.
pub(super) fn meeting_id(text: &str) -> Result<MeetingId, Refusal> {
    text.parse().map_err(|_| Refusal::unknown("meeting", text.chars().take(40).collect::<String>()))
}

/// Books a meeting.
#[utoipa::path(post, path = "/api/v1/meetings", request_body = CreateMeeting, responses(
    (status = 201, body = MeetingSheet), (status = 200, description = "dry run", body = MeetingSheet),
    (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: JsonBody<CreateMeeting>,
) -> Result<Reply, Refused> {
    let lang = caller.lang;
    let conditions = Conditions::read(&headers, "POST meetings", &body.bytes).say_in(lang)?;
    let wanted = body.value;
    let rehearse = wanted.dry_run;
    once(&app, &caller, conditions, rehearse, move |tx, caller, _| {
        let made = create_meeting(tx, caller, &wanted)?;
        let sheet = made.sheet(tx, caller)?;
        let status = if rehearse { StatusCode::OK } else { StatusCode::CREATED };
        Ok(Reply::json(status, sheet.version, &sheet)?.at(format!("/api/v1/meetings/{}", sheet.id)))
    })
    .await
    .say_in(lang)
}

/// Reads a meeting, as far as the caller may see it.
#[utoipa::path(get, path = "/api/v1/meetings/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = MeetingSheet), (status = 404, body = Problem)))]
pub(super) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let lang = caller.lang;
    let id = meeting_id(&id).say_in(lang)?;
    let sheet = app.read(move |view| meeting_sheet(view, &caller, id)).await.say_in(lang)?;
    Ok(tagged(StatusCode::OK, sheet.version, &sheet))
}

/// Changes a meeting: one date, one and all following, or all that lie ahead.
#[utoipa::path(patch, path = "/api/v1/meetings/{id}", params(("id" = String, Path), Reach),
    request_body = ChangeMeeting, responses((status = 200, body = MeetingSheet), (status = 409, body = Problem),
    (status = 412, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(reach): Query<Reach>,
    headers: HeaderMap,
    body: JsonBody<ChangeMeeting>,
) -> Result<Reply, Refused> {
    let lang = caller.lang;
    let id = meeting_id(&id).say_in(lang)?;
    let what = format!("PATCH {id} {reach:?}");
    let conditions = Conditions::read(&headers, &what, &body.bytes).say_in(lang)?;
    let wanted = body.value;
    once(&app, &caller, conditions, wanted.dry_run, move |tx, caller, if_match| {
        let made = change_meeting(tx, caller, &reach.target(id, if_match), &wanted)?;
        let sheet = made.sheet(tx, caller)?;
        Ok(Reply::json(StatusCode::OK, sheet.version, &sheet)?.at(format!("/api/v1/meetings/{}", sheet.id)))
    })
    .await
    .say_in(lang)
}

/// Cancels a meeting: one date, one and all following, or all that lie ahead.
#[utoipa::path(delete, path = "/api/v1/meetings/{id}", params(("id" = String, Path), Reach),
    responses((status = 200, body = MeetingSheet), (status = 404, body = Problem), (status = 412, body = Problem)))]
pub(super) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(reach): Query<Reach>,
    headers: HeaderMap,
) -> Result<Reply, Refused> {
    act(&app, caller, &id, reach, &headers, "DELETE", cancel_meeting).await
}

/// Takes a cancellation back, as far as the rooms are still free.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/restore", params(("id" = String, Path), Reach),
    responses((status = 200, body = MeetingSheet), (status = 409, body = Problem)))]
pub(super) async fn restore(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(reach): Query<Reach>,
    headers: HeaderMap,
) -> Result<Reply, Refused> {
    act(&app, caller, &id, reach, &headers, "restore", restore_meeting).await
}

/// Makes a hold firm.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/approve", params(("id" = String, Path)),
    responses((status = 200, body = MeetingSheet), (status = 409, body = Problem)))]
pub(super) async fn approve(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Reply, Refused> {
    act(&app, caller, &id, Reach::default(), &headers, "approve", |tx, caller, target| {
        approve_meeting(tx, caller, target.meeting)
    })
    .await
}

async fn act(
    app: &App,
    caller: Caller,
    id: &str,
    reach: Reach,
    headers: &HeaderMap,
    verb: &str,
    deed: impl FnOnce(&crate::store::Tx<'_>, &Caller, &Target) -> Result<crate::booking::Meeting, Refusal>
    + Send
    + 'static,
) -> Result<Reply, Refused> {
    let lang = caller.lang;
    let id = meeting_id(id).say_in(lang)?;
    let conditions = Conditions::read(headers, &format!("{verb} {id} {reach:?}"), b"").say_in(lang)?;
    once(app, &caller, conditions, false, move |tx, caller, if_match| {
        deed(tx, caller, &reach.target(id, if_match))?;
        let sheet = meeting_sheet(tx, caller, id)?;
        Reply::json(StatusCode::OK, sheet.version, &sheet)
    })
    .await
    .say_in(lang)
}
