//! VTIMEZONE for a zone (RFC 5545 3.6.5): one STANDARD and one DAYLIGHT, as Outlook and Exchange need it.
//!
//! Europe/Brussels is written by hand; any other zone is worked out from chrono-tz, by finding the yearly
//! rule that its clock changes of the coming years follow.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

use super::text::Line;
use crate::time::Zone;

/// Summer time of the European Union: from the last Sunday of March since 1981, to the last Sunday of October
/// since 1996 (Directive 94/21/EC, made permanent by 2000/84/EC). With these anchors every event since 1996 is
/// right; onsets are local time before the change.
const BRUSSELS: &str = "BEGIN:VTIMEZONE\r\n\
    TZID:Europe/Brussels\r\n\
    BEGIN:DAYLIGHT\r\n\
    DTSTART:19810329T020000\r\n\
    TZOFFSETFROM:+0100\r\n\
    TZOFFSETTO:+0200\r\n\
    TZNAME:CEST\r\n\
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n\
    END:DAYLIGHT\r\n\
    BEGIN:STANDARD\r\n\
    DTSTART:19961027T030000\r\n\
    TZOFFSETFROM:+0200\r\n\
    TZOFFSETTO:+0100\r\n\
    TZNAME:CET\r\n\
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n\
    END:STANDARD\r\n\
    END:VTIMEZONE\r\n";

/// Years whose clock changes say what the rule is today and from now on.
const RULE_YEARS: std::ops::RangeInclusive<i32> = 2026..=2037;
/// The oldest year to which a rule is followed back.
const OLDEST_YEAR: i32 = 1970;

/// The VTIMEZONE component of `zone`, CRLF lines, ready to stand in a calendar.
///
/// A zone without clock changes has one STANDARD. A zone whose changes follow no yearly rule (Morocco, whose
/// clock follows the moon) has one observance for each change from 2026 to 2037.
#[must_use]
pub fn vtimezone(zone: Zone) -> Cow<'static, [u8]> {
    if zone == Zone::BRUSSELS {
        return Cow::Borrowed(BRUSSELS.as_bytes());
    }
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(b"BEGIN:VTIMEZONE\r\n");
    Line::new(&mut out, "TZID:").token(zone.name()).end();
    let changes = changes(zone, *RULE_YEARS.start(), *RULE_YEARS.end());
    if changes.is_empty() {
        let offset_s = zone.offset_s(year_start(*RULE_YEARS.start()));
        let onset = year_start(OLDEST_YEAR).naive_utc();
        observance(
            &mut out,
            &Change { at: year_start(OLDEST_YEAR), from_s: offset_s, to_s: offset_s },
            onset,
            None,
        );
    } else if let Some(rules) = yearly_rules(zone, &changes) {
        for (first, rule) in &rules {
            observance(&mut out, first, first.onset(), Some(rule));
        }
    } else {
        for change in &changes {
            observance(&mut out, change, change.onset(), None);
        }
    }
    out.extend_from_slice(b"END:VTIMEZONE\r\n");
    Cow::Owned(out)
}

/// One change of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    at: DateTime<Utc>,
    from_s: i32,
    to_s: i32,
}

impl Change {
    /// Local time before the change (RFC 5545 3.6.5).
    fn onset(&self) -> NaiveDateTime {
        self.at.naive_utc() + TimeDelta::seconds(i64::from(self.from_s))
    }
}

/// When in the year the clock changes, every year.
#[derive(Clone, Debug, PartialEq, Eq)]
struct YearlyRule {
    month: u32,
    weekday: Weekday,
    time: NaiveTime,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Last,
    /// First, second ... of the month.
    Nth(u32),
    /// The first such weekday on or after this day of the month.
    From(u32),
}

impl YearlyRule {
    fn matches(&self, onset: NaiveDateTime) -> bool {
        let day = onset.day();
        onset.month() == self.month
            && onset.weekday() == self.weekday
            && onset.time() == self.time
            && match self.place {
                Place::Last => day + 7 > u32::from(onset.date().num_days_in_month()),
                Place::Nth(n) => (day - 1) / 7 + 1 == n,
                Place::From(first) => (first..first + 7).contains(&day),
            }
    }
}

