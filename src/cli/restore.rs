//! `belfort restore`.

use std::fs;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::listing::out;
use super::open::Data;
use super::verify::complain;
use crate::clock::Clock;
use crate::ids::IdSource;
use crate::store::{FILE, Store, verify_file};
use crate::texts::{Lang, Said};

/// Put a backup in place
///
/// The backup is verified first. A municipality that is there is not overwritten: with --replace it is moved
/// aside and kept. Stop the server before.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
    /// The backup
    file: PathBuf,
    /// Move a municipality that is there aside
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let verified = verify_file(&args.file)?;
    complain(&args.file, &verified)?;
    let dir: &Path = &args.data.data;
    let target = dir.join(FILE);
    if target.exists() && !args.replace {
        return Err(Failure::Said(Said::new("cli.restore_exists").with("path", dir.display())));
    }
    fs::create_dir_all(dir).map_err(|error| Failure::file(dir, &error))?;
    // Beside its place first, and opened there: a disk that fills up, or a file that this program is too old for,
    // then costs nothing that was there.
    let incoming = dir.join("incoming");
    let placed = receive(&args.file, &incoming).and_then(|()| {
        let aside = move_aside(dir)?;
        fs::rename(incoming.join(FILE), &target).map_err(|error| Failure::file(&target, &error))?;
        Ok(aside)
    });
    let _ = fs::remove_dir_all(&incoming);
    let aside = placed?;
    if let Some(aside) = aside {
        out(&Said::new("cli.aside").with("path", aside.display()).speak(lang));
    }
    let said = Said::new("cli.restored").with("path", dir.display()).with("meetings", verified.meetings);
    out(&said.speak(lang));
    Ok(())
}

/// Copies the backup and opens the copy, which also brings an older one up to date.
fn receive(backup: &Path, incoming: &Path) -> Result<(), Failure> {
    let _ = fs::remove_dir_all(incoming);
    fs::create_dir_all(incoming).map_err(|error| Failure::file(incoming, &error))?;
    let copy = incoming.join(FILE);
    fs::copy(backup, &copy)
        .and_then(|_| fs::File::open(&copy)?.sync_all())
        .map_err(|error| Failure::file(&copy, &error))?;
    Store::open(incoming, Clock::System, IdSource::system(), false)?.close();
    Ok(())
}

/// Moves what is there, with its write-ahead log, to a directory of its own.
fn move_aside(dir: &Path) -> Result<Option<PathBuf>, Failure> {
    if !dir.join(FILE).exists() {
        return Ok(None);
    }
    let stamp = Clock::System.now().format("%Y%m%dT%H%M%S%3fZ");
    let aside = dir.join(format!("replaced-{stamp}"));
    fs::create_dir(&aside).map_err(|error| Failure::file(&aside, &error))?;
    for name in [FILE, "belfort.db-wal", "belfort.db-shm"] {
        let from = dir.join(name);
        if from.exists() {
            fs::rename(&from, aside.join(name)).map_err(|error| Failure::file(&from, &error))?;
        }
    }
    Ok(Some(aside))
}
