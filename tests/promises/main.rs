//! What Belfort promises, one file per promise, through the real router on the real store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
#![expect(clippy::too_many_lines, reason = "a table of cases is read as one")]
#![expect(clippy::needless_pass_by_value, reason = "json!() is handed over where it is written")]

mod attacks;
mod board;
mod booking;
mod chamber_pages;
mod chamber_random;
mod chamber_secret;
mod chamber_sitting;
mod chamber_stage;
mod chamber_votes;
mod council_clerk;
mod council_feeds;
mod council_mail;
#[path = "../support/crawl.rs"]
mod crawl;
mod deadline_mail;
#[path = "../support/dice.rs"]
mod dice;
mod documents_access;
mod documents_frozen;
mod documents_hostile;
mod documents_markers;
mod documents_receipts;
mod documents_stage;
mod documents_uploads;
mod events;
mod feeds;
mod feeds_random;
mod forms;
mod hostile;
mod import;
mod lobby;
mod mail;
mod matrix;
mod matrix_council;
mod pages_calendars;
mod pages_house;
mod pages_people;
mod pages_rooms;
mod pages_where;
#[path = "../support/papers.rs"]
mod papers;
mod portal_closed;
mod portal_pages;
mod portal_publish;
mod portal_stage;
mod races;
mod reminders;
mod rights;
mod series;
#[path = "../publication/file.rs"]
mod session_file;
mod sign_in;
mod simulation;
mod sink;
mod slots;
mod time_passes;
mod town;
