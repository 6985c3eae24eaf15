//! Creating bookings: over HTTP with 16 clients and with one, beside the raw writer with the same rows.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use belfort::booking::{Claim, Conference, Meeting, MeetingStatus, Occurrence, Privacy, Run, Strength};
use belfort::ids::{MeetingId, OccurrenceId};
use belfort::store::{NewEntry, NewMeeting, StoreError, Subjects, Tx};
use belfort::time::{Interval, Zone};
use chrono::TimeDelta;

use crate::client::{Client, get, post};
use crate::report::{cpu, line, percentile, rate};
use crate::town::{ROOMS, Town, body, slot};

const CLIENTS: usize = 16;
const EACH: usize = 1_000;

pub fn measure() {
    let raw = Town::new();
    let (raw_rate, _) = run(CLIENTS, |n| write_rows(&raw, n));
    raw.store.close();

    let town = Town::new();
    let at = town.serve();
    let before = cpu();
    let (http_rate, times) = http(&town, at, CLIENTS, 0);
    let spent =
        cpu().saturating_sub(before).as_secs_f64() * 1000.0 / f64::from(u32::try_from(times.len()).unwrap());
    let doubles = town.store.read(overlaps).unwrap();
    line(
        "create over HTTP, durable, 16 clients",
        &format!(
            "{http_rate:.0}/s, p50 {:.1} ms, p99 {:.1} ms, worst {:.0} ms, {doubles} doubles",
            percentile(&times, 50.0).as_secs_f64() * 1e3,
            percentile(&times, 99.0).as_secs_f64() * 1e3,
            times.last().unwrap().as_secs_f64() * 1e3
        ),
        &format!("{raw_rate:.0}/s same rows by the writer alone"),
        Some(http_rate / raw_rate),
    );
    line("same, CPU per request", &format!("{spent:.3} ms"), "-", None);

    let (_, lone) = http(&town, at, 1, CLIENTS * EACH);
    let fsync = raw_fsync();
    line(
        "same, one client",
        &format!("p50 {:.2} ms", percentile(&lone, 50.0).as_secs_f64() * 1e3),
        &format!("p50 {:.2} ms for 4 KiB and fdatasync", fsync.as_secs_f64() * 1e3),
        Some(percentile(&lone, 50.0).as_secs_f64() / fsync.as_secs_f64()),
    );
    day_view(&town, at);
}

fn overlaps(view: &belfort::store::View<'_>) -> Result<u64, StoreError> {
    view.overlapping_claims()
}

/// A day of four meetings in each room, as a town of 50,000 bookings a year has: leafed through, and read anew
/// after each change; and the fullest day there can be.
fn day_view(town: &Town, at: std::net::SocketAddr) {
    let mut client = Client::connect(at);
    // Days after all that was booked so far.
    let first = 40 * 48 * ROOMS;
    for n in first..first + 4 * ROOMS {
        assert_eq!(client.send(&post("/api/v1/meetings", &town.token, &body(n, ""))).0, 201);
    }
    let request = get(&format!("/api/v1/days/{}", slot(first).1.date()), &town.token, "");
    let before = cpu();
    let (times, bytes) = day_times(&mut client, &request, 2_000);
    let spent = cpu().saturating_sub(before).as_secs_f64() * 1000.0 / 2_000.0;
    let ms = |times: &[Duration]| percentile(times, 50.0).as_secs_f64() * 1e3;
    line(
        &format!("day view of {ROOMS} rooms, 4 meetings each, {} kB", bytes / 1024),
        &format!("p50 {:.2} ms, CPU {spent:.2} ms", ms(&times)),
        "-",
        None,
    );
    let anew = day_times_anew(town, &mut client, first + 4 * ROOMS);
    line("same, read anew after a change", &format!("p50 {:.2} ms", ms(&anew)), "-", None);
    let request = get(&format!("/api/v1/days/{}", slot(0).1.date()), &town.token, "");
    let (times, bytes) = day_times(&mut client, &request, 100);
    let work = format!("same, 48 meetings each, {} kB", bytes / 1024);
    line(&work, &format!("p50 {:.2} ms", ms(&times)), "-", None);
}

