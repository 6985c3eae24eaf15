//! `GET /api/v1/events`: server-sent events from the journal, as far as the caller may see, resumable by
//! `Last-Event-ID`, with a heartbeat that carries the server's clock.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;

use crate::booking::Refusal;
use crate::http::App;
use crate::http::params::Query;
use crate::http::problem::{In, Refused};
use crate::ids::{RoomId, TokenId};
use crate::scheduler::Caller;
use crate::store::JournalEntry;
use crate::texts::Said;
use crate::town::{Action, Directory};

/// Time between heartbeats.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Entries that are read at a time when a stream resumes.
const PAGE: u32 = 1_000;

/// Which events.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Wanted {
    /// Slug of a room: only what touches its cells.
    room: Option<String>,
    /// Resume after this entry, as `Last-Event-ID` does.
    after: Option<i64>,
}

/// What a stream tells: enough to know what to read again, and nothing that is withheld elsewhere.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    seq: i64,
    action: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting: Option<String>,
    rooms: Vec<&'a str>,
    at: String,
}

#[derive(Serialize)]
struct Beat {
    #[serde(rename = "type")]
    kind: &'static str,
    server_time: String,
}

/// One open stream.
struct Stream {
    app: App,
    caller: Caller,
    room: Option<RoomId>,
    last: i64,
    out: mpsc::Sender<Result<Event, Infallible>>,
}

/// Tells what changes, as it changes.
#[utoipa::path(get, path = "/api/v1/events", params(Wanted),
    responses((status = 200, description = "text/event-stream", content_type = "text/event-stream")))]
pub(super) async fn events(
    State(app): State<App>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let lang = caller.lang;
    caller.must(Action::ReadRooms).say_in(lang)?;
    let room = match &wanted.room {
        None => caller.room,
        Some(slug) => {
            let directory = app.store.directory();
            let found = directory.room_named(slug).map(|room| room.id);
            let found = found.filter(|id| caller.room.is_none_or(|door| door == *id));
            Some(
                found
                    .ok_or_else(|| Refusal::unknown("room", slug.chars().take(40).collect::<String>()))
                    .say_in(lang)?,
            )
        }
    };
    let resume = match headers.get("last-event-id").and_then(|value| value.to_str().ok()) {
        Some(text) => Some(
            text.trim()
                .parse::<i64>()
                .map_err(|_| Refusal::State(Said::new("request.cursor_bad")))
                .say_in(lang)?,
        ),
        None => wanted.after,
    };
    // Listening begins before the past is read, so that nothing falls in between.
    let listener = app.live.events.subscribe();
    let head = app.read(|view| Ok(view.journal_head()?)).await.say_in(lang)?;
    let (out, stream) = mpsc::channel(64);
    let streaming = Stream { last: resume.unwrap_or(head).min(head), app, caller, room, out };
    tokio::spawn(streaming.run(listener));
    let mut response = Sse::new(ReceiverStream::new(stream)).into_response();
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    Ok(response)
}

impl Stream {
    async fn run(mut self, mut listener: Receiver<Arc<JournalEntry>>) {
        let streams = self.app.metrics.streams.clone();
        streams.inc();
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        let mut stopping = self.app.stopping.subscribe();
        let mut open = self.beat().await && self.replay().await;
        heartbeat.reset();
        while open {
            open = tokio::select! {
                _ = heartbeat.tick() => {
                    // A screen that listens is within reach.
                    self.app.heard(&self.caller);
                    !self.revoked().await && self.beat().await
                }
                heard = listener.recv() => match heard {
                    Ok(entry) if entry.seq <= self.last => true,
                    Ok(entry) => self.tell(&entry).await,
                    // Too slow for the broadcast: the journal knows what was missed.
                    Err(RecvError::Lagged(_)) => self.replay().await,
                    Err(RecvError::Closed) => false,
                },
                () = self.out.closed() => false,
                () = stopped(&mut stopping) => false,
            };
        }
        streams.dec();
    }

    /// Tells what the journal holds after the last entry told.
    async fn replay(&mut self) -> bool {
        loop {
            let after = self.last;
            let entries = self.app.read(move |view| Ok(view.journal_after(after, PAGE)?)).await;
            let Ok(entries) = entries else { return false };
            // Page by page to the end: what is told next must follow on what was told last.
            let Some(last) = entries.last().map(|entry| entry.seq) else { return true };
            for entry in entries {
                if !self.tell(&entry).await {
                    return false;
                }
            }
            self.last = last;
        }
    }

    async fn tell(&mut self, entry: &JournalEntry) -> bool {
        self.last = entry.seq;
        if entry.action == "token.revoked" && entry.subject == Some(self.caller.token) {
            return false;
        }
        let directory = self.app.store.directory();
        if !concerns(&directory, self.room, entry) {
            return true;
        }
        let rooms = entry.subjects.rooms.iter().filter_map(|id| directory.room(*id));
        let told = Told {
            kind: "changed",
            seq: entry.seq,
            action: &entry.action,
            meeting: entry.subjects.meeting.map(|id| id.to_string()),
            rooms: rooms.map(|room| room.slug.as_str()).collect(),
            at: entry.at.to_rfc3339(),
        };
        let Ok(event) = Event::default().id(entry.seq.to_string()).event("changed").json_data(&told) else {
            return true;
        };
        self.out.send(Ok(event)).await.is_ok()
    }

    /// Whether the token was withdrawn since the stream was opened, by whatever way; if that cannot be read, the
    /// stream goes on.
    async fn revoked(&self) -> bool {
        let token = TokenId(self.caller.token);
        self.app.read(move |view| Ok(view.token_is_revoked(token)?)).await.unwrap_or(false)
    }

    async fn beat(&self) -> bool {
        let server_time = self.app.store.clock().now().to_rfc3339();
        let beat = Beat { kind: "heartbeat", server_time };
        match Event::default().event("heartbeat").json_data(&beat) {
            Ok(event) => self.out.send(Ok(event)).await.is_ok(),
            Err(_) => true,
        }
    }
}

/// Waits until the program is asked to stop.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// Whether an entry touches the cells of the room, or any room at all. Entries about tokens and people are
/// told to nobody here.
fn concerns(directory: &Directory, room: Option<RoomId>, entry: &JournalEntry) -> bool {
    let Some(room) = room else {
        return entry.subjects.meeting.is_some() || !entry.subjects.rooms.is_empty();
    };
    let cells = directory.room(room).map(|room| room.cells.as_slice()).unwrap_or_default();
    entry
        .subjects
        .rooms
        .iter()
        .filter_map(|id| directory.room(*id))
        .any(|other| other.cells.iter().any(|cell| cells.contains(cell)))
}
