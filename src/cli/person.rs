//! `belfort person`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::failure::Failure;
use super::listing::{Json, out, print};
use super::open::Data;
use crate::scheduler::{Caller, Fate, Leave, NewPerson, add_person, leave_house};
use crate::store::Store;
use crate::texts::{Lang, Said};

/// The columns of a list of people that is read.
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
    /// Add all people of a CSV file, or none
    ///
    /// The first line names the columns: email and name, and if wanted lang, department and councillor (yes or
    /// no). UTF-8, separated by commas or semicolons. People who are known already are skipped.
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
    let text = std::fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
    let people = read(&text).map_err(Failure::Said)?;
    let (added, skipped) = store.write_now(move |tx| {
        let mut counts = (0_usize, 0_usize);
        for (line, person) in &people {
            let known = match crate::town::email_of(&person.email) {
                Some(email) => tx.person_by_email(&email)?.is_some(),
                None => false,
            };
            if known {
                counts.1 += 1;
                continue;
            }
            add_person(tx, &Caller::system(), person).map_err(|refusal| {
                let why = super::failure::sentences_of(&refusal, lang).join(" ");
                Failure::Said(Said::new("cli.csv_line").with("line", line).with("why", why))
            })?;
            counts.0 += 1;
        }
        Ok::<_, Failure>(counts)
    })?;
    out(&Said::new("cli.imported").with("added", added).with("skipped", skipped).speak(lang));
    Ok(())
}

/// Reads the people of a CSV text with their line numbers.
fn read(text: &str) -> Result<Vec<(usize, NewPerson)>, Said> {
    let text = text.trim_start_matches('\u{feff}');
    let separator = match text.lines().next() {
        Some(head) if head.contains(';') => ';',
        _ => ',',
    };
    let mut rows = rows(text, separator).into_iter();
    let (_, head) = rows.next().ok_or_else(|| Said::new("cli.csv_head"))?;
    let head: Vec<String> = head.iter().map(|name| name.trim().to_lowercase()).collect();
    if let Some(strange) = head.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        return Err(Said::new("cli.csv_column").with("column", strange));
    }
    if !head.iter().any(|name| name == "email") || !head.iter().any(|name| name == "name") {
        return Err(Said::new("cli.csv_head"));
    }
    rows.filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()))
        .map(|(line, row)| {
            let cell = |name: &str| {
                let column = head.iter().position(|head| head == name);
                let text = column.and_then(|column| row.get(column)).map(|cell| cell.trim());
                text.filter(|text| !text.is_empty()).map(str::to_owned)
            };
            let lang = match cell("lang") {
                None => None,
                Some(code) => Some(
                    Lang::from_code(&code)
                        .ok_or_else(|| Said::new("cli.csv_lang").with("line", line).with("value", &code))?,
                ),
            };
            let hard = cell("councillor").is_some_and(|word| {
                ["1", "x", "yes", "ja", "oui", "true"].contains(&word.to_lowercase().as_str())
            });
            let new = NewPerson {
                email: cell("email").unwrap_or_default(),
                name: cell("name").unwrap_or_default(),
                lang,
                department: cell("department"),
                hard,
            };
            Ok((line, new))
        })
        .collect()
}

/// Splits a CSV text (RFC 4180) into rows with the number of the line on which each begins.
fn rows(text: &str, separator: char) -> Vec<(usize, Vec<String>)> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut began, mut quoted) = (1, 1, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push((began, std::mem::take(&mut row)));
                line += 1;
                began = line;
            }
            c if c == separator && !quoted => row.push(std::mem::take(&mut cell)),
            c => {
                line += usize::from(c == '\n');
                cell.push(c);
            }
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push((began, row));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_as_spreadsheets_write_it() {
        for text in [
            "email,name,department\nan@stad.example,\"Peeters, An\",Groen\n",
            "\u{feff}email;name;department\r\nan@stad.example;\"Peeters, An\";Groen\r\n\r\n",
        ] {
            let people = read(text).unwrap();
            assert_eq!(people.len(), 1);
            assert_eq!((people[0].0, people[0].1.name.as_str()), (2, "Peeters, An"));
            assert_eq!(people[0].1.department.as_deref(), Some("Groen"));
        }
        let quoted = rows("a,\"b \"\"c\"\"\nd\"\ne", ',');
        assert_eq!(quoted, [(1, vec!["a".to_owned(), "b \"c\"\nd".to_owned()]), (3, vec!["e".to_owned()])]);
    }

    #[test]
    fn csv_that_is_something_else() {
        for (text, key) in [
            ("", "cli.csv_head"),
            ("name\nAn", "cli.csv_head"),
            ("email,name,phone\n", "cli.csv_column"),
            ("email,name,lang\nan@stad.example,An,it\n", "cli.csv_lang"),
        ] {
            assert_eq!(read(text).unwrap_err().key, key, "{text:?}");
        }
    }
}
