//! Recurrence against two independent engines: a day-by-day one here, and the crate `rrule`.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]
#![expect(
    clippy::cast_possible_wrap,
    clippy::cast_possible_truncation,
    reason = "days, months and places are small numbers"
)]

use std::time::{Duration, Instant};

use belfort::time::Zone;
use belfort::time::recurrence::{Rule, enter};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use proptest::prelude::*;

const NAMES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

#[derive(Clone, Debug)]
enum Shape {
    Daily,
    Weekly {
        days: Vec<u32>,
        week_start: u32,
    },
    /// Month 0 is every month.
    OnDay {
        month: u32,
        day: i32,
    },
    Nth {
        month: u32,
        nth: i32,
        weekday: u32,
    },
    Position {
        days: Vec<u32>,
        position: i32,
    },
}

#[derive(Clone, Debug)]
enum End {
    Never,
    Count(usize),
    Until(NaiveDateTime),
}

#[derive(Clone, Debug)]
struct Case {
    shape: Shape,
    interval: i32,
    end: End,
    start: NaiveDateTime,
}

fn names(days: &[u32]) -> String {
    days.iter().map(|day| NAMES[*day as usize]).collect::<Vec<_>>().join(",")
}

impl Case {
    fn rule(&self) -> String {
        let month = |month: u32| {
            if month == 0 { "FREQ=MONTHLY".into() } else { format!("FREQ=YEARLY;BYMONTH={month}") }
        };
        let shape = match &self.shape {
            Shape::Daily => "FREQ=DAILY".to_owned(),
            Shape::Weekly { days, week_start } => {
                format!("FREQ=WEEKLY;BYDAY={};WKST={}", names(days), NAMES[*week_start as usize])
            }
            Shape::OnDay { month: m, day } => format!("{};BYMONTHDAY={day}", month(*m)),
            Shape::Nth { month: m, nth, weekday } => {
                format!("{};BYDAY={nth}{}", month(*m), NAMES[*weekday as usize])
            }
            Shape::Position { days, position } => {
                format!("FREQ=MONTHLY;BYDAY={};BYSETPOS={position}", names(days))
            }
        };
        let end = match &self.end {
            End::Never => String::new(),
            End::Count(count) => format!(";COUNT={count}"),
            End::Until(until) => format!(";UNTIL={}", until.format("%Y%m%dT%H%M%SZ")),
        };
        format!("{shape};INTERVAL={}{end}", self.interval)
    }

    /// Whether the rule names this day, decided by looking at this day only.
    fn names_day(&self, day: NaiveDate) -> bool {
        let first = self.start.date();
        let months = (day.year() - first.year()) * 12 + day.month() as i32 - first.month() as i32;
        let years = day.year() - first.year();
        let in_step = |month: u32| {
            if month == 0 {
                months % self.interval == 0
            } else {
                day.month() == month && years % self.interval == 0
            }
        };
        let weekday = day.weekday().num_days_from_monday();
        match &self.shape {
            Shape::Daily => (day - first).num_days() % i64::from(self.interval) == 0,
            Shape::Weekly { days, week_start } => {
                // Day 0 of the common era counts from a Monday, so weeks are counted from the first WKST.
                let week = |d: NaiveDate| {
                    (i64::from(d.num_days_from_ce()) - 1 - i64::from(*week_start)).div_euclid(7)
                };
                days.contains(&weekday) && (week(day) - week(first)) % i64::from(self.interval) == 0
            }
            Shape::OnDay { month, day: wanted } => {
                in_step(*month) && (day.day() as i32 == *wanted || from_end(day) == -*wanted)
            }
            Shape::Nth { month, nth, weekday: wanted } => {
                let place = if *nth > 0 { (day.day() as i32 + 6) / 7 } else { -((from_end(day) + 6) / 7) };
                in_step(*month) && weekday == *wanted && place == *nth
            }
            Shape::Position { days, position } => {
                let all: Vec<NaiveDate> = day
                    .with_day(1)
                    .unwrap()
                    .iter_days()
                    .take_while(|other| other.month() == day.month())
                    .filter(|other| days.contains(&other.weekday().num_days_from_monday()))
                    .collect();
                let place = all.iter().position(|other| *other == day).map(|index| index as i32);
                in_step(0)
                    && place
                        .is_some_and(|index| index + 1 == *position || index - all.len() as i32 == *position)
            }
        }
    }

    fn brute_force(&self, until: NaiveDateTime) -> Vec<NaiveDateTime> {
        let mut list = vec![self.start];
        for day in self.start.date().iter_days().skip(1) {
            let wall = day.and_time(self.start.time());
            let over = match &self.end {
                End::Never => false,
                End::Count(count) => list.len() >= *count,
                End::Until(end) => wall > *end,
            };
            if over || wall >= until {
                break;
            }
            if self.names_day(day) {
                list.push(wall);
            }
        }
        list
    }
}

/// 1 for the last day of the month.
fn from_end(day: NaiveDate) -> i32 {
    let next = if day.month() == 12 {
        NaiveDate::from_ymd_opt(day.year() + 1, 1, 1)
    } else {
        NaiveDate::from_ymd_opt(day.year(), day.month() + 1, 1)
    };
    (next.unwrap() - day).num_days() as i32
}

