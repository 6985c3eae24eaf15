//! Whether a year has as many sessions as the law and the body ask for.

use chrono::{Datelike, NaiveDate};

use super::explain::source;
use super::year_place::Placed;
use super::{Kind, Mark, YearPlan};
use crate::texts::{Lang, Said};

/// The sessions of one calendar year (article 18 for a Flemish council: at least ten).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearCount {
    /// The calendar year.
    pub year: i32,
    /// How many sessions it has in the plan.
    pub planned: u32,
    /// How many it needs: by law or by the body's own wish, whichever is more; none where nobody asks.
    pub needed: Option<u32>,
    /// The article of the law that asks for so many, and how sure we are of it; none for the body's own wish.
    pub source: Option<(String, Mark)>,
    /// The period holds the whole year, so that no more sessions can come.
    pub is_whole: bool,
}

impl YearCount {
    /// Whether there are enough.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.needed.is_none_or(|needed| needed <= self.planned)
    }

    /// In a sentence; nothing where nobody asks for a number.
    #[must_use]
    pub fn speak(&self, lang: Lang) -> Option<String> {
        let said = match (self.is_met(), self.is_whole) {
            (true, _) => Said::new("year.enough"),
            (false, true) => Said::new("year.too_few"),
            (false, false) => Said::new("year.too_few_so_far"),
        };
        let said = said.with("year", self.year).with("planned", self.planned).with("needed", self.needed?);
        let source = self.source.as_ref().map(|(article, mark)| source(article, *mark, lang));
        Some([Some(said.speak(lang)), source].into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

/// Each calendar year that the period touches.
pub(super) fn count_years(plan: &YearPlan, kind: Kind, placed: &[Placed]) -> Vec<YearCount> {
    let law = kind.minimum();
    let needed = plan.minimum.max(law.map(|law| law.n));
    let count = |year: i32| {
        let planned = placed.iter().filter(|(day, _)| day.year() == year).count();
        let first = NaiveDate::from_ymd_opt(year, 1, 1);
        let last = NaiveDate::from_ymd_opt(year, 12, 31);
        YearCount {
            year,
            planned: u32::try_from(planned).unwrap_or(u32::MAX),
            needed,
            source: law.filter(|law| needed == Some(law.n)).map(|law| (law.article.clone(), law.mark)),
            is_whole: first.is_some_and(|first| plan.from <= first)
                && last.is_some_and(|last| last <= plan.to),
        }
    };
    (plan.from.year()..=plan.to.year()).map(count).collect()
}
