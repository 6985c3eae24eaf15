//! How the town's size tells: the same work with 50,000 and with 1,000,000 bookings on file.

use std::time::{Duration, Instant};

use belfort::booking::Refusal;

use crate::client::{Client, post};
use crate::create::{day_times_anew, rows};
use crate::report::{line, percentile};
use crate::town::{ROOMS, Town, body};

const SMALL: usize = 50_000;
const LARGE: usize = 1_000_000;
/// Bookings of one commit while the file is filled.
const BATCH: usize = 10_000;

pub fn measure() {
    let (small_create, small_day) = at_size(SMALL);
    let (large_create, large_day) = at_size(LARGE);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    for (work, small, large) in [
        ("create, one client, 1,000,000 on file", small_create, large_create),
        ("day view of 50 rooms after a change, 1,000,000 on file", small_day, large_day),
    ] {
        let figure = format!("p50 {:.2} ms", ms(large));
        let limit = format!("p50 {:.2} ms with 50,000", ms(small));
        line(work, &figure, &limit, Some(large.as_secs_f64() / small.as_secs_f64()));
    }
}

/// Median of a create, and of a day view whose day has to be read.
fn at_size(count: usize) -> (Duration, Duration) {
    let town = Town::new();
    let (organiser, rooms) = (town.organiser, town.rooms.clone());
    for first in (0..count).step_by(BATCH) {
        let rooms = rooms.clone();
        town.store
            .write_now(move |tx| {
                for n in first..first + BATCH {
                    rows(tx, n, organiser, rooms[n % ROOMS])?;
                }
                Ok::<_, Refusal>(())
            })
            .unwrap();
    }
    let at = town.serve();
    let mut client = Client::connect(at);
    let mut creates = Vec::new();
    // A day of four bookings a room, beyond all others.
    let first = (count / ROOMS / 48 + 2) * 48 * ROOMS;
    for n in first..first + 4 * ROOMS {
        let begun = Instant::now();
        let (status, _) = client.send(&post("/api/v1/meetings", &town.token, &body(n, "")));
        creates.push(begun.elapsed());
        assert_eq!(status, 201);
    }
    let days = day_times_anew(&town, &mut client, first + 4 * ROOMS);
    creates.sort_unstable();
    town.store.close();
    (percentile(&creates, 50.0), percentile(&days, 50.0))
}
