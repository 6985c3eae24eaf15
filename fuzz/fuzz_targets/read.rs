//! Any bytes: the guard, the reader, the validator and the linter end without a panic.
#![no_main]

use belfort::ical::{exchange, guard::guard, read, validate::validate};
use belfort::time::Zone;
use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let horizon = NaiveDate::from_ymd_opt(2029, 1, 1).unwrap_or_default().and_hms_opt(0, 0, 0).unwrap_or_default();
    let guarded = guard(bytes);
    let reading = read(bytes, Zone::BRUSSELS, horizon);
    assert!(guarded.is_ok() || reading.is_err(), "nothing is read that the guard refused");
    if let Ok(reading) = reading {
        for event in reading.events {
            assert!(event.length >= chrono::TimeDelta::zero());
            assert!(!event.summary.chars().any(char::is_control));
        }
    }
    let _ = validate(bytes);
    let _ = exchange::lint(bytes);
});
