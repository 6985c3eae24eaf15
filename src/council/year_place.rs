//! Finds a day for each session of a plan.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};

use super::pattern::Wanted;
use super::{Dodge, MOST_WEEKS, Obstacle, Remark, YearPlan};
use crate::time::WorkingDays;

/// A day with a session, and what is to be said about it.
pub(super) type Placed = (NaiveDate, Option<Remark>);

/// Finds a day for each session.
pub(super) struct Placing<'a> {
    pub(super) plan: &'a YearPlan,
    pub(super) days: &'a WorkingDays,
}

impl Placing<'_> {
    /// The days with sessions in order, and what has no place. A session that keeps its day has it before any that is
    /// moved.
    pub(super) fn place(&self) -> (Vec<Placed>, Vec<Remark>) {
        let mut placed = Vec::new();
        let mut unplaced = Vec::new();
        let mut blocked = Vec::new();
        for wanted in self.plan.pattern.days(self.plan.from, self.plan.to) {
            match wanted {
                Wanted::None(month) if self.is_out(month) => {}
                Wanted::None(month) => unplaced.push(Remark::NoDay(month)),
                Wanted::Day(day) if self.is_out(day) => {}
                Wanted::Day(day) => match self.obstacle(day) {
                    None => placed.push((day, None)),
                    Some((obstacle, None)) => placed.push((day, Some(Remark::Kept(obstacle)))),
                    Some((obstacle, Some(dodge))) => blocked.push((day, obstacle, dodge)),
                },
            }
        }
        let mut taken: BTreeSet<NaiveDate> = placed.iter().map(|(day, _)| *day).collect();
        for (day, obstacle, dodge) in blocked {
            match self.other_day(day, dodge, &taken) {
                Some(other) => {
                    taken.insert(other);
                    placed.push((other, Some(Remark::Moved(day, obstacle))));
                }
                None if dodge == Dodge::Skip => unplaced.push(Remark::Skipped(day, obstacle)),
                None => unplaced.push(Remark::NoWeek(day, obstacle)),
            }
        }
        placed.sort_by_key(|(day, _)| *day);
        (placed, unplaced)
    }

    /// Whether the plan has no sessions in the month of `day`.
    fn is_out(&self, day: NaiveDate) -> bool {
        self.plan.without.contains(&day.month())
    }

    /// What stands in the way on `day`, and what it makes of the session; none for a note only.
    fn obstacle(&self, day: NaiveDate) -> Option<(Obstacle, Option<Dodge>)> {
        if let Some(holiday) = self.days.holiday_on(day) {
            return Some((Obstacle::Holiday(holiday.name.clone()), Some(self.plan.holidays)));
        }
        if self.days.is_closure(day) {
            return Some((Obstacle::Closure, Some(self.plan.holidays)));
        }
        let pause = self.plan.school_breaks.iter().find(|pause| pause.contains(day))?;
        Some((Obstacle::SchoolBreak(pause.name.clone()), self.plan.breaks))
    }

    fn other_day(&self, day: NaiveDate, dodge: Dodge, taken: &BTreeSet<NaiveDate>) -> Option<NaiveDate> {
        let week = |weeks: u64| match dodge {
            Dodge::Skip => None,
            Dodge::WeekEarlier => day.checked_sub_days(Days::new(7 * weeks)),
            Dodge::WeekLater => day.checked_add_days(Days::new(7 * weeks)),
        };
        (1..=MOST_WEEKS).filter_map(week).find(|day| {
            let inside = self.plan.from <= *day && *day <= self.plan.to && !self.is_out(*day);
            inside && !taken.contains(day) && self.obstacle(*day).is_none_or(|(_, dodge)| dodge.is_none())
        })
    }
}
