//! A list of people as spreadsheets and personnel programs write it: CSV (RFC 4180) with commas, semicolons or tabs,
//! in UTF-8 or Windows-1252. Columns are found by their names, in any order.

use crate::booking::Refusal;
use crate::scheduler::table_file::{Table, read_table};
use crate::texts::Said;

/// The most people in a list.
pub const MAX_ROWS: usize = 5_000;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Email,
    Name,
    FirstName,
    LastName,
    Department,
    Lang,
    Hard,
}

/// The names of columns that we know, as they are written without accents and capitals.
const NAMES: &[(Column, &[&str])] = &[
    (Column::Email, &["email", "e-mail", "mail", "e-mailadres", "emailadres", "courriel", "adresse-e-mail"]),
    (Column::Name, &["name", "naam", "nom", "volledige-naam", "full-name", "nom-complet"]),
    (Column::FirstName, &["first-name", "firstname", "voornaam", "prenom", "vorname"]),
    (
        Column::LastName,
        &["last-name", "lastname", "achternaam", "familienaam", "nom-de-famille", "nachname", "familienname"],
    ),
    (
        Column::Department,
        &["department", "dienst", "afdeling", "service", "fractie", "abteilung", "departement"],
    ),
    (Column::Lang, &["lang", "language", "taal", "langue", "sprache"]),
    (Column::Hard, &["hard", "councillor", "raadslid", "conseiller", "ratsmitglied"]),
];

/// One person of the list, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleRow {
    /// The line on which it begins.
    pub line: usize,
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Department; nothing if there is no such column, or nothing in it.
    pub department: Option<String>,
    /// Language, as written.
    pub lang: Option<String>,
    /// Whether their time is claimed, as written.
    pub hard: Option<String>,
}

/// A list that was read.
#[derive(Clone, Debug, Default)]
pub struct PeopleFile {
    /// Its people.
    pub rows: Vec<PeopleRow>,
    /// What was done to read it, and what was left aside.
    pub notes: Vec<Said>,
    /// The list as text, for when it is read again.
    pub text: String,
}

/// Reads a list of people.
///
/// # Errors
/// [`Refusal::Invalid`] of the field `file`: no text, no columns that we know, a quote that never ends, too much.
pub fn read_people(bytes: &[u8]) -> Result<PeopleFile, Refusal> {
    let refused = |said| Refusal::invalid("file", said);
    let Table { head, rows, mut notes, text } = read_table(bytes).map_err(refused)?;
    let columns: Vec<Option<Column>> = head.iter().map(|name| column(name)).collect();
    let has = |wanted| columns.contains(&Some(wanted));
    if !has(Column::Email) || !(has(Column::Name) || has(Column::LastName)) {
        return Err(refused(Said::new("people.csv_head")));
    }
    let strange =
        head.iter().zip(&columns).filter(|(name, known)| known.is_none() && !name.trim().is_empty());
    let strange: Vec<&str> = strange.map(|(name, _)| name.trim()).collect();
    if !strange.is_empty() {
        let names: String = strange.join(", ").chars().take(200).collect();
        notes.push(Said::new("people.csv_ignored").with("names", names));
    }
    let rows: Vec<PeopleRow> = rows.iter().map(|(line, row)| person(*line, row, &columns)).collect();
    if rows.len() > MAX_ROWS {
        return Err(refused(Said::new("people.csv_large").with("rows", MAX_ROWS)));
    }
    Ok(PeopleFile { rows, notes, text })
}

fn column(name: &str) -> Option<Column> {
    let slug = crate::town::slug_of(name);
    NAMES.iter().find(|(_, names)| names.contains(&slug.as_str())).map(|(column, _)| *column)
}

fn person(line: usize, row: &[String], columns: &[Option<Column>]) -> PeopleRow {
    let cell = |wanted: Column| {
        let at = columns.iter().position(|column| *column == Some(wanted))?;
        row.get(at).map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).map(str::to_owned)
    };
    let parts = [cell(Column::FirstName), cell(Column::LastName)];
    let joined = || parts.iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    PeopleRow {
        line,
        email: cell(Column::Email).unwrap_or_default(),
        name: cell(Column::Name).unwrap_or_else(joined),
        department: cell(Column::Department),
        lang: cell(Column::Lang),
        hard: cell(Column::Hard),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheduler::table_file::MAX_BYTES;

    #[test]
    fn lists_as_spreadsheets_write_them() {
        for text in [
            "email,name,department\nan@stad.example,\"Peeters, An\",Groen\n",
            "\u{feff}E-mail;Naam;Dienst\r\nan@stad.example;\"Peeters, An\";Groen\r\n\r\n;;\r\n",
            "dienst\tnaam\temail\nGroen\tPeeters, An\tan@stad.example",
        ] {
            let file = read_people(text.as_bytes()).unwrap();
            let row = PeopleRow {
                line: 2,
                email: "an@stad.example".into(),
                name: "Peeters, An".into(),
                department: Some("Groen".into()),
                ..PeopleRow::default()
            };
            assert_eq!((file.rows, file.notes), (vec![row], Vec::new()), "{text:?}");
        }
        let parts =
            read_people(b"Voornaam;Familienaam;E-mailadres;Telefoon\nAn;De Smet;an@stad.example;1").unwrap();
        assert_eq!(parts.rows[0].name, "An De Smet");
        assert_eq!(parts.notes[0].key, "people.csv_ignored");
    }

    #[test]
    fn letters_of_old_windows_are_read_right_and_said() {
        let file = read_people(b"email;naam\nrene@stad.example;Ren\xe9e \x96 Fran\xe7ois").unwrap();
        assert_eq!(file.rows[0].name, "Renée – François");
        assert_eq!(file.notes[0].key, "people.csv_windows");
    }

    #[test]
    fn what_is_no_list_of_people_is_refused_with_its_sentence() {
        let large = vec![b'a'; MAX_BYTES + 1];
        let many = format!("email,name\n{}", "a@stad.example,A\n".repeat(MAX_ROWS + 1));
        for (bytes, key) in [
            (&b""[..], "people.csv_head"),
            (b"name\nAn", "people.csv_head"),
            (b"email\nan@stad.example", "people.csv_head"),
            (b"PK\x03\x04 xlsx", "people.csv_workbook"),
            (b"\xff\xfee\0m\0", "people.csv_utf16"),
            (b"email,name\nan@stad.example,\"An", "people.csv_quote"),
            (&large, "people.csv_large"),
            (many.as_bytes(), "people.csv_large"),
        ] {
            let Err(Refusal::Invalid(faults)) = read_people(bytes) else { panic!("{key}") };
            assert_eq!(faults[0].said.key, key);
        }
    }
}
