//! Rules of recurrence (RFC 5545 3.3.10), evaluated in wall time.
//!
//! A [`Rule`] has one of the shapes that every calendar program understands (they are also the templates of
//! Exchange). Any other rule is turned into dates when it is entered, so that what is stored, published and
//! shown is the same everywhere. The first occurrence is always the start itself, also when the rule would
//! not have made it, and it counts for COUNT (RFC 5545 3.8.5.3); a rule entered with such a start becomes
//! dates, because calendar programs disagree about it.

mod expand;
mod parts;
mod shape;

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use super::Zone;
use crate::texts::Said;
use parts::{End, Parts};

/// The most dates one series may have when it is kept as dates.
pub const MAX_OCCURRENCES: usize = 1000;

/// A rule that was read and found to have one of the kept shapes. `Display` writes the canonical RRULE value,
/// `FREQ=WEEKLY;BYDAY=TU;COUNT=10`, with UNTIL in wall time: the form to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule(Parts);

/// What became of a rule that somebody entered or imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// The rule is kept.
    Rule(Rule),
    /// The rule was turned into dates.
    Dates {
        /// Every wall start from the first up to the horizon, sorted.
        dates: Vec<NaiveDateTime>,
        /// Why it is not kept as a rule, for the person who entered it.
        why: Said,
    },
}

/// Why a rule is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule refused: {}", .0.key)]
pub struct RuleError(pub Said);

impl RuleError {
    pub(super) fn about(key: &str, part: impl fmt::Display) -> Self {
        Self(Said::new(key).with("part", part))
    }
}

/// Reads the rule of a series that starts at the wall time `start` in `zone`; the prefix `RRULE:` may be
/// there. A rule of another shape than the kept ones is written out as dates before `horizon`.
///
/// Refused are rules that cannot be read, that repeat within the day by SECONDLY, MINUTELY or HOURLY, that
/// end before they start, and that would give more than [`MAX_OCCURRENCES`] dates.
pub fn enter(
    text: &str,
    start: NaiveDateTime,
    zone: Zone,
    horizon: NaiveDateTime,
) -> Result<Entered, RuleError> {
    let parts = shape::normalised(read(text, start, zone)?, start);
    let shape = shape::check(&parts);
    if shape.is_ok() && expand::makes(&parts, start) {
        return Ok(Entered::Rule(Rule(parts)));
    }
    let window = expand::Window { from: start, until: horizon, cap: MAX_OCCURRENCES + 1 };
    let dates = expand::expand(&parts, start, &window);
    if dates.len() > MAX_OCCURRENCES {
        return Err(RuleError(Said::new("recurrence.too_many").with("max", MAX_OCCURRENCES)));
    }
    if dates.is_empty() {
        return Err(RuleError(Said::new("recurrence.empty").with("horizon", horizon.date())));
    }
    let why = match shape {
        Err(part) => Said::new("recurrence.as_dates").with("part", part),
        Ok(()) => Said::new("recurrence.as_dates_start").with("start", start),
    };
    Ok(Entered::Dates { dates, why })
}

fn read(text: &str, start: NaiveDateTime, zone: Zone) -> Result<Parts, RuleError> {
    let text = text.trim();
    let value = match text.get(..6) {
        Some(prefix) if prefix.eq_ignore_ascii_case("RRULE:") => &text[6..],
        _ => text,
    };
    let parts = parts::parse(value, zone)?;
    match parts.end {
        End::Until(until) if until < start => Err(RuleError(
            Said::new("recurrence.ends_before_start").with("until", until).with("start", start),
        )),
        _ => Ok(parts),
    }
}

impl Rule {
    /// Reads a stored rule again. Missing parts are taken from `start`, UNTIL in UTC is turned into wall time
    /// of `zone`; a rule that [`enter`] would write out as dates is refused here.
    pub fn parse(text: &str, start: NaiveDateTime, zone: Zone) -> Result<Self, RuleError> {
        let parts = shape::normalised(read(text, start, zone)?, start);
        shape::check(&parts).map_err(|part| RuleError::about("recurrence.not_kept", part))?;
        Ok(Self(parts))
    }

    /// Wall starts `w` with `from <= w < until`, sorted, at most `cap` of them. `start` itself is the first
    /// occurrence and counts for COUNT. Days that do not exist (29 February, 31 April) are left out.
    ///
    /// Wall times in the spring gap are listed too: [`Zone::resolve`] says where they go.
    #[must_use]
    pub fn occurrences(
        &self,
        start: NaiveDateTime,
        from: NaiveDateTime,
        until: NaiveDateTime,
        cap: usize,
    ) -> Vec<NaiveDateTime> {
        expand::expand(&self.0, start, &expand::Window { from, until, cap })
    }

