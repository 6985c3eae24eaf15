//! `belfort token`.

use serde_json::{Value, json};

use super::failure::Failure;
use super::listing::{Json, out, print};
use super::open::Data;
use crate::booking::Refusal;
use crate::ids::{PersonId, RoomId, TokenId};
use crate::scheduler::{Caller, NewApiToken, issue_api_token, list_tokens, revoke_token};
use crate::store::{Store, Token, TokenKind, View};
use crate::texts::{Lang, Said};
use crate::town::Role;

/// Make, list and revoke bearer tokens of the API
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a token; it is printed once and not kept
    Create {
        #[command(flatten)]
        data: Data,
        /// staff, clerk, manager, admin or device
        #[arg(long)]
        role: Role,
        /// Address of the person who bears it; not needed for a device
        #[arg(long, value_name = "EMAIL")]
        person: Option<String>,
        /// Slug of the room at whose door a device hangs
        #[arg(long, value_name = "SLUG")]
        room: Option<String>,
        /// What people call it
        #[arg(long, default_value = "")]
        label: String,
        #[command(flatten)]
        json: Json,
    },
    /// List the tokens, newest first, without their secrets
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        json: Json,
    },
    /// Revoke a token: it opens nothing from now on
    Revoke {
        #[command(flatten)]
        data: Data,
        /// Id as listed
        id: String,
    },
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        Command::Create { data, role, person, room, label, json } => {
            let store = data.open()?;
            let person = person.as_deref().map(|email| person_of(&store, email)).transpose()?;
            let room = room.as_deref().map(|slug| room_of(&store, slug)).transpose()?;
            let new = NewApiToken { role: *role, person, room, label: label.clone() };
            let (id, secret) = store.write_now(move |tx| issue_api_token(tx, &Caller::system(), &new))?;
            if json.json {
                out(&json!({ "id": id, "token": secret }).to_string());
            } else {
                out(&secret);
                eprintln!("{}", Said::new("cli.token_once").speak(lang));
            }
            Ok(())
        }
        Command::List { data, json } => list(&*data.open()?, TokenKind::Api, json.json),
        Command::Revoke { data, id } => revoke(&*data.open()?, id, lang),
    }
}

/// Revokes a token or a feed.
pub(super) fn revoke(store: &Store, id: &str, lang: Lang) -> Result<(), Failure> {
    let id: TokenId = id.parse().map_err(|_| Failure::Refused(Refusal::unknown("token", id)))?;
    store.write_now(move |tx| revoke_token(tx, &Caller::system(), id))?;
    out(&Said::new("cli.revoked").speak(lang));
    Ok(())
}

/// Lists the tokens of a kind.
pub(super) fn list(store: &Store, kind: TokenKind, json: bool) -> Result<(), Failure> {
    let rows = store.read(|view| {
        let tokens = list_tokens(view, &Caller::system())?;
        tokens.iter().filter(|token| token.kind == kind).map(|token| row(view, token)).collect()
    });
    let rows: Vec<Vec<Value>> = rows.map_err(|error: Refusal| Failure::Refused(error))?;
    let columns: &[&str] = match kind {
        TokenKind::Api => {
            &["id", "role", "person", "room", "label", "created", "last_used", "agent", "revoked"]
        }
        TokenKind::Feed => {
            &["id", "scope", "level", "attendees", "label", "created", "last_used", "agent", "revoked"]
        }
    };
    print(json, columns, rows);
    Ok(())
}

fn row(view: &View<'_>, token: &Token) -> Result<Vec<Value>, Refusal> {
    let what = match (token.role, token.feed) {
        (_, Some((scope, level))) => {
            vec![json!(super::feed::scope_text(view, scope)?), json!(level), json!(token.attendees)]
        }
        (role, None) => {
            let person = token.person.map(|id| view.person(id)).transpose()?.flatten();
            let room = token.room.and_then(|id| view.directory().room(id));
            vec![json!(role), json!(person.map(|person| person.email)), json!(room.map(|room| &room.slug))]
        }
    };
    let times = [
        json!(token.label),
        json!(token.created.to_rfc3339()),
        json!(token.last_used.map(|at| at.to_rfc3339())),
        json!(token.last_agent),
        json!(token.revoked.map(|at| at.to_rfc3339())),
    ];
    Ok(std::iter::once(json!(token.id)).chain(what).chain(times).collect())
}

/// Somebody of the directory by address.
pub(super) fn person_of(store: &Store, email: &str) -> Result<PersonId, Failure> {
    let unknown = || Failure::Refused(Refusal::unknown("person", email));
    Ok(store.read(|view| view.colleague_at(email))?.ok_or_else(unknown)?.id)
}

/// A room by slug.
pub(super) fn room_of(store: &Store, slug: &str) -> Result<RoomId, Failure> {
    let directory = store.directory();
    let room = directory.room_named(slug).ok_or_else(|| Refusal::unknown("room", slug))?;
    Ok(room.id)
}