fn shape() -> impl Strategy<Value = Shape> {
    let some_days =
        || prop::collection::btree_set(0_u32..7, 1..=7).prop_map(|days| days.into_iter().collect::<Vec<_>>());
    let month = || prop_oneof![Just(0_u32), 1_u32..=12];
    let place = || prop_oneof![-5_i32..=-1, 1_i32..=5];
    prop_oneof![
        Just(Shape::Daily),
        (some_days(), 0_u32..7).prop_map(|(days, week_start)| Shape::Weekly { days, week_start }),
        (month(), prop_oneof![-31_i32..=-1, 1_i32..=31]).prop_map(|(month, day)| Shape::OnDay { month, day }),
        (month(), place(), 0_u32..7).prop_map(|(month, nth, weekday)| Shape::Nth { month, nth, weekday }),
        (some_days(), prop_oneof![-12_i32..=-1, 1_i32..=12])
            .prop_map(|(days, position)| Shape::Position { days, position }),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let end = prop_oneof![
        Just(None),
        (1_usize..60).prop_map(|count| Some((count, 0_i64))),
        (0_i64..3_000).prop_map(|days| Some((0, days))),
    ];
    (shape(), 1_i32..=5, end, 0_i64..14_000, 0_u32..24, 0_u32..60).prop_map(
        |(shape, interval, end, day, hour, minute)| {
            let first = NaiveDate::from_ymd_opt(1999, 1, 1).unwrap() + TimeDelta::days(day);
            let start = first.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap());
            let end = match end {
                None => End::Never,
                Some((0, days)) => End::Until(start + TimeDelta::days(days)),
                Some((count, _)) => End::Count(count),
            };
            Case { shape, interval, end, start }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_dates_as_day_by_day(case in case()) {
        let until = case.start + TimeDelta::days(3_700);
        let rule = Rule::parse(&case.rule(), case.start, Zone::UTC).unwrap();
        let expected = case.brute_force(until);
        prop_assert_eq!(rule.occurrences(case.start, case.start, until, usize::MAX), expected.clone(), "{}", rule);
        // A later window gives the same dates as the whole.
        let from = case.start + TimeDelta::days(1_500);
        let later: Vec<_> = expected.into_iter().filter(|wall| *wall >= from).collect();
        prop_assert_eq!(rule.occurrences(case.start, from, until, usize::MAX), later, "{}", rule);
        // The canonical form is the same rule.
        prop_assert_eq!(Rule::parse(&rule.to_string(), case.start, Zone::UTC).unwrap(), rule);
    }

    #[test]
    fn the_same_dates_as_the_rrule_crate(case in case()) {
        let mut case = case;
        let mut rule = Rule::parse(&case.rule(), case.start, Zone::UTC).unwrap();
        // The crate refuses the fifth from the end.
        prop_assume!(!rule.to_string().contains("BYDAY=-5"));
        if !rule.makes(case.start) {
            // The crate leaves out a start that the rule does not make: take the first that it does.
            let next = rule.occurrences(case.start, case.start, NaiveDateTime::MAX, 2);
            prop_assume!(next.len() == 2);
            case.start = next[1];
            rule = Rule::parse(&case.rule(), case.start, Zone::UTC).unwrap();
        }
        let text = format!("DTSTART:{}\nRRULE:{}", case.start.format("%Y%m%dT%H%M%SZ"), rule.to_ical(Zone::UTC));
        let set: rrule::RRuleSet = text.parse().unwrap();
        let theirs: Vec<NaiveDateTime> = set.all(60).dates.iter().map(DateTime::naive_utc).collect();
        let ours = rule.occurrences(case.start, case.start, NaiveDateTime::MAX, theirs.len());
        prop_assert_eq!(ours, theirs, "{}", rule);
    }

    #[test]
    fn no_text_panics_or_takes_long(text in "(RRULE:)?(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY))?(;[A-Z]{2,12}=[-+0-9A-Z,]{0,40}){0,6}") {
        let start = NaiveDate::from_ymd_opt(2027, 3, 2).unwrap().and_hms_opt(9, 0, 0).unwrap();
        let from = Instant::now();
        let _ = enter(&text, start, Zone::BRUSSELS, start + TimeDelta::days(731));
        prop_assert!(from.elapsed() < Duration::from_millis(500), "{}", text);
    }
}

#[test]
fn hostile_rules_end_soon() {
    let day = |y| NaiveDate::from_ymd_opt(y, 1, 1).unwrap().and_hms_opt(9, 0, 0).unwrap();
    let list = |n: i32| (1..=n).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
    let all_day = format!("BYHOUR=0,{};BYMINUTE=0,{};BYSECOND=0,{}", list(23), list(59), list(59));
    let rules = [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30".to_owned(),
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=300".to_owned(),
        "FREQ=DAILY;INTERVAL=1000;COUNT=4294967295".to_owned(),
        format!("FREQ=YEARLY;BYYEARDAY={};{all_day};BYSETPOS=-1,366", list(366)),
        format!("FREQ=YEARLY;BYWEEKNO={};BYYEARDAY={};BYDAY=MO;BYMONTH=2;BYMONTHDAY=31", list(53), list(366)),
        format!("FREQ=DAILY;{all_day}"),
        format!("FREQ=YEARLY;{all_day};BYSETPOS={}", list(366)),
    ];
    for rule in &rules {
        for (start, horizon) in [(1_000, 2_028), (2_026, 2_028), (2_026, 9_999)] {
            let from = Instant::now();
            let result = enter(rule, day(start), Zone::BRUSSELS, day(horizon));
            let took = from.elapsed();
            // 100 ms when optimised; debug builds on a loaded machine get more.
            let allowed = if cfg!(debug_assertions) { 3_000 } else { 100 };
            assert!(took < Duration::from_millis(allowed), "{rule:.80} from {start} took {took:?}");
            if let Ok(belfort::time::recurrence::Entered::Dates { dates, .. }) = result {
                assert!(dates.len() <= belfort::time::recurrence::MAX_OCCURRENCES);
            }
        }
    }
}
