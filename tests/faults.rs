//! Bad weather, with the real program: killed in the middle of a storm, disks that fill up, files that are not
//! what they should be, clients that crawl.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
#![expect(clippy::cast_possible_wrap, reason = "counts of a test are small")]
#![cfg(feature = "server")]

#[expect(dead_code, reason = "the town of the promises, of which only the founding is used here")]
#[path = "promises/town.rs"]
mod town;

#[path = "support/http.rs"]
mod http;

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use belfort::clock::Clock;
use belfort::scheduler::{Caller, NewApiToken, issue_api_token};
use belfort::store::{FILE, FeedScope, Level, Store, verify_file};
use belfort::town::Role;
use chrono::{NaiveDateTime, NaiveTime, SubsecRound, TimeDelta};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use http::{Http, read_reply};

/// A municipality on disk, closed.
struct Data {
    dir: TempDir,
    token: String,
    feed: String,
}

impl Data {
    fn path(&self) -> &Path {
        self.dir.path()
    }
}

fn found() -> Data {
    let town = town::Town::at(1, Clock::System.now().trunc_subsecs(0));
    let issue = |store: &Store| {
        store.write_now(|tx| {
            let person = tx.person_by_email("an.peeters@stad.example")?.map(|person| person.id);
            let new = NewApiToken { role: Role::Staff, person, room: None, label: "storm".into() };
            issue_api_token(tx, &Caller::system(), &new).map(|(_, secret)| secret)
        })
    };
    let token = issue(&town.store).unwrap();
    let feed = town.feed(FeedScope::Town, Level::Title, false);
    town.store.close();
    // The directory goes with its last owner, so the file moves to one of our own.
    let dir = tempfile::tempdir().unwrap();
    fs::copy(town.dir.path().join(FILE), dir.path().join(FILE)).unwrap();
    Data { dir, token, feed }
}

/// The program, serving.
struct Server {
    child: Child,
    at: SocketAddr,
    log: PathBuf,
}

impl Server {
    fn start(data: &Path) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let log = std::env::temp_dir().join(format!("belfort-faults-{}-{number}.log", std::process::id()));
        let mut child = belfort(data, "serve")
            .args(["--listen", "127.0.0.1:0"])
            .env("BELFORT_BASE_URL", "http://belfort.test")
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let at = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).next())
            .and_then(|at| at.trim_end_matches('.').parse().ok());
        let Some(at) = at else {
            panic!("no address in {line:?}: {}", fs::read_to_string(&log).unwrap_or_default());
        };
        // The pipe is read to its end, so that the program never waits for us.
        thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Self { child, at, log }
    }

    fn client(&self, token: &str) -> Http {
        Http::new(self.at, Some(token))
    }

    fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    fn wait(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "the program does not end");
            sleep(Duration::from_millis(10));
        }
    }

    /// Asks it to stop; it must end with 0 and without a panic.
    fn stop(mut self) {
        self.terminate();
        let status = self.wait();
        assert_eq!(status.code(), Some(0), "{}", self.said());
        self.did_not_panic();
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.did_not_panic();
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn did_not_panic(&self) {
        assert!(!self.said().contains("panicked"), "{}", self.said());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.log);
    }
}

fn belfort(data: &Path, command: &str) -> Command {
    let mut belfort = Command::new(env!("CARGO_BIN_EXE_belfort"));
    belfort.arg("--lang").arg("en").arg(command).arg("--data").arg(data).stdin(Stdio::null());
    belfort
}

