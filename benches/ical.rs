//! How fast feeds are written, checked and read: CPU-bound, one thread, the median of some rounds.
//!
//! `cargo bench --no-default-features --features server --bench ical`. Each figure stands next to that of
//! copying the same bytes, so that runs on different machines can be compared.

use std::hint::black_box;
use std::time::{Duration, Instant};

use belfort::ical::validate::validate;
use belfort::ical::{
    CalendarInfo, Class, Conference, Feature, FeedEvent, Mailbox, Status, Uri, When, read, write_event,
    write_head, write_tail,
};
use belfort::time::Zone;
use belfort::time::recurrence::Rule;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

const EVENTS: i64 = 10_000;
const ROUNDS: usize = 9;

fn main() {
    let (info, events) = (info(), events());
    let feed = write(&info, &events);
    println!("{EVENTS} events, {} kB", feed.len() / 1_000);
    let copy = median(|| black_box(feed.clone()).len());
    report("copy the bytes", copy, copy);
    report("write the feed", median(|| write(&info, &events).len()), copy);
    report("validate the feed", median(|| validate(&feed).expect("valid")), copy);
    // The guard lets 5 MB through, so half of the feed is read.
    let half = write(&info, &events[..events.len() / 2]);
    let horizon = day(0) + TimeDelta::days(731);
    let back = median(|| read(&half, Zone::BRUSSELS, horizon).expect("readable").events.len());
    report("read half of it back", back, copy);
    let rule = Rule::parse("FREQ=WEEKLY;BYDAY=TU;COUNT=52", day(5), Zone::BRUSSELS).expect("a kept rule");
    let until = day(0) + TimeDelta::days(731);
    let series =
        median(|| (0..1_000).map(|_| rule.occurrences(day(5), day(5), until, 100).len()).sum::<usize>());
    report("expand 1,000 weekly series of 52", series, copy);
}

fn report(what: &str, took: Duration, copy: Duration) {
    println!(
        "{what:34} {:9.3} ms  {:7.1} × copy",
        took.as_secs_f64() * 1e3,
        took.as_secs_f64() / copy.as_secs_f64()
    );
}

fn median(mut work: impl FnMut() -> usize) -> Duration {
    let mut rounds: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let from = Instant::now();
            black_box(work());
            from.elapsed()
        })
        .collect();
    rounds.sort_unstable();
    rounds[ROUNDS / 2]
}

fn write(info: &CalendarInfo, events: &[FeedEvent]) -> Vec<u8> {
    let mut out = Vec::with_capacity(events.len() * 1_000);
    write_head(&mut out, info, &[Zone::BRUSSELS]);
    for event in events {
        write_event(&mut out, event);
    }
    write_tail(&mut out);
    out
}

fn day(days: i64) -> NaiveDateTime {
    let first = NaiveDate::from_ymd_opt(2026, 12, 31).expect("a date");
    (first + TimeDelta::days(days)).and_hms_opt(19, 30, 0).expect("a time")
}

fn info() -> CalendarInfo {
    CalendarInfo {
        name: "Raadzaal".into(),
        description: None,
        zone: Zone::BRUSSELS,
        last_modified: day(0).and_utc(),
        refresh_min: 60,
        source: None,
        color: None,
        url: None,
    }
}

/// Meetings as a town hall has them: one in twenty is a series.
fn events() -> Vec<FeedEvent> {
    (0..EVENTS)
        .map(|n| {
            let start = day(n % 500);
            FeedEvent {
                uid: format!("01890a5d-ac96-774b-bcce-{n:012}"),
                sequence: u32::try_from(n % 5).unwrap_or(0),
                dtstamp: day(0).and_utc(),
                created: day(0).and_utc(),
                last_modified: day(0).and_utc(),
                when: When::Timed { start, end: start + TimeDelta::minutes(90), zone: Zone::BRUSSELS },
                rule: (n % 20 == 0)
                    .then(|| Rule::parse("FREQ=WEEKLY;UNTIL=20281231", start, Zone::BRUSSELS).expect("a kept rule")),
                exdates: Vec::new(),
                recurrence_id: None,
                summary: format!("Commissie ruimte en mobiliteit, vergadering {n}"),
                description: Some(
                    "Deelnemen: https://meet.voorbeeld.be/commissie\n\nAgenda:\n1. Goedkeuring verslag\n2. Circulatieplan; \
                     stand van zaken\n3. Varia é ë"
                        .into(),
                ),
                location: Some("Raadzaal, Markt 1, 9999 Voorbeeld".into()),
                categories: vec!["Commissie".into()],
                status: Status::Confirmed,
                transparent: false,
                busy_status: None,
                class: Class::Public,
                url: Some(Uri::from("https://zalen.voorbeeld.be/meeting/01890a5d-ac96-774b-bcce-b302099a8057")),
                conferences: vec![Conference {
                    uri: Uri::from("https://meet.voorbeeld.be/commissie"),
                    label: "Online deelnemen".into(),
                    features: vec![Feature::Audio, Feature::Video],
                }],
                organizer: Some(Mailbox { name: Some("Secretariaat".into()), address: "secretariaat@voorbeeld.be".into() }),
                attendees: Vec::new(),
                related_to: None,
            }
        })
        .collect()
}
