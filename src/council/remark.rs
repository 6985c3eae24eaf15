//! What is to be said about the days of a plan.

use chrono::NaiveDate;

use crate::texts::{Lang, Said, Words, text};

/// A session that cannot be on its day moves by at most so many weeks.
pub const MOST_WEEKS: u64 = 4;

/// Why a day cannot be used, or is used with a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A holiday, by its name.
    Holiday(Words),
    /// A closing day of the town hall.
    Closure,
    /// A school break, by its name.
    SchoolBreak(Words),
}

impl Obstacle {
    /// In words that follow "because of".
    #[must_use]
    pub fn speak(&self, lang: Lang) -> String {
        match self {
            Self::Holiday(name) => Said::new("year.holiday").with("name", name.speak(lang)).speak(lang),
            Self::Closure => text(lang, "year.closure").to_owned(),
            Self::SchoolBreak(name) => {
                Said::new("year.school_break").with("name", name.speak(lang)).speak(lang)
            }
        }
    }
}

/// What is to be said about a session of the plan, or about one that has no place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// It was moved from the day that the pattern asks for.
    Moved(NaiveDate, Obstacle),
    /// It stays on a day that one might have avoided.
    Kept(Obstacle),
    /// It is left out.
    Skipped(NaiveDate, Obstacle),
    /// No week near its day is free.
    NoWeek(NaiveDate, Obstacle),
    /// The month that begins on this day has no such weekday.
    NoDay(NaiveDate),
}

impl Remark {
    /// In a sentence.
    #[must_use]
    pub fn speak(&self, lang: Lang) -> String {
        let said = match self {
            Self::Moved(day, why) => Said::new("year.moved").with("date", day).with("why", why.speak(lang)),
            Self::Kept(why) => Said::new("year.kept").with("why", why.speak(lang)),
            Self::Skipped(day, why) => {
                Said::new("year.skipped").with("date", day).with("why", why.speak(lang))
            }
            Self::NoWeek(day, why) => {
                let said = Said::new("year.no_week").with("date", day).with("why", why.speak(lang));
                said.with("weeks", MOST_WEEKS)
            }
            Self::NoDay(month) => Said::new("year.no_day").with("date", month),
        };
        said.speak(lang)
    }
}
