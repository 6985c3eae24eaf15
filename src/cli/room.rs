//! `belfort room`.

use serde_json::{Value, json};

use super::failure::Failure;
use super::listing::{Json, out, print};
use super::open::Data;
use crate::scheduler::{Caller, NewRoom, RoomFields, add_room};
use crate::store::Store;
use crate::texts::{Lang, Said};
use crate::town::Kit;

/// Add and list rooms
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Add(Box<Add>),
    /// List the rooms
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        json: Json,
    },
}

/// Add a room
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option that is given or not")]
struct Add {
    #[command(flatten)]
    data: Data,
    /// Name on the sign
    name: String,
    /// Slug of the building
    #[arg(long)]
    site: String,
    /// Seats
    #[arg(long)]
    capacity: u32,
    /// Name in addresses; made of the name if absent
    #[arg(long, default_value = "")]
    slug: String,
    /// Floor, as people say it
    #[arg(long, default_value = "0")]
    floor: String,
    /// Fitted for remote participants: camera, microphones, screen
    #[arg(long)]
    hybrid: bool,
    /// Reachable and usable in a wheelchair
    #[arg(long)]
    wheelchair: bool,
    /// Has a hearing loop
    #[arg(long)]
    hearing_loop: bool,
    /// Minutes needed before a meeting
    #[arg(long, default_value_t = 0)]
    setup: u32,
    /// Minutes needed after a meeting
    #[arg(long, default_value_t = 0)]
    cleanup: u32,
    /// Name of a set of rooms to which rules may apply
    #[arg(long)]
    group: Option<String>,
    /// Give the room free when nobody checks in
    #[arg(long)]
    check_in: bool,
    /// Slug of a room that it is made of; several for a divisible hall
    #[arg(long, value_name = "SLUG")]
    made_of: Vec<String>,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        Command::Add(add) => {
            let fields = RoomFields {
                name: add.name.clone(),
                site: add.site.clone(),
                floor: add.floor.clone(),
                capacity: add.capacity,
                kit: Kit { hybrid: add.hybrid, wheelchair: add.wheelchair, hearing_loop: add.hearing_loop },
                setup_min: add.setup,
                cleanup_min: add.cleanup,
                group: add.group.clone(),
                check_in: add.check_in,
            };
            let new = NewRoom { slug: add.slug.clone(), made_of: add.made_of.clone(), fields };
            let store = add.data.open()?;
            let room = store.write_now(move |tx| add_room(tx, &Caller::system(), &new))?;
            out(&Said::new("cli.added").with("name", room.slug).speak(lang));
            Ok(())
        }
        Command::List { data, json } => {
            list(&*data.open()?, json.json);
            Ok(())
        }
    }
}

fn list(store: &Store, json: bool) {
    let directory = store.directory();
    let row = |room: &crate::town::Room| -> Vec<Value> {
        vec![
            json!(room.slug),
            json!(room.name),
            json!(directory.site(room.site).map(|site| &site.slug)),
            json!(room.floor),
            json!(room.capacity),
            json!(room.kit.hybrid),
            json!(room.cells.iter().map(|cell| cell.0).collect::<Vec<_>>()),
            json!(room.setup_min),
            json!(room.cleanup_min),
            json!(room.group),
            json!(room.check_in),
        ]
    };
    let columns = [
        "slug",
        "name",
        "site",
        "floor",
        "capacity",
        "hybrid",
        "cells",
        "setup_min",
        "cleanup_min",
        "group",
        "check_in",
    ];
    print(json, &columns, directory.rooms.iter().map(row).collect());
}
