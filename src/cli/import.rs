//! `belfort import`.

use std::path::PathBuf;

use super::failure::Failure;
use super::open::Data;
use crate::texts::{Lang, Said};

/// Import meetings from other programs
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Import an iCalendar file, as Outlook, Google, Apple, Exchange and MRBS export it
    Ics {
        #[command(flatten)]
        data: Data,
        /// The file
        file: PathBuf,
        /// Slug of the room in which all meetings are
        #[arg(long, value_name = "SLUG", required_unless_present = "by_location")]
        room: Option<String>,
        /// Find each meeting's room by its LOCATION
        #[arg(long, conflicts_with = "room")]
        by_location: bool,
        /// Only say what would come of it
        #[arg(long)]
        dry_run: bool,
    },
}

pub(super) fn run(args: &Args, _lang: Lang) -> Result<(), Failure> {
    let Command::Ics { data, file, room, by_location: _, dry_run } = &args.command;
    let store = data.open()?;
    let bytes = std::fs::read(file).map_err(|error| Failure::file(file, &error))?;
    if let Some(slug) = room {
        super::token::room_of(&store, slug)?;
    }
    import_calendar(&bytes, room.as_deref(), *dry_run)
}

/// Stands in for `crate::scheduler::import_calendar` until that is merged.
fn import_calendar(_bytes: &[u8], _room: Option<&str>, _dry_run: bool) -> Result<(), Failure> {
    Err(Failure::Said(Said::new("cli.not_here")))
}
