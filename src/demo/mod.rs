//! The demo municipality: fictional, full-sized, and the same for the same seed and instant.
//!
//! Everything is booked through the scheduler, so that its invariants hold; the facts are in `data/demo`.

mod book;
mod busy;
mod cast;
mod council_year;
mod dice;
mod facts;
mod found;
mod lived;
mod rhythm;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::booking::Refusal;
use crate::store::Store;
use crate::time::Zone;

pub use cast::{Cast, cast};
pub use council_year::{PlayedYear, play_council_year};

/// The room whose screen the demo shows.
pub const CHAMBER: &str = "raadzaal";

/// How much is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// 600 meetings in the fortnight around today.
    Fortnight,
    /// 50,000 meetings in the year around today.
    Year,
}

impl Scale {
    /// The number of meetings, series counted once.
    #[must_use]
    pub const fn meetings(self) -> usize {
        match self {
            Self::Fortnight => 600,
            Self::Year => 50_000,
        }
    }

    /// Days before today and days from today on.
    const fn span(self) -> (u64, u64) {
        match self {
            Self::Fortnight => (7, 7),
            Self::Year => (56, 309),
        }
    }

    /// The first day and the day after the last.
    #[must_use]
    pub fn period(self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let (before, after) = self.span();
        (today - Days::new(before), today + Days::new(after))
    }
}

/// What was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Founded {
    /// Meetings, series counted once.
    pub meetings: usize,
    /// Dates of those that lie in the period.
    pub dates_in_period: usize,
    /// Past dates to which somebody came.
    pub checked_in: usize,
}

/// Founds the municipality in an empty store whose clock is a mock one: it is set to the days on which things
/// are booked and checked in to, and stands at `now` when this returns.
///
/// # Errors
/// Those of the store. A refusal of a rule would be a fault of the generator.
pub fn found(store: &Store, scale: Scale, now: DateTime<Utc>, seed: u64) -> Result<Founded, Refusal> {
    let zone = Zone::BRUSSELS;
    let (from, to) = scale.period(zone.wall(now).date());
    let booked_at = zone.day(from - Days::new(14)).start + TimeDelta::hours(9);
    store.clock().set(booked_at);
    let dice = dice::Dice::new(seed);
    found::town(store, &dice)?;
    let mut booker = book::Booker::new(store, dice, from, to, zone)?;
    booker.sessions()?;
    booker.around(now)?;
    booker.series()?;
    booker.singles(scale.meetings())?;
    let booked = booker.booked();
    let checked_in = lived::until(store, &booked, now, seed)?;
    store.clock().set(now);
    let inside = |start: DateTime<Utc>| (from..to).contains(&zone.wall(start).date());
    let dates_in_period = booked.dates.iter().filter(|date| inside(date.time.start)).count();
    Ok(Founded { meetings: booked.meetings, dates_in_period, checked_in })
}
