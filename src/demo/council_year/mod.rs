//! A year of the bodies of the fictional municipality, played through the scheduler day by day: from the calendar of
//! sessions to approved and published minutes, with what goes wrong in a real year.

mod bodies;
mod matters;
mod night;
mod run;
mod tale;
mod year;

use chrono::{DateTime, Utc};

use super::dice::Dice;
use super::{cast, found};
use crate::booking::Refusal;
use crate::store::Store;

/// What was played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlayedYear {
    /// Sessions that were planned.
    pub sessions: usize,
    /// Of those, held.
    pub held: usize,
    /// Entries in the register of publications.
    pub published: usize,
    /// What was refused on the way, as it had to be: the key of the sentence.
    pub refused: Vec<String>,
}

/// Founds the municipality in an empty store whose clock is a mock one and plays the year that ends at `now`; pages that
/// are published say that they stand at `base`.
///
/// # Errors
/// Those of the store. A refusal that is not part of the tale would be a fault of the generator.
pub fn play_council_year(
    store: &Store,
    now: DateTime<Utc>,
    base: &str,
    seed: u64,
) -> Result<PlayedYear, Refusal> {
    let dice = Dice::new(seed);
    let start = now - chrono::TimeDelta::days(400);
    store.clock().set(start);
    found::town(store, &dice)?;
    let clerk = store.read(cast)?.ok_or_else(|| Refusal::Internal("the demo has no clerk".to_owned()))?.clerk;
    let stage = run::Stage::new(store, &clerk, base.trim_end_matches('/'));
    bodies::set_up(&stage, start)?;
    let plan = year::plan(&stage, start, now)?;
    let played = tale::tell(&stage, &plan, now)?;
    store.clock().set(now);
    Ok(played)
}