fn from_env(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A booking of a quarter of an hour that no other number has.
fn quarter(number: usize) -> Value {
    const ROOMS: [&str; 4] = ["raadzaal", "collegezaal", "groene-kamer", "blauwe-kamer"];
    let day = Clock::System.now().date_naive() + TimeDelta::days(2 + (number / 128) as i64);
    let midday: NaiveDateTime = day.and_time(NaiveTime::MIN) + TimeDelta::hours(10);
    let start = midday + TimeDelta::minutes(15 * ((number / 4) % 32) as i64);
    let wall = |at: NaiveDateTime| at.format("%Y-%m-%dT%H:%M").to_string();
    json!({ "title": format!("Storm {number}"), "rooms": [ROOMS[number % 4]],
        "start": wall(start), "end": wall(start + TimeDelta::minutes(15)) })
}

/// What clients of a storm know: the ids by number of what was acknowledged, and what they asked in vain.
#[derive(Default)]
struct Known {
    acknowledged: HashMap<usize, String>,
    /// Numbers up to which everything has been looked after already.
    looked_after: usize,
    unanswered: Vec<usize>,
}

/// Books from several clients until the connection breaks or `most` are booked.
fn storm(
    at: SocketAddr,
    token: &str,
    next: &Arc<AtomicUsize>,
    known: &Arc<Mutex<Known>>,
) -> Vec<thread::JoinHandle<()>> {
    let client = |_| {
        let (token, next, known) = (token.to_owned(), Arc::clone(next), Arc::clone(known));
        thread::spawn(move || {
            let mut client = Http::new(at, Some(&token));
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let key = format!("storm-{number}");
                match client.post("/api/v1/meetings", Some(&key), &quarter(number)) {
                    Ok(reply) if reply.status == 201 => {
                        let id = reply.json()["id"].as_str().unwrap().to_owned();
                        known.lock().unwrap().acknowledged.insert(number, id);
                    }
                    // Stopping: refused with a sentence, or cut off.
                    Ok(reply) => {
                        assert_eq!(reply.status, 503, "{}", reply.text());
                        known.lock().unwrap().unanswered.push(number);
                        return;
                    }
                    Err(_) => {
                        known.lock().unwrap().unanswered.push(number);
                        return;
                    }
                }
            }
        })
    };
    (0..8).map(client).collect()
}

fn join(clients: Vec<thread::JoinHandle<()>>) {
    for client in clients {
        client.join().unwrap();
    }
}

fn meetings(data: &Path) -> u64 {
    let verified = verify_file(&data.join(FILE)).unwrap();
    assert!(verified.is_clean(), "{verified:?}");
    verified.meetings
}

/// Fails unless everything acknowledged is there, and asking again for the rest has one effect each.
fn check_survivors(server: &Server, token: &str, known: &mut Known) {
    let mut client = server.client(token);
    for (number, id) in known.acknowledged.iter().filter(|(number, _)| **number >= known.looked_after) {
        let reply = client.get(&format!("/api/v1/meetings/{id}")).unwrap();
        assert_eq!(reply.status, 200, "booking {number} was acknowledged and is lost");
        assert_eq!(reply.json()["title"], format!("Storm {number}"));
    }
    for number in std::mem::take(&mut known.unanswered) {
        let key = format!("storm-{number}");
        let first = client.post("/api/v1/meetings", Some(&key), &quarter(number)).unwrap();
        let again = client.post("/api/v1/meetings", Some(&key), &quarter(number)).unwrap();
        assert_eq!((first.status, again.status), (201, 201), "{}", first.text());
        assert_eq!(first.body, again.body, "a retry gets the first answer");
        known.acknowledged.insert(number, first.json()["id"].as_str().unwrap().to_owned());
    }
}

#[test]
fn killed_in_a_storm_nothing_acknowledged_is_lost_and_retries_have_one_effect() {
    let data = found();
    let rounds = from_env("BELFORT_KILL_ROUNDS", 3);
    let (next, known) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Known::default())));
    for round in 0..rounds {
        let mut server = Server::start(data.path());
        let clients = storm(server.at, &data.token, &next, &known);
        sleep(Duration::from_millis(150 + 37 * (round as u64 % 11)));
        server.kill();
        join(clients);
        // The file as the kill left it, with its log beside it.
        let verified = verify_file(&data.path().join(FILE)).unwrap();
        assert!(verified.is_clean(), "round {round}: {verified:?}");
        let server = Server::start(data.path());
        let mut known = known.lock().unwrap();
        if round + 1 == rounds {
            known.looked_after = 0;
        }
        check_survivors(&server, &data.token, &mut known);
        known.looked_after = next.load(Ordering::Relaxed);
        assert_eq!(meetings(data.path()), known.acknowledged.len() as u64, "round {round}: one effect each");
        drop(server);
    }
    let known = known.lock().unwrap();
    assert!(known.acknowledged.len() > 8 * rounds, "the storm was no storm: {}", known.acknowledged.len());
    println!("{rounds} kills, {} bookings acknowledged, 0 lost, 0 doubles", known.acknowledged.len());
}

