//! Half-open stretches of time.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A half-open stretch `[start, end)` of instants; meetings that touch do not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interval {
    /// First instant inside.
    pub start: DateTime<Utc>,
    /// First instant after.
    pub end: DateTime<Utc>,
}

impl Interval {
    /// The stretch from `start` up to `end`; none if it would be empty or run backwards.
    #[must_use]
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Whether the two share an instant.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `instant` lies inside.
    #[must_use]
    pub fn contains(&self, instant: DateTime<Utc>) -> bool {
        self.start <= instant && instant < self.end
    }

    /// How long it lasts.
    #[must_use]
    pub fn length(&self) -> TimeDelta {
        self.end - self.start
    }

    /// The stretch widened by `before` at its start and `after` at its end.
    #[must_use]
    pub fn widened(&self, before: TimeDelta, after: TimeDelta) -> Self {
        Self { start: self.start - before, end: self.end + after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_that_touch_do_not_overlap() {
        let at = |h: i64| DateTime::from_timestamp(h * 3600, 0).unwrap();
        let span = |a, b| Interval::new(at(a), at(b)).unwrap();
        for (a, b, overlap) in [
            (span(9, 10), span(10, 11), false),
            (span(9, 10), span(9, 10), true),
            (span(9, 12), span(10, 11), true),
            (span(9, 10), span(8, 9), false),
        ] {
            assert_eq!(a.overlaps(&b), overlap);
            assert_eq!(b.overlaps(&a), overlap);
        }
        assert_eq!(Interval::new(at(9), at(9)), None);
        assert!(span(9, 10).contains(at(9)) && !span(9, 10).contains(at(10)));
    }
}
