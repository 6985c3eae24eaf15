//! The parts of an RRULE value: reading and writing, without judging the shape.

use std::collections::HashSet;
use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeZone, Utc, Weekday};

use super::super::Zone;
use super::{RuleError, end_of_day, numbers};
use crate::texts::Said;

/// Longer values are refused before they are read.
const MAX_LENGTH: usize = 2_000;

/// How long a rule goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Never,
    /// Number of occurrences, the start included; at least one.
    Count(u32),
    /// Last wall time at which an occurrence may start.
    Until(NaiveDateTime),
}

/// The period over which a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freq {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// `2MO` is the second Monday, `-1FR` the last Friday, `TU` (0) every Tuesday.
pub(super) type Day = (i16, Weekday);

/// All parts that a rule of a day or more can have (RFC 5545 3.3.10); lists are sorted and without doubles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub freq: Freq,
    pub interval: u32,
    pub end: End,
    pub week_start: Weekday,
    pub months: Vec<u32>,
    pub weeks: Vec<i16>,
    pub year_days: Vec<i16>,
    pub month_days: Vec<i16>,
    pub days: Vec<Day>,
    pub hours: Vec<u32>,
    pub minutes: Vec<u32>,
    pub seconds: Vec<u32>,
    pub positions: Vec<i16>,
}

/// Reads an RRULE value. An UNTIL in UTC becomes wall time of `zone`, a DATE the end of that day.
pub(super) fn parse(value: &str, zone: Zone) -> Result<Parts, RuleError> {
    if value.is_empty() || value.len() > MAX_LENGTH {
        return Err(unreadable(value));
    }
    let mut parts = Parts::new(Freq::Daily);
    let mut seen = HashSet::new();
    for part in value.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, text) = part.split_once('=').ok_or_else(|| unreadable(part))?;
        let name = name.trim().to_ascii_uppercase();
        let text = text.trim().to_ascii_uppercase();
        parts.take(&name, &text, zone)?;
        if !seen.insert(name) {
            return Err(RuleError::about("recurrence.twice", shown(part)));
        }
    }
    if !seen.contains("FREQ") {
        return Err(unreadable(value));
    }
    if seen.contains("COUNT") && seen.contains("UNTIL") {
        return Err(RuleError(Said::new("recurrence.count_and_until")));
    }
    parts.refuse_combinations()?;
    Ok(parts)
}

fn unreadable(text: &str) -> RuleError {
    RuleError::about("recurrence.unreadable", shown(text))
}

/// The text as it may stand in a sentence: short and without control characters.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

impl Parts {
    fn new(freq: Freq) -> Self {
        Self {
            freq,
            interval: 1,
            end: End::Never,
            week_start: Weekday::Mon,
            months: Vec::new(),
            weeks: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            days: Vec::new(),
            hours: Vec::new(),
            minutes: Vec::new(),
            seconds: Vec::new(),
            positions: Vec::new(),
        }
    }

    fn take(&mut self, name: &str, text: &str, zone: Zone) -> Result<(), RuleError> {
        let bad = || RuleError::about("recurrence.bad_value", shown(&format!("{name}={text}")));
        match name {
            "FREQ" => self.freq = freq(text)?,
            "INTERVAL" => {
                self.interval = text.parse().ok().filter(|n| (1..=1_000).contains(n)).ok_or_else(bad)?;
            }
            "COUNT" => self.end = End::Count(text.parse().ok().filter(|n| *n > 0).ok_or_else(bad)?),
            "UNTIL" => self.end = End::Until(until(text, zone).ok_or_else(bad)?),
            "WKST" => self.week_start = weekday(text).ok_or_else(bad)?,
            "BYMONTH" => self.months = numbers(name, text, |n| (1..=12).contains(&n))?,
            "BYWEEKNO" => self.weeks = numbers(name, text, |n| n != 0 && (-53..=53).contains(&n))?,
            "BYYEARDAY" => self.year_days = numbers(name, text, |n| n != 0 && (-366..=366).contains(&n))?,
            "BYMONTHDAY" => self.month_days = numbers(name, text, |n| n != 0 && (-31..=31).contains(&n))?,
            "BYDAY" => self.days = days(text).ok_or_else(bad)?,
            "BYHOUR" => self.hours = numbers(name, text, |n| n < 24)?,
            "BYMINUTE" => self.minutes = numbers(name, text, |n| n < 60)?,
            "BYSECOND" => self.seconds = numbers(name, text, |n| n < 60)?,
            "BYSETPOS" => self.positions = numbers(name, text, |n| n != 0 && (-366..=366).contains(&n))?,
            _ => return Err(RuleError::about("recurrence.unknown_part", shown(name))),
        }
        Ok(())
    }

