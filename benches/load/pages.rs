//! Pages as staff open them in the demo town at work, beside the day of the same rooms from the API and a server that
//! only sends the bytes.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use belfort::booking::Refusal;
use belfort::clock::Clock;
use belfort::demo::{Scale, cast, found};
use belfort::ids::IdSource;
use belfort::scheduler::{Caller, NewApiToken, issue_api_token};
use belfort::store::{Store, Tx};
use belfort::town::Role;
use chrono::{DateTime, Utc};

use crate::client::{Client, get, page};
use crate::feeds::{prebuilt, storm};
use crate::report::{cpu, line};
use crate::town::serve_store;

/// Requests whose processor time is counted.
const COUNTED: u32 = 400;
/// A Monday, 10:35 in Brussels: people are at work.
const NOW: &str = "2027-01-18T09:35:00Z";

pub fn measure() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let now: DateTime<Utc> = NOW.parse().unwrap();
    let store = Store::open(dir.path(), Clock::mock(now), IdSource::seeded(1), true).unwrap();
    found(&store, Scale::Fortnight, now, 1).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let (cookie, token) = store.write_now(keys).unwrap_or_else(|refusal: Refusal| panic!("{refusal:?}"));
    let at = serve_store(&store);
    for (name, path) in [
        ("building board, 40 rooms", "/rooms"),
        ("my day", "/today"),
        ("a room's week", "/rooms/raadzaal?view=week"),
        ("find and book, empty form", "/book"),
        ("find and book, rooms found", "/book?date=2027-01-19&from=09:00&to=10:00&in_room=6&do=rooms"),
        ("find and book, best times", "/book?date=2027-01-19&from=09:00&to=10:00&in_room=6&do=times"),
    ] {
        one(at, &format!("page: {name}"), &page(path, &cookie));
    }
    one(at, "API: day of 40 rooms", &get("/api/v1/days/2027-01-18", &token, ""));
}

/// A sign-in and a token of a member of staff.
fn keys(tx: &Tx<'_>) -> Result<(String, String), Refusal> {
    let person = cast(tx)?.expect("the demo's people are there").staff.id;
    tx.open_account(person)?;
    let (_, cookie) = tx.begin_sign_in(person, false, None)?;
    let new = NewApiToken { role: Role::Staff, person: Some(person), room: None, label: "load".into() };
    let (_, token) = issue_api_token(tx, &Caller::system(), &new)?;
    Ok((cookie, token))
}

/// Answers a second over four connections, and what one costs the server alone.
fn one(at: SocketAddr, name: &str, request: &[u8]) {
    let mut client = Client::connect(at);
    let (status, bytes) = client.send(request);
    assert_eq!(status, 200, "{name}");
    let size = bytes.len();
    let (before, begun) = (cpu(), Instant::now());
    for _ in 0..COUNTED {
        client.send(request);
    }
    let spent: Duration = cpu().saturating_sub(before) / COUNTED;
    let took: Duration = begun.elapsed() / COUNTED;
    let ours = storm(at, request);
    let anchor = storm(prebuilt(size), &get("/", "-", ""));
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let figure = format!("{ours:.0}/s, {:.2} ms CPU, {:.2} ms, {} kB", ms(spent), ms(took), size / 1024);
    line(name, &figure, &format!("{anchor:.0}/s of a prebuilt buffer"), Some(ours / anchor));
}
