//! Pages as staff open them, beside the day of the same rooms from the API and a server that only sends the bytes.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::client::{Client, get, page, post};
use crate::feeds::{prebuilt, storm};
use crate::report::{cpu, line};
use crate::town::{ROOMS, Town, body};

/// Requests whose processor time is counted.
const COUNTED: u32 = 400;

pub fn measure() {
    let town = Town::new();
    let at = town.serve();
    let mut client = Client::connect(at);
    for n in 0..ROOMS * 16 {
        let request = post(
            "/api/v1/meetings",
            &town.token,
            &body(n, r#","participants":[{"email":"p1@stad.example"}]"#),
        );
        assert_eq!(client.send(&request).0, 201);
    }
    let cookie = town.cookie();
    let day = (belfort::clock::Clock::System.now().date_naive() + chrono::Days::new(1)).to_string();
    for (name, path) in [
        ("building board, 50 rooms", "/rooms".to_owned()),
        ("my day", "/today".to_owned()),
        ("a room's week", format!("/rooms/zaal-0?view=week&date={day}")),
        ("find and book, empty form", "/book".to_owned()),
        ("find and book, rooms found", format!("/book?date={day}&from=09:00&to=10:00&in_room=6&do=rooms")),
    ] {
        one(at, name, &page(&path, &cookie));
    }
    one(at, "API: day of 50 rooms", &get(&format!("/api/v1/days/{day}"), &town.token, ""));
}

/// Pages a second over four connections, and what one costs the server alone.
fn one(at: SocketAddr, name: &str, request: &[u8]) {
    let mut client = Client::connect(at);
    let (status, bytes) = client.send(request);
    assert_eq!(status, 200, "{name}");
    let size = bytes.len();
    let (before, begun) = (cpu(), Instant::now());
    for _ in 0..COUNTED {
        client.send(request);
    }
    let (spent, took): (Duration, Duration) =
        (cpu().saturating_sub(before) / COUNTED, begun.elapsed() / COUNTED);
    let ours = storm(at, request);
    let anchor = storm(prebuilt(size), &get("/", "-", ""));
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let figure = format!("{ours:.0}/s, {:.2} ms CPU, {:.2} ms, {} kB", ms(spent), ms(took), size / 1024);
    line(
        &format!("page: {name}"),
        &figure,
        &format!("{anchor:.0}/s of a prebuilt buffer"),
        Some(ours / anchor),
    );
}