/// How long each of `count` requests took, sorted, and the size of the answer in bytes.
pub fn day_times(client: &mut Client, request: &[u8], count: usize) -> (Vec<Duration>, usize) {
    let mut bytes = 0;
    let mut times: Vec<Duration> = (0..count)
        .map(|_| {
            let begun = Instant::now();
            let (status, body) = client.send(request);
            assert_eq!(status, 200);
            bytes = body.len();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times, bytes)
}

/// How long the day of the `from`th slot took to be read after each of one more booking a room, sorted.
pub fn day_times_anew(town: &Town, client: &mut Client, from: usize) -> Vec<Duration> {
    let request = get(&format!("/api/v1/days/{}", slot(from).1.date()), &town.token, "");
    let mut times: Vec<Duration> = (from..from + ROOMS)
        .flat_map(|n| {
            assert_eq!(client.send(&post("/api/v1/meetings", &town.token, &body(n, ""))).0, 201);
            day_times(client, &request, 1).0
        })
        .collect();
    times.sort_unstable();
    times
}

/// One fdatasync of 4 KiB on the same disk, median.
fn raw_fsync() -> Duration {
    use std::io::Write;
    let mut file = tempfile::tempfile_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut times: Vec<Duration> = (0..200)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    percentile(&times, 50.0)
}

fn http(town: &Town, at: std::net::SocketAddr, clients: usize, from: usize) -> (f64, Vec<Duration>) {
    let next = AtomicUsize::new(from);
    let each = if clients == 1 { 300 } else { EACH };
    let begun = Instant::now();
    let times: Vec<Vec<Duration>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..clients)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = Client::connect(at);
                    (0..each)
                        .map(|_| {
                            let n = next.fetch_add(1, Ordering::Relaxed);
                            let request = post("/api/v1/meetings", &town.token, &body(n, ""));
                            let begun = Instant::now();
                            let (status, answer) = client.send(&request);
                            assert_eq!(status, 201, "{}", String::from_utf8_lossy(answer));
                            begun.elapsed()
                        })
                        .collect()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let took = begun.elapsed();
    let mut times: Vec<Duration> = times.into_iter().flatten().collect();
    times.sort_unstable();
    (rate(times.len(), took), times)
}

fn run(clients: usize, work: impl Fn(usize) + Sync) -> (f64, Duration) {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                for _ in 0..EACH {
                    work(next.fetch_add(1, Ordering::Relaxed));
                }
            });
        }
    });
    let took = begun.elapsed();
    (rate(clients * EACH, took), took)
}

/// The rows of a booking, without a rule being asked.
fn write_rows(town: &Town, n: usize) {
    let (organiser, room) = (town.organiser, town.rooms[n % ROOMS]);
    town.store.write_now(move |tx| rows(tx, n, organiser, room)).unwrap();
}

pub fn rows(
    tx: &Tx<'_>,
    n: usize,
    organiser: belfort::ids::PersonId,
    room: belfort::ids::RoomId,
) -> Result<(), StoreError> {
    let (_, start) = slot(n);
    let id = MeetingId(tx.fresh());
    let length = TimeDelta::minutes(30);
    // By the clock of Greenwich, on which each half hour comes once: a year of them holds no night that repeats.
    let at = start.and_utc();
    let time = Interval { start: at, end: at + length };
    let meeting = Meeting {
        id,
        uid: id.to_string(),
        title: format!("Overleg {n}"),
        description: None,
        privacy: Privacy::Internal,
        organiser,
        body: None,
        start,
        zone: Zone::UTC,
        length,
        rule: None,
        rooms: vec![room],
        equipment: Vec::new(),
        conference: Conference::default(),
        status: MeetingStatus::Live,
        held_until: None,
        version: 1,
        sequence: 0,
        created: tx.now(),
        modified: tx.now(),
        split_from: None,
        materialised_to: None,
        ad_hoc: false,
    };
    tx.insert_meeting(&NewMeeting {
        meeting: &meeting,
        participants: &[],
        imported_uid: None,
        import_digest: None,
    })?;
    let occurrence = Occurrence {
        id: OccurrenceId(tx.fresh()),
        meeting: id,
        original: start,
        time,
        run: Run::Planned,
        title: None,
        rooms: None,
        checked_in: None,
        check_ins: 0,
        released: None,
        ended: None,
        cancelled: None,
    };
    tx.insert_occurrence(&occurrence, None)?;
    let resource = tx.directory().room(room).map(|room| room.cells[0]).unwrap();
    tx.insert_claim(&Claim { resource, time, occurrence: occurrence.id, strength: Strength::Hard })?;
    let subjects =
        Subjects { meeting: Some(id), rooms: vec![room], people: vec![organiser], ..Subjects::default() };
    let actor = Some(organiser.0);
    tx.journal(&NewEntry { actor, action: "meeting.created", subject: Some(id.0), subjects })?;
    Ok(())
}
