//! Chance that can be repeated.

use crate::ids::IdSource;

/// A source of choices; the same for the same seed.
pub(super) struct Dice(IdSource);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(IdSource::seeded(seed))
    }

    /// A number below `below`.
    pub(super) fn below(&self, below: usize) -> usize {
        usize::try_from(self.0.below(below as u64)).unwrap_or(0)
    }

    /// True in so many of a hundred throws.
    pub(super) fn percent(&self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of a list that is not empty.
    pub(super) fn one<'a, T>(&self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// The value of a weighted list that is not empty.
    pub(super) fn weighted<T: Copy>(&self, list: &[(usize, T)]) -> T {
        let mut left = self.below(list.iter().map(|(weight, _)| weight).sum());
        for (weight, value) in list {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        list[list.len() - 1].1
    }
}