#[test]
fn asked_to_stop_it_answers_what_was_begun_and_ends_well() {
    let data = found();
    let (next, known) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Known::default())));
    let mut server = Server::start(data.path());
    // An event stream never ends by itself and must not hold the stop up for long.
    let mut stream = TcpStream::connect(server.at).unwrap();
    let head =
        format!("GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", data.token);
    stream.write_all(head.as_bytes()).unwrap();
    let clients = storm(server.at, &data.token, &next, &known);
    sleep(Duration::from_millis(400));
    let asked = Instant::now();
    server.terminate();
    assert_eq!(server.wait().code(), Some(0), "{}", server.said());
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    server.did_not_panic();
    join(clients);
    let log = fs::metadata(data.path().join("belfort.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "the log is folded into the file");
    let server = Server::start(data.path());
    check_survivors(&server, &data.token, &mut known.lock().unwrap());
    server.stop();
    assert_eq!(meetings(data.path()), known.lock().unwrap().acknowledged.len() as u64);
}

/// A small file system of its own, gone at the end.
struct SmallDisk {
    dir: TempDir,
}

impl SmallDisk {
    fn mount(size: &str) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(dir.path())
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self { dir });
        }
        println!("skipped: a small disk cannot be mounted here");
        None
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.dir.path()).status();
    }
}

/// Books from `next` on until the disk is full.
fn book_until_full(client: &mut Http, next: &mut usize, known: &mut Known) {
    let begun = *next;
    loop {
        assert!(*next - begun < 5_000, "the disk does not fill up");
        let reply = client.post("/api/v1/meetings", Some(&format!("storm-{next}")), &quarter(*next)).unwrap();
        if reply.status == 507 {
            assert_eq!(reply.json()["code"], "store.full", "{}", reply.text());
            return;
        }
        assert_eq!(reply.status, 201, "{}", reply.text());
        known.acknowledged.insert(*next, reply.json()["id"].as_str().unwrap().to_owned());
        *next += 1;
    }
}

fn reads_go_on(client: &mut Http, data: &Data) {
    let today = Clock::System.now().date_naive() + TimeDelta::days(2);
    for path in ["/api/v1/rooms", &format!("/api/v1/days/{today}"), &data.feed, "/metrics"] {
        let reply = client.get(path).unwrap();
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    }
}

/// Bookings are taken again within seconds of space being made.
fn writing_resumes(client: &mut Http, next: &mut usize, known: &mut Known) {
    let begun = Instant::now();
    loop {
        let reply = client.post("/api/v1/meetings", Some(&format!("storm-{next}")), &quarter(*next)).unwrap();
        if reply.status == 201 {
            known.acknowledged.insert(*next, reply.json()["id"].as_str().unwrap().to_owned());
            *next += 1;
            return;
        }
        assert_eq!(reply.status, 507, "{}", reply.text());
        assert!(begun.elapsed() < Duration::from_secs(10), "writing does not resume");
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_disk_that_fills_up_refuses_bookings_keeps_reading_and_resumes() {
    let Some(disk) = SmallDisk::mount("2m") else { return };
    let data = found();
    fs::copy(data.path().join(FILE), disk.path().join(FILE)).unwrap();
    let filler = disk.path().join("filler");
    fs::write(&filler, vec![7; 400 << 10]).unwrap();
    let (mut known, mut next) = (Known::default(), 0);

    let mut server = Server::start(disk.path());
    let mut client = server.client(&data.token);
    book_until_full(&mut client, &mut next, &mut known);
    let first = known.acknowledged.len();
    reads_go_on(&mut client, &data);

    // Killed and started again on the full disk: it reads, and says why it does not book.
    server.kill();
    let server = Server::start(disk.path());
    let mut client = server.client(&data.token);
    reads_go_on(&mut client, &data);
    check_survivors(&server, &data.token, &mut known);

    fs::remove_file(&filler).unwrap();
    writing_resumes(&mut client, &mut next, &mut known);

    // Somebody else takes the last byte between two looks at the disk: no early warning.
    let greedy = disk.path().join("greedy");
    let mut file = fs::File::create(&greedy).unwrap();
    while file.write(&[7; 4096]).is_ok_and(|written| written > 0) {}
    book_until_full(&mut client, &mut next, &mut known);
    reads_go_on(&mut client, &data);
    drop(file);
    fs::remove_file(&greedy).unwrap();
    writing_resumes(&mut client, &mut next, &mut known);

    check_survivors(&server, &data.token, &mut known);
    server.stop();
    assert_eq!(meetings(disk.path()), known.acknowledged.len() as u64);
    println!("{first} bookings until 507 on 2 MiB, {} in all, 0 lost", known.acknowledged.len());
}

fn refused(data: &Path) -> (i32, String) {
    let mut child = belfort(data, "serve")
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(10) {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it serves a file that it should refuse");
        }
        sleep(Duration::from_millis(10));
    }
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn files_that_are_not_what_they_should_be_are_refused_with_a_sentence() {
    let data = found();
    let whole = fs::read(data.path().join(FILE)).unwrap();
    let with = |bytes: &[u8]| {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), bytes).unwrap();
        let answer = refused(dir.path());
        assert_eq!(fs::read(dir.path().join(FILE)).unwrap(), bytes, "nothing in it is changed");
        answer
    };

    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    let (code, said) = with(&newer);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("version 99") && said.contains("Use a newer Belfort"), "{said}");

    for keep in [whole.len() / 3, whole.len() / 2, whole.len() * 9 / 10, whole.len() - 4096, 700] {
        let (code, said) = with(&whole[..keep]);
        assert_eq!(code, 3, "{keep} of {} bytes: {said}", whole.len());
        assert!(said.contains("damaged") && said.contains("belfort restore"), "{said}");
    }
    let (code, said) = with("This is a letter to the mayor.\n".repeat(500).as_bytes());
    assert_eq!(code, 3, "{said}");

    let nothing = tempfile::tempdir().unwrap();
    let (code, said) = refused(nothing.path());
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
}

