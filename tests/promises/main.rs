//! What Belfort promises, one file per promise, through the real router on the real store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod board;
mod booking;
mod events;
mod feeds;
mod feeds_random;
mod hostile;
mod import;
mod lobby;
mod races;
mod rights;
mod simulation;
mod time_passes;
mod town;
