//! The demo and the server as processes: ready in one line, writing beside the command line, ending gracefully.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

struct Demo {
    child: Child,
    line: Value,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn demo(dir: &Path) -> Demo {
    let mut child = Command::new(env!("CARGO_BIN_EXE_belfort"))
        .args(["demo", "--listen", "127.0.0.1:0", "--no-kiosk", "--json", "--data", dir.to_str().unwrap()])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    Demo { child, line: serde_json::from_str(&line).unwrap() }
}

/// Status and body of a GET.
fn get(url: &str, token: Option<&str>) -> (u16, String) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let bearer = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{bearer}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn the_demo_says_in_one_line_how_to_use_it_and_a_second_start_keeps_the_data() {
    let dir = tempfile::tempdir().unwrap();
    let first = demo(dir.path());
    let base = first.line["base_url"].as_str().unwrap().to_owned();
    assert_eq!(first.line["rooms"].as_array().unwrap().len(), 40);
    for role in ["staff", "clerk", "manager", "admin", "device"] {
        let token = first.line["tokens"][role].as_str().unwrap();
        assert_eq!(get(&format!("{base}/api/v1/rooms"), Some(token)).0, 200, "{role}");
    }
    let feeds = first.line["feeds"].as_array().unwrap();
    let scopes: Vec<&str> =
        feeds.iter().map(|feed| feed["scope"].as_str().unwrap().split(':').next().unwrap()).collect();
    assert_eq!(scopes, ["room", "person", "body", "site", "town"]);
    for feed in feeds {
        let (status, body) = get(feed["url"].as_str().unwrap(), None);
        assert_eq!(status, 200, "{feed}");
        assert!(body.contains("BEGIN:VEVENT"), "{feed}");
    }
    // The command line writes while the server runs, and the server sees it.
    let add = ["room", "add", "Kelder", "--site", "stadhuis", "--capacity", "9", "--data"];
    let added = Command::new(env!("CARGO_BIN_EXE_belfort")).args(add).arg(dir.path()).output().unwrap();
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let old = first.line["tokens"]["staff"].as_str().unwrap().to_owned();
    drop(first);

    let second = demo(dir.path());
    assert_eq!(second.line["rooms"].as_array().unwrap().len(), 41, "what was added is kept");
    assert_ne!(second.line["tokens"]["staff"], old, "tokens are fresh");
}

/// Asks the server to stop.
fn terminate(demo: &Demo) {
    let pid = rustix::process::Pid::from_child(&demo.child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
}

#[test]
fn whoever_is_told_that_it_serves_can_stop_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut demo = demo(dir.path());
    terminate(&demo);
    // It ends by itself, with its store closed, and is not ended by the signal.
    assert!(demo.child.wait().unwrap().success());
}

#[test]
fn an_open_stream_does_not_hold_up_the_stop() {
    let dir = tempfile::tempdir().unwrap();
    let mut demo = demo(dir.path());
    let base = demo.line["base_url"].as_str().unwrap().to_owned();
    let host = base.strip_prefix("http://").unwrap();
    let token = demo.line["tokens"]["staff"].as_str().unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n")
        .unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    while !line.contains("heartbeat") {
        line.clear();
        assert_ne!(reader.read_line(&mut line).unwrap(), 0, "the stream is open");
    }
    terminate(&demo);
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).unwrap();
    // Whatever is still open after the grace is cut, without this end.
    assert!(rest.ends_with(b"0\r\n\r\n"), "the stream ends as it should, it is not cut");
    assert!(demo.child.wait().unwrap().success());
}
