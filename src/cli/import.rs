//! `belfort import`.

use std::path::PathBuf;

use super::failure::{Failure, sentences_of};
use super::listing::out;
use super::open::Data;
use crate::booking::Refusal;
use crate::clock::Clock;
use crate::ical;
use crate::scheduler::{Caller, ImportCalendar, ImportTo, Imported, import_calendar, import_horizon};
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
    ///
    /// All of it is imported, or nothing; the same file twice changes nothing the second time.
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
        /// Who answers for events whose organiser is not in the directory
        #[arg(long, value_name = "EMAIL")]
        organiser: Option<String>,
        /// Leave out what does not fit instead of refusing everything
        #[arg(long)]
        skip_conflicts: bool,
        /// Only say what would come of it
        #[arg(long)]
        dry_run: bool,
    },
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let Command::Ics { data, file, room, by_location: _, organiser, skip_conflicts, dry_run } = &args.command;
    let store = data.open()?;
    let to = match room {
        Some(slug) => ImportTo::Room(super::token::room_of(&store, slug)?),
        None => ImportTo::ByLocation,
    };
    let organiser = organiser.as_deref().map(|email| super::token::person_of(&store, email)).transpose()?;
    let length = std::fs::metadata(file).map_err(|error| Failure::file(file, &error))?.len();
    if length > ical::guard::MAX_BYTES as u64 {
        let max_kib = ical::guard::MAX_BYTES / 1024;
        return Err(Failure::Said(Said::new("request.body_too_large").with("max_kib", max_kib)));
    }
    let bytes = std::fs::read(file).map_err(|error| Failure::file(file, &error))?;
    let zone = store.directory().house.zone;
    let horizon = import_horizon(Clock::System.now(), zone);
    let reading = ical::read(&bytes, zone, horizon).map_err(|error| Failure::Said(error.0))?;
    let wanted = ImportCalendar { to, organiser, skip: *skip_conflicts };
    let caller = Caller { lang, ..Caller::system() };
    let job = move |tx: &crate::store::Tx<'_>| import_calendar(tx, &caller, &wanted, &reading);
    let outcome = if *dry_run { store.rehearse(job).wait() } else { store.write_now(job) };
    match outcome {
        Ok(report) => {
            tell(&report, lang);
            Ok(())
        }
        Err(Refusal::Taken { conflicts, .. }) => {
            // Each date that does not fit, so that all can be dealt with at once.
            for conflict in &conflicts {
                eprintln!("{}: {}", conflict.start.format("%Y-%m-%d %H:%M"), conflict.why.speak(lang));
            }
            Err(Failure::Said(Said::new("import.nothing")))
        }
        Err(refusal @ Refusal::Invalid(_)) => {
            for sentence in sentences_of(&refusal, lang) {
                eprintln!("{sentence}");
            }
            Err(Failure::Said(Said::new("import.nothing")))
        }
        Err(other) => Err(other.into()),
    }
}

fn tell(report: &Imported, lang: Lang) {
    for said in report.notes.iter().chain(&report.refused) {
        eprintln!("{}", said.speak(lang));
    }
    let summary = Said::new("import.summary")
        .with("made", report.made)
        .with("changed", report.changed)
        .with("unchanged", report.unchanged)
        .with("refused", report.refused.len());
    out(&summary.speak(lang));
}
