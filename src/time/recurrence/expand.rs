//! From rule to wall times: one period (day, week, month, year) after the other.
//!
//! BYSETPOS counts in the whole period, also in the week or month in which the series starts; that is where
//! common engines go wrong.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

use super::parts::{Day, End, Freq, Parts};

/// Days looked at in one expansion, before it stops: 2,700 years of a daily rule.
const MAX_DAYS: usize = 1_000_000;
/// RFC 5545 writes years with four digits.
const LAST_YEAR: i32 = 9_999;

/// Which occurrences are wanted: `from <= w < until`, at most `cap`.
pub(super) struct Window {
    pub from: NaiveDateTime,
    pub until: NaiveDateTime,
    pub cap: usize,
}

/// The occurrences in the window, sorted; the start is one of them.
pub(super) fn expand(parts: &Parts, start: NaiveDateTime, window: &Window) -> Vec<NaiveDateTime> {
    let mut taker = Taker { window, end: parts.end, taken: 0, out: Vec::new() };
    let mut going = taker.take(start);
    let times = times(parts, start);
    let mut days = Vec::with_capacity(31);
    let mut work = 0;
    let mut step = first_step(parts, start, window.from);
    while going && work < MAX_DAYS {
        let Some((first, last)) = period(parts, start.date(), step) else { break };
        if first > window.until.date() {
            break;
        }
        work += days_of(parts, first, last, &mut days);
        going = each(parts, &days, &times, |wall| wall <= start || taker.take(wall));
        step += 1;
    }
    taker.out
}

/// Whether the rule alone, without the start, gives `start`.
pub(super) fn makes(parts: &Parts, start: NaiveDateTime) -> bool {
    let Some((first, last)) = period(parts, start.date(), 0) else { return false };
    let mut days = Vec::new();
    days_of(parts, first, last, &mut days);
    let mut found = false;
    each(parts, &days, &times(parts, start), |wall| {
        found |= wall == start;
        !found
    });
    found
}

/// Counts occurrences and keeps those in the window.
struct Taker<'a> {
    window: &'a Window,
    end: End,
    taken: u32,
    out: Vec<NaiveDateTime>,
}

impl Taker<'_> {
    /// Takes the next occurrence; false when no more are wanted.
    fn take(&mut self, wall: NaiveDateTime) -> bool {
        let over = match self.end {
            End::Never => false,
            End::Count(count) => self.taken >= count,
            End::Until(until) => wall > until && self.taken > 0,
        };
        if over || wall >= self.window.until || self.out.len() >= self.window.cap {
            return false;
        }
        self.taken += 1;
        if wall >= self.window.from {
            self.out.push(wall);
        }
        true
    }
}

/// Without COUNT nothing before the window matters, so the periods before it are skipped.
fn first_step(parts: &Parts, start: NaiveDateTime, from: NaiveDateTime) -> i64 {
    if matches!(parts.end, End::Count(_)) || from <= start {
        return 0;
    }
    let (a, b) = (start.date(), from.date());
    let periods = match parts.freq {
        Freq::Daily => (b - a).num_days(),
        Freq::Weekly => (b - a).num_days() / 7,
        Freq::Monthly => i64::from(months(b) - months(a)),
        Freq::Yearly => i64::from(b.year() - a.year()),
    };
    (periods / i64::from(parts.interval) - 1).max(0)
}

fn months(day: NaiveDate) -> i32 {
    day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0)
}

/// First and last day of the period `step` intervals after the one of the start; none after the year 9999.
fn period(parts: &Parts, start: NaiveDate, step: i64) -> Option<(NaiveDate, NaiveDate)> {
    let ahead = step.checked_mul(i64::from(parts.interval))?;
    let (first, last) = match parts.freq {
        Freq::Daily => {
            let day = start.checked_add_days(Days::new(u64::try_from(ahead).ok()?))?;
            (day, day)
        }
        Freq::Weekly => {
            let back = start.weekday().days_since(parts.week_start);
            let monday = start.checked_sub_days(Days::new(u64::from(back)))?;
            let first = monday.checked_add_days(Days::new(u64::try_from(ahead).ok()?.checked_mul(7)?))?;
            (first, first.checked_add_days(Days::new(6))?)
        }
        Freq::Monthly => {
            let month = months(start).checked_add(i32::try_from(ahead).ok()?)?;
            let (year, month0) = (month.div_euclid(12), u32::try_from(month.rem_euclid(12)).ok()?);
            let first = NaiveDate::from_ymd_opt(year, month0 + 1, 1)?;
            (first, last_of_month(first)?)
        }
        Freq::Yearly => {
            let year = start.year().checked_add(i32::try_from(ahead).ok()?)?;
            (NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?)
        }
    };
    (first.year() <= LAST_YEAR).then_some((first, last))
}

fn last_of_month(first: NaiveDate) -> Option<NaiveDate> {
    first.checked_add_months(chrono::Months::new(1))?.pred_opt()
}

