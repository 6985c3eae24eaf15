//! How many must be there for a body to decide, and by which law.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Mark;

/// An article of the decree on local government of 22 December 2017 (decreet over het lokaal bestuur, DLB).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Law {
    /// Such as `art. 26 DLB`.
    pub article: &'static str,
    /// How sure it is.
    pub mark: Mark,
}

impl Law {
    /// An item that is not on the agenda needs two thirds of those present.
    pub const URGENCY: Self = Self { article: "art. 23 DLB", mark: Mark::Verified };
    /// The majority of the sitting members must be present; after a second convocation whoever came, on items that
    /// come for the second time.
    pub const QUORUM: Self = Self { article: "art. 26 DLB", mark: Mark::Memory };
    /// Sessions are public; behind closed doors only in the cases listed.
    pub const PUBLIC: Self = Self { article: "art. 28 DLB", mark: Mark::Verified };
    /// Who votes in secret, and on what.
    pub const SECRET: Self = Self { article: "art. 34 DLB", mark: Mark::Memory };
    /// Elections and their rounds.
    pub const ELECTION: Self = Self { article: "art. 35 DLB", mark: Mark::Memory };
    /// A member whose line holds, and whom chair or secretary see and hear: government order of 10 September 2021.
    pub const REMOTE: Self = Self { article: "BVR 10.09.2021", mark: Mark::Verified };
}

/// An article known from memory carries an asterisk, which the page explains.
impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.article)?;
        if self.mark == Mark::Memory { f.write_str("*") } else { Ok(()) }
    }
}

/// How many members were present at an instant, and how many had to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quorum {
    /// Sitting members (zittinghebbende leden).
    pub sitting: u32,
    /// More than half of them.
    pub needed: u32,
    /// Counted as present in the room.
    pub room: u32,
    /// Counted as present from elsewhere.
    pub remote: u32,
    /// Whether it may be decided whatever the number: an item that comes for the second time, after a second
    /// convocation.
    pub exempt: bool,
}

impl Quorum {
    /// The count of a body with `sitting` members.
    #[must_use]
    pub const fn of(sitting: u32, room: u32, remote: u32, exempt: bool) -> Self {
        Self { sitting, needed: sitting / 2 + 1, room, remote, exempt }
    }

    /// How many are present.
    #[must_use]
    pub const fn present(&self) -> u32 {
        self.room + self.remote
    }

    /// Whether enough are there, whether or not that is asked for.
    #[must_use]
    pub const fn is_reached(&self) -> bool {
        self.present() >= self.needed
    }

    /// Whether the body may decide.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.exempt || self.is_reached()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_half_of_the_sitting_members() {
        for (sitting, needed) in [(0, 1), (1, 1), (2, 2), (7, 4), (8, 5), (25, 13), (55, 28)] {
            assert_eq!(Quorum::of(sitting, 0, 0, false).needed, needed, "{sitting}");
        }
        assert!(Quorum::of(7, 3, 1, false).holds());
        assert!(!Quorum::of(7, 3, 0, false).holds());
        let second = Quorum::of(7, 1, 0, true);
        assert!(second.holds() && !second.is_reached(), "article 26: second convocation");
    }

    #[test]
    fn what_is_known_from_memory_is_marked() {
        assert_eq!(Law::QUORUM.to_string(), "art. 26 DLB*");
        assert_eq!(Law::PUBLIC.to_string(), "art. 28 DLB");
    }
}
