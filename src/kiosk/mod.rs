//! The room screen: a window on the wall that knows only `wire`.
//!
//! `link` listens to the server and empties the `outbox`; `desk` holds what is known and what was tapped;
//! `view` says, purely, what that means at one moment; `adapter` puts it on the glass.

pub mod actions;
pub mod adapter;
pub mod cache;
pub mod clock;
pub mod day;
pub mod desk;
pub mod events;
pub mod expect;
mod glass;
pub mod link;
pub mod options;
pub mod outbox;
pub mod people;
pub mod picture;
pub mod qr;
pub mod rows;
mod run;
#[cfg(any(test, feature = "kiosk-test"))]
pub mod sample;
pub mod state;
pub mod trust;
pub mod ui;
pub mod upstream;
pub mod view;

pub use options::{KioskError, Options, Theme};
pub use picture::{Picture, snapshot_board};
pub use run::{run, snapshot};
