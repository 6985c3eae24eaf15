//! The link to the server: one thread that reads the board, listens for changes and empties the outbox.
//! While it listens, a second thread waits on the event stream; nothing else happens there.

use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::cache::Cache;
use super::clock::ServerClock;
use super::desk::Report;
use super::events::{Heard, Parser, read_line};
use super::outbox::deliver;
use super::upstream::{SILENCE, Upstream};
use crate::ids::IdSource;
use crate::wire::Board;

const BACK_OFF_LEAST: Duration = Duration::from_secs(1);
const BACK_OFF_MOST: Duration = Duration::from_mins(1);
/// What may wait to be handled before the stream is made to wait.
const INBOX: usize = 64;

/// Hears what the link has to tell; called on the link's thread.
pub type Sink = Box<dyn Fn(Vec<Report>) + Send>;

/// All a link works with.
pub struct Parts {
    /// The server.
    pub upstream: Upstream,
    /// The cache and outbox.
    pub cache: Arc<Cache>,
    /// The clock that the server sets.
    pub clock: ServerClock,
    /// The source of jitter.
    pub ids: IdSource,
    /// Where reports go.
    pub sink: Sink,
}

/// A running link; it ends when dropped.
pub struct Link {
    inbox: SyncSender<Input>,
    thread: Option<JoinHandle<()>>,
}

/// Pokes a link from any thread.
#[derive(Clone)]
pub struct Poke(SyncSender<Input>);

enum Input {
    /// Something lies in the outbox.
    Poke,
    /// From the stream opened `generation`-th.
    Stream {
        generation: u64,
        heard: Result<Heard, String>,
    },
    Quit,
}

/// Why listening ended.
enum End {
    Lost(String),
    Quit,
}

impl Link {
    /// Starts the link.
    pub fn start(parts: Parts) -> std::io::Result<Self> {
        let (inbox, outlet) = sync_channel(INBOX);
        let sender = inbox.clone();
        let thread = Builder::new().name("link".into()).spawn(move || {
            Worker { parts, inbox: sender, outlet, board: None, generation: 0, retry_at: None, tries: 0 }
                .run();
        })?;
        Ok(Self { inbox, thread: Some(thread) })
    }

    /// A handle that says "something lies in the outbox".
    #[must_use]
    pub fn poke(&self) -> Poke {
        Poke(self.inbox.clone())
    }
}

impl Poke {
    /// Says that something lies in the outbox. A full inbox means that the link is awake anyway.
    pub fn poke(&self) {
        if let Err(TrySendError::Disconnected(_)) = self.0.try_send(Input::Poke) {
            tracing::error!("the link has ended");
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Not joined if it is in the middle of a request: the process should not wait for a dead server.
        let asked = self.inbox.try_send(Input::Quit).is_ok();
        if let Some(thread) = self.thread.take().filter(|thread| asked && thread.is_finished()) {
            let _ = thread.join();
        }
    }
}

struct Worker {
    parts: Parts,
    inbox: SyncSender<Input>,
    outlet: Receiver<Input>,
    board: Option<Box<Board>>,
    generation: u64,
    /// When the outbox is tried again.
    retry_at: Option<Instant>,
    tries: u32,
}

impl Worker {
    fn run(mut self) {
        let mut failures = 0;
        loop {
            let started = Instant::now();
            match self.session() {
                End::Quit => return,
                End::Lost(why) => tracing::warn!(why, failures, "the link is down"),
            }
            // A session that lasted was not one more failure in a row.
            failures = if started.elapsed() > SILENCE { 0 } else { failures + 1 };
            if self.pause(back_off(failures, &self.parts.ids)) {
                return;
            }
        }
    }

