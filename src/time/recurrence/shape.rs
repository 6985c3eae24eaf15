//! Which rules are kept: the shapes that every calendar program understands.

use chrono::{Datelike, NaiveDateTime, Timelike};

use super::parts::{Freq, Parts};

/// The same rule, said in the one way we store: what RFC 5545 3.3.10 takes from the start is written out,
/// and equal ways of saying become one (`DAILY;BYDAY=` is weekly, `BYDAY=TU;BYSETPOS=2` is `2TU`).
pub(super) fn normalised(mut parts: Parts, start: NaiveDateTime) -> Parts {
    drop_times_of_start(&mut parts, start);
    if parts.freq == Freq::Daily
        && parts.interval == 1
        && !parts.days.is_empty()
        && parts.months.is_empty()
        && parts.month_days.is_empty()
        && parts.positions.is_empty()
    {
        parts.freq = Freq::Weekly;
    }
    let no_day = parts.days.is_empty()
        && parts.month_days.is_empty()
        && parts.weeks.is_empty()
        && parts.year_days.is_empty();
    match parts.freq {
        Freq::Weekly if no_day => parts.days = vec![(0, start.weekday())],
        Freq::Monthly if no_day => parts.month_days = vec![day_of_month(start)],
        Freq::Yearly if no_day => {
            parts.month_days = vec![day_of_month(start)];
            if parts.months.is_empty() {
                parts.months = vec![start.month()];
            }
        }
        Freq::Yearly
            if !parts.weeks.is_empty()
                && parts.days.is_empty()
                && parts.month_days.is_empty()
                && parts.year_days.is_empty() =>
        {
            parts.days = vec![(0, start.weekday())];
        }
        Freq::Daily | Freq::Weekly | Freq::Monthly | Freq::Yearly => {}
    }
    merge_position(&mut parts);
    parts
}

fn day_of_month(start: NaiveDateTime) -> i16 {
    i16::try_from(start.day()).unwrap_or(31)
}

/// Outlook repeats the start in BYHOUR and BYMINUTE.
fn drop_times_of_start(parts: &mut Parts, start: NaiveDateTime) {
    for (list, own) in [
        (&mut parts.hours, start.hour()),
        (&mut parts.minutes, start.minute()),
        (&mut parts.seconds, start.second()),
    ] {
        if list.as_slice() == [own] {
            list.clear();
        }
    }
}

/// `BYDAY=TU;BYSETPOS=2` of a month is `BYDAY=2TU`.
fn merge_position(parts: &mut Parts) {
    let by_month = parts.freq == Freq::Monthly || (parts.freq == Freq::Yearly && parts.months.len() == 1);
    let only_day = parts.month_days.is_empty()
        && parts.year_days.is_empty()
        && parts.weeks.is_empty()
        && no_times(parts);
    if let ([(0, day)], [position @ -5..=5], true, true) =
        (parts.days.as_slice(), parts.positions.as_slice(), by_month, only_day)
    {
        parts.days = vec![(*position, *day)];
        parts.positions.clear();
    }
}

fn no_times(parts: &Parts) -> bool {
    parts.hours.is_empty() && parts.minutes.is_empty() && parts.seconds.is_empty()
}

/// Whether a normalised rule has a kept shape; otherwise the part that does not fit.
pub(super) fn check(parts: &Parts) -> Result<(), &'static str> {
    if !no_times(parts) {
        return Err("BYHOUR, BYMINUTE, BYSECOND");
    }
    if !parts.weeks.is_empty() {
        return Err("BYWEEKNO");
    }
    if !parts.year_days.is_empty() {
        return Err("BYYEARDAY");
    }
    if parts.freq != Freq::Yearly && !parts.months.is_empty() {
        return Err("BYMONTH");
    }
    match parts.freq {
        Freq::Daily => daily(parts),
        Freq::Weekly if parts.positions.is_empty() => Ok(()),
        Freq::Weekly => Err("BYSETPOS"),
        Freq::Monthly => monthly(parts),
        Freq::Yearly => yearly(parts),
    }
}

fn daily(parts: &Parts) -> Result<(), &'static str> {
    if !parts.days.is_empty() {
        return Err("BYDAY");
    }
    if !parts.month_days.is_empty() {
        return Err("BYMONTHDAY");
    }
    if parts.positions.is_empty() { Ok(()) } else { Err("BYSETPOS") }
}

/// One day of the month, one nth weekday, or weekdays with one position.
fn monthly(parts: &Parts) -> Result<(), &'static str> {
    match (parts.month_days.as_slice(), parts.days.as_slice(), parts.positions.as_slice()) {
        ([_], [], []) | ([], [(-5..=-1 | 1..=5, _)], []) => Ok(()),
        ([], days, [_]) if !days.is_empty() && days.iter().all(|(n, _)| *n == 0) => Ok(()),
        ([_, _, ..], _, _) => Err("BYMONTHDAY"),
        (_, _, [_, ..]) => Err("BYSETPOS"),
        _ => Err("BYDAY"),
    }
}

/// One day of one month, or one nth weekday of it.
fn yearly(parts: &Parts) -> Result<(), &'static str> {
    if parts.months.len() != 1 {
        return Err("BYMONTH");
    }
    match (parts.month_days.as_slice(), parts.days.as_slice(), parts.positions.as_slice()) {
        ([_], [], []) | ([], [(-5..=-1 | 1..=5, _)], []) => Ok(()),
        ([_, _, ..], _, _) => Err("BYMONTHDAY"),
        (_, _, [_, ..]) => Err("BYSETPOS"),
        _ => Err("BYDAY"),
    }
}
