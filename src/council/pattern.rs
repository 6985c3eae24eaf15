//! The days on which a body likes to meet: the last Tuesday of the month, every Monday, every second Thursday.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// Which of the weekdays of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nth {
    /// The first is 1; months without a fifth have none.
    From(u8),
    /// The last.
    Last,
}

/// The days on which a body likes to meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// One day in each month.
    Monthly {
        /// Which one.
        nth: Nth,
        /// Of which weekday.
        weekday: Weekday,
    },
    /// The same weekday every so many weeks, counted from the first in the period.
    Weekly {
        /// Which weekday.
        weekday: Weekday,
        /// Every how many weeks; 0 counts as 1.
        every: u32,
    },
}

/// A day that the pattern asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// This day.
    Day(NaiveDate),
    /// A day that the month of this first day does not have.
    None(NaiveDate),
}

impl Pattern {
    /// The days from `from` to `to`, both included, in order. Every month is asked, also one that begins before the
    /// period or ends after it.
    pub(super) fn days(self, from: NaiveDate, to: NaiveDate) -> Vec<Wanted> {
        match self {
            Self::Monthly { nth, weekday } => {
                let first = from.with_day(1).unwrap_or(from);
                let months = (0..).map_while(|month| first.checked_add_months(Months::new(month)));
                let months = months.take_while(|month| *month <= to);
                months.filter_map(|month| in_month(month, nth, weekday, from, to)).collect()
            }
            Self::Weekly { weekday, every } => {
                let step = 7 * every.max(1) as usize;
                let first = from.iter_days().find(|day| day.weekday() == weekday).unwrap_or(from);
                first.iter_days().step_by(step).take_while(|day| *day <= to).map(Wanted::Day).collect()
            }
        }
    }
}

/// The day of the month that begins on `first`; nothing where it lies outside the period.
fn in_month(first: NaiveDate, nth: Nth, weekday: Weekday, from: NaiveDate, to: NaiveDate) -> Option<Wanted> {
    let (year, month) = (first.year(), first.month());
    let day = match nth {
        Nth::From(n) => NaiveDate::from_weekday_of_month_opt(year, month, weekday, n),
        Nth::Last => last_in_month(first, weekday),
    };
    match day {
        Some(day) => (from <= day && day <= to).then_some(Wanted::Day(day)),
        None => Some(Wanted::None(first)),
    }
}

fn last_in_month(first: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    let last = first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))?;
    last.checked_sub_days(Days::new(last.weekday().days_since(weekday).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(pattern: Pattern, from: &str, to: &str) -> Vec<String> {
        let days = pattern.days(from.parse().unwrap(), to.parse().unwrap());
        days.into_iter()
            .map(|wanted| match wanted {
                Wanted::Day(day) => day.to_string(),
                Wanted::None(month) => month.format("%Y-%m-none").to_string(),
            })
            .collect()
    }

    #[test]
    fn the_days_of_a_pattern() {
        let monthly = |nth, weekday| Pattern::Monthly { nth, weekday };
        for (pattern, from, to, expected) in [
            (
                monthly(Nth::Last, Weekday::Tue),
                "2027-01-01",
                "2027-04-30",
                "2027-01-26 2027-02-23 2027-03-30 2027-04-27",
            ),
            (monthly(Nth::Last, Weekday::Sun), "2028-02-01", "2028-02-29", "2028-02-27"),
            (monthly(Nth::Last, Weekday::Tue), "2028-02-01", "2028-02-29", "2028-02-29"),
            (monthly(Nth::Last, Weekday::Wed), "2028-02-01", "2028-02-29", "2028-02-23"),
            (
                monthly(Nth::From(5), Weekday::Mon),
                "2027-01-10",
                "2027-03-31",
                "2027-01-none 2027-02-none 2027-03-29",
            ),
            (monthly(Nth::From(0), Weekday::Mon), "2027-01-01", "2027-01-31", "2027-01-none"),
            // The second Monday of January lies before the period.
            (monthly(Nth::From(2), Weekday::Mon), "2027-01-15", "2027-02-28", "2027-02-08"),
            (
                Pattern::Weekly { weekday: Weekday::Thu, every: 2 },
                "2027-01-01",
                "2027-02-05",
                "2027-01-07 2027-01-21 2027-02-04",
            ),
            (
                Pattern::Weekly { weekday: Weekday::Fri, every: 0 },
                "2027-01-01",
                "2027-01-15",
                "2027-01-01 2027-01-08 2027-01-15",
            ),
            (
                Pattern::Weekly { weekday: Weekday::Fri, every: u32::MAX },
                "2027-01-01",
                "2027-12-31",
                "2027-01-01",
            ),
        ] {
            assert_eq!(days(pattern, from, to).join(" "), expected, "{pattern:?} {from}");
        }
    }
}
