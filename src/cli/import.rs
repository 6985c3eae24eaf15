//! `belfort import`.

use std::path::PathBuf;

use super::failure::Failure;
use super::listing::out;
use super::open::Data;
use crate::booking::Refusal;
use crate::ical;
use crate::scheduler::{Caller, ImportCalendar, ImportTo, Imported, import_calendar, import_horizon};
use crate::store::Tx;
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
        /// Address of the person who answers for meetings whose organiser is not in the directory
        #[arg(long, value_name = "EMAIL")]
        organiser: Option<String>,
        /// Leave out dates that do not fit; otherwise one that does not fit refuses the whole file
        #[arg(long)]
        skip_conflicts: bool,
        /// Only say what would come of it
        #[arg(long)]
        dry_run: bool,
    },
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let Command::Ics { data, file, room, organiser, skip_conflicts, dry_run, .. } = &args.command;
    let store = data.open()?;
    // Asked before reading: a file of any size must not fill the memory.
    let length = std::fs::metadata(file).map_err(|error| Failure::file(file, &error))?.len();
    if length > ical::guard::MAX_BYTES as u64 {
        let max_kib = ical::guard::MAX_BYTES / 1024;
        return Err(Failure::Said(Said::new("request.body_too_large").with("max_kib", max_kib)));
    }
    let bytes = std::fs::read(file).map_err(|error| Failure::file(file, &error))?;
    let to = match room {
        Some(slug) => ImportTo::Room(super::token::room_of(&store, slug)?),
        None => ImportTo::ByLocation,
    };
    let organiser = organiser.as_deref().map(|email| super::token::person_of(&store, email)).transpose()?;
    let zone = store.directory().house.zone;
    let reading = ical::read(&bytes, zone, import_horizon(store.clock().now(), zone))
        .map_err(|error| Failure::Said(error.0))?;
    let wanted = ImportCalendar { to, organiser, skip: *skip_conflicts };
    let job = move |tx: &Tx<'_>| import_calendar(tx, &Caller::system(), &wanted, &reading);
    let done = if *dry_run { store.rehearse(job).wait() } else { store.write_now(job) };
    let report: Imported = done.map_err(|refusal| refused(refusal, lang))?;
    for said in report.refused.iter().chain(&report.notes) {
        out(&said.speak(lang));
    }
    let said = Said::new("import.summary")
        .with("made", report.made)
        .with("changed", report.changed)
        .with("unchanged", report.unchanged)
        .with("refused", report.refused.len());
    out(&said.speak(lang));
    Ok(())
}

/// Every date that does not fit is said, not only the first: the whole file waits for them.
fn refused(refusal: Refusal, lang: Lang) -> Failure {
    match refusal {
        Refusal::Taken { conflicts, .. } if !conflicts.is_empty() => {
            let said = conflicts.into_iter().map(|conflict| {
                let start = conflict.start.format("%Y-%m-%d %H:%M");
                Said::new("cli.import_date").with("start", start).with("why", conflict.why.speak(lang))
            });
            Failure::Many(said.collect())
        }
        other => Failure::Refused(other),
    }
}
