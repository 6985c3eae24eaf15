//! Belfort: a self-hosted scheduler for town halls.
//!
//! The map, in layer order: a module may import from those above it, never from those below
//! (`ARCHITECTURE.md` holds the table, `tests/architecture.rs` checks it).

// Leaves: importable by every module.
pub mod clock;
#[cfg(feature = "server")]
pub mod config;
pub mod ids;
pub mod texts;
pub mod wire;

// The domain: pure functions of values.
#[cfg(feature = "server")]
pub mod booking;
#[cfg(feature = "server")]
pub mod council;
#[cfg(feature = "server")]
pub mod ical;
#[cfg(feature = "server")]
pub mod papers;
#[cfg(feature = "server")]
pub mod presence;
#[cfg(feature = "server")]
pub mod time;
#[cfg(feature = "server")]
pub mod town;

// What is kept, and what can be done with it.
#[cfg(feature = "server")]
pub mod scheduler;
#[cfg(feature = "server")]
pub mod store;

// A town to try it on.
#[cfg(feature = "server")]
pub mod demo;

// What goes out by itself.
#[cfg(feature = "server")]
pub mod mail;

// The doors.
pub mod cli;
#[cfg(feature = "server")]
pub mod http;
#[cfg(feature = "kiosk")]
pub mod kiosk;
#[cfg(any(feature = "server", feature = "kiosk"))]
pub mod telemetry;
#[cfg(feature = "server")]
pub mod web;
