//! The only place that asks the machine what time it is; everything else takes the time as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// A source of the current instant: the machine's own clock, or one that a test moves by hand.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The operating system's clock.
    System,
    /// A clock that stands still until it is moved; microseconds since 1970, UTC.
    Mock(Arc<AtomicI64>),
}

impl Clock {
    /// Makes a clock that stands at `at` until [`Clock::advance`] or [`Clock::set`] moves it.
    #[must_use]
    pub fn mock(at: DateTime<Utc>) -> Self {
        Self::Mock(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// The current instant in UTC.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the home of the wall clock")]
            Self::System => Utc::now(),
            Self::Mock(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a mock clock forward by `by`; the machine's clock is not ours to move and ignores it.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Mock(micros) = self {
            micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }

    /// Puts a mock clock at `at`; ignored by the machine's clock.
    pub fn set(&self, at: DateTime<Utc>) {
        if let Self::Mock(micros) = self {
            micros.store(at.timestamp_micros(), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mock_clock_stands_still_until_moved() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let clock = Clock::mock(start);
        assert_eq!(clock.now(), start);
        clock.advance(TimeDelta::minutes(5));
        assert_eq!(clock.now(), start + TimeDelta::minutes(5));
        let same = clock.clone();
        same.set(start);
        assert_eq!(clock.now(), start, "clones share one clock");
    }
}
