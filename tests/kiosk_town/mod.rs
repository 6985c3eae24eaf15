//! A town's server as a kiosk sees it: real TCP, real HTTP, and on demand every kind of bad day.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use belfort::kiosk::sample;
use belfort::wire::{Board, Command, CommandAnswer};

/// What happens to the next request of a kind.
#[derive(Clone, Debug)]
pub enum Day {
    /// The effect takes place, and the connection is cut before the answer.
    CutAfterEffect,
    /// The connection is cut before anything is read.
    CutBefore,
    /// An answer with this status and body, without effect.
    Answer(u16, &'static str),
    /// A body of this many bytes.
    Huge(usize),
}

/// A command as it arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    pub key: String,
    pub lang: String,
    pub token: String,
    pub command: Command,
}

pub struct Books {
    pub board: Board,
    pub arrivals: Vec<Arrival>,
    /// How often each key took effect.
    pub effects: BTreeMap<String, u32>,
    pub post_days: VecDeque<Day>,
    pub board_days: VecDeque<Day>,
    pub boards_read: u32,
    pub last_event_ids: Vec<String>,
    /// Lines to be written to event streams; a stream ends at `None`.
    events: VecDeque<Option<String>>,
}

#[derive(Clone)]
pub struct Town {
    pub address: SocketAddr,
    pub books: Arc<Mutex<Books>>,
    news: Arc<Condvar>,
}

impl Town {
    pub fn open(scene: &str) -> Self {
        Self::open_at("127.0.0.1:0", scene)
    }

    pub fn open_at(address: &str, scene: &str) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let (mut board, now) = sample::scene(scene);
        board.server_time = now;
        let town = Self {
            address: listener.local_addr().unwrap(),
            books: Arc::new(Mutex::new(Books {
                board,
                arrivals: Vec::new(),
                effects: BTreeMap::new(),
                post_days: VecDeque::new(),
                board_days: VecDeque::new(),
                boards_read: 0,
                last_event_ids: Vec::new(),
                events: VecDeque::new(),
            })),
            news: Arc::default(),
        };
        let doors = town.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let town = doors.clone();
                std::thread::spawn(move || town.talk(&stream));
            }
        });
        town
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Writes `lines` to the event stream.
    pub fn say(&self, lines: &str) {
        self.books.lock().unwrap().events.push_back(Some(lines.to_owned()));
        self.news.notify_all();
    }

    /// Ends the event stream.
    pub fn hang_up(&self) {
        self.books.lock().unwrap().events.push_back(None);
        self.news.notify_all();
    }

    fn talk(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while self.exchange(&mut reader, stream).is_some() {}
        let _ = stream.shutdown(std::net::Shutdown::Both);
    }

    /// One request and its answer; `None` ends the connection.
    fn exchange(&self, reader: &mut BufReader<TcpStream>, stream: &TcpStream) -> Option<()> {
        let mut request = String::new();
        reader.read_line(&mut request).ok().filter(|read| *read > 0)?;
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
        let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        match request.split_whitespace().collect::<Vec<_>>()[..] {
            ["GET", "/api/v1/rooms/raadzaal/board", _] => self.board(stream),
            ["GET", "/api/v1/events?room=raadzaal", _] => self.events(stream, header("last-event-id")),
            ["POST", "/api/v1/rooms/raadzaal/commands", _] => {
                let arrival = Arrival {
                    key: header("idempotency-key"),
                    lang: header("accept-language"),
                    token: header("authorization"),
                    command: serde_json::from_slice(&body).unwrap(),
                };
                self.command(stream, arrival)
            }
            _ => answer(stream, 404, "{}"),
        }
    }

    fn board(&self, stream: &TcpStream) -> Option<()> {
        let mut books = self.books.lock().unwrap();
        books.boards_read += 1;
        let day = books.board_days.pop_front();
        let board = serde_json::to_string(&books.board).unwrap();
        drop(books);
        match day {
            None => answer(stream, 200, &board),
            Some(day) => bad(stream, &day),
        }
    }

    fn command(&self, stream: &TcpStream, arrival: Arrival) -> Option<()> {
        let mut books = self.books.lock().unwrap();
        books.arrivals.push(arrival.clone());
        let day = books.post_days.pop_front();
        let takes_effect = matches!(day, None | Some(Day::CutAfterEffect));
        if takes_effect && !books.effects.contains_key(&arrival.key) {
            books.board.seq += 1;
            belfort::kiosk::expect::expect(&mut books.board, &arrival.command, sample::scene("busy").1);
            books.effects.insert(arrival.key, 1);
        }
        let board = books.board.clone();
        drop(books);
        match day {
            None => answer(stream, 200, &serde_json::to_string(&CommandAnswer { board }).unwrap()),
            Some(day) => bad(stream, &day),
        }
    }

    fn events(&self, mut stream: &TcpStream, last_event_id: String) -> Option<()> {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).ok()?;
        let mut books = self.books.lock().unwrap();
        books.last_event_ids.push(last_event_id);
        loop {
            match books.events.pop_front() {
                Some(Some(lines)) => stream.write_all(lines.as_bytes()).ok()?,
                Some(None) => return None,
                None => books = self.news.wait_timeout(books, Duration::from_secs(30)).unwrap().0,
            }
        }
    }
}

fn bad(mut stream: &TcpStream, day: &Day) -> Option<()> {
    match day {
        Day::CutAfterEffect | Day::CutBefore => None,
        Day::Answer(status, body) => answer(stream, *status, body),
        Day::Huge(bytes) => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n\"");
            stream.write_all(head.as_bytes()).ok()?;
            stream.write_all(&vec![b'x'; *bytes]).ok()
        }
    }
}

fn answer(mut stream: &TcpStream, status: u16, body: &str) -> Option<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} Word\r\nContent-Type: application/json\r\nContent-Length: {length}");
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).ok()
}
