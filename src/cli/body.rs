//! `belfort body`.

use serde_json::json;

use super::failure::Failure;
use super::listing::{Json, out, print};
use super::open::Data;
use crate::scheduler::{Caller, NewBody, add_body};
use crate::store::Store;
use crate::texts::{Lang, Said};
use crate::town::BodyKind;

/// Add and list councils, colleges and committees
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add a body
    Add {
        #[command(flatten)]
        data: Data,
        /// Full name
        name: String,
        /// Kind of sitting
        #[arg(long, value_enum)]
        kind: Kind,
        /// Slug of the legal body it belongs to; needed when there are several
        #[arg(long, value_name = "SLUG")]
        legal_body: Option<String>,
        /// Name in addresses; made of the name if absent
        #[arg(long, default_value = "")]
        slug: String,
        /// Address of a member; once for each
        #[arg(long, value_name = "EMAIL")]
        member: Vec<String>,
    },
    /// List the bodies
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        json: Json,
    },
}

/// Kind of sitting.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// Town or welfare council: public sessions
    Council,
    /// College or permanent bureau: closed sessions
    College,
    /// A committee
    Committee,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        Command::Add { data, name, kind, legal_body, slug, member } => {
            let store = data.open()?;
            let new = NewBody {
                slug: slug.clone(),
                name: name.clone(),
                kind: match kind {
                    Kind::Council => BodyKind::Council,
                    Kind::College => BodyKind::College,
                    Kind::Committee => BodyKind::Committee,
                },
                legal_body: legal_body_of(&store, legal_body.as_deref())?,
                members: member.clone(),
            };
            let body = store.write_now(move |tx| add_body(tx, &Caller::system(), &new))?;
            out(&Said::new("cli.added").with("name", body.slug).speak(lang));
            Ok(())
        }
        Command::List { data, json } => {
            let store = data.open()?;
            let directory = store.directory();
            let rows = directory.bodies.iter().map(|body| {
                vec![
                    json!(body.slug),
                    json!(body.name),
                    json!(body.kind),
                    json!(body.legal_body),
                    json!(body.members.len()),
                ]
            });
            print(json.json, &["slug", "name", "kind", "legal_body", "members"], rows.collect());
            Ok(())
        }
    }
}

fn legal_body_of(store: &Store, wanted: Option<&str>) -> Result<String, Failure> {
    let directory = store.directory();
    match (wanted, directory.legal_bodies.as_slice()) {
        (Some(slug), _) => Ok(slug.to_owned()),
        (None, [only]) => Ok(only.slug.clone()),
        (None, several) => {
            let slugs: Vec<&str> = several.iter().map(|body| body.slug.as_str()).collect();
            Err(Failure::Usage(vec![Said::new("cli.which_legal_body").with("slugs", slugs.join(", "))]))
        }
    }
}
