//! When a term ends: counted from an event, in days of the calendar on the wall or in hours of the clock.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::{Anchor, Count, Rule, RuleSet, RuleTerm, SessionFacts};
use crate::time::Zone;

/// The end of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Due {
    /// The last local day: done on that day is in time, whatever the hour.
    Date(NaiveDate),
    /// The last instant.
    Instant(DateTime<Utc>),
}

impl Due {
    /// The local day on which it ends.
    #[must_use]
    pub fn day(self, zone: Zone) -> NaiveDate {
        match self {
            Self::Date(day) => day,
            Self::Instant(at) => zone.wall(at).date(),
        }
    }

    /// Whether `at` is in time.
    #[must_use]
    pub fn covers(self, at: DateTime<Utc>, zone: Zone) -> bool {
        match self {
            Self::Date(day) => zone.wall(at).date() <= day,
            Self::Instant(last) => at <= last,
        }
    }

    /// The last instant that is in time, and for a day the first that is not.
    #[must_use]
    pub fn end(self, zone: Zone) -> DateTime<Utc> {
        match self {
            Self::Date(day) => zone.day(day).end,
            Self::Instant(at) => at,
        }
    }

    /// As a value for sentences: `2027-01-10`, or wall time as `2027-01-10 20:00`.
    #[must_use]
    pub fn value(self, zone: Zone) -> String {
        match self {
            Self::Date(day) => day.to_string(),
            Self::Instant(at) => zone.wall(at).format("%Y-%m-%d %H:%M").to_string(),
        }
    }

    /// As programs read it: `2027-01-10`, or `2027-01-10T20:00:00+01:00` (RFC 3339).
    #[must_use]
    pub fn iso(self, zone: Zone) -> String {
        match self {
            Self::Date(day) => day.to_string(),
            Self::Instant(at) => at.with_timezone(&zone.tz()).to_rfc3339(),
        }
    }
}

/// From what a term was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Basis {
    /// From what.
    pub anchor: Anchor,
    /// When that was, or is expected.
    pub at: Due,
    /// It has not happened yet, or nobody has said when; the term will be counted anew.
    pub assumed: bool,
}

impl Basis {
    fn known(anchor: Anchor, at: DateTime<Utc>) -> Self {
        Self { anchor, at: Due::Instant(at), assumed: false }
    }

    fn assumed(anchor: Anchor, at: Due) -> Self {
        Self { anchor, at, assumed: true }
    }

    /// The event that tells terms of one rule apart, where it runs anew with each.
    #[must_use]
    pub fn of(self) -> Option<DateTime<Utc>> {
        match (self.anchor, self.at) {
            (Anchor::Amended, Due::Instant(at)) => Some(at),
            _ => None,
        }
    }
}

/// A rule whose term was counted for a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted<'a> {
    pub(super) rule: &'a Rule,
    pub(super) term: RuleTerm,
    pub(super) n: u32,
    pub(super) basis: Basis,
    pub(super) due: Due,
}

/// Every term of a session, in the order of the rules.
pub(super) fn count<'a>(facts: &SessionFacts, rules: &'a RuleSet) -> Vec<Counted<'a>> {
    rules.iter().flat_map(|rule| terms_of(rule, facts, rules)).collect()
}

fn terms_of<'a>(rule: &'a Rule, facts: &SessionFacts, rules: &RuleSet) -> Vec<Counted<'a>> {
    let Some(term) = rule.term else { return Vec::new() };
    let Some(n) = term.n_for(facts.convocation) else { return Vec::new() };
    let counted = |basis: Basis| {
        let due = end_of(&term, n, basis.at, facts)?;
        Some(Counted { rule, term, n, basis, due })
    };
    bases(term.anchor, facts, rules).into_iter().filter_map(counted).collect()
}

fn bases(anchor: Anchor, facts: &SessionFacts, rules: &RuleSet) -> Vec<Basis> {
    let planned = || Basis::assumed(anchor, Due::Instant(facts.start));
    let known = |at| Basis::known(anchor, at);
    match anchor {
        Anchor::Start => vec![known(facts.start)],
        Anchor::Amended => facts.amended.iter().map(|at| known(*at)).collect(),
        Anchor::Decided => vec![facts.decided.map_or_else(planned, known)],
        Anchor::Approval => vec![facts.next_start.map_or_else(planned, known)],
        Anchor::Dispatch => match facts.sent() {
            Some(at) => vec![known(at)],
            None => last_day(anchor, "convocation-sent", facts, rules),
        },
        Anchor::Published => match facts.published {
            Some(at) => vec![known(at)],
            None => last_day(anchor, "regulations-full-text", facts, rules),
        },
    }
}

/// The last day for a deed that has not been done, as the expected start of what follows it.
fn last_day(anchor: Anchor, deed: &str, facts: &SessionFacts, rules: &RuleSet) -> Vec<Basis> {
    let terms = rules.get(deed).map(|rule| terms_of(rule, facts, rules)).unwrap_or_default();
    terms.into_iter().map(|term| Basis::assumed(anchor, term.due)).collect()
}

/// The end of a term of `n`; none beyond the years that the calendar knows.
fn end_of(term: &RuleTerm, n: u32, from: Due, facts: &SessionFacts) -> Option<Due> {
    let zone = facts.zone;
    let back = |n: u32| from.day(zone).checked_sub_days(Days::new(n.into())).map(Due::Date);
    let hours = TimeDelta::hours(n.into());
    match term.count {
        Count::CalendarBefore => back(n),
        Count::Clear => back(n.checked_add(1)?),
        // What must be there from a dispatch on is late a minute after it.
        Count::CalendarAfter if n == 0 && term.anchor == Anchor::Dispatch => Some(from),
        Count::CalendarAfter => from.day(zone).checked_add_days(Days::new(n.into())).map(Due::Date),
        Count::HoursBefore => from.end(zone).checked_sub_signed(hours).map(Due::Instant),
        Count::HoursAfter => {
            let end = from.end(zone).checked_add_signed(hours)?;
            Some(Due::Instant(if term.before_start { end.min(facts.start) } else { end }))
        }
    }
}
