//! The server, as a kiosk talks to it: three requests, each bounded in time and size.

use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use ureq::http::{Response, StatusCode};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body, BodyReader};

use super::desk::Pending;
use super::options::KioskError;
use super::trust::{reason, roots};
use crate::wire::{Board, CommandAnswer};

/// A silence of this length on the event stream counts as disconnected.
pub const SILENCE: Duration = Duration::from_secs(40);
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// No honest board is larger.
const BODY_MAX_BYTES: u64 = 2 * 1024 * 1024;
/// No honest day has more meetings.
const MEETINGS_MAX: usize = 500;

/// The server and this device's place in it.
#[derive(Clone, Debug)]
pub struct Upstream {
    agent: Agent,
    base: String,
    token: String,
    room: String,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Taken; the board after it, if the answer could be read.
    Taken(Option<Box<Board>>),
    /// Refused for good, with the sentence to show.
    Refused(String),
    /// The server is there but could not; try again later.
    Later(String),
    /// Nobody knows whether it arrived; try again with the same key.
    Unknown(String),
}

/// Part of an RFC 9457 problem.
#[derive(Deserialize)]
struct Problem {
    detail: Option<String>,
    title: Option<String>,
}

impl Upstream {
    /// The server at `address`, whose certificate an authority in the file `ca` vouches for, or without one an
    /// authority that every browser knows.
    pub fn new(address: &str, token: &str, room: &str, ca: Option<&Path>) -> Result<Self, KioskError> {
        let base = address.trim_end_matches('/');
        let host = base.strip_prefix("http://").or_else(|| base.strip_prefix("https://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(char::is_whitespace)) {
            return Err(KioskError::Server(address.to_owned()));
        }
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // The token must not follow a redirect to somebody else.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT_WITHIN))
            .timeout_recv_response(Some(ANSWER_WITHIN))
            .timeout_send_request(Some(ANSWER_WITHIN))
            .timeout_send_body(Some(ANSWER_WITHIN))
            .timeout_per_read(Some(SILENCE))
            .tls_config(TlsConfig::builder().root_certs(roots(ca)?).build())
            .user_agent(concat!("belfort-kiosk/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Ok(Self { agent, base: base.to_owned(), token: bearer(token), room: segment(room) })
    }

    /// Reads the board.
    pub fn board(&self) -> Result<Board, String> {
        let url = format!("{}/api/v1/rooms/{}/board", self.base, self.room);
        let answer = self.agent.get(url).header("Authorization", &self.token).call();
        let answer = answer.map_err(|error| reason(&error))?;
        if answer.status() != StatusCode::OK {
            return Err(format!("the server answered {}", answer.status()));
        }
        let board: Board = serde_json::from_str(&text(answer)?).map_err(|error| error.to_string())?;
        self.sound(board).ok_or_else(|| "the board is of another room or makes no sense".to_owned())
    }

    /// Opens the event stream after the journal entry `seq`.
    pub fn events(&self, seq: i64) -> Result<BufReader<BodyReader<'static>>, String> {
        let url = format!("{}/api/v1/events?room={}", self.base, self.room);
        let request = self.agent.get(url).header("Authorization", &self.token);
        let request = request.header("Accept", "text/event-stream");
        let answer = request.header("Last-Event-ID", &seq.to_string()).call();
        let answer = answer.map_err(|error| reason(&error))?;
        if answer.status() != StatusCode::OK {
            return Err(format!("the event stream answered {}", answer.status()));
        }
        Ok(BufReader::new(answer.into_body().into_with_config().limit(u64::MAX).reader()))
    }

    /// Posts a command.
    #[must_use]
    pub fn post(&self, pending: &Pending) -> Outcome {
        let url = format!("{}/api/v1/rooms/{}/commands", self.base, self.room);
        let request = self.agent.post(url).header("Authorization", &self.token);
        let request = request.header("Idempotency-Key", &pending.uuid.to_string());
        let request = request.header("Accept-Language", pending.lang.code());
        let config = request.config().timeout_recv_body(Some(ANSWER_WITHIN)).build();
        match config.send_json(&pending.command) {
            Ok(answer) => self.outcome(answer),
            Err(error) => Outcome::Unknown(reason(&error)),
        }
    }

    fn outcome(&self, answer: Response<Body>) -> Outcome {
        let status = answer.status();
        let body = text(answer);
        if status.is_success() {
            let answer = body.ok().and_then(|body| serde_json::from_str::<CommandAnswer>(&body).ok());
            return Outcome::Taken(answer.and_then(|answer| self.sound(answer.board)).map(Box::new));
        }
        // Not the command's fault: the token, the clock, the load, or the same key still being worked on.
        let passing = [
            StatusCode::UNAUTHORIZED,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::TOO_EARLY,
            StatusCode::TOO_MANY_REQUESTS,
        ];
        if !status.is_client_error() || passing.contains(&status) {
            return Outcome::Later(format!("the server answered {status}"));
        }
        let problem = body.ok().and_then(|body| serde_json::from_str::<Problem>(&body).ok());
        let sentence = problem.and_then(|problem| problem.detail.or(problem.title));
        Outcome::Refused(sentence.unwrap_or_default())
    }

    /// A board that can be shown: of this room, its day running forward, its lists in order.
    fn sound(&self, mut board: Board) -> Option<Board> {
        if segment(&board.room.slug) != self.room || board.day_start >= board.day_end {
            return None;
        }
        board.meetings.retain(|meeting| meeting.start < meeting.end);
        board.meetings.sort_by_key(|meeting| meeting.start);
        board.meetings.truncate(MEETINGS_MAX);
        board.offsets.sort_by_key(|(from, _)| *from);
        Some(board)
    }
}

fn text(answer: Response<Body>) -> Result<String, String> {
    let body = answer.into_body().into_with_config().limit(BODY_MAX_BYTES).read_to_string();
    body.map_err(|error| error.to_string())
}

/// The header of a token; what cannot stand in a header is left out.
fn bearer(token: &str) -> String {
    let clean: String = token.trim().chars().filter(char::is_ascii_graphic).collect();
    format!("Bearer {clean}")
}

/// A name as it stands in an address (RFC 3986 2.3).
fn segment(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
