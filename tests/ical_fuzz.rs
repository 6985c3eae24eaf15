//! Mutated calendars and rules for some seconds: no panic, no endless work (`BELFORT_FUZZ_SECONDS`, 3 by
//! default; the same seed gives the same mutations).

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::time::{Duration, Instant};

use belfort::ical::{exchange, read, validate::validate};
use belfort::time::Zone;
use belfort::time::recurrence::{Entered, MAX_OCCURRENCES, Rule, enter};
use chrono::{NaiveDate, NaiveDateTime};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// One input may take this long; debug builds on a loaded machine are slow.
const LIMIT: Duration = Duration::from_secs(5);

fn budget() -> Duration {
    let seconds = std::env::var("BELFORT_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    Duration::from_secs(seconds)
}

fn at(year: i32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = format!("{}/tests/data/ical", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8, "the corpus is there");
    files.into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Pieces that matter to a reader of calendars.
const PIECES: [&[u8]; 22] = [
    b"\r\n ",
    b"\n",
    b"\r",
    b"\"",
    b"\\",
    b":",
    b";",
    b",",
    b"^'",
    b"BEGIN:VEVENT\n",
    b"END:VEVENT\n",
    b"BEGIN:VTIMEZONE\nTZID:X\nEND:VTIMEZONE\n",
    b"RRULE:FREQ=YEARLY;BYDAY=53SU\n",
    b"DTSTART:99991231T235959Z\n",
    b"DTSTART:00010101\n",
    b"DURATION:P99999999W\n",
    b"DURATION:-PT4294967295S\n",
    b"TZOFFSETTO:+9999\n",
    b"\xFF\xFE",
    b"\xE2\x80\xA8",
    b"EXDATE;TZID=X:20270101T000000,20270101\n",
    b";ENCODING=BASE64;VALUE=BINARY:////",
];

fn mutate(rng: &mut StdRng, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[rng.random_range(0..corpus.len())].clone();
    for _ in 0..rng.random_range(1..8) {
        let (a, b) = (rng.random_range(0..=bytes.len()), rng.random_range(0..=bytes.len()));
        let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 200));
        match rng.random_range(0..6) {
            0 if from < bytes.len() => bytes[from] = rng.random_range(0..=255),
            1 => drop(bytes.drain(from..to)),
            2 => {
                let piece = PIECES[rng.random_range(0..PIECES.len())];
                bytes.splice(from..from, piece.iter().copied());
            }
            3 => {
                let copy = bytes[from..to].repeat(rng.random_range(1..50));
                bytes.splice(from..from, copy);
            }
            4 => {
                let other = &corpus[rng.random_range(0..corpus.len())];
                let cut = rng.random_range(0..other.len());
                bytes.splice(from..from, other[cut..].iter().copied().take(400));
            }
            _ if from < bytes.len() => bytes[from] ^= 1 << rng.random_range(0..8),
            _ => {}
        }
    }
    bytes
}

#[test]
fn mutated_calendars_never_panic_or_hang() {
    let (corpus, mut rng) = (corpus(), StdRng::seed_from_u64(42));
    let (begin, mut runs, mut read_well) = (Instant::now(), 0_u32, 0_u32);
    while begin.elapsed() < budget() {
        let bytes = mutate(&mut rng, &corpus);
        let from = Instant::now();
        match read(&bytes, Zone::BRUSSELS, at(2029)) {
            Ok(reading) => {
                read_well += 1;
                assert!(reading.notes.len() <= 50);
                for event in &reading.events {
                    assert!(event.length >= chrono::TimeDelta::zero(), "{}", event.uid);
                    if let Some(rule) = &event.rule {
                        check_rule(rule, event.start_wall);
                    }
                }
            }
            Err(error) => assert!(error.0.key.starts_with("ical."), "{error:?}"),
        }
        let _ = validate(&bytes);
        let _ = exchange::lint(&bytes);
        assert!(from.elapsed() < LIMIT, "{} bytes took {:?}", bytes.len(), from.elapsed());
        runs += 1;
    }
    assert!(runs > 20 && read_well > 0 && read_well < runs, "{read_well} of {runs} were readable");
}

fn check_rule(text: &str, start: NaiveDateTime) {
    match enter(text, start, Zone::BRUSSELS, at(2029)) {
        Ok(Entered::Rule(rule)) => {
            let dates = rule.occurrences(start, start, at(2029), 100);
            assert!(dates.is_sorted() && dates.len() <= 100, "{rule}");
            assert_eq!(Rule::parse(&rule.to_string(), start, Zone::BRUSSELS), Ok(rule));
        }
        Ok(Entered::Dates { dates, .. }) => {
            assert!(dates.is_sorted() && !dates.is_empty() && dates.len() <= MAX_OCCURRENCES, "{text}");
        }
        Err(error) => assert!(error.0.key.starts_with("recurrence."), "{error:?}"),
    }
}

#[test]
fn random_rules_never_panic_or_hang() {
    const NAMES: [&str; 14] = [
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "WKST",
        "BYMONTH",
        "BYWEEKNO",
        "BYYEARDAY",
        "BYMONTHDAY",
        "BYDAY",
        "BYHOUR",
        "BYMINUTE",
        "BYSECOND",
        "BYSETPOS",
    ];
    const VALUES: [&str; 18] = [
        "DAILY",
        "WEEKLY",
        "MONTHLY",
        "YEARLY",
        "MO",
        "-1SU",
        "5FR",
        "1",
        "-1",
        "2,3",
        "31",
        "366",
        "-366",
        "59",
        "20280229",
        "20280229T010000Z",
        "99991231T235959Z",
        "1000",
    ];
    let mut rng = StdRng::seed_from_u64(7);
    let (begin, mut kept) = (Instant::now(), 0_u32);
    while begin.elapsed() < budget() {
        let mut rule = format!("FREQ={}", VALUES[rng.random_range(0..4)]);
        for _ in 0..rng.random_range(0..6) {
            let (name, value) = (NAMES[rng.random_range(1..14)], VALUES[rng.random_range(4..18)]);
            rule.extend([";", name, "=", value]);
        }
        let start = at([1, 1900, 2027, 9999][rng.random_range(0..4)]);
        let from = Instant::now();
        check_rule(&rule, start);
        assert!(from.elapsed() < LIMIT, "{rule} took {:?}", from.elapsed());
        kept += u32::from(matches!(enter(&rule, start, Zone::BRUSSELS, at(2029)), Ok(Entered::Rule(_))));
    }
    assert!(kept > 10, "{kept} rules were kept");
}
