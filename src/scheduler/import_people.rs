//! Takes over a list of people: who is new is added, what is different is changed, what is the same stays. The same
//! list a second time changes nothing. Nobody is taken away: leaving is a deed of its own.

mod csv;

use std::collections::HashMap;

use super::change_person::{ChangePerson, change_person};
use super::manage_town::{NewPerson, add_person, department_of, name_of};
use super::{Caller, create_meeting::clip};
use crate::booking::Refusal;
use crate::ids::PersonId;
use crate::store::{Tx, View};
use crate::texts::{Lang, Said};
use crate::town::{Action, PersonKind, email_of};

pub use csv::{MAX_ROWS as PEOPLE_FILE_ROWS, PeopleFile, PeopleRow, read_people};

/// The most bytes that a list may have.
pub const PEOPLE_FILE_BYTES: usize = super::table_file::MAX_BYTES;

/// What becomes of one line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportedRow {
    /// Somebody new.
    Added,
    /// Somebody known, of whom these fields are different.
    Changed(Vec<&'static str>),
    /// Somebody known, of whom nothing is different.
    Unchanged,
    /// It cannot be taken over, and why.
    Wrong(Vec<Said>),
}

/// A line of a list with what becomes of it.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// The line.
    pub row: PeopleRow,
    /// What becomes of it.
    pub becomes: ImportedRow,
    deed: Option<Deed>,
}

#[derive(Clone, Debug)]
enum Deed {
    Add(NewPerson),
    Change(PersonId, ChangePerson),
}

/// What would become of a list, line by line.
///
/// # Errors
/// [`Refusal::Forbidden`] for whoever does not look after the town.
pub fn preview_people(
    view: &View<'_>,
    caller: &Caller,
    file: &PeopleFile,
) -> Result<Vec<ImportLine>, Refusal> {
    caller.must(Action::ManageTown)?;
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut lines = Vec::with_capacity(file.rows.len());
    for row in &file.rows {
        let (becomes, deed) = match line_of(view, row, &mut seen)? {
            Ok((becomes, deed)) => (becomes, deed),
            Err(why) => (ImportedRow::Wrong(why), None),
        };
        lines.push(ImportLine { row: row.clone(), becomes, deed });
    }
    Ok(lines)
}

/// Takes a list over: lines that are wrong are left out. Returns each line with what became of it.
///
/// # Errors
/// Those of [`preview_people`].
pub fn import_people(tx: &Tx<'_>, caller: &Caller, file: &PeopleFile) -> Result<Vec<ImportLine>, Refusal> {
    let lines = preview_people(tx, caller, file)?;
    for line in &lines {
        match &line.deed {
            Some(Deed::Add(new)) => drop(add_person(tx, caller, new)?),
            Some(Deed::Change(id, change)) => drop(change_person(tx, caller, *id, change)?),
            None => {}
        }
    }
    Ok(lines)
}

type Outcome = Result<(ImportedRow, Option<Deed>), Vec<Said>>;

fn line_of(view: &View<'_>, row: &PeopleRow, seen: &mut HashMap<String, usize>) -> Result<Outcome, Refusal> {
    let mut wrong = Vec::new();
    let email = email_of(&row.email);
    if email.is_none() {
        wrong.push(Said::new("request.email").with("text", clip(&row.email)));
    }
    if let Some(first) = email.clone().and_then(|email| seen.insert(email, row.line)) {
        wrong.push(Said::new("people.csv_twice").with("line", first));
    }
    let name = kept(name_of(&row.name), &mut wrong);
    let department = kept(department_of(row.department.as_deref()), &mut wrong).flatten();
    let lang = match row.lang.as_deref().map(|text| (text, lang_of(text))) {
        Some((text, None)) => {
            wrong.push(Said::new("people.csv_lang").with("text", clip(text)));
            None
        }
        Some((_, lang)) => lang,
        None => None,
    };
    let hard = match row.hard.as_deref().map(|text| (text, yes_or_no(text))) {
        Some((text, None)) => {
            wrong.push(Said::new("people.csv_yes").with("text", clip(text)));
            None
        }
        Some((_, hard)) => hard,
        None => None,
    };
    let (Some(email), Some(name), true) = (email, name, wrong.is_empty()) else { return Ok(Err(wrong)) };
    let known = view.person_by_email(&email)?.filter(|person| person.kind == PersonKind::Staff);
    let Some(person) = known else {
        let new = NewPerson { email, name, lang, department, hard: hard.unwrap_or(false) };
        return Ok(Ok((ImportedRow::Added, Some(Deed::Add(new)))));
    };
    if view.left_at(person.id)?.is_some() {
        return Ok(Err(vec![Said::new("people.csv_left").with("name", person.name)]));
    }
    let fields: Vec<&str> = [
        ("name", name != person.name),
        ("department", department.is_some() && department != person.department),
        ("lang", lang.is_some_and(|lang| lang != person.lang)),
        ("hard", hard.is_some_and(|hard| hard != person.hard)),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect();
    if fields.is_empty() {
        return Ok(Ok((ImportedRow::Unchanged, None)));
    }
    let change = ChangePerson { name: Some(name), department, lang, hard, ..ChangePerson::default() };
    Ok(Ok((ImportedRow::Changed(fields), Some(Deed::Change(person.id, change)))))
}

fn kept<T>(outcome: Result<T, Refusal>, wrong: &mut Vec<Said>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(Refusal::Invalid(faults)) => {
            wrong.extend(faults.into_iter().map(|fault| fault.said));
            None
        }
        Err(other) => {
            wrong.push(other.said());
            None
        }
    }
}

/// A language by its code or by its name in one of the four.
fn lang_of(text: &str) -> Option<Lang> {
    let names: [(Lang, &[&str]); 4] = [
        (Lang::Nl, &["nederlands", "neerlandais", "niederlandisch", "dutch"]),
        (Lang::Fr, &["frans", "francais", "franzosisch", "french"]),
        (Lang::De, &["duits", "allemand", "deutsch", "german"]),
        (Lang::En, &["engels", "anglais", "englisch", "english"]),
    ];
    let slug = crate::town::slug_of(text);
    let named = names.iter().find(|(_, names)| names.contains(&slug.as_str())).map(|(lang, _)| *lang);
    named.or_else(|| Lang::from_code(text))
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "x" | "yes" | "y" | "ja" | "j" | "oui" | "o" | "true" | "waar" => Some(true),
        "0" | "no" | "n" | "nee" | "neen" | "non" | "nein" | "false" | "onwaar" | "-" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_and_yes_as_people_write_them() {
        for (text, lang) in [
            ("nl", Some(Lang::Nl)),
            ("FR", Some(Lang::Fr)),
            ("Français", Some(Lang::Fr)),
            ("Duits", Some(Lang::De)),
            ("nl-BE", Some(Lang::Nl)),
            ("it", None),
        ] {
            assert_eq!(lang_of(text), lang, "{text}");
        }
        assert_eq!(
            [yes_or_no("Ja"), yes_or_no("neen"), yes_or_no("misschien")],
            [Some(true), Some(false), None]
        );
    }
}
