//! A list of people from a spreadsheet: first what would become of it, then the deed.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::journal_words::field_word;
use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::upload::Upload;
use super::visitor::Insider;
use super::wrong::Wrong;
use crate::booking::Refusal;
use crate::scheduler::{
    ImportLine, ImportedRow, PEOPLE_FILE_ROWS, PeopleFile, import_people, preview_people, read_people,
};
use crate::texts::{Lang, Said, text};
use crate::town::Action;

/// Lines of one kind that are shown; of the rest the number is said.
const SHOWN: usize = 500;

#[derive(Template)]
#[template(path = "people_import.html")]
struct Page {
    shell: Shell,
    limits: String,
    wrong: Wrong,
    preview: Option<Preview>,
}

/// Tells lines of one kind from others.
type Kind = fn(&ImportedRow) -> bool;

/// What would become of a list.
struct Preview {
    csv: String,
    notes: Vec<String>,
    summary: String,
    /// Whether anything would be different.
    changes: bool,
    groups: Vec<Group>,
}

/// Lines of which the same would become.
struct Group {
    id: &'static str,
    title: String,
    rows: Vec<Row>,
    more: Option<String>,
}

/// One line.
struct Row {
    line: usize,
    name: String,
    email: String,
    why: String,
}

/// `GET /manage/people/import`.
pub(super) async fn ask(insider: Insider) -> Result<Response, Oops> {
    insider.caller().must(Action::ManageTown).map_err(|refusal| insider.oops(refusal))?;
    Ok(show(&insider, Wrong::default(), None))
}

fn show(insider: &Insider, wrong: Wrong, preview: Option<Preview>) -> Response {
    let html = Page {
        shell: insider.shell(insider.t("people.import_title")),
        limits: Said::new("people.import_limits").with("rows", PEOPLE_FILE_ROWS).speak(insider.lang()),
        wrong,
        preview,
    };
    page(html.render().unwrap_or_default())
}

/// `POST /manage/people/import`: a file is previewed; what was previewed is taken over.
pub(super) async fn import(upload: Upload) -> Result<Response, Oops> {
    let Upload { insider, fields, file } = upload;
    insider.caller().must(Action::ManageTown).map_err(|refusal| insider.oops(refusal))?;
    let apply = fields.ticked("apply");
    let bytes = if apply { Some(fields.exact("csv").as_bytes().to_vec()) } else { file };
    let list = match bytes.filter(|bytes| !bytes.is_empty()) {
        Some(bytes) => read_people(&bytes),
        None => Err(Refusal::invalid("file", Said::new("people.import_no_file"))),
    };
    let list = match list {
        Ok(list) => list,
        Err(refusal) => return Ok(show(&insider, Wrong::of(refusal, insider.lang()), None)),
    };
    if apply {
        let work = move |tx: &crate::store::Tx<'_>, caller: &_| import_people(tx, caller, &list).map(|_| ());
        insider.write(work).await.map_err(|refusal| insider.oops(refusal))?;
        return Ok(Redirect::to("/manage/people?done=people_imported").into_response());
    }
    let lang = insider.lang();
    let (lines, list) =
        insider.read(move |view, caller| Ok((preview_people(view, caller, &list)?, list))).await?;
    Ok(show(&insider, Wrong::default(), Some(preview(lang, &lines, &list))))
}

fn preview(lang: Lang, lines: &[ImportLine], list: &PeopleFile) -> Preview {
    let count = |wanted: Kind| lines.iter().filter(|line| wanted(&line.becomes)).count();
    let (added, changed) = (count(is_added), count(is_changed));
    let summary = Said::new("people.import_summary")
        .with("added", added)
        .with("changed", changed)
        .with("unchanged", count(|row| *row == ImportedRow::Unchanged))
        .with("wrong", count(is_wrong));
    let kinds: [(&str, &str, Kind); 3] = [
        ("wrong", text(lang, "people.import_wrong"), is_wrong),
        ("changed", text(lang, "people.import_changed"), is_changed),
        ("added", text(lang, "people.import_added"), is_added),
    ];
    Preview {
        csv: list.text.clone(),
        notes: list.notes.iter().map(|said| said.speak(lang)).collect(),
        summary: summary.speak(lang),
        changes: added + changed > 0,
        groups: kinds
            .into_iter()
            .filter_map(|(id, title, wanted)| group(lang, lines, id, title, wanted))
            .collect(),
    }
}

fn is_added(row: &ImportedRow) -> bool {
    *row == ImportedRow::Added
}

fn is_changed(row: &ImportedRow) -> bool {
    matches!(row, ImportedRow::Changed(_))
}

fn is_wrong(row: &ImportedRow) -> bool {
    matches!(row, ImportedRow::Wrong(_))
}

fn group(lang: Lang, lines: &[ImportLine], id: &'static str, title: &str, wanted: Kind) -> Option<Group> {
    let found: Vec<&ImportLine> = lines.iter().filter(|line| wanted(&line.becomes)).collect();
    let more = found.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| Said::new("people.import_more").with("count", more).speak(lang));
    let rows: Vec<Row> = found.into_iter().take(SHOWN).map(|line| row(lang, line)).collect();
    (!rows.is_empty()).then(|| Group { id, title: title.to_owned(), rows, more })
}

fn row(lang: Lang, line: &ImportLine) -> Row {
    let why = match &line.becomes {
        ImportedRow::Wrong(why) => why.iter().map(|said| said.speak(lang)).collect::<Vec<_>>().join(" "),
        ImportedRow::Changed(fields) => {
            fields.iter().map(|field| field_word(lang, field)).collect::<Vec<_>>().join(", ")
        }
        _ => line.row.department.clone().unwrap_or_default(),
    };
    Row { line: line.row.line, name: line.row.name.clone(), email: line.row.email.clone(), why }
}
