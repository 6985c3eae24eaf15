//! `belfort export`.

use std::collections::HashSet;
use std::io::Write;
use std::path::PathBuf;

use serde_json::json;

use super::failure::Failure;
use super::listing::out;
use super::open::Data;
use crate::booking::Refusal;
use crate::ids::MeetingId;
use crate::papers::make_pack;
use crate::scheduler::{Caller, FeedAs, FeedSpec, PackFor, agenda_pack, export_calendar};
use crate::store::{FeedScope, Level, View};
use crate::texts::{Lang, Said};

/// Export what is booked
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Every meeting with its dates and its list, one JSON object per line, oldest first
    Json {
        #[command(flatten)]
        data: Data,
    },
    /// One iCalendar file, as the full feed of that scope would show it now
    Ics {
        #[command(flatten)]
        data: Data,
        /// room:SLUG, person:EMAIL, body:SLUG, site:SLUG or town
        #[arg(long, default_value = "town")]
        scope: String,
        /// Address of the server, for join links
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
        base_url: String,
    },
    /// The agenda pack of a session as one PDF, with all that its clerk may read
    Pack {
        /// The session, by its name in addresses, such as gemeenteraad-2027-01-18
        session: String,
        /// Only what anybody may read: the public part, and documents that were released
        #[arg(long)]
        public: bool,
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        data: Data,
    },
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        Command::Json { data } => {
            let store = data.open()?;
            store.read(|view| {
                let (mut after, mut known) = (0, HashSet::new());
                loop {
                    let page = view.journal_after(after, 1_000)?;
                    let Some(last) = page.last() else { return Ok(()) };
                    after = last.seq;
                    // Every meeting is in the journal, first where it was made.
                    for id in page.iter().filter_map(|entry| entry.subjects.meeting) {
                        if known.insert(id)
                            && let Some(line) = meeting(view, id)?
                        {
                            out(&line.to_string());
                        }
                    }
                }
            })
        }
        Command::Ics { data, scope, base_url } => {
            let store = data.open()?;
            let scope = super::feed::scope_of(&store, scope)?;
            let spec = FeedSpec {
                scope,
                level: Level::Full,
                shape: FeedAs::Events,
                attendees: matches!(scope, FeedScope::Person(_)),
                base_url: base_url.trim_end_matches('/').to_owned(),
                secret: store.secret().to_vec(),
            };
            let calendar = store.read(|view| export_calendar(view, &spec))?;
            let mut stdout = std::io::stdout().lock();
            // A reader that has gone away ends the output and is no fault.
            let _ = stdout.write_all(&calendar).and_then(|()| stdout.flush());
            Ok(())
        }
        Command::Pack { session, public, out: path, data } => {
            let store = data.open()?;
            let whom = if *public { PackFor::Public } else { PackFor::Oneself };
            let caller = Caller { lang, ..Caller::system() };
            let pack = store.read(|view| {
                let (_, sheet) = agenda_pack(view, &caller, session, whom)?;
                let mut fetch = |sha256: &[u8; 32]| view.content(sha256).ok().flatten();
                make_pack(&sheet, &mut fetch, &|_| {}).map_err(Refusal::Internal)
            })?;
            std::fs::write(path, &pack.bytes).map_err(|error| Failure::file(path, &error))?;
            let said = Said::new("cli.packed").with("file", path.display()).with("pages", pack.pages);
            out(&said.speak(lang));
            Ok(())
        }
    }
}

fn meeting(view: &View<'_>, id: MeetingId) -> Result<Option<serde_json::Value>, Refusal> {
    let Some(meeting) = view.meeting(id)? else { return Ok(None) };
    let directory = view.directory();
    let slug = |id: &crate::ids::RoomId| directory.room(*id).map(|room| room.slug.clone());
    let organiser = view.person(meeting.organiser)?.map(|person| person.email);
    let list: Vec<_> = view
        .participants(id)?
        .into_iter()
        .map(|one| {
            json!({
                "email": one.email, "name": one.name, "role": one.part, "mode": one.mode, "answer": one.answer
            })
        })
        .collect();
    let dates: Vec<_> = view
        .occurrences(id)?
        .into_iter()
        .map(|date| {
            json!({
                "id": date.id,
                "original": date.original.format("%Y-%m-%dT%H:%M:%S").to_string(),
                "start": date.time.start.to_rfc3339(),
                "end": date.time.end.to_rfc3339(),
                "run": date.run,
                "title": date.title,
                "rooms": date.rooms.map(|rooms| rooms.iter().filter_map(slug).collect::<Vec<_>>()),
                "checked_in": date.checked_in.map(|at| at.to_rfc3339()),
            })
        })
        .collect();
    Ok(Some(json!({
        "id": meeting.id,
        "uid": meeting.uid,
        "title": meeting.title,
        "description": meeting.description,
        "privacy": meeting.privacy,
        "status": meeting.status,
        "organiser": organiser,
        "body": meeting.body.and_then(|id| directory.body(id)).map(|body| &body.slug),
        "start": meeting.start.format("%Y-%m-%dT%H:%M:%S").to_string(),
        "length_min": meeting.length.num_minutes(),
        "zone": meeting.zone.name(),
        "rrule": meeting.rule,
        "rooms": meeting.rooms.iter().filter_map(slug).collect::<Vec<_>>(),
        "equipment": meeting.equipment,
        "conference": meeting.conference,
        "participants": list,
        "occurrences": dates,
    })))
}
