//! Days on which the town hall works, and the nearest one before or after a date.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

use super::Holiday;
use super::holiday::is_observed;

/// The days on which a town hall does not work: weekends, the holidays it observes, and its own closures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingDays {
    holidays: Vec<Holiday>,
    closures: BTreeSet<NaiveDate>,
}

impl WorkingDays {
    /// A calendar that observes all public holidays among `rules` and the others whose id is in `also`.
    #[must_use]
    pub fn observing(rules: &[Holiday], also: &[&str]) -> Self {
        let observed = rules.iter().filter(|rule| is_observed(rule, also));
        Self { holidays: observed.cloned().collect(), closures: BTreeSet::new() }
    }

    /// The same calendar with the town's own closing days.
    #[must_use]
    pub fn with_closures(mut self, days: impl IntoIterator<Item = NaiveDate>) -> Self {
        self.closures.extend(days);
        self
    }

    /// The observed holiday that falls on `day`.
    #[must_use]
    pub fn holiday_on(&self, day: NaiveDate) -> Option<&Holiday> {
        self.holidays.iter().find(|holiday| holiday.on(day.year()) == Some(day))
    }

    /// Whether the town has closed on `day` by itself.
    #[must_use]
    pub fn is_closure(&self, day: NaiveDate) -> bool {
        self.closures.contains(&day)
    }

    /// Whether people work on `day`.
    #[must_use]
    pub fn is_working(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            && !self.is_closure(day)
            && self.holiday_on(day).is_none()
    }

    /// The last working day on or before `day`: the clerk's target, as legal terms do not move.
    #[must_use]
    pub fn last_on_or_before(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().rev().find(|day| self.is_working(*day)).unwrap_or(day)
    }

    /// The first working day after `day`.
    #[must_use]
    pub fn next_after(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().skip(1).find(|day| self.is_working(*day)).unwrap_or(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weekends_and_closures_are_skipped_in_both_directions() {
        let days = WorkingDays::default().with_closures([date("2027-01-15"), date("2027-01-18")]);
        for (day, last, next) in [
            ("2027-01-14", "2027-01-14", "2027-01-19"),
            ("2027-01-15", "2027-01-14", "2027-01-19"),
            ("2027-01-17", "2027-01-14", "2027-01-19"),
            ("2027-01-19", "2027-01-19", "2027-01-20"),
        ] {
            assert_eq!(days.last_on_or_before(date(day)), date(last), "{day}");
            assert_eq!(days.next_after(date(day)), date(next), "{day}");
        }
    }
}
