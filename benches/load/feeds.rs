//! A year feed of 1,000 events, beside a server that only sends the same bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use belfort::booking::Refusal;
use belfort::scheduler::{Caller, NewFeed, issue_feed_token};
use belfort::store::{FeedScope, Level};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{Client, get, post};
use crate::report::{line, rate};
use crate::town::{ROOMS, Town, body};

const EVENTS: usize = 1_000;
const CONNECTIONS: usize = 4;
const FOR: Duration = Duration::from_secs(3);

pub fn measure() {
    let town = Town::new();
    let at = town.serve();
    let mut client = Client::connect(at);
    for n in 0..EVENTS {
        // All in one room, one after the other.
        let request = post("/api/v1/meetings", &town.token, &body(n * ROOMS, ""));
        assert_eq!(client.send(&request).0, 201);
    }
    let room = town.rooms[0];
    let secret = town
        .store
        .write_now(move |tx| {
            let new = NewFeed {
                scope: FeedScope::Room(room),
                level: Level::Title,
                attendees: false,
                label: "load".into(),
            };
            issue_feed_token(tx, &Caller::system(), &new)
        })
        .unwrap_or_else(|refusal: Refusal| panic!("{refusal:?}"))
        .1;
    let path = format!("/feeds/{secret}.ics");
    let begun = Instant::now();
    let plain = client.send(&get(&path, "-", "")).1.to_vec();
    let cold = begun.elapsed();
    line(
        &format!("year feed of {EVENTS} events, first rendering, {} kB", plain.len() / 1024),
        &format!("{:.1} ms", cold.as_secs_f64() * 1e3),
        "-",
        None,
    );
    let gzip = client.send(&get(&path, "-", "accept-encoding: gzip\r\n")).1.to_vec();
    for (name, more, size) in [
        ("plain", "", plain.len()),
        ("gzip", "accept-encoding: gzip\r\n", gzip.len()),
        ("304", "if-none-match: *\r\n", 0),
    ] {
        let ours = storm(at, &get(&path, "-", more));
        let anchor = storm(prebuilt(size), &get("/", "-", ""));
        line(
            &format!("year feed of {EVENTS} events, {name}"),
            &format!("{ours:.0}/s"),
            &format!("{anchor:.0}/s of a prebuilt buffer"),
            Some(ours / anchor),
        );
    }
}

pub fn storm(at: SocketAddr, request: &[u8]) -> f64 {
    let count = AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut client = Client::connect(at);
                while begun.elapsed() < FOR {
                    let (status, _) = client.send(request);
                    assert!(status == 200 || status == 304);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    rate(count.load(Ordering::Relaxed), begun.elapsed())
}

/// A server that reads to the end of the head and sends the same bytes, and nothing else.
pub fn prebuilt(size: usize) -> SocketAddr {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n").into_bytes();
    answer.resize(answer.len() + size, b'x');
    let answer = Arc::new(answer);
    let (sender, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = Arc::clone(&answer);
                let _ = stream.set_nodelay(true);
                tokio::spawn(async move {
                    let mut buffer = vec![0; 4096];
                    while let Ok(read) = stream.read(&mut buffer).await {
                        if read == 0 || stream.write_all(&answer).await.is_err() {
                            break;
                        }
                    }
                });
            }
        });
    });
    address.recv().unwrap()
}
