//! Chance that repeats: the same for the same seed.

use belfort::ids::IdSource;

/// What is drawn at random, the same for the same seed.
pub struct Dice(IdSource);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(IdSource::seeded(seed))
    }

    /// A number from 0 on, below the one given.
    pub fn below(&self, below: usize) -> usize {
        usize::try_from(self.0.below(below as u64)).unwrap()
    }

    /// Whether the one case in so many has come.
    pub fn one_in(&self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    /// One of the choices.
    pub fn of<T: Clone>(&self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}
