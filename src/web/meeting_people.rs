//! People on the booking form, by address or by name: a name that only one has is taken for that one, any other is
//! asked back.

use std::collections::BTreeMap;

use super::oops::Oops;
use super::visitor::{Fields, Insider};
use crate::booking::Fault;
use crate::scheduler::people_called;
use crate::texts::Said;
use crate::town::{Person, same_name};

/// The most names that are looked up: the form has no more lines, and each is a search through the directory.
const MOST_NAMES: usize = 61;

/// Whom a line may mean, by its place among those that are filled: address, and words to tell them apart.
pub(super) type Choices = BTreeMap<usize, Vec<(String, String)>>;

/// What is not clear about the people on a form.
#[derive(Default)]
pub(super) struct Unclear {
    /// What to say beside each line.
    pub(super) faults: Vec<Fault>,
    /// Whom to choose from.
    pub(super) choices: Choices,
}

/// Puts addresses in the place of names. Lines with an address stay as they are, and so do names that several have
/// or nobody.
pub(super) async fn resolve(insider: &Insider, fields: &mut Fields) -> Result<Unclear, Oops> {
    let mut names = Vec::new();
    let mut filled = 0;
    for (at, (key, value)) in fields.0.iter_mut().enumerate() {
        let line = match key.as_str() {
            "person" => Some(filled),
            "organiser" => None,
            _ => continue,
        };
        let typed = value.trim();
        if typed.is_empty() {
            continue;
        }
        filled += usize::from(line.is_some());
        if let Some(address) = bracketed(typed) {
            *value = address;
        } else if !typed.contains('@') {
            names.push((at, line, typed.to_owned()));
        }
    }
    if names.is_empty() {
        return Ok(Unclear::default());
    }
    names.truncate(MOST_NAMES);
    let wanted: Vec<String> = names.iter().map(|(_, _, name)| name.clone()).collect();
    let found = insider
        .read(move |view, caller| {
            wanted.iter().map(|name| Ok(people_called(view, caller, name).unwrap_or_default())).collect()
        })
        .await?;
    Ok(settle(fields, names, found))
}

/// The address in `An Peeters <an@stad.example>`, as mail programs copy it.
fn bracketed(typed: &str) -> Option<String> {
    let (_, rest) = typed.split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    address.contains('@').then(|| address.trim().to_owned())
}

fn settle(
    fields: &mut Fields,
    names: Vec<(usize, Option<usize>, String)>,
    found: Vec<Vec<Person>>,
) -> Unclear {
    let mut unclear = Unclear::default();
    for ((at, line, name), people) in names.into_iter().zip(found) {
        if let [only] = people.as_slice()
            && same_name(&name, &only.name)
        {
            fields.0[at].1.clone_from(&only.email);
            continue;
        }
        let key = if people.is_empty() { "book.name_unknown" } else { "book.name_unclear" };
        let field = line.map_or_else(|| "organiser".to_owned(), |line| format!("participants[{line}].email"));
        unclear.faults.push(Fault::new(&field, Said::new(key).with("name", &name)));
        if let Some(line) = line.filter(|_| !people.is_empty()) {
            let choices = people.into_iter().map(|person| (person.email.clone(), words(&person)));
            unclear.choices.insert(line, choices.collect());
        }
    }
    unclear
}

fn words(person: &Person) -> String {
    let parts = [Some(&person.name), person.department.as_ref(), Some(&person.email)];
    parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" · ")
}
