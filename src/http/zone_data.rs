//! Whether the time zone data in this program agree with those of the system: each is renewed in its own way, and a
//! town that changes its clock must not find out by meetings that begin an hour off.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};

use crate::time::Zone;

/// How many years ahead the two are compared.
const YEARS: i64 = 5;
/// Hours between two instants that are compared.
const STEP_H: i64 = 6;

/// What a comparison with the system's data came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneData {
    /// They agree for the years to come.
    Agree,
    /// They differ from this instant on.
    Differ(DateTime<Utc>),
    /// The system has no data to compare with.
    Nothing,
}

/// Compares what this program knows of `zone` with the system's data, from `now` on.
#[must_use]
pub fn zone_data(zone: Zone, now: DateTime<Utc>) -> ZoneData {
    let path = format!("/usr/share/zoneinfo/{}", zone.name());
    std::fs::read(path).map_or(ZoneData::Nothing, |bytes| compared(&bytes, zone, now))
}

fn compared(bytes: &[u8], zone: Zone, now: DateTime<Utc>) -> ZoneData {
    let Some(system) = System::read(bytes) else { return ZoneData::Nothing };
    for step in 0..(YEARS * 366 * 24 / STEP_H) {
        let at = now + TimeDelta::hours(step * STEP_H);
        if system.offset_s(at).is_some_and(|offset| offset != i64::from(zone.offset_s(at))) {
            return ZoneData::Differ(at);
        }
    }
    ZoneData::Agree
}

/// A zone as the system has it: what it lists, and the rule for all that comes after (RFC 9636 3).
struct System {
    /// Instants in seconds, and the offset from each on.
    listed: Vec<(i64, i64)>,
    rule: Option<Rule>,
}

/// `CET-1CEST,M3.5.0,M10.5.0/3`: two offsets, and when each begins.
struct Rule {
    standard_s: i64,
    summer: Option<(i64, Day, Day)>,
}

/// A day such as the last Sunday of March, and the second of that day.
struct Day {
    month: u32,
    week: u32,
    weekday: u32,
    second: i64,
}

impl System {
    fn read(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        // Six counts stand in each head: utc, standard, leap, times, types, letters.
        let counts = |head: usize| -> Option<Vec<usize>> {
            (0..6).map(|field| usize::try_from(number(head + 20 + field * 4)?).ok()).collect()
        };
        let size =
            |n: &[usize], wide: usize| n[3] * (wide + 1) + n[4] * 6 + n[5] + n[2] * (wide + 4) + n[1] + n[0];
        if !bytes.starts_with(b"TZif") || *bytes.get(4)? < b'2' {
            return None;
        }
        let second = 44 + size(&counts(0)?, 4);
        let wide = counts(second)?;
        let (data, times) = (second + 44, wide[3]);
        let kinds = data + times * 9;
        let listed = (0..times).map(|index| {
            let at = data + index * 8;
            let at = i64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?);
            let kind = usize::from(*bytes.get(data + times * 8 + index)?);
            let offset = number(kinds + kind * 6)?;
            Some((at, i64::from(i32::from_be_bytes(offset.to_be_bytes()))))
        });
        let listed: Vec<(i64, i64)> = listed.collect::<Option<_>>()?;
        let footer = std::str::from_utf8(bytes.get(data + size(&wide, 8)..)?).ok()?;
        Some(Self { listed, rule: Rule::read(footer.trim()) })
    }

    fn offset_s(&self, at: DateTime<Utc>) -> Option<i64> {
        let second = at.timestamp();
        if let Some((last, _)) = self.listed.last()
            && (second < *last || self.rule.is_none())
        {
            let later = self.listed.partition_point(|(onset, _)| *onset <= second);
            return self.listed.get(later.checked_sub(1)?).map(|(_, offset)| *offset);
        }
        self.rule.as_ref()?.offset_s(at)
    }
}

