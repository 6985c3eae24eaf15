//! Holidays and school breaks as data, and the days on which they fall.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::texts::Words;

/// What sort of holiday it is, and so who closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    /// A legal public holiday: everybody closes.
    Public,
    /// The day of a community or region: who closes decides for itself.
    Regional,
    /// A day on which administrations may close.
    Administration,
}

/// A holiday that comes back each year.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Holiday {
    /// Short name, such as `easter-monday`.
    pub id: String,
    /// On which day of the year.
    #[serde(flatten)]
    pub when: When,
    /// What sort.
    pub kind: HolidayKind,
    /// The region or community whose day it is, such as `BE-VLG`.
    #[serde(default)]
    pub region: Option<String>,
    /// Its name.
    pub name: Words,
}

/// On which day of a year a holiday falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum When {
    /// So many days after Easter Sunday.
    Easter {
        /// Days.
        easter: u64,
    },
    /// The same date each year.
    Date {
        /// 1 to 12.
        month: u32,
        /// 1 to 31.
        day: u32,
    },
}

impl Holiday {
    /// Its day in `year`; none where the calendar has no such date.
    #[must_use]
    pub fn on(&self, year: i32) -> Option<NaiveDate> {
        match self.when {
            When::Easter { easter: days } => easter(year)?.checked_add_days(Days::new(days)),
            When::Date { month, day } => NaiveDate::from_ymd_opt(year, month, day),
        }
    }
}

/// A stretch without school, first and last day included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchoolBreak {
    /// Its name.
    pub name: Words,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl SchoolBreak {
    /// Whether `day` lies inside.
    #[must_use]
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Easter Sunday of `year` in the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher; none beyond the
/// years that the date library knows.
#[must_use]
pub fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century, rest) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let (leaps, century_rest) = (century.div_euclid(4), century.rem_euclid(4));
    let lunar = century - (century + 8).div_euclid(25) + 1;
    let epact = (19 * golden + century - leaps - lunar.div_euclid(3) + 15).rem_euclid(30);
    let weekday = (32 + 2 * century_rest + 2 * rest.div_euclid(4) - epact - rest.rem_euclid(4)).rem_euclid(7);
    let late = (golden + 11 * epact + 22 * weekday).div_euclid(451);
    let day = epact + weekday - 7 * late + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(day / 31).ok()?, u32::try_from(day % 31 + 1).ok()?)
}

/// The holidays of `year` by date: all public ones, and of the others those whose id is in `also`.
#[must_use]
pub fn holidays_of<'a>(rules: &'a [Holiday], year: i32, also: &[&str]) -> Vec<(NaiveDate, &'a Holiday)> {
    let observed = rules.iter().filter(|rule| is_observed(rule, also));
    let mut days: Vec<_> = observed.filter_map(|rule| Some((rule.on(year)?, rule))).collect();
    days.sort_by_key(|(day, _)| *day);
    days
}

/// Whether a town that closes on the days `also` besides the public ones closes on this one.
pub(super) fn is_observed(rule: &Holiday, also: &[&str]) -> bool {
    rule.kind == HolidayKind::Public || also.contains(&rule.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_in_years_that_are_known_to_be_hard() {
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (1981, 4, 19),
            (2000, 4, 23),
            (2008, 3, 23),
            (2019, 4, 21),
            (2027, 3, 28),
            (2028, 4, 16),
            (2038, 4, 25),
            (2049, 4, 18),
            (2285, 3, 22),
        ] {
            assert_eq!(easter(year), NaiveDate::from_ymd_opt(year, month, day), "{year}");
        }
        assert_eq!(easter(i32::MAX), None);
    }
}
