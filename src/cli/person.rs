//! `belfort person`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::failure::Failure;
use super::listing::{Json, out, print};
use super::open::Data;
use crate::scheduler::{
    Caller, Fate, ImportLine, ImportedRow, Leave, NewPerson, PEOPLE_FILE_BYTES, PEOPLE_FILE_ROWS, add_person,
    import_people, leave_house, read_people,
};
use crate::store::Store;
use crate::texts::{Lang, Said};

/// The columns of a list of people.
const COLUMNS: [&str; 5] = ["email", "name", "lang", "department", "councillor"];

/// Add, list and import people, and let them leave
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add somebody to the directory
    Add {
        #[command(flatten)]
        data: Data,
        /// E-mail address
        email: String,
        /// Name as shown
        #[arg(long)]
        name: String,
        /// Language written to: nl, fr, de or en; the town's own if absent
        #[arg(long, value_name = "LANG", value_parser = super::language)]
        language: Option<Lang>,
        /// Department or party
        #[arg(long)]
        department: Option<String>,
        /// Sessions claim their time, so that two cannot be at once
        #[arg(long)]
        councillor: bool,
    },
    /// List the people of the directory
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        json: Json,
    },
    /// Somebody leaves the house
    ///
    /// Meetings they organise are handed over or called off, they are taken off the lists of others, and their account,
    /// tokens and feeds end. A private meeting that the new organiser may not know of is called off.
    Leave {
        #[command(flatten)]
        data: Data,
        /// Address of whoever leaves
        email: String,
        /// Address of whoever organises their meetings from now on
        #[arg(long, value_name = "EMAIL", required_unless_present = "cancel", conflicts_with = "cancel")]
        to: Option<String>,
        /// Call their meetings off
        #[arg(long)]
        cancel: bool,
        /// Why, for those who would have come
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Add and change the people of a CSV file, all or none
    ///
    /// The first line names the columns: email and name (or first and last name), and if wanted department, lang and
    /// councillor (yes or no), also by their Dutch, French or German names. Separated by commas, semicolons or tabs.
    /// Empty cells change nothing, and nobody is taken away: the same file twice changes nothing.
    Import {
        #[command(flatten)]
        data: Data,
        /// The file
        file: PathBuf,
    },
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        Command::Add { data, email, name, language, department, councillor } => {
            let new = NewPerson {
                email: email.clone(),
                name: name.clone(),
                lang: *language,
                department: department.clone(),
                hard: *councillor,
            };
            let person = data.open()?.write_now(move |tx| add_person(tx, &Caller::system(), &new))?;
            out(&Said::new("cli.added").with("name", person.email).speak(lang));
            Ok(())
        }
        Command::List { data, json } => list(&*data.open()?, json.json),
        Command::Leave { data, email, to, reason, .. } => {
            let store = data.open()?;
            let who = super::token::person_of(&store, email)?;
            let to = to.as_deref().map(|email| super::token::person_of(&store, email)).transpose()?;
            let rest = Some(to.map_or(Fate::Cancel, Fate::HandOver));
            let leave = Leave { who, rest, each: Vec::new(), reason: reason.clone() };
            let done = store.write_now(move |tx| leave_house(tx, &Caller::system(), &leave))?;
            let said = Said::new("people.cli_left")
                .with("email", email)
                .with("handed", done.handed_over)
                .with("cancelled", done.cancelled)
                .with("lists", done.lists);
            out(&said.speak(lang));
            Ok(())
        }
        Command::Import { data, file } => import(&*data.open()?, file, lang),
    }
}

fn list(store: &Store, json: bool) -> Result<(), Failure> {
    let people = store.read(|view| view.staff("", u32::MAX))?;
    let rows = people.into_iter().map(|person| {
        vec![
            json!(person.email),
            json!(person.name),
            json!(person.lang),
            json!(person.department),
            json!(person.hard),
        ]
    });
    print(json, &COLUMNS, rows.collect());
    Ok(())
}

fn import(store: &Store, file: &Path, lang: Lang) -> Result<(), Failure> {
    // Asked before reading: a file of any size must not fill the memory.
    let length = std::fs::metadata(file).map_err(|error| Failure::file(file, &error))?.len();
    if length > PEOPLE_FILE_BYTES as u64 {
        let said = Said::new("people.csv_large").with("rows", PEOPLE_FILE_ROWS);
        return Err(Failure::Said(said));
    }
    let bytes = std::fs::read(file).map_err(|error| Failure::file(file, &error))?;
    let list = read_people(&bytes)?;
    for note in &list.notes {
        eprintln!("{}", note.speak(lang));
    }
    let lines = store.write_now(move |tx| {
        let lines = import_people(tx, &Caller::system(), &list)?;
        let wrong = wrong(&lines, lang);
        // Nobody looks at a preview here: one line that is wrong refuses the whole file.
        if wrong.is_empty() { Ok(lines) } else { Err(Failure::Many(wrong)) }
    })?;
    let count = |wanted: fn(&ImportedRow) -> bool| lines.iter().filter(|line| wanted(&line.becomes)).count();
    let said = Said::new("people.cli_imported")
        .with("added", count(|row| *row == ImportedRow::Added))
        .with("changed", count(|row| matches!(row, ImportedRow::Changed(_))))
        .with("unchanged", count(|row| *row == ImportedRow::Unchanged));
    out(&said.speak(lang));
    Ok(())
}

/// What is wrong with the lines of a list, a sentence each.
fn wrong(lines: &[ImportLine], lang: Lang) -> Vec<Said> {
    let mut said = Vec::new();
    for line in lines {
        if let ImportedRow::Wrong(why) = &line.becomes {
            let why: Vec<String> = why.iter().map(|said| said.speak(lang)).collect();
            said.push(Said::new("people.csv_line").with("line", line.row.line).with("why", why.join(" ")));
        }
    }
    said
}