/// Fills `out` with the days of one period that the rule names; returns how many days were looked at.
fn days_of(parts: &Parts, first: NaiveDate, last: NaiveDate, out: &mut Vec<NaiveDate>) -> usize {
    out.clear();
    let mut looked = 0;
    let mut next = Some(first);
    while let Some(day) = next.filter(|day| *day <= last) {
        looked += 1;
        if parts.months.is_empty() || parts.months.contains(&day.month()) {
            if matches_day(parts, day) {
                out.push(day);
            }
            next = day.succ_opt();
        } else {
            next = last_of_month(day.with_day(1).unwrap_or(day)).and_then(|end| end.succ_opt());
        }
    }
    looked
}

fn matches_day(parts: &Parts, day: NaiveDate) -> bool {
    let at = |n: u32| i16::try_from(n).unwrap_or(0);
    let counted = |list: &[i16], number: u32, of: u32| {
        list.is_empty() || has(list, at(number)) || has(list, at(number) - at(of) - 1)
    };
    counted(&parts.month_days, day.day(), days_in_month(day))
        && counted(&parts.year_days, day.ordinal(), days_in_year(day.year()))
        && (parts.weeks.is_empty() || matches_week(parts, day))
        && (parts.days.is_empty() || parts.days.iter().any(|wanted| matches_weekday(parts, *wanted, day)))
}

/// The lists of a rule are sorted; a hostile one names every day of the year.
fn has(list: &[i16], number: i16) -> bool {
    list.binary_search(&number).is_ok()
}

/// `2TU` counts in the month, for a yearly rule without BYMONTH in the year (RFC 5545 3.3.10).
fn matches_weekday(parts: &Parts, (nth, weekday): Day, day: NaiveDate) -> bool {
    if day.weekday() != weekday {
        return false;
    }
    let (number, of) = if parts.freq == Freq::Yearly && parts.months.is_empty() {
        (day.ordinal(), days_in_year(day.year()))
    } else {
        (day.day(), days_in_month(day))
    };
    let place = |n: u32| i16::try_from((n - 1) / 7 + 1).unwrap_or(0);
    nth == 0 || nth == place(number) || nth == -place(of - number + 1)
}

/// Week 1 is the first with four days in the year; weeks start at WKST (RFC 5545 3.3.10).
fn matches_week(parts: &Parts, day: NaiveDate) -> bool {
    let this = week_one(day.year(), parts.week_start);
    let year = match this {
        Some(first) if day < first => day.year() - 1,
        _ if week_one(day.year() + 1, parts.week_start).is_some_and(|next| day >= next) => day.year() + 1,
        _ => day.year(),
    };
    let (Some(first), Some(next)) = (week_one(year, parts.week_start), week_one(year + 1, parts.week_start))
    else {
        return false;
    };
    let number = i16::try_from((day - first).num_days() / 7 + 1).unwrap_or(0);
    let of = i16::try_from((next - first).num_days() / 7).unwrap_or(0);
    has(&parts.weeks, number) || has(&parts.weeks, number - of - 1)
}

/// The first day of week 1 of a year: the week that holds 4 January.
fn week_one(year: i32, week_start: Weekday) -> Option<NaiveDate> {
    let fourth = NaiveDate::from_ymd_opt(year, 1, 4)?;
    fourth.checked_sub_days(Days::new(u64::from(fourth.weekday().days_since(week_start))))
}

fn days_in_month(day: NaiveDate) -> u32 {
    u32::from(day.num_days_in_month())
}

fn days_in_year(year: i32) -> u32 {
    if NaiveDate::from_ymd_opt(year, 2, 29).is_some() { 366 } else { 365 }
}

/// The times of a day, sorted; what is not listed comes from the start.
fn times(parts: &Parts, start: NaiveDateTime) -> Vec<NaiveTime> {
    let or = |list: &[u32], own: u32| if list.is_empty() { vec![own] } else { list.to_vec() };
    let (minutes, seconds) = (or(&parts.minutes, start.minute()), or(&parts.seconds, start.second()));
    let mut times = Vec::new();
    for hour in or(&parts.hours, start.hour()) {
        for minute in &minutes {
            times.extend(seconds.iter().filter_map(|s| NaiveTime::from_hms_opt(hour, *minute, *s)));
        }
    }
    times
}

/// Calls `take` with each occurrence of a period in order, until it says false; returns what it said last.
fn each(
    parts: &Parts,
    days: &[NaiveDate],
    times: &[NaiveTime],
    mut take: impl FnMut(NaiveDateTime) -> bool,
) -> bool {
    let total = days.len() * times.len();
    let at = |index: usize| days[index / times.len()].and_time(times[index % times.len()]);
    if parts.positions.is_empty() {
        return (0..total).all(|index| take(at(index)));
    }
    let mut wanted: Vec<usize> = parts
        .positions
        .iter()
        .filter_map(|position| {
            let place = usize::from(position.unsigned_abs());
            if *position > 0 { (place <= total).then(|| place - 1) } else { total.checked_sub(place) }
        })
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.into_iter().all(|index| take(at(index)))
}
