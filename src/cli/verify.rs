//! `belfort verify`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::failure::Failure;
use super::listing::{Json, out};
use crate::store::{ChainFault, FILE, Verified, verify_file};
use crate::texts::{Lang, Said};

/// Verify a municipality or a backup
///
/// Checks the file's pages and references, the chains of journal and publications, and that no two bookings overlap.
/// Changes nothing; works while a server runs. Exit code 3 if something is wrong.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory of the municipality
    #[arg(long, value_name = "DIR", env = "BELFORT_DATA", hide_env_values = true)]
    data: Option<PathBuf>,
    /// A backup to verify instead
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let path = match (&args.file, &args.data) {
        (Some(file), _) => file.clone(),
        (None, Some(dir)) => dir.join(FILE),
        (None, None) => return Err(Failure::Usage(vec![Said::new("cli.what_to_verify")])),
    };
    let verified = verify_file(&path)?;
    if args.json.json {
        out(&json_of(&verified).to_string());
    }
    complain(&path, &verified)?;
    if !args.json.json {
        let said = Said::new("cli.verified")
            .with("entries", verified.journal.as_ref().unwrap_or(&0))
            .with("meetings", verified.meetings)
            .with("dates", verified.occurrences);
        out(&said.speak(lang));
    }
    Ok(())
}

/// The first thing that is wrong with a file.
pub(super) fn complain(path: &Path, verified: &Verified) -> Result<(), Failure> {
    if verified.is_clean() {
        return Ok(());
    }
    let what = match &verified.journal {
        _ if !verified.damage.is_empty() => verified.damage.join("; "),
        Err(fault) => format!("journal {}: {}", fault.seq, fault.what),
        Ok(_) if let Err(fault) = &verified.register => format!("publication {}: {}", fault.seq, fault.what),
        Ok(_) => format!("overlaps {}, dangling {}", verified.overlaps, verified.dangling),
    };
    Err(Failure::Damaged(Said::new("cli.damaged").with("file", path.display()).with("what", what)))
}

pub(super) fn json_of(verified: &Verified) -> serde_json::Value {
    let told = |chain: &Result<i64, ChainFault>| {
        chain.as_ref().err().map(|fault| json!({ "seq": fault.seq, "what": fault.what }))
    };
    json!({
        "clean": verified.is_clean(),
        "damage": verified.damage,
        "dangling": verified.dangling,
        "overlaps": verified.overlaps,
        "journal": verified.journal.as_ref().ok(),
        "journal_fault": told(&verified.journal),
        "register": verified.register.as_ref().ok(),
        "register_fault": told(&verified.register),
        "meetings": verified.meetings,
        "occurrences": verified.occurrences,
    })
}
