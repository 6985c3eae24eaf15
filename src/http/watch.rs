//! What keeps an open page fresh: a stream of server-sent events that says only that something changed, to
//! whoever is signed in. The page then asks again, and sees what it may see.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, sleep_until};
use tokio_stream::wrappers::ReceiverStream;

use super::App;
use crate::store::JournalEntry;

/// Time between signs of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The least time between two events: a page that is asked for anew more often is read by nobody.
const PAUSE: Duration = Duration::from_millis(250);

/// One open page.
struct Watch {
    app: App,
    secret: String,
    out: mpsc::Sender<Result<Event, Infallible>>,
    told: Option<Instant>,
}

impl App {
    /// A stream that says `changed` whenever the journal moves by something with a meeting or a room. It ends
    /// when the sign-in of `secret` has ended.
    #[must_use]
    pub fn watch(&self, secret: String) -> Response {
        let listener = self.live.events.subscribe();
        let (out, stream) = mpsc::channel(4);
        let watch = Watch { app: self.clone(), secret, out, told: None };
        tokio::spawn(watch.run(listener));
        let mut response = Sse::new(ReceiverStream::new(stream)).into_response();
        response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }
}

impl Watch {
    async fn run(mut self, mut listener: Receiver<Arc<JournalEntry>>) {
        let streams = self.app.metrics.streams.clone();
        streams.inc();
        let mut heartbeat = interval(HEARTBEAT);
        let mut due: Option<Instant> = None;
        let mut open = true;
        while open {
            let wait = due.unwrap_or_else(Instant::now);
            open = tokio::select! {
                _ = heartbeat.tick() => self.send(Event::default().comment("")).await,
                () = sleep_until(wait), if due.is_some() => {
                    due = None;
                    self.told = Some(Instant::now());
                    self.send(Event::default().event("changed").data("")).await
                }
                heard = listener.recv() => match heard {
                    Ok(entry) => {
                        if due.is_none() && concerns_pages(&entry) {
                            due = Some(self.told.map_or_else(Instant::now, |told| told + PAUSE));
                        }
                        true
                    }
                    // What was missed is not told one by one: that there was something is enough.
                    Err(RecvError::Lagged(_)) => {
                        due = due.or_else(|| Some(Instant::now()));
                        true
                    }
                    Err(RecvError::Closed) => false,
                },
                () = self.out.closed() => false,
            };
        }
        streams.dec();
    }

    /// Sends something, as long as the sign-in lasts.
    async fn send(&self, event: Event) -> bool {
        self.app.still_signed_in(&self.secret) && self.out.send(Ok(event)).await.is_ok()
    }
}

fn concerns_pages(entry: &JournalEntry) -> bool {
    let looked_after = entry.action == "journal.checked";
    entry.subjects.meeting.is_some() || !entry.subjects.rooms.is_empty() || looked_after
}
