//! The day itself: check in, extend, end, undo a release; answers to invitations; commands of screens.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use super::meetings::meeting_id;
use crate::booking::{Occurrence, Refusal};
use crate::http::App;
use crate::http::idempotency::{Conditions, Reply, once};
use crate::http::json::JsonBody;
use crate::http::params::Path;
use crate::http::problem::{In, Problem, Refused};
use crate::ids::MeetingId;
use crate::scheduler::{
    AnswerInvitation, Caller, MeetingSheet, answer_invitation, board, book_now, check_in as do_check_in,
    end_now, extend as do_extend, find_occurrence, meeting_sheet, undo_release as do_undo,
};
use crate::store::Tx;
use crate::wire::{Command, CommandAnswer};

/// Which date is meant, and by how much.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Running {
    /// Its id, wall time or instant; the date at hand if absent.
    occurrence: Option<String>,
    /// By how many minutes.
    minutes: Option<u32>,
    /// When it happened, if it was not now.
    at: Option<DateTime<Utc>>,
}

/// Checks in to a meeting.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/check-in", params(("id" = String, Path)), request_body = Running,
    responses((status = 200, body = MeetingSheet), (status = 409, body = Problem)))]
pub(super) async fn check_in(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: JsonBody<Running>,
) -> Result<Reply, Refused> {
    run(&app, caller, &id, &headers, body, "check-in", |tx, caller, date, asked| {
        do_check_in(tx, caller, date.id, asked.at.unwrap_or(tx.now()))
    })
    .await
}

/// Gives a running meeting more time.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/extend", params(("id" = String, Path)), request_body = Running,
    responses((status = 200, body = MeetingSheet), (status = 409, body = Problem)))]
pub(super) async fn extend(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: JsonBody<Running>,
) -> Result<Reply, Refused> {
    run(&app, caller, &id, &headers, body, "extend", |tx, caller, date, asked| {
        do_extend(tx, caller, date.id, asked.minutes.unwrap_or(15))
    })
    .await
}

/// Ends a running meeting and frees its rooms.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/end", params(("id" = String, Path)), request_body = Running,
    responses((status = 200, body = MeetingSheet), (status = 409, body = Problem)))]
pub(super) async fn end(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: JsonBody<Running>,
) -> Result<Reply, Refused> {
    run(&app, caller, &id, &headers, body, "end", |tx, caller, date, _| end_now(tx, caller, date.id)).await
}

/// Takes a release back.
#[utoipa::path(post, path = "/api/v1/meetings/{id}/release/undo", params(("id" = String, Path)),
    request_body = Running, responses((status = 200, body = MeetingSheet), (status = 409, body = Problem)))]
pub(super) async fn undo_release(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: JsonBody<Running>,
) -> Result<Reply, Refused> {
    run(&app, caller, &id, &headers, body, "undo", |tx, caller, date, _| do_undo(tx, caller, date.id)).await
}

async fn run(
    app: &App,
    caller: Caller,
    id: &str,
    headers: &HeaderMap,
    body: JsonBody<Running>,
    verb: &str,
    deed: impl FnOnce(&Tx<'_>, &Caller, &Occurrence, &Running) -> Result<Occurrence, Refusal> + Send + 'static,
) -> Result<Reply, Refused> {
    let lang = caller.lang;
    let id = meeting_id(id).say_in(lang)?;
    let conditions = Conditions::read(headers, &format!("{verb} {id}"), &body.bytes).say_in(lang)?;
    let asked = body.value;
    once(app, &caller, conditions, false, move |tx, caller, _| {
        let date = at_hand(tx, id, asked.occurrence.as_deref())?;
        deed(tx, caller, &date, &asked)?;
        let sheet = meeting_sheet(tx, caller, id)?;
        Reply::json(StatusCode::OK, sheet.version, &sheet)
    })
    .await
    .say_in(lang)
}

/// The date that was named, or the one that is on or comes next, or was last.
fn at_hand(tx: &Tx<'_>, id: MeetingId, named: Option<&str>) -> Result<Occurrence, Refusal> {
    let unknown = || Refusal::unknown("meeting", id);
    let meeting = tx.meeting(id)?.ok_or_else(unknown)?;
    if let Some(text) = named {
        return find_occurrence(tx, &meeting, text);
    }
    let dates = tx.occurrences(id)?;
    let next = dates.iter().filter(|date| date.time.end > tx.now()).min_by_key(|date| date.time.start);
    next.or(dates.last()).cloned().ok_or_else(unknown)
}

/// Writes what somebody says to an invitation, for all dates or for one.
#[utoipa::path(put, path = "/api/v1/meetings/{id}/participants/{email}",
    params(("id" = String, Path), ("email" = String, Path)), request_body = AnswerInvitation,
    responses((status = 200, body = MeetingSheet), (status = 404, body = Problem)))]
pub(super) async fn answer(
    State(app): State<App>,
    caller: Caller,
    Path((id, email)): Path<(String, String)>,
    headers: HeaderMap,
    body: JsonBody<AnswerInvitation>,
) -> Result<Reply, Refused> {
    let lang = caller.lang;
    let id = meeting_id(&id).say_in(lang)?;
    let what = format!("PUT {id} {email}");
    let conditions = Conditions::read(&headers, &what, &body.bytes).say_in(lang)?;
    let said = body.value;
    once(&app, &caller, conditions, false, move |tx, caller, _| {
        let made = answer_invitation(tx, caller, id, &email, &said)?;
        let mut sheet = meeting_sheet(tx, caller, id)?;
        sheet.warnings = made.warnings.iter().map(|reason| reason.said.speak(caller.lang)).collect();
        Reply::json(StatusCode::OK, sheet.version, &sheet)
    })
    .await
    .say_in(lang)
}

/// What a screen at a door asks for; answers with the board as it is after it.
#[utoipa::path(post, path = "/api/v1/rooms/{slug}/commands", params(("slug" = String, Path)),
    request_body = serde_json::Value, responses((status = 200, body = serde_json::Value), (status = 409, body = Problem)))]
pub(super) async fn command(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: JsonBody<Command>,
) -> Result<Reply, Refused> {
    let lang = caller.lang;
    let conditions = Conditions::read(&headers, &format!("command {slug}"), &body.bytes).say_in(lang)?;
    let command = body.value;
    once(&app, &caller, conditions, false, move |tx, caller, _| {
        let unknown = || Refusal::unknown("room", slug.chars().take(40).collect::<String>());
        let room = tx.directory().room_named(&slug).map(|room| room.id).ok_or_else(unknown)?;
        match command {
            Command::CheckIn { occurrence, made_at } => {
                do_check_in(tx, caller, occurrence, made_at)?;
            }
            Command::Extend { occurrence, minutes } => {
                do_extend(tx, caller, occurrence, minutes)?;
            }
            Command::End { occurrence } => {
                end_now(tx, caller, occurrence)?;
            }
            Command::UndoRelease { occurrence } => {
                do_undo(tx, caller, occurrence)?;
            }
            Command::BookNow { minutes } => {
                book_now(tx, caller, room, minutes)?;
            }
        }
        let answer = CommandAnswer { board: board(tx, caller, &slug)? };
        Reply::json(StatusCode::OK, answer.board.seq, &answer)
    })
    .await
    .say_in(lang)
}
