//! The agenda of a session: its items in order, how far each is, how long it takes, and the versions that were fixed.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{NaiveDateTime, TimeDelta};

use super::super::form::{Field, Wrong};
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Fields, Insider, InsiderForm};
use super::after;
use super::item_change::{fields_of, item_form};
use super::session_read::{Head, head};
use super::words::{item_word, text_of};
use crate::booking::Refusal;
use crate::council::{
    AgendaItem, AgendaVersion, Difference, Ground, ItemState, Section, SessionPart, differences,
};
use crate::scheduler::council::{
    ItemFields, SessionSheet, add_item, add_minutes_item, fix_agenda, fixed_content, session_sheet,
};
use crate::texts::{Lang, Said, text};

#[derive(Template)]
#[template(path = "council/agenda_read.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    head: Head,
    groups: Vec<Group>,
    withdrawn: Vec<Row>,
    versions: Vec<VersionRow>,
    form: Vec<Field>,
    minutes: Option<&'static str>,
    fix: bool,
    add: bool,
    total: String,
}

/// A section of one part.
struct Group {
    id: String,
    part: Option<&'static str>,
    section: &'static str,
    rows: Vec<Row>,
}

/// An item.
struct Row {
    id: String,
    number: String,
    title: String,
    about: String,
    state: &'static str,
    class: &'static str,
    at: String,
    place: u32,
    first: bool,
    last: bool,
}

/// A fixed version.
struct VersionRow {
    number: u32,
    words: String,
    changes: Vec<String>,
}

/// `GET /council/sessions/{slug}/agenda`.
pub(super) async fn read(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, &Fields::default(), None).await
}

