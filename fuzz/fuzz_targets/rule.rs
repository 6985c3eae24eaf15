//! Any text: a rule is refused, turned into dates, or kept and read back as the same rule.
#![no_main]

use belfort::time::Zone;
use belfort::time::recurrence::{Entered, MAX_OCCURRENCES, Rule, enter};
use chrono::{NaiveDate, TimeDelta};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (i32, &str)| {
    let (days, text) = input;
    let first = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap_or_default();
    let day = first + TimeDelta::days(i64::from(days % 500_000));
    let start = day.and_hms_opt(9, 0, 0).unwrap_or_default();
    let horizon = start + TimeDelta::days(731);
    match enter(text, start, Zone::BRUSSELS, horizon) {
        Ok(Entered::Rule(rule)) => {
            assert!(rule.occurrences(start, start, horizon, 100).is_sorted());
            assert_eq!(Rule::parse(&rule.to_string(), start, Zone::BRUSSELS).ok(), Some(rule));
        }
        Ok(Entered::Dates { dates, .. }) => assert!(!dates.is_empty() && dates.len() <= MAX_OCCURRENCES),
        Err(error) => assert!(error.0.key.starts_with("recurrence.")),
    }
});
