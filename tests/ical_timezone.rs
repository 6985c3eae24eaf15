//! The VTIMEZONE of each zone, read back by an evaluator that shares nothing with the writer, against
//! chrono-tz and against the zones of this system.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use belfort::ical::timezone::vtimezone;
use belfort::ical::validate::validate;
use belfort::ical::windows_zones;
use belfort::ical::{CalendarInfo, exchange, write_head, write_tail};
use belfort::time::Zone;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};

/// Onsets in UTC with the offset from then on, sorted, and the offset before the first.
struct Clock {
    onsets: Vec<(DateTime<Utc>, i32)>,
    before_s: i32,
}

impl Clock {
    fn of(zone: Zone, last_year: i32) -> Self {
        let text = String::from_utf8(vtimezone(zone).into_owned()).unwrap();
        let mut onsets = Vec::new();
        let mut first = (DateTime::<Utc>::MAX_UTC, 0);
        for part in text.split("BEGIN:").skip(2) {
            let value = |name: &str| {
                part.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::to_owned)
            };
            let offset = |name: &str| {
                let text = value(name).unwrap();
                let number: i32 = text.parse().unwrap();
                (number / 100) * 3_600 + (number % 100) * 60
            };
            let (from_s, to_s) = (offset("TZOFFSETFROM"), offset("TZOFFSETTO"));
            let start = value("DTSTART").unwrap();
            let locals: Vec<NaiveDateTime> = match value("RRULE") {
                None => vec![NaiveDateTime::parse_from_str(&start, "%Y%m%dT%H%M%S").unwrap()],
                Some(rule) => {
                    let set: rrule::RRuleSet = format!("DTSTART:{start}Z\nRRULE:{rule}").parse().unwrap();
                    let end = rrule::Tz::UTC.with_ymd_and_hms(last_year + 1, 2, 1, 0, 0, 0).unwrap();
                    set.before(end).all(1_000).dates.iter().map(DateTime::naive_utc).collect()
                }
            };
            for local in locals {
                let at = local.and_utc() - TimeDelta::seconds(from_s.into());
                onsets.push((at, to_s));
                if at < first.0 {
                    first = (at, from_s);
                }
            }
        }
        onsets.sort_unstable();
        Self { onsets, before_s: first.1 }
    }

    fn offset_s(&self, at: DateTime<Utc>) -> i32 {
        let later = self.onsets.partition_point(|(onset, _)| *onset <= at);
        later.checked_sub(1).map_or(self.before_s, |last| self.onsets[last].1)
    }
}

fn new_year(year: i32) -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc()
}

/// Instants of whole years, `step_min` minutes apart.
fn instants(first: i32, last: i32, step_min: i64) -> impl Iterator<Item = DateTime<Utc>> {
    let mut at = new_year(first);
    std::iter::from_fn(move || {
        at += TimeDelta::minutes(step_min);
        (at.year() <= last).then_some(at)
    })
}

#[test]
fn brussels_is_what_chrono_tz_says_from_1997_to_2037() {
    let clock = Clock::of(Zone::BRUSSELS, 2037);
    for at in instants(1997, 2037, 30) {
        assert_eq!(clock.offset_s(at), Zone::BRUSSELS.offset_s(at), "{at}");
    }
    let text = String::from_utf8(vtimezone(Zone::BRUSSELS).into_owned()).unwrap();
    assert_eq!((text.matches("BEGIN:STANDARD").count(), text.matches("BEGIN:DAYLIGHT").count()), (1, 1));
}

#[test]
fn other_zones_are_what_chrono_tz_says_for_years_to_come() {
    for name in [
        "Europe/London",
        "Europe/Dublin",
        "Europe/Lisbon",
        "Europe/Paris",
        "Europe/Helsinki",
        "Europe/Moscow",
        "Europe/Istanbul",
        "Atlantic/Azores",
        "America/New_York",
        "America/Santiago",
        "America/Sao_Paulo",
        "America/Nuuk",
        "America/St_Johns",
        "Asia/Tokyo",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Jerusalem",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Africa/Kinshasa",
        "Australia/Sydney",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Auckland",
        "Antarctica/Troll",
        "Etc/GMT+5",
    ] {
        let zone: Zone = name.parse().unwrap();
        let clock = Clock::of(zone, 2036);
        for at in instants(2026, 2036, 30) {
            assert_eq!(clock.offset_s(at), zone.offset_s(at), "{name} at {at}");
        }
    }
}

