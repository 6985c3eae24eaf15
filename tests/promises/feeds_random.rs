//! Promise: what a calendar program makes of our feed is what stands in our book, for any series with any edits,
//! across the changes of the clock.

use std::collections::BTreeMap;

use belfort::booking::Slot;
use belfort::ical;
use belfort::store::{FeedScope, Level};
use belfort::time::Zone;
use belfort::time::recurrence::Rule;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::feeds::{components, sequences, sound, value};
use crate::town::{Client, Town, booking};

/// A die that falls the same way for the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// What is shown when: how often each (start, end, title).
pub type Book = BTreeMap<(DateTime<Utc>, DateTime<Utc>, String), usize>;

/// What a calendar program shows of a feed up to `until`.
pub fn expanded(bytes: &[u8], until: NaiveDateTime) -> Book {
    let reading = ical::read(bytes, Zone::BRUSSELS, until).unwrap();
    let mut book = Book::new();
    for event in &reading.events {
        if event.cancelled {
            continue;
        }
        let dates = match &event.rule {
            None => vec![event.start_wall],
            Some(rule) => {
                let rule = Rule::parse(rule, event.start_wall, event.zone).unwrap();
                rule.occurrences(event.start_wall, event.start_wall, until, usize::MAX)
            }
        };
        for date in dates.into_iter().chain(event.rdates.iter().copied()) {
            if event.exdates.contains(&date) {
                continue;
            }
            let change = event.overrides.iter().find(|change| change.original == date);
            if change.is_some_and(|change| change.cancelled) {
                continue;
            }
            let (start, length, title) = change.map_or((date, event.length, &event.summary), |change| {
                (change.start_wall, change.length, &change.summary)
            });
            let time = Slot::new(start, length, event.zone).time;
            *book.entry((time.start, time.end, title.clone())).or_default() += 1;
        }
    }
    book
}

/// What stands in our book.
pub async fn booked(clerk: &Client, ids: &[String]) -> Book {
    let mut book = Book::new();
    for id in ids {
        let sheet = clerk.get(&format!("/api/v1/meetings/{id}")).await.must(200).json();
        for date in sheet["occurrences"].as_array().unwrap() {
            if matches!(date["status"].as_str().unwrap(), "cancelled" | "released") {
                continue;
            }
            let at = |field: &str| date[field].as_str().unwrap().parse().unwrap();
            let title = date["title"].as_str().or(sheet["title"].as_str()).unwrap().to_owned();
            *book.entry((at("start"), at("end"), title)).or_default() += 1;
        }
    }
    book
}

