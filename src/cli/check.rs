//! `belfort check`.

use serde_json::json;

use super::failure::Failure;
use super::listing::{Json, out};
use super::open::Data;
use super::verify::{complain, json_of};
use crate::store::{FILE, MailState, verify_file};
use crate::texts::{Lang, Said};

/// Tell the state of everything
///
/// The town, what it holds, the journal, the disk, and whether the file is sound. Exit code 3 if it is not.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    json: Json,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let path = args.data.data.join(FILE);
    let verified = verify_file(&path)?;
    complain(&path, &verified)?;
    let store = args.data.open()?;
    let directory = store.directory();
    let (head, people, tokens, mails) = store.read(|view| {
        let people = view.staff("", u32::MAX)?.len();
        let tokens = view.tokens()?.iter().filter(|token| token.revoked.is_none()).count();
        Ok::<_, Failure>((view.journal_head()?, people, tokens, view.mail_counts()?))
    })?;
    let size = std::fs::metadata(&path).map_or(0, |meta| meta.len());
    let free = rustix::fs::statvfs(&args.data.data).map_or(0, |stat| stat.f_bavail * stat.f_frsize);
    let ballast = std::fs::metadata(args.data.data.join("ballast")).map_or(0, |meta| meta.len());
    let state = json!({
        "town": directory.house.town,
        "zone": directory.house.zone.name(),
        "version": env!("CARGO_PKG_VERSION"),
        "journal_head": head,
        "legal_bodies": directory.legal_bodies.len(),
        "sites": directory.sites.len(),
        "rooms": directory.rooms.len(),
        "people": people,
        "bodies": directory.bodies.len(),
        "policies": directory.policies.len(),
        "tokens": tokens,
        "mail": if directory.house.mail { "on" } else { "off" },
        "mail_queued": mails.get(&MailState::Queued).unwrap_or(&0),
        "mail_failed": mails.get(&MailState::Failed).unwrap_or(&0),
        "mail_given_up": mails.get(&MailState::GivenUp).unwrap_or(&0),
        "file_bytes": size,
        "free_bytes": free,
        "ballast_bytes": ballast,
        "verified": json_of(&verified),
    });
    if args.json.json {
        out(&state.to_string());
        return Ok(());
    }
    for (name, value) in state.as_object().into_iter().flatten().filter(|(name, _)| *name != "verified") {
        out(&format!("{name:<14} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
    let said = Said::new("cli.verified")
        .with("entries", verified.journal.as_ref().unwrap_or(&0))
        .with("meetings", verified.meetings)
        .with("dates", verified.occurrences);
    out(&said.speak(lang));
    Ok(())
}