/// The two yearly rules with the first change of each, if the changes follow two rules.
fn yearly_rules(zone: Zone, changes: &[Change]) -> Option<Vec<(Change, YearlyRule)>> {
    let years = usize::try_from(RULE_YEARS.end() - RULE_YEARS.start() + 1).ok()?;
    if changes.len() != years * 2 {
        return None;
    }
    let mut rules = Vec::with_capacity(2);
    for first in 0..2 {
        let own: Vec<Change> = changes.iter().skip(first).step_by(2).copied().collect();
        let rule = yearly_rule(&own)?;
        rules.push((own[0], rule));
    }
    anchor(zone, &mut rules);
    Some(rules)
}

fn yearly_rule(changes: &[Change]) -> Option<YearlyRule> {
    let (first, onset) = (changes.first()?, changes.first()?.onset());
    let earliest = changes.iter().map(|change| change.onset().day()).min()?;
    [Place::Last, Place::Nth((onset.day() - 1) / 7 + 1), Place::From(earliest)]
        .into_iter()
        .map(|place| YearlyRule { month: onset.month(), weekday: onset.weekday(), time: onset.time(), place })
        .find(|rule| {
            changes.iter().all(|change| {
                rule.matches(change.onset()) && (change.from_s, change.to_s) == (first.from_s, first.to_s)
            })
        })
}

/// Moves both first changes back to the oldest year since which the rules hold without a break.
fn anchor(zone: Zone, rules: &mut [(Change, YearlyRule)]) {
    for year in (OLDEST_YEAR..*RULE_YEARS.start()).rev() {
        let older = changes(zone, year, year);
        let same = older.len() == rules.len()
            && older.iter().zip(rules.iter()).all(|(old, (new, rule))| {
                rule.matches(old.onset()) && (old.from_s, old.to_s) == (new.from_s, new.to_s)
            });
        if !same {
            return;
        }
        for (old, (new, _)) in older.iter().zip(rules.iter_mut()) {
            *new = *old;
        }
    }
}

/// All clock changes of whole years, found by comparing offsets two weeks apart.
fn changes(zone: Zone, first_year: i32, last_year: i32) -> Vec<Change> {
    let end = year_start(last_year + 1);
    let mut found = Vec::new();
    let mut at = year_start(first_year);
    while at < end {
        let next = (at + TimeDelta::days(14)).min(end);
        let (from_s, to_s) = (zone.offset_s(at), zone.offset_s(next));
        if from_s != to_s {
            found.push(Change { at: change_between(zone, at, next), from_s, to_s });
        }
        at = next;
    }
    found
}

/// The first second with another offset than at `low`.
fn change_between(zone: Zone, mut low: DateTime<Utc>, mut high: DateTime<Utc>) -> DateTime<Utc> {
    let from_s = zone.offset_s(low);
    while high - low > TimeDelta::seconds(1) {
        let middle = low + TimeDelta::seconds((high - low).num_seconds() / 2);
        if zone.offset_s(middle) == from_s {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

fn year_start(year: i32) -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN).and_utc()
}

fn observance(out: &mut Vec<u8>, change: &Change, onset: NaiveDateTime, rule: Option<&YearlyRule>) {
    let name = if change.to_s > change.from_s { "DAYLIGHT" } else { "STANDARD" };
    Line::new(out, "BEGIN:").raw(name).end();
    Line::new(out, "DTSTART:").wall(onset).end();
    Line::new(out, "TZOFFSETFROM:").token(&offset(change.from_s)).end();
    Line::new(out, "TZOFFSETTO:").token(&offset(change.to_s)).end();
    if let Some(rule) = rule {
        Line::new(out, "RRULE:").token(&rrule(rule)).end();
    }
    Line::new(out, "END:").raw(name).end();
}

fn rrule(rule: &YearlyRule) -> String {
    let day = match rule.weekday {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    };
    match rule.place {
        Place::Last => format!("FREQ=YEARLY;BYMONTH={};BYDAY=-1{day}", rule.month),
        Place::Nth(n) => format!("FREQ=YEARLY;BYMONTH={};BYDAY={n}{day}", rule.month),
        Place::From(first) => {
            let days: Vec<String> = (first..first + 7).map(|day| day.to_string()).collect();
            format!("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={};BYDAY={day}", rule.month, days.join(","))
        }
    }
}

/// `+0100`; seconds, which only times long past have, are left out.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}
