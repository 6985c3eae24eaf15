//! `belfort backup`.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::listing::out;
use super::open::Data;
use super::verify::complain;
use crate::scheduler::keep_backup_time;
use crate::store::verify_file;
use crate::texts::{Lang, Said};

/// Copy a municipality to a file while it is in use
///
/// The copy is one consistent moment, and is verified before this ends. The file must not exist.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
    /// Where to
    file: PathBuf,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let file: &Path = &args.file;
    if file.exists() {
        return Err(Failure::Said(Said::new("cli.file_exists").with("file", file.display())));
    }
    let store = args.data.open()?;
    let copied = store.backup(file).map_err(Failure::from).and_then(|()| {
        let verified = verify_file(file)?;
        complain(file, &verified)?;
        Ok(verified)
    });
    let verified = copied.inspect_err(|_| {
        // Half a backup is worse than none: it would be trusted.
        let _ = std::fs::remove_file(file);
    })?;
    // Kept for the page that tells how the house stands; that it cannot be is no fault of the backup.
    if let Err(error) = store.write_now(keep_backup_time) {
        tracing::warn!(%error, "when the backup was made could not be noted");
    }
    let said = Said::new("cli.backed_up").with("file", file.display()).with("meetings", verified.meetings);
    out(&said.speak(lang));
    Ok(())
}