async fn show(
    insider: &Insider,
    slug: String,
    fields: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, Oops> {
    let lang = insider.lang();
    let sheet = insider.read(move |view, caller| session_sheet(view, caller, &slug)).await?;
    let session = &sheet.session;
    let (groups, ends) = groups(lang, &sheet);
    let gone = sheet.items.iter().filter(|item| !item.is_live());
    let has_minutes = sheet.items.iter().any(|item| item.section == Section::Minutes && item.is_live());
    let blank = blank(&sheet);
    let html = Page {
        shell: insider.shell(&sheet.body.name),
        head: head(insider, &sheet, "/agenda"),
        groups,
        withdrawn: gone.map(|item| row(lang, item, None)).collect(),
        versions: versions(insider, &sheet)?,
        form: item_form(insider, fields, wrong.as_ref(), &blank),
        minutes: (session.state.lies_ahead() && !has_minutes && sheet.beside.1.is_some())
            .then(|| insider.t("agenda.add_minutes")),
        fix: !session.state.is_over(),
        add: !session.state.is_over(),
        total: Said::new("agenda.ends").with("time", ends.format("%H:%M")).speak(lang),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// A new item of a body that never meets in the open is closed.
fn blank(sheet: &SessionSheet) -> ItemFields {
    let closed = sheet.law.kind().is_ok_and(|kind| !kind.is_public());
    ItemFields { ground: closed.then_some(Ground::BodyIsClosed), ..ItemFields::default() }
}

/// The live items by part and section, with the hour at which each is expected, and when the last ends.
fn groups(lang: Lang, sheet: &SessionSheet) -> (Vec<Group>, NaiveDateTime) {
    let mut at = sheet.session.zone.wall(sheet.session.planned);
    let mut groups: Vec<Group> = Vec::new();
    let mut before: Option<(SessionPart, Section)> = None;
    for item in sheet.items.iter().filter(|item| item.is_live()) {
        let key = (item.part, item.section);
        if before != Some(key) {
            let fresh = before.is_none_or(|(part, _)| part != item.part);
            groups.push(Group {
                id: format!("{}-{}", item.part.word(), item.section.word()),
                part: fresh.then(|| text_of(lang, "agenda.part_", item.part.word())),
                section: text_of(lang, "agenda.section_", item.section.word()),
                rows: Vec::new(),
            });
            before = Some(key);
        }
        if let Some(group) = groups.last_mut() {
            group.rows.push(row(lang, item, Some(at)));
        }
        at += TimeDelta::minutes(i64::from(item.planned_min));
    }
    for group in &mut groups {
        if let Some(first) = group.rows.first_mut() {
            first.first = true;
        }
        for (place, row) in (1_u32..).zip(&mut group.rows) {
            row.place = place;
        }
        if let Some(last) = group.rows.last_mut() {
            last.last = true;
        }
    }
    (groups, at)
}

fn row(lang: Lang, item: &AgendaItem, at: Option<NaiveDateTime>) -> Row {
    let origin = text_of(lang, "agenda.origin_", item.origin.word());
    let minutes = Said::new("agenda.minutes_planned").with("count", item.planned_min).speak(lang);
    let ground = item.ground.map(|ground| text_of(lang, "agenda.ground_", ground.word()));
    let mut about: Vec<&str> = vec![origin, &minutes];
    about.extend(ground);
    if !item.is_complete() {
        about.push(text(lang, "agenda.lacks_draft"));
    }
    if item.urgency.as_ref().is_some_and(|urgency| urgency.vote.is_none()) {
        about.push(text(lang, "agenda.urgency_open"));
    }
    Row {
        id: item.id.to_string(),
        number: item.number.clone().unwrap_or_else(|| "–".to_owned()),
        title: if item.internal_title.is_empty() { &item.title } else { &item.internal_title }.clone(),
        about: about.join(" · "),
        state: item_word(lang, item.state),
        class: match item.state {
            ItemState::OnAgenda | ItemState::Treated => "free",
            ItemState::ForApproval | ItemState::Approved => "soon",
            _ => "",
        },
        at: at.map_or_else(String::new, |at| at.format("%H:%M").to_string()),
        place: 0,
        first: false,
        last: false,
    }
}

fn versions(insider: &Insider, sheet: &SessionSheet) -> Result<Vec<VersionRow>, Oops> {
    let lang = insider.lang();
    let oops = |refusal| insider.oops(refusal);
    let mut rows = Vec::new();
    let mut before = None;
    for version in &sheet.versions {
        let content = fixed_content(version).map_err(oops)?;
        let changes = before.as_ref().map(|old| differences(old, &content)).unwrap_or_default();
        let changes = changes.iter().map(|one| difference(lang, sheet, one)).collect();
        rows.push(VersionRow {
            number: version.number,
            words: version_words(insider, sheet, version),
            changes,
        });
        before = Some(content);
    }
    rows.reverse();
    Ok(rows)
}

fn version_words(insider: &Insider, sheet: &SessionSheet, version: &AgendaVersion) -> String {
    let lang = insider.lang();
    let kind = text_of(lang, "agenda.kind_", version.kind.word());
    let at = super::super::words::moment(lang, sheet.session.zone, version.fixed_at);
    Said::new("agenda.version").with("number", version.number).with("kind", kind).with("when", at).speak(lang)
}

fn difference(lang: Lang, sheet: &SessionSheet, one: &Difference) -> String {
    let title = |id: &crate::ids::ItemId| {
        let item = sheet.items.iter().find(|item| item.id == *id);
        item.map_or_else(String::new, |item| item.title.clone())
    };
    let words = |fields: &[&'static str]| {
        let words: Vec<&str> = fields.iter().map(|field| text_of(lang, "agenda.field_", field)).collect();
        words.join(", ")
    };
    match one {
        Difference::Added(id) => Said::new("agenda.diff_added").with("title", title(id)),
        Difference::Removed(id) => Said::new("agenda.diff_removed").with("title", title(id)),
        Difference::Changed(id, fields) => {
            Said::new("agenda.diff_changed").with("title", title(id)).with("fields", words(fields))
        }
        Difference::Session(fields) => Said::new("agenda.diff_session").with("fields", words(fields)),
    }
    .speak(lang)
}

/// `POST /council/sessions/{slug}/agenda`.
pub(super) async fn add(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (name, new) = (slug.clone(), fields_of(&fields));
    let outcome = insider.write(move |tx, caller| add_item(tx, caller, &name, &new).map(|_| ())).await;
    done(&insider, slug, &fields, outcome).await
}

/// `POST /council/sessions/{slug}/agenda/fix`.
pub(super) async fn fix(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let name = slug.clone();
    let outcome = insider.write(move |tx, caller| fix_agenda(tx, caller, &name).map(|_| ())).await;
    done(&insider, slug, &fields, outcome).await
}

/// `POST /council/sessions/{slug}/agenda/minutes`.
pub(super) async fn minutes(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let name = slug.clone();
    let outcome = insider.write(move |tx, caller| add_minutes_item(tx, caller, &name).map(|_| ())).await;
    done(&insider, slug, &fields, outcome).await
}

async fn done(
    insider: &Insider,
    slug: String,
    fields: &Fields,
    outcome: Result<(), Refusal>,
) -> Result<Response, Oops> {
    match after(insider, outcome, &format!("/council/sessions/{slug}/agenda?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(insider, slug, fields, Some(wrong)).await,
    }
}

#[derive(Template)]
#[template(path = "council/agenda_version.html")]
struct VersionPage {
    shell: Shell,
    head: Head,
    words: String,
    hash: String,
    whole: bool,
    parts: Vec<FixedPart>,
}

/// A part of a fixed agenda: its name, and number, title and description of each item.
type FixedPart = (&'static str, Vec<(String, String, String)>);

/// `GET /council/sessions/{slug}/agenda/{number}`: exactly what was fixed.
pub(super) async fn version(
    insider: Insider,
    Path((slug, number)): Path<(String, String)>,
) -> Result<Response, Oops> {
    if matches!(number.as_str(), "fix" | "minutes") {
        return Ok(Redirect::to(&format!("/council/sessions/{slug}/agenda")).into_response());
    }
    let (sheet, whole) = insider
        .read(move |view, caller| {
            let sheet = session_sheet(view, caller, &slug)?;
            let whole = crate::scheduler::council::agenda_is_whole(view, &sheet.session)?;
            Ok((sheet, whole))
        })
        .await?;
    let lang = insider.lang();
    let wanted = sheet.versions.iter().find(|version| version.number.to_string() == number);
    let wanted = wanted.ok_or_else(|| insider.oops(Refusal::unknown("agenda_version", &number)))?;
    let content = fixed_content(wanted).map_err(|refusal| insider.oops(refusal))?;
    let part = |part: SessionPart| {
        let items = content.items.iter().filter(|item| item.part == part);
        let title = |item: &crate::council::FixedItem| {
            if item.internal_title.is_empty() { item.title.clone() } else { item.internal_title.clone() }
        };
        let rows: Vec<_> =
            items.map(|item| (item.number.clone(), title(item), item.description.clone())).collect();
        (text_of(lang, "agenda.part_", part.word()), rows)
    };
    let html = VersionPage {
        shell: insider.shell(&sheet.body.name),
        head: head(&insider, &sheet, "/agenda"),
        words: version_words(&insider, &sheet, wanted),
        hash: crate::ids::hex(&wanted.hash),
        whole,
        parts: SessionPart::ALL.map(part).into_iter().filter(|(_, rows)| !rows.is_empty()).collect(),
    };
    Ok(page(html.render().unwrap_or_default()))
}