#[test]
fn slow_and_idle_clients_hold_nobody_up() {
    let data = found();
    let server = Server::start(data.path());
    let at = server.at;
    let begun = Instant::now();
    // One crawls through its head, one through its body; both are cut off.
    let crawl = |head: String, rest: &'static str| {
        thread::spawn(move || {
            let mut wire = TcpStream::connect(at).unwrap();
            wire.write_all(head.as_bytes()).unwrap();
            wire.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
            let mut got = Vec::new();
            for byte in rest.bytes().cycle() {
                let mut buffer = [0; 4096];
                match wire.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => got.extend_from_slice(&buffer[..count]),
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(_) => break,
                }
                if !got.is_empty() || wire.write_all(&[byte]).is_err() {
                    break;
                }
                assert!(begun.elapsed() < Duration::from_secs(40), "a crawling client is never cut off");
            }
            got
        })
    };
    let slow_head = crawl("GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ".to_owned(), "a");
    let head = format!(
        "POST /api/v1/meetings HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\naccept-language: en\r\n\
         content-type: application/json\r\ncontent-length: 5000\r\n\r\n",
        data.token
    );
    let slow_body = crawl(head, " ");
    let idle: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(at).unwrap()).collect();

    let mut client = server.client(&data.token);
    let mut slowest = Duration::ZERO;
    for number in 0..100 {
        let asked = Instant::now();
        let reply = client.post("/api/v1/meetings", None, &quarter(number)).unwrap();
        assert_eq!(reply.status, 201, "{}", reply.text());
        slowest = slowest.max(asked.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    let cut = slow_body.join().unwrap();
    let answer = read_reply(&mut BufReader::new(&cut[..])).unwrap();
    assert_eq!(answer.status, 408, "{}", answer.text());
    assert_eq!(answer.json()["code"], "request.body_too_slow", "{}", answer.text());
    slow_head.join().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
    drop(idle);
    server.stop();
    println!("200 idle and 2 crawling connections: slowest of 100 bookings {slowest:?}");
}

#[test]
fn a_feed_is_the_same_to_the_byte_after_a_restart() {
    let data = found();
    let server = Server::start(data.path());
    let mut client = server.client(&data.token);
    for number in 0..20 {
        let mut wish = quarter(number * 4);
        if number % 5 == 0 {
            wish["rrule"] = json!("FREQ=YEARLY;COUNT=3");
        }
        assert_eq!(client.post("/api/v1/meetings", None, &wish).unwrap().status, 201);
    }
    let before = client.get(&data.feed).unwrap();
    assert_eq!(before.status, 200);
    assert_eq!(before.text().matches("BEGIN:VEVENT").count(), 20);
    server.stop();
    let server = Server::start(data.path());
    let after = server.client(&data.token).get(&data.feed).unwrap();
    assert_eq!(before.text(), after.text());
    assert_eq!(before.header("etag"), after.header("etag"));
    let tag = [("if-none-match", after.header("etag"))];
    let unchanged = server.client(&data.token).send("GET", &data.feed, &tag, None).unwrap();
    assert_eq!(unchanged.status, 304);
    server.stop();
}
