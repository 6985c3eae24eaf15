//! `belfort policy`.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::json;

use super::failure::Failure;
use super::listing::{Json, out, print};
use super::open::Data;
use crate::scheduler::{Caller, put_policy};
use crate::texts::{Lang, Said};
use crate::town::Policy;

/// Put and list booking rules
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add the rules of a file, or replace those with the same id; all or none
    ///
    /// A TOML file with a `[[policy]]` table for each rule: id, effect (deny, `needs_approval` or warn), test
    /// (`min_lead`, `max_lead`, `min_length`, `max_length`, step, `opening_hours`, quota, `min_occupancy`, never
    /// or always) with its figures, and if wanted `scope = { room, group, role }` and
    /// `window = { weekdays, from, to }`.
    Put {
        #[command(flatten)]
        data: Data,
        /// The file
        file: PathBuf,
    },
    /// List the rules in the order in which they are asked
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        json: Json,
    },
}

/// A file of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    policy: Vec<Policy>,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        Command::Put { data, file } => {
            let text = std::fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
            let read: File = toml::from_str(&text).map_err(|error| {
                let why = error.to_string().lines().map(str::trim).collect::<Vec<_>>().join(" ");
                Failure::Said(Said::new("config.syntax").with("file", file.display()).with("why", why))
            })?;
            let count = read.policy.len();
            data.open()?.write_now(move |tx| {
                let known = u32::try_from(tx.directory().policies.len()).unwrap_or(0);
                for (place, policy) in (1_u32..).zip(&read.policy) {
                    let policies = &tx.directory().policies;
                    let before = policies.iter().position(|other| other.id == policy.id);
                    let place = before.and_then(|at| u32::try_from(at + 1).ok()).unwrap_or(known + place);
                    put_policy(tx, &Caller::system(), place * 10, policy)?;
                }
                Ok::<_, Failure>(())
            })?;
            out(&Said::new("cli.rules_put").with("count", count).speak(lang));
            Ok(())
        }
        Command::List { data, json } => {
            let store = data.open()?;
            let directory = store.directory();
            let rows = directory.policies.iter().map(|policy| {
                let text =
                    |value: serde_json::Value| if json.json { value } else { json!(value.to_string()) };
                vec![
                    json!(policy.id),
                    json!(policy.effect),
                    text(json!(policy.test)),
                    text(json!(policy.scope)),
                    text(json!(policy.window)),
                ]
            });
            print(json.json, &["id", "effect", "test", "scope", "window"], rows.collect());
            Ok(())
        }
    }
}
