//! From a booking to the screens: 200 open event streams.

use std::io::BufRead;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use crate::client::{Client, get, post};
use crate::report::{line, percentile};
use crate::town::{Town, body};

const SCREENS: usize = 200;
const BOOKINGS: usize = 50;

pub fn measure() {
    let town = Town::new();
    let at = town.serve();
    let (told, heard) = channel();
    for _ in 0..SCREENS {
        let told = told.clone();
        let mut stream = Client::connect(at).lines(&get("/api/v1/events", &town.token, ""));
        std::thread::spawn(move || {
            let mut text = String::new();
            while stream.read_line(&mut text).unwrap_or(0) > 0 {
                if text.starts_with("event: changed") && told.send(Instant::now()).is_err() {
                    break;
                }
                text.clear();
            }
        });
    }
    // The streams are open once each has had its first heartbeat.
    std::thread::sleep(Duration::from_secs(1));
    let mut client = Client::connect(at);
    let mut times = Vec::new();
    for n in 0..BOOKINGS {
        let request = post("/api/v1/meetings", &town.token, &body(n, ""));
        let begun = Instant::now();
        assert_eq!(client.send(&request).0, 201);
        for _ in 0..SCREENS {
            times.push(heard.recv_timeout(Duration::from_secs(10)).unwrap() - begun);
        }
    }
    times.sort_unstable();
    line(
        &format!("booking to screen, {SCREENS} screens"),
        &format!(
            "p50 {:.1} ms, p99 {:.1} ms",
            percentile(&times, 50.0).as_secs_f64() * 1e3,
            percentile(&times, 99.0).as_secs_f64() * 1e3
        ),
        "-",
        None,
    );
}