    /// Waits, or less if somebody taps; whether to quit.
    fn pause(&mut self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        loop {
            match self.outlet.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Input::Stream { .. }) => {}
                Ok(Input::Poke) | Err(RecvTimeoutError::Timeout) => return false,
                Ok(Input::Quit) | Err(RecvTimeoutError::Disconnected) => return true,
            }
        }
    }

    /// Reads the board and listens until the server is lost.
    fn session(&mut self) -> End {
        if let Err(why) = self.flush().and_then(|()| self.read_board()) {
            return End::Lost(why);
        }
        let seq = self.board.as_ref().map_or(0, |board| board.seq);
        let stream = match self.parts.upstream.events(seq) {
            Ok(stream) => stream,
            Err(why) => return End::Lost(why),
        };
        self.generation += 1;
        let stop = Arc::new(AtomicBool::new(false));
        if let Err(error) = listen(stream, self.generation, &self.inbox, &stop) {
            return End::Lost(error.to_string());
        }
        let end = self.follow();
        stop.store(true, Ordering::SeqCst);
        end
    }

    fn follow(&mut self) -> End {
        let mut heard_at = Instant::now();
        loop {
            let silent_at = heard_at + SILENCE;
            let wake_at = self.retry_at.map_or(silent_at, |retry| retry.min(silent_at));
            let done = match self.outlet.recv_timeout(wake_at.saturating_duration_since(Instant::now())) {
                Ok(Input::Quit) | Err(RecvTimeoutError::Disconnected) => return End::Quit,
                Ok(Input::Stream { generation, .. }) if generation != self.generation => Ok(()),
                Ok(Input::Stream { heard: Err(why), .. }) => Err(why),
                Ok(Input::Stream { heard: Ok(heard), .. }) => {
                    heard_at = Instant::now();
                    self.hear(&heard)
                }
                Err(RecvTimeoutError::Timeout) if Instant::now() >= silent_at => {
                    Err("the server fell silent".to_owned())
                }
                Ok(Input::Poke) | Err(RecvTimeoutError::Timeout) => self.flush(),
            };
            if let Err(why) = done {
                return End::Lost(why);
            }
        }
    }

    fn hear(&mut self, heard: &Heard) -> Result<(), String> {
        if let Heard::Alive(Some(server_time)) = heard {
            self.parts.clock.set(*server_time);
        }
        let news = match (heard, &self.board) {
            (_, None) => true,
            (Heard::Changed(seq), Some(board)) => seq.is_none_or(|seq| seq > board.seq),
            (Heard::Alive(_), Some(board)) => self.parts.clock.now() >= board.day_end,
        };
        if news {
            return self.read_board();
        }
        (self.parts.sink)(vec![Report::Heard]);
        Ok(())
    }

    fn read_board(&mut self) -> Result<(), String> {
        let board = self.parts.upstream.board()?;
        self.parts.clock.set(board.server_time);
        self.adopt(Box::new(board), Vec::new());
        Ok(())
    }

    /// Shows and keeps a board, unless a newer one is shown already.
    fn adopt(&mut self, board: Box<Board>, mut reports: Vec<Report>) {
        if self.board.as_ref().is_none_or(|known| known.seq <= board.seq || known.day != board.day) {
            reports.insert(0, Report::Board(board.clone()));
            (self.parts.sink)(reports);
            // Shown first: the disk may take its time.
            self.parts.cache.keep_board(&board);
            self.board = Some(board);
        } else {
            (self.parts.sink)(reports);
        }
    }

    /// Sends what waits; an error if the server is away.
    fn flush(&mut self) -> Result<(), String> {
        self.retry_at = None;
        let round = deliver(&self.parts.cache, &self.parts.upstream, self.parts.clock.now());
        self.tries = if round.left { self.tries.saturating_add(1) } else { 0 };
        if round.left {
            self.retry_at = Some(Instant::now() + back_off(self.tries, &self.parts.ids));
        }
        match round.board {
            Some(board) => self.adopt(board, round.reports),
            None if round.reports.is_empty() => {}
            None => (self.parts.sink)(round.reports),
        }
        match round.unreachable {
            Some(why) => Err(why),
            None if round.look => self.read_board(),
            None => Ok(()),
        }
    }
}

/// How long to wait after so many failures: doubling from a second to a minute, a quarter more or less so
/// that two hundred screens do not come back at once.
fn back_off(failures: u32, ids: &IdSource) -> Duration {
    let doubled = BACK_OFF_LEAST.saturating_mul(1 << failures.saturating_sub(1).min(6)).min(BACK_OFF_MOST);
    let part = u32::try_from(ids.below(51)).unwrap_or(25) + 75;
    doubled * part / 100
}

/// Reads the stream on a thread of its own, which ends with the stream or after it is told to stop.
fn listen(
    mut stream: impl BufRead + Send + 'static,
    generation: u64,
    inbox: &SyncSender<Input>,
    stop: &Arc<AtomicBool>,
) -> std::io::Result<()> {
    let (inbox, stop) = (inbox.clone(), stop.clone());
    let read = move || {
        let (mut parser, mut line) = (Parser::default(), String::new());
        loop {
            let heard = match read_line(&mut stream, &mut line) {
                Ok(true) => match parser.line(&line) {
                    Some(heard) => Ok(heard),
                    None => continue,
                },
                Ok(false) => Err("the event stream ended".to_owned()),
                Err(error) => Err(error.to_string()),
            };
            let over = heard.is_err() || stop.load(Ordering::SeqCst);
            if inbox.send(Input::Stream { generation, heard }).is_err() || over {
                return;
            }
        }
    };
    Builder::new().name("events".into()).spawn(read).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_doubles_up_to_a_minute_and_differs() {
        let ids = IdSource::seeded(3);
        for (failures, least, most) in [(0, 750, 1250), (1, 750, 1250), (2, 1500, 2500), (4, 6000, 10_000)] {
            for _ in 0..50 {
                let wait = back_off(failures, &ids).as_millis();
                assert!((least..=most).contains(&wait), "{failures}: {wait} ms");
            }
        }
        let waits: std::collections::BTreeSet<_> = (0..20).map(|_| back_off(1_000, &ids)).collect();
        assert!(waits.len() > 5 && waits.iter().all(|wait| *wait <= Duration::from_secs(75)));
        assert!(waits.iter().all(|wait| *wait >= Duration::from_secs(45)));
    }
}
