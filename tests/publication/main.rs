//! What the public may read of a session, from a session that has everything in it: the documents themselves, and that
//! no word of a closed field ever gets into one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod closed;
#[path = "../support/dice.rs"]
mod dice;
mod documents;
mod file;

use belfort::council::publication::{Asked, Edition, PublicView, Rendered, SessionFile, render};
use chrono::{DateTime, FixedOffset};

/// The address of the fictional house.
pub const BASE: &str = "https://belfort.example";

/// The first edition of a document.
pub fn edition() -> Edition {
    let at: DateTime<FixedOffset> = "2027-01-21T16:30:00+01:00".parse().unwrap();
    Edition { version: 1, at, first: at.date_naive(), correction: None, town: "Belfort".into() }
}

/// A document of a session.
#[track_caller]
pub fn document(file: &SessionFile, asked: Asked) -> Rendered {
    render(&PublicView::of(file, asked).unwrap(), &edition())
}
