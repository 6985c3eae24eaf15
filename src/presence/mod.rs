//! Presence is evidence, never a boolean: append-only ledgers, and who is there as a fold of them. Pure.
//!
//! `ledger` and `roster` are the telemetry of any meeting; `chamber_ledger` and `quorum` are what counts in law when a
//! body sits.

mod chamber_ledger;
mod ledger;
mod quorum;
mod roster;

pub use chamber_ledger::{
    Channel, IdentifiedBy, Ledger, LedgerFault, Presence, PresenceEvent, PresenceKind, RemoteLine, Source,
};
pub use ledger::{Assurance, Entry, Evidence};
pub use quorum::{ChangeCause, PresenceChange, changes, present, quorum};
pub use roster::{Attendee, SILENCE, roster};
