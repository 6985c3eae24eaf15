//! The lobby: the page behind a personal join link. Opening it records the arrival, keeping it open keeps the
//! heartbeat, and it leads on to the conference.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::oops::message;
use super::page;
use super::shell::Shell;
use super::visitor::Visitor;
use crate::booking::Refusal;
use crate::http::{App, Arrival};
use crate::ids::{MeetingId, PersonId};
use crate::scheduler::{LobbySheet, LobbyState, lobby_sheet, read_join_token};
use crate::texts::{Lang, Said, text};

/// Names the device, so that two windows of one browser are one device.
const COOKIE: &str = "belfort-device";

#[derive(Template)]
#[template(path = "meeting_join.html")]
struct Page<'a> {
    shell: Shell,
    lang: Lang,
    sheet: &'a LobbySheet,
    token: &'a str,
    open: bool,
    headline: String,
    when: String,
}

impl Page<'_> {
    fn t<'k>(&self, key: &'k str) -> &'k str {
        text(self.lang, key)
    }

    fn dial_in(&self) -> Option<String> {
        let number = self.sheet.dial_in.as_ref()?;
        Some(Said::new("lobby.dial_in").with("number", number).speak(self.lang))
    }
}

/// `GET /join/{token}`.
pub(super) async fn join(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Response {
    let Ok((sheet, _)) = open(&app, &token).await else {
        return message(&visitor, "lobby.title", &Said::new("lobby.unknown"), StatusCode::NOT_FOUND);
    };
    let device = device(&headers).unwrap_or_else(|| app.store.ids().secret());
    if let (LobbyState::Open, Some(arrival)) = (sheet.state, arrival(&app, &token, &sheet, &device))
        && let Err(refusal) = app.is_here(arrival).await
    {
        tracing::warn!(?refusal, "an arrival could not be written down; the next heartbeat tries again");
    }
    let mut response = render(visitor, &sheet, &token);
    let cookie = format!("{COOKIE}={device}; Path=/join; HttpOnly; SameSite=Lax; Max-Age=86400");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn render(visitor: Visitor, sheet: &LobbySheet, token: &str) -> Response {
    let visitor = visitor.reading(sheet.lang);
    let lang = visitor.lang;
    let clock =
        |at: Option<chrono::NaiveDateTime>| at.map_or_else(String::new, |at| at.format("%H:%M").to_string());
    let day = sheet.from.map_or_else(String::new, |from| crate::texts::day(lang, from.date()));
    let when = format!("{day}, {}–{} ({})", clock(sheet.from), clock(sheet.to), sheet.zone);
    let headline = match sheet.state {
        LobbyState::Waiting => {
            Said::new("lobby.waiting").with("from", format!("{day} {}", clock(sheet.from))).speak(lang)
        }
        LobbyState::Open => text(lang, "lobby.you_are_in").to_owned(),
        LobbyState::Over => text(lang, "lobby.over").to_owned(),
        LobbyState::Cancelled => text(lang, "lobby.cancelled").to_owned(),
    };
    let open = sheet.state == LobbyState::Open;
    let shell = visitor.shell(&sheet.title);
    let html = Page { shell, lang, sheet, token, open, headline, when }.render();
    match html {
        Ok(html) => page(html),
        Err(error) => {
            tracing::error!(%error, "the lobby page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// `POST /join/{token}/here`: the heartbeat. 205 tells the page to read itself again.
pub(super) async fn here(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> StatusCode {
    let Ok((sheet, _)) = open(&app, &token).await else { return StatusCode::RESET_CONTENT };
    let Some(device) = device(&headers) else { return StatusCode::RESET_CONTENT };
    if sheet.state != LobbyState::Open {
        return StatusCode::RESET_CONTENT;
    }
    let Some(arrival) = arrival(&app, &token, &sheet, &device) else { return StatusCode::RESET_CONTENT };
    match app.is_here(arrival).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// `POST /join/{token}/left`: the page was closed, or the button pressed.
pub(super) async fn left(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Response {
    let Ok((sheet, _)) = open(&app, &token).await else { return StatusCode::NO_CONTENT.into_response() };
    if let Some(device) = device(&headers)
        && let Some(arrival) = arrival(&app, &token, &sheet, &device)
        && let Err(refusal) = app.has_left(arrival).await
    {
        tracing::warn!(?refusal, "a departure could not be written down; silence will tell");
    }
    let visitor = if sheet.name.is_empty() { visitor } else { visitor.reading(sheet.lang) };
    message(&visitor, "lobby.title", &Said::new("lobby.left"), StatusCode::OK)
}

async fn open(app: &App, token: &str) -> Result<(LobbySheet, (MeetingId, PersonId)), Refusal> {
    let ids = read_join_token(app.store.secret(), token)
        .ok_or_else(|| Refusal::Unknown(Said::new("lobby.unknown")))?;
    let sheet = app.read(move |view| lobby_sheet(view, ids.0, ids.1)).await?;
    Ok((sheet, ids))
}

fn arrival(app: &App, token: &str, sheet: &LobbySheet, device: &str) -> Option<Arrival> {
    let (_, person) = read_join_token(app.store.secret(), token)?;
    Some(Arrival { occurrence: sheet.occurrence?, person, device: device.to_owned() })
}

fn device(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let value = cookies.split(';').find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    let sound = value.len() == 32 && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    sound.then(|| value.to_owned())
}
