//! `belfort feed`.

use serde_json::json;

use super::failure::Failure;
use super::listing::{Json, out};
use super::open::Data;
use super::token::{list, person_of, revoke, room_of};
use crate::booking::Refusal;
use crate::ids::{BodyId, PersonId};
use crate::scheduler::{Caller, NewFeed, issue_feed_token};
use crate::store::{FeedScope, Level, Store, TokenKind, View};
use crate::texts::{Lang, Said};

/// Make, list and revoke calendar feeds
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a feed; its secret address is printed once and not kept
    Create {
        #[command(flatten)]
        data: Data,
        /// room:SLUG, person:EMAIL, body:SLUG, site:SLUG, town, deadlines:EMAIL[:BODY] or sessions:EMAIL:BODY
        #[arg(long)]
        scope: String,
        /// How much it shows
        #[arg(long, value_enum)]
        level: Shown,
        /// Name attendees with their addresses; only in a full feed of a person
        #[arg(long)]
        attendees: bool,
        /// What people call it
        #[arg(long, default_value = "")]
        label: String,
        #[command(flatten)]
        json: Json,
    },
    /// List the feeds, newest first, without their secrets
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        json: Json,
    },
    /// Revoke a feed: its address is gone from now on
    Revoke {
        #[command(flatten)]
        data: Data,
        /// Id as listed
        id: String,
    },
}

/// How much a feed shows.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Shown {
    /// Times and places
    Busy,
    /// Also titles, as far as staff may see them
    Title,
    /// Also join links
    Full,
    /// What the council publishes
    CouncilPublic,
}

impl From<Shown> for Level {
    fn from(shown: Shown) -> Self {
        match shown {
            Shown::Busy => Self::Busy,
            Shown::Title => Self::Title,
            Shown::Full => Self::Full,
            Shown::CouncilPublic => Self::CouncilPublic,
        }
    }
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        Command::Create { data, scope, level, attendees, label, json } => {
            let store = data.open()?;
            let scope = scope_of(&store, scope)?;
            let new = NewFeed { scope, level: (*level).into(), attendees: *attendees, label: label.clone() };
            let (id, secret) = store.write_now(move |tx| issue_feed_token(tx, &Caller::system(), &new))?;
            let path = path_of(&secret);
            if json.json {
                out(&json!({ "id": id, "path": path }).to_string());
            } else {
                out(&path);
                eprintln!("{}", Said::new("cli.feed_once").speak(lang));
            }
            Ok(())
        }
        Command::List { data, json } => list(&*data.open()?, TokenKind::Feed, json.json),
        Command::Revoke { data, id } => revoke(&*data.open()?, id, lang),
    }
}

/// The address of a feed below that of the server.
pub(super) fn path_of(secret: &str) -> String {
    format!("/feeds/{secret}.ics")
}

pub(super) fn scope_of(store: &Store, text: &str) -> Result<FeedScope, Failure> {
    let directory = store.directory();
    match text.split_once(':') {
        Some(("room", slug)) => Ok(FeedScope::Room(room_of(store, slug)?)),
        Some(("person", email)) => Ok(FeedScope::Person(person_of(store, email)?)),
        Some(("body", slug)) => Ok(FeedScope::Body(body_of(store, slug)?)),
        Some(("site", slug)) => {
            let site = directory.site_named(slug).ok_or_else(|| Refusal::unknown("site", slug))?;
            Ok(FeedScope::Site(site.id))
        }
        Some(("deadlines", whose)) => {
            let (email, body) =
                whose.split_once(':').map_or((whose, None), |(email, slug)| (email, Some(slug)));
            let body = body.map(|slug| body_of(store, slug)).transpose()?;
            Ok(FeedScope::Deadlines(person_of(store, email)?, body))
        }
        Some(("sessions", whose)) => {
            let (email, slug) = whose.split_once(':').unwrap_or((whose, ""));
            Ok(FeedScope::Sessions(person_of(store, email)?, body_of(store, slug)?))
        }
        None if text == "town" => Ok(FeedScope::Town),
        _ => Err(Failure::Usage(vec![Said::new("cli.scope").with("scope", text)])),
    }
}

fn body_of(store: &Store, slug: &str) -> Result<BodyId, Failure> {
    let directory = store.directory();
    Ok(directory.body_named(slug).ok_or_else(|| Refusal::unknown("body", slug))?.id)
}

/// A scope as it is written on the command line.
pub(super) fn scope_text(view: &View<'_>, scope: FeedScope) -> Result<String, Refusal> {
    let directory = view.directory();
    let named = |kind: &str, name: Option<String>| name.map(|name| format!("{kind}:{name}"));
    let body = |id: BodyId| directory.body(id).map(|body| body.slug.clone());
    let email = |id: PersonId| Ok::<_, Refusal>(view.person(id)?.map(|person| person.email));
    let text = match scope {
        FeedScope::Room(id) => named("room", directory.room(id).map(|room| room.slug.clone())),
        FeedScope::Person(id) => named("person", email(id)?),
        FeedScope::Body(id) => named("body", body(id)),
        FeedScope::Deadlines(id, None) => named("deadlines", email(id)?),
        FeedScope::Deadlines(id, Some(of)) => {
            named("deadlines", email(id)?.zip(body(of)).map(|(email, body)| format!("{email}:{body}")))
        }
        FeedScope::Sessions(id, of) => {
            named("sessions", email(id)?.zip(body(of)).map(|(email, body)| format!("{email}:{body}")))
        }
        FeedScope::Site(id) => named("site", directory.site(id).map(|site| site.slug.clone())),
        FeedScope::Town => Some("town".to_owned()),
    };
    Ok(text.unwrap_or_else(|| scope.to_string()))
}
