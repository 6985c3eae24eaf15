//! Presence is evidence, never a boolean: an append-only ledger, and the roster as a fold of it. Pure.

mod ledger;
mod roster;

pub use ledger::{Assurance, Entry, Evidence};
pub use roster::{Attendee, SILENCE, roster};
