//! The server's clock as the kiosk knows it: what was heard last, plus what the steady clock counted since.
//!
//! The wall clock of a kiosk is whatever somebody set it to years ago, so it only fills in before the first
//! contact.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;

/// A shared reading of the server's time.
#[derive(Clone, Debug)]
pub struct ServerClock {
    steady: Steady,
    /// The instant heard, and the steady reading at which it was heard.
    anchor: Arc<Mutex<(DateTime<Utc>, Duration)>>,
}

/// What counts the seconds between two contacts.
#[derive(Clone, Debug)]
enum Steady {
    /// The machine's monotonic clock.
    Machine(Instant),
    /// A clock that a test moves, counted from where it stood at first.
    Mock(Clock, DateTime<Utc>),
}

impl ServerClock {
    /// A clock that starts from the machine's own opinion, or from a mock's.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let now = clock.now();
        let steady = match clock {
            Clock::System => Steady::Machine(Instant::now()),
            Clock::Mock(_) => Steady::Mock(clock.clone(), now),
        };
        Self { steady, anchor: Arc::new(Mutex::new((now, Duration::ZERO))) }
    }

    /// Takes over what the server just said.
    pub fn set(&self, server_time: DateTime<Utc>) {
        let reading = (server_time, self.elapsed());
        *self.anchor.lock().unwrap_or_else(PoisonError::into_inner) = reading;
    }

    /// The server's time now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let (heard, at) = *self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        let since = self.elapsed().saturating_sub(at);
        TimeDelta::from_std(since).ok().and_then(|since| heard.checked_add_signed(since)).unwrap_or(heard)
    }

    /// How long this clock has been running; never steps back.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        match &self.steady {
            Steady::Machine(start) => start.elapsed(),
            Steady::Mock(clock, start) => (clock.now() - *start).to_std().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_believed_and_the_wall_clock_is_not() {
        let wrong = DateTime::from_timestamp(1_000_000, 0).unwrap();
        let right = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let machine = Clock::mock(wrong);
        let clock = ServerClock::new(&machine);
        assert_eq!(clock.now(), wrong, "before the first contact there is nothing better");
        clock.set(right);
        machine.advance(TimeDelta::seconds(90));
        assert_eq!(clock.now(), right + TimeDelta::seconds(90));
        assert_eq!(clock.clone().elapsed(), Duration::from_secs(90), "clones share one clock");
        clock.set(DateTime::<Utc>::MAX_UTC);
        machine.advance(TimeDelta::seconds(1));
        assert_eq!(clock.now(), DateTime::<Utc>::MAX_UTC, "an absurd time does not end the process");
    }
}
