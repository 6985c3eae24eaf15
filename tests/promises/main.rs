//! What Belfort promises, one file per promise, through the real router on the real store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod booking;
mod races;
mod simulation;
mod time_passes;
mod town;