    /// The head of a series that is split at `split`: the same rule, ending with the last occurrence before
    /// it. A head always keeps `start`, so splitting at the first occurrence is for the caller to see.
    #[must_use]
    pub fn ended_before(&self, start: NaiveDateTime, split: NaiveDateTime) -> Self {
        let head = self.occurrences(start, start, split, usize::MAX);
        let end = match self.0.end {
            End::Count(_) => End::Count(u32::try_from(head.len().max(1)).unwrap_or(u32::MAX)),
            End::Never | End::Until(_) => End::Until(head.last().copied().unwrap_or(start)),
        };
        Self(Parts { end, ..self.0.clone() })
    }

    /// The tail of a series that is split at the occurrence `split`, which becomes its start: COUNT is what
    /// the head left over, at least one; UNTIL stays.
    #[must_use]
    pub fn continued_from(&self, start: NaiveDateTime, split: NaiveDateTime) -> Self {
        let end = match self.0.end {
            End::Count(count) => {
                let head = self.occurrences(start, start, split, usize::MAX).len();
                End::Count(count.saturating_sub(u32::try_from(head).unwrap_or(u32::MAX)).max(1))
            }
            End::Until(until) => End::Until(until.max(split)),
            End::Never => End::Never,
        };
        Self(Parts { end, ..self.0.clone() })
    }

    /// Whether the rule would make `start` by itself. If not, calendar programs disagree about the series
    /// (RFC 5545 3.8.5.3: undefined), so such a pair should not be published.
    #[must_use]
    pub fn makes(&self, start: NaiveDateTime) -> bool {
        expand::makes(&self.0, start)
    }

    /// Whether the rule counts in years, as the rules of clock changes do.
    #[must_use]
    pub fn is_yearly(&self) -> bool {
        self.0.freq == parts::Freq::Yearly
    }

    /// Whether the series ends.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.0.end != End::Never
    }

    /// The last wall time at which an occurrence may start, if the rule ends by date.
    #[must_use]
    pub fn until(&self) -> Option<NaiveDateTime> {
        match self.0.end {
            End::Until(until) => Some(until),
            End::Never | End::Count(_) => None,
        }
    }

    /// The number of occurrences, if the rule ends by number.
    #[must_use]
    pub fn count(&self) -> Option<u32> {
        match self.0.end {
            End::Count(count) => Some(count),
            End::Never | End::Until(_) => None,
        }
    }

    /// The RRULE value for a calendar whose events start in `zone`: UNTIL is written in UTC (RFC 5545
    /// 3.3.10).
    #[must_use]
    pub fn to_ical(&self, zone: Zone) -> String {
        self.with_until(|until| zone.resolve(until).instant.format("%Y%m%dT%H%M%SZ").to_string())
    }

    /// The RRULE value for an all-day event: UNTIL is a DATE, as DTSTART is (RFC 5545 3.3.10).
    #[must_use]
    pub fn to_ical_all_day(&self) -> String {
        self.with_until(|until| until.format("%Y%m%d").to_string())
    }

    fn with_until(&self, write: impl Fn(NaiveDateTime) -> String) -> String {
        let mut text = self.0.body();
        if let End::Until(until) = self.0.end {
            text.push_str(";UNTIL=");
            text.push_str(&write(until));
        } else {
            self.0.push_count(&mut text);
        }
        text
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_until(|until| until.format("%Y%m%dT%H%M%S").to_string()))
    }
}

/// The last second of the day, the meaning of an UNTIL that is a DATE.
fn end_of_day(day: chrono::NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN) + TimeDelta::seconds(86_399)
}

/// Reads a list of numbers of one part: `BYMONTHDAY=1,-1`.
fn numbers<T: FromStr + PartialOrd + Copy + Ord>(
    part: &str,
    value: &str,
    allowed: impl Fn(T) -> bool,
) -> Result<Vec<T>, RuleError> {
    let bad = || RuleError::about("recurrence.bad_value", parts::shown(&format!("{part}={value}")));
    let mut list = value
        .split(',')
        .map(|number| number.trim().parse::<T>().ok().filter(|n| allowed(*n)).ok_or_else(bad))
        .collect::<Result<Vec<T>, _>>()?;
    list.sort_unstable();
    list.dedup();
    Ok(list)
}