#[test]
fn every_zone_makes_a_valid_calendar_of_moderate_size() {
    let info = CalendarInfo {
        name: "n".into(),
        description: None,
        zone: Zone::BRUSSELS,
        last_modified: new_year(2027),
        refresh_min: 60,
        source: None,
        color: None,
        url: None,
    };
    let mut pairs = 0;
    for tz in chrono_tz::TZ_VARIANTS {
        let zone: Zone = tz.name().parse().unwrap();
        let mut out = Vec::new();
        write_head(&mut out, &info, &[zone]);
        write_tail(&mut out);
        assert!(out.len() < 6_000, "{zone}");
        if zone != Zone::UTC {
            assert_eq!(validate(&out), Ok(0), "{zone}");
            pairs += usize::from(exchange::lint(&out).is_empty());
        }
    }
    // The few others follow the moon or a weekday on or after a date, which Exchange cannot say.
    assert!(pairs > 580, "{pairs} zones fit Exchange");
}

#[test]
fn windows_names_mean_zones_that_exist() {
    for (windows, iana) in windows_zones::ZONES {
        assert!(iana.parse::<Zone>().is_ok(), "{windows}: {iana}");
        assert_eq!(windows_zones::iana(&windows.to_uppercase()), Some(*iana), "each name once: {windows}");
    }
    assert_eq!(windows_zones::iana("Romance Standard Time"), Some("Europe/Brussels"));
    assert_eq!(windows_zones::iana("Europe/Brussels"), None);
}

/// Transitions of a `TZif` file (RFC 9636 3), its second, 64-bit part, and its TZ string.
fn system_zone(name: &str) -> (Vec<(i64, i32)>, String) {
    let bytes = std::fs::read(format!("/usr/share/zoneinfo/{name}")).expect("the system has tzdata");
    let count = |head: usize, field: usize| {
        u32::from_be_bytes(bytes[head + 20 + field * 4..head + 24 + field * 4].try_into().unwrap()) as usize
    };
    let size = |head: usize, wide: usize| {
        let [utc, std, leap, times, types, chars] = std::array::from_fn(|field| count(head, field));
        times * (wide + 1) + types * 6 + chars + leap * (wide + 4) + std + utc
    };
    let head = 44 + size(0, 4);
    let (times, data) = (count(head, 3), head + 44);
    let types = data + times * 9;
    let transitions = (0..times)
        .map(|index| {
            let at = i64::from_be_bytes(bytes[data + index * 8..data + index * 8 + 8].try_into().unwrap());
            let kind = types + usize::from(bytes[data + times * 8 + index]) * 6;
            (at, i32::from_be_bytes(bytes[kind..kind + 4].try_into().unwrap()))
        })
        .collect();
    let footer = String::from_utf8(bytes[data + size(head, 8)..].to_vec()).unwrap();
    (transitions, footer.trim().to_owned())
}

#[test]
fn brussels_is_what_this_system_says_for_the_next_ten_years() {
    let clock = Clock::of(Zone::BRUSSELS, 2037);
    let (transitions, footer) = system_zone("Europe/Brussels");
    assert_eq!(footer, "CET-1CEST,M3.5.0,M10.5.0/3", "the rule for all years that the file does not list");
    let listed = transitions.last().unwrap().0;
    let mut compared = 0;
    for at in instants(2026, 2037, 30).filter(|at| at.timestamp() < listed) {
        let later = transitions.partition_point(|(onset, _)| *onset <= at.timestamp());
        let system_s = transitions[later - 1].1;
        assert_eq!(clock.offset_s(at), system_s, "VTIMEZONE at {at}");
        assert_eq!(Zone::BRUSSELS.offset_s(at), system_s, "chrono-tz at {at}");
        compared += 1;
    }
    // A file that lists nothing of these years has said all it knows in its rule.
    assert!(compared == 0 || compared > 190_000, "{compared}");
}