fn wall(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn wish(dice: &mut Dice, number: usize) -> Value {
    let days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let base: NaiveDateTime = dice
        .pick(&["2027-03-08T00:00:00", "2027-03-22T00:00:00", "2027-10-11T00:00:00", "2027-10-25T00:00:00"])
        .parse()
        .unwrap();
    let day = i64::try_from(dice.below(14)).unwrap();
    let start = base
        + TimeDelta::days(day)
        + TimeDelta::minutes(
            *dice.pick(&[0, 60, 120, 135, 150, 179, 180, 540, 600, 840, 1_200, 1_380, 1_425]),
        );
    let length = TimeDelta::minutes(*dice.pick(&[15, 30, 60, 60, 90, 120, 240, 300]));
    let end = match dice.below(5) {
        0 => ";COUNT=1".to_owned(),
        1 => format!(";UNTIL={}", (start + TimeDelta::days(60)).format("%Y%m%dT%H%M%SZ")),
        2 => String::new(),
        _ => format!(";COUNT={}", 2 + dice.below(14)),
    };
    let day = *dice.pick(&days);
    let every = 1 + dice.below(3);
    let rule = match dice.below(8) {
        0 => format!("FREQ=DAILY;INTERVAL={every};COUNT={}", 2 + dice.below(30)),
        1 => format!("FREQ=WEEKLY;INTERVAL={every}{end}"),
        2 => format!("FREQ=WEEKLY;BYDAY={day},{}{end}", days[dice.below(7)]),
        3 => format!("FREQ=MONTHLY;BYDAY={}{day}{end}", dice.pick(&["1", "2", "3", "-1"])),
        4 => format!("FREQ=MONTHLY;BYMONTHDAY={}{end}", dice.pick(&["1", "15", "28", "31", "-1"])),
        5 => format!("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={}{end}", dice.pick(&["1", "-1"])),
        6 => format!("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2;COUNT={}", 2 + dice.below(6)),
        _ => "FREQ=YEARLY;COUNT=3".to_owned(),
    };
    let rooms = match dice.below(6) {
        0 => vec![*dice.pick(&["raadzaal", "collegezaal", "hal-a", "hal-ab", "blauwe-kamer"])],
        _ => Vec::new(),
    };
    json!({ "title": format!("Reeks {number}"), "start": wall(start), "end": wall(start + length), "rrule": rule,
        "rooms": rooms, "on_conflict": "skip" })
}

/// An edit of a random kind at a random date.
fn edit(dice: &mut Dice, sheet: &Value) -> (&'static str, String, Option<Value>) {
    let path = format!("/api/v1/meetings/{}", sheet["id"].as_str().unwrap());
    let dates = sheet["occurrences"].as_array().unwrap();
    let date = dice.pick(dates);
    let original = date["occurrence"].as_str().unwrap();
    let start: NaiveDateTime = date["local_start"].as_str().unwrap().parse().unwrap();
    let first: NaiveDateTime = sheet["start"].as_str().unwrap().parse().unwrap();
    let at = |scope: &str| format!("{path}?scope={scope}&occurrence={original}");
    let shift = TimeDelta::minutes(*dice.pick(&[-120, -60, -30, 15, 60, 90, 180]));
    let span =
        |start: NaiveDateTime| json!({ "start": wall(start), "end": wall(start + TimeDelta::minutes(75)) });
    match dice.below(11) {
        0 => ("PATCH", at("this"), Some(span(start + shift))),
        1 => ("PATCH", at("this"), Some(span(start + TimeDelta::days(1) + shift))),
        2 => ("PATCH", at("this"), Some(json!({ "title": format!("Anders {}", dice.below(100)) }))),
        3 => (
            "PATCH",
            at("this"),
            Some(json!({ "rooms": [*dice.pick(&["groene-kamer", "hal-c"])], "on_conflict": "skip" })),
        ),
        4 | 5 => ("DELETE", at("this"), None),
        6 => ("POST", at("this").replace('?', "/restore?"), Some(json!({}))),
        7 => ("PATCH", at("following"), Some(span(start + shift))),
        8 => ("DELETE", at("following"), None),
        9 => ("PATCH", path, Some(span(first + shift))),
        _ => ("PATCH", path, Some(json!({ "title": format!("Hernoemd {}", dice.below(100)) }))),
    }
}

async fn a_town_of_series(seed: u64, count: usize) -> usize {
    let town = Town::new(seed);
    let clerk = town.clerk();
    let mut dice = Dice::new(seed);
    let feed = town.feed(FeedScope::Town, Level::Title, false);
    let rooms = ["raadzaal", "hal-a", "groene-kamer"];
    let rooms = rooms.map(|slug| town.feed(FeedScope::Room(town.room_id(slug)), Level::Busy, false));
    let until: NaiveDateTime = "2028-07-18T00:00:00".parse().unwrap();
    let mut ids: Vec<String> = Vec::new();
    let mut edits = 0;
    for number in 0..count {
        let wish = wish(&mut dice, number);
        let made = clerk.post("/api/v1/meetings", wish.clone()).await;
        assert!(made.status.is_success() || made.status.is_client_error(), "{wish} {}", made.text());
        if made.status.as_u16() != 201 {
            continue;
        }
        ids.push(made.json()["id"].as_str().unwrap().to_owned());
        for _ in 0..dice.below(4) {
            let id = dice.pick(&ids).clone();
            let sheet = clerk.get(&format!("/api/v1/meetings/{id}")).await.must(200).json();
            if sheet["occurrences"].as_array().unwrap().is_empty() {
                continue;
            }
            let before = town.anonymous().get(&feed).await.must(200).text();
            let (method, path, body) = edit(&mut dice, &sheet);
            town.clock.advance(TimeDelta::seconds(1));
            let answer = clerk.send(method, &path, body.clone(), &[]).await;
            let what = format!("seed {seed}: {method} {path} {body:?} of {sheet}");
            assert!(answer.status.as_u16() < 500, "{what}: {}", answer.text());
            if answer.status.is_success() {
                edits += 1;
                let id = answer.json()["id"].as_str().unwrap().to_owned();
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            let after = town.anonymous().get(&feed).await.must(200);
            sequences(&before, &after.text(), &what);
            let (mut shown, mut stands) =
                (expanded(&after.bytes, until + TimeDelta::days(60)), booked(&clerk, &ids).await);
            // Single dates are shown eighteen months ahead, rules without end.
            shown.retain(|(start, ..), _| start.naive_utc() < until);
            stands.retain(|(start, ..), _| start.naive_utc() < until);
            let missing: Vec<_> =
                stands.iter().filter(|(key, n)| shown.get(*key) != Some(n)).take(3).collect();
            let extra: Vec<_> = shown.iter().filter(|(key, n)| stands.get(*key) != Some(n)).take(3).collect();
            assert!(missing.is_empty() && extra.is_empty(), "{what}\nnot shown {missing:?}\nshown {extra:?}");
        }
    }
    sound(&town.anonymous().get(&feed).await.must(200).bytes, "town");
    for room in &rooms {
        sound(&town.anonymous().get(room).await.must(200).bytes, "room");
    }
    town.verify();
    edits
}

#[tokio::test]
async fn any_series_with_any_edits_expands_to_what_is_booked() {
    let mut edits = 0;
    for seed in 1..=10 {
        edits += a_town_of_series(seed, 20).await;
    }
    assert!(edits > 100, "only {edits} edits were accepted");
}

#[tokio::test]
async fn dates_left_out_at_the_end_of_a_series_are_not_shown() {
    let town = Town::new(1);
    let staff = town.staff();
    for day in ["2027-02-09", "2027-02-16"] {
        let (start, end) = (format!("{day}T09:30"), format!("{day}T10:30"));
        staff.post("/api/v1/meetings", booking("blauwe-kamer", &start, &end)).await.must(201);
    }
    let wish = json!({ "title": "Weekoverleg", "start": "2027-01-19T10:00", "end": "2027-01-19T11:00",
        "rooms": ["blauwe-kamer"], "rrule": "FREQ=WEEKLY;COUNT=5", "on_conflict": "skip" });
    let made = staff.post("/api/v1/meetings", wish).await.must(201).json();
    assert_eq!(made["occurrences"].as_array().unwrap().len(), 3);
    let feed = town.feed(FeedScope::Room(town.room_id("blauwe-kamer")), Level::Title, false);
    let text = town.anonymous().get(&feed).await.must(200).text();
    let found = components(&text);
    let master = found.iter().find(|c| value(c, "RRULE").is_some()).unwrap();
    let left_out: Vec<&str> = master
        .iter()
        .filter(|(name, _)| name.starts_with("EXDATE"))
        .flat_map(|(_, dates)| dates.split(','))
        .collect();
    assert_eq!(left_out, ["20270209T100000", "20270216T100000"]);
}