impl Rule {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let (_, rest) = name(parts.next()?)?;
        let (west_s, rest) = hours(rest);
        let standard_s = -west_s?;
        if rest.is_empty() {
            return Some(Self { standard_s, summer: None });
        }
        let (_, rest) = name(rest)?;
        let summer_s = hours(rest).0.map_or(standard_s + 3_600, |west_s| -west_s);
        let (begins, ends) = (Day::read(parts.next()?)?, Day::read(parts.next()?)?);
        Some(Self { standard_s, summer: Some((summer_s, begins, ends)) })
    }

    fn offset_s(&self, at: DateTime<Utc>) -> Option<i64> {
        let Some((summer_s, begins, ends)) = &self.summer else { return Some(self.standard_s) };
        let year = (at + TimeDelta::seconds(self.standard_s)).year();
        let begins = begins.second_of(year)? - self.standard_s;
        let ends = ends.second_of(year)? - summer_s;
        let second = at.timestamp();
        // South of the equator summer spans the turn of the year.
        let summer =
            if begins < ends { (begins..ends).contains(&second) } else { !(ends..begins).contains(&second) };
        Some(if summer { *summer_s } else { self.standard_s })
    }
}

impl Day {
    fn read(text: &str) -> Option<Self> {
        let (day, second) = match text.split_once('/') {
            Some((day, time)) => (day, hours(time).0?),
            None => (text, 2 * 3_600),
        };
        let mut numbers = day.strip_prefix('M')?.split('.').map(str::parse::<u32>);
        let mut next = || numbers.next()?.ok();
        Some(Self { month: next()?, week: next()?, weekday: next()?, second })
    }

    /// The second at which it begins, as if the wall were UTC.
    fn second_of(&self, year: i32) -> Option<i64> {
        let first = NaiveDate::from_ymd_opt(year, self.month, 1)?;
        let ahead = (7 + self.weekday - first.weekday().num_days_from_sunday()) % 7;
        let mut day = first.checked_add_days(Days::new(u64::from(ahead + 7 * (self.week - 1))))?;
        // The fifth of a weekday is the last, in months that have only four too.
        while day.month() != self.month {
            day = day.checked_sub_days(Days::new(7))?;
        }
        Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp() + self.second)
    }
}

/// The name of an offset, in letters or between angle brackets, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('<') {
        return quoted.split_once('>');
    }
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// `-1`, `3:30`, `+5`: hours as seconds, and what follows them.
fn hours(text: &str) -> (Option<i64>, &str) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || "+-:".contains(c))).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, number.trim_start_matches('+')),
    };
    let parts: Result<Vec<i64>, _> = digits.split(':').map(str::parse).collect();
    let seconds =
        parts.ok().map(|parts| parts.iter().zip([3_600, 60, 1]).map(|(n, unit)| n * unit).sum::<i64>());
    (seconds.map(|seconds| sign * seconds), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_some_zones() {
        for (rule, zone) in [
            ("CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Brussels"),
            ("EST5EDT,M3.2.0,M11.1.0", "America/New_York"),
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", "Australia/Sydney"),
            ("<+0545>-5:45", "Asia/Kathmandu"),
            ("WET0WEST,M3.5.0/1,M10.5.0", "Europe/Lisbon"),
        ] {
            let system = System { listed: Vec::new(), rule: Rule::read(rule) };
            let zone: Zone = zone.parse().unwrap();
            let from: DateTime<Utc> = "2027-01-01T00:00:00Z".parse().unwrap();
            for hour in 0..(2 * 366 * 24) {
                let at = from + TimeDelta::hours(hour);
                assert_eq!(system.offset_s(at), Some(i64::from(zone.offset_s(at))), "{rule} at {at}");
            }
        }
    }

    #[test]
    fn a_rule_that_differs_is_found_and_what_is_no_data_is_nothing() {
        let now: DateTime<Utc> = "2027-01-01T00:00:00Z".parse().unwrap();
        for bytes in
            [&b""[..], b"TZif", b"TZif2", b"something else entirely, and long enough to be read as a head"]
        {
            assert_eq!(compared(bytes, Zone::BRUSSELS, now), ZoneData::Nothing);
        }
        // A file that lists nothing and says that there is no summer time any more.
        let head = |version: u8| [b"TZif".as_slice(), &[version], &[0; 15], &[0; 24]].concat();
        let bytes = [head(b'2'), head(b'2'), b"\nCET-1\n".to_vec()].concat();
        let ZoneData::Differ(at) = compared(&bytes, Zone::BRUSSELS, now) else { panic!("they differ") };
        assert_eq!(at.date_naive().to_string(), "2027-03-28");
        assert!(zone_data(Zone::BRUSSELS, now) != ZoneData::Differ(now));
    }
}