    /// The combinations that RFC 5545 3.3.10 forbids.
    fn refuse_combinations(&self) -> Result<(), RuleError> {
        let yearly = self.freq == Freq::Yearly;
        let nth = self.days.iter().any(|(n, _)| *n != 0);
        let nth_allowed = match self.freq {
            Freq::Monthly => true,
            Freq::Yearly => self.weeks.is_empty(),
            Freq::Daily | Freq::Weekly => false,
        };
        let part = if !self.weeks.is_empty() && !yearly {
            "BYWEEKNO"
        } else if !self.year_days.is_empty() && !yearly {
            "BYYEARDAY"
        } else if !self.month_days.is_empty() && self.freq == Freq::Weekly {
            "BYMONTHDAY"
        } else if nth && !nth_allowed {
            "BYDAY"
        } else if !self.positions.is_empty() && self.has_no_list() {
            "BYSETPOS"
        } else {
            return Ok(());
        };
        Err(RuleError::about("recurrence.combination", part))
    }

    fn has_no_list(&self) -> bool {
        self.months.is_empty()
            && self.weeks.is_empty()
            && self.year_days.is_empty()
            && self.month_days.is_empty()
            && self.days.is_empty()
            && self.hours.is_empty()
            && self.minutes.is_empty()
            && self.seconds.is_empty()
    }

    /// The canonical value without COUNT and UNTIL. Only the parts of kept shapes are ever written.
    pub(super) fn body(&self) -> String {
        let mut text = String::with_capacity(48);
        text.push_str(match self.freq {
            Freq::Daily => "FREQ=DAILY",
            Freq::Weekly => "FREQ=WEEKLY",
            Freq::Monthly => "FREQ=MONTHLY",
            Freq::Yearly => "FREQ=YEARLY",
        });
        if self.interval != 1 {
            // Writing into a String cannot fail.
            let _ = write!(text, ";INTERVAL={}", self.interval);
        }
        if self.week_start != Weekday::Mon {
            let _ = write!(text, ";WKST={}", code(self.week_start));
        }
        push_list(&mut text, "BYMONTH", &self.months, ToString::to_string);
        push_list(&mut text, "BYMONTHDAY", &self.month_days, ToString::to_string);
        push_list(&mut text, "BYDAY", &self.days, |(n, day)| match n {
            0 => code(*day).to_owned(),
            _ => format!("{n}{}", code(*day)),
        });
        push_list(&mut text, "BYSETPOS", &self.positions, ToString::to_string);
        text
    }

    /// Adds `;COUNT=` if the rule ends by number.
    pub(super) fn push_count(&self, text: &mut String) {
        if let End::Count(count) = self.end {
            let _ = write!(text, ";COUNT={count}");
        }
    }
}

fn push_list<T>(text: &mut String, name: &str, list: &[T], write: impl Fn(&T) -> String) {
    if !list.is_empty() {
        let values: Vec<String> = list.iter().map(write).collect();
        let _ = write!(text, ";{name}={}", values.join(","));
    }
}

fn freq(text: &str) -> Result<Freq, RuleError> {
    match text {
        "DAILY" => Ok(Freq::Daily),
        "WEEKLY" => Ok(Freq::Weekly),
        "MONTHLY" => Ok(Freq::Monthly),
        "YEARLY" => Ok(Freq::Yearly),
        "HOURLY" | "MINUTELY" | "SECONDLY" => Err(RuleError::about("recurrence.too_often", text)),
        _ => Err(RuleError::about("recurrence.bad_value", shown(&format!("FREQ={text}")))),
    }
}

/// UNTIL as DATE, local time or UTC (RFC 5545 3.3.4, 3.3.5).
fn until(text: &str, zone: Zone) -> Option<NaiveDateTime> {
    // The date parser would also take signs and longer years.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'T' | b'Z')) || text.len() > 16 {
        return None;
    }
    if let Some(utc) = text.strip_suffix('Z') {
        let at = NaiveDateTime::parse_from_str(utc, "%Y%m%dT%H%M%S").ok()?;
        return Some(zone.wall(Utc.from_utc_datetime(&at))).filter(|wall| in_range(wall.date()));
    }
    let wall = if text.len() == 8 {
        end_of_day(NaiveDate::parse_from_str(text, "%Y%m%d").ok()?)
    } else {
        NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok()?
    };
    in_range(wall.date()).then_some(wall)
}

/// RFC 5545 writes years with four digits.
fn in_range(day: NaiveDate) -> bool {
    use chrono::Datelike;
    (1..=9_999).contains(&day.year())
}

fn days(text: &str) -> Option<Vec<Day>> {
    let mut list = text.split(',').map(|day| self::day(day.trim())).collect::<Option<Vec<Day>>>()?;
    list.sort_unstable_by_key(|(n, day)| (*n, day.num_days_from_monday()));
    list.dedup();
    Some(list)
}

fn day(text: &str) -> Option<Day> {
    let split = text.len().checked_sub(2)?;
    if !text.is_char_boundary(split) {
        return None;
    }
    let (number, name) = text.split_at(split);
    let number = match number {
        "" => 0,
        _ => number.parse().ok().filter(|n: &i16| *n != 0 && (-53..=53).contains(n))?,
    };
    Some((number, weekday(name)?))
}

fn weekday(text: &str) -> Option<Weekday> {
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun]
        .into_iter()
        .find(|day| code(*day) == text)
}

fn code(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}
