//! The journal: what was done, by whom and when; searched, downloaded, and checked for being intact.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use super::journal_words::{deed, more, who, whom};
use super::oops::Oops;
use super::page;
use super::pager::with;
use super::shell::Shell;
use super::visitor::{Asked, Fields, Insider, InsiderForm};
use super::words::moment;
use super::wrong::Wrong;
use crate::booking::Refusal;
use crate::http::{App, ChainCheck};
use crate::scheduler::{About, JournalChecked, JournalLine, journal_checked, journal_lines, subject_named};
use crate::store::{JournalAsked, View};
use crate::texts::{Lang, Said, text};
use crate::time::Zone;
use crate::town::{Action, Directory};

/// Lines on a page.
const SHOWN: u32 = 50;
/// Lines in a download.
const DOWNLOADED: u32 = 50_000;

/// What one can ask for: the word in the address, its name, and the nouns that belong to it.
const GROUPS: &[(&str, &str, &[&str])] = &[
    ("meetings", "journal.group_meetings", &["meeting", "participant", "presence", "order"]),
    (
        "sessions",
        "journal.group_sessions",
        &[
            "session",
            "agenda",
            "item",
            "document",
            "convocation",
            "presence",
            "floor",
            "vote",
            "minutes",
            "publication",
            "mandate",
        ],
    ),
    ("people", "journal.group_people", &["person"]),
    ("access", "journal.group_access", &["account", "role", "sign_in"]),
    (
        "town",
        "journal.group_town",
        &["room", "site", "unit", "body", "legal_body", "policy", "opening", "service", "house", "journal"],
    ),
    ("tokens", "journal.group_tokens", &["token"]),
    ("mail", "journal.group_mail", &["mail"]),
];

#[derive(Template)]
#[template(path = "journal_read.html")]
struct Page {
    shell: Shell,
    asked: Fields,
    groups: Vec<(&'static str, &'static str, bool)>,
    wrong: Wrong,
    rows: Vec<Row>,
    older: Option<String>,
    newest: Option<String>,
    csv: String,
    csv_limit: String,
    check: Check,
}

/// One line.
struct Row {
    seq: i64,
    at: String,
    who: String,
    what: String,
    link: Option<String>,
    more: String,
}

/// How the journal was found, and whether it is being checked.
struct Check {
    running: Option<String>,
    failed: Option<String>,
    good: bool,
    words: Option<String>,
    when: String,
    head: String,
}

/// `GET /manage/journal`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let lang = insider.lang();
    let (fields, before) = (asked.clone(), asked.get("before").parse().unwrap_or(i64::MAX));
    let (lines, checked) = insider
        .read(move |view, caller| {
            let lines = wanted(view, &fields)
                .and_then(|wanted| journal_lines(view, caller, &wanted, before, SHOWN + 1));
            let lines = match lines {
                Err(refusal @ Refusal::Invalid(_)) => Err(refusal),
                other => Ok(other?),
            };
            Ok((lines, journal_checked(view, caller)?))
        })
        .await?;
    let (mut lines, wrong) = match lines {
        Ok(lines) => (lines, Wrong::default()),
        Err(refusal) => (Vec::new(), Wrong::of(refusal, lang)),
    };
    let more = lines.len() > SHOWN as usize;
    lines.truncate(SHOWN as usize);
    let directory = app.store.directory();
    let last = lines.last().filter(|_| more).map(|line| line.seq.to_string());
    let html = Page {
        shell: insider.shell(insider.t("journal.title")),
        groups: GROUPS
            .iter()
            .map(|(word, name, _)| (*word, text(lang, name), asked.get("group") == *word))
            .collect(),
        wrong,
        rows: lines.iter().map(|line| row(&directory, lang, line)).collect(),
        older: last.map(|seq| format!("/manage/journal?{}", with(&asked, "before", &seq))),
        newest: asked.some("before").map(|_| format!("/manage/journal?{}", with(&asked, "before", ""))),
        csv: format!("/manage/journal.csv?{}", with(&asked, "before", "")),
        csv_limit: Said::new("journal.csv_limit").with("rows", DOWNLOADED).speak(lang),
        check: check(lang, directory.house.zone, app.chain_check(), checked),
        asked,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// What the address asks for.
fn wanted(view: &View<'_>, fields: &Fields) -> Result<JournalAsked, Refusal> {
    let zone = view.directory().house.zone;
    let (from, to) = (day(fields, "from")?, day(fields, "to")?);
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return Err(Refusal::invalid("to", Said::new("journal.dates")));
    }
    let starts = |day: NaiveDate| zone.resolve(day.and_time(NaiveTime::MIN)).instant;
    let subject = |name: &str| fields.some(name).map(|text| subject_named(view, name, text)).transpose();
    let group = GROUPS.iter().find(|(word, ..)| *word == fields.get("group"));
    Ok(JournalAsked {
        from: from.map(starts),
        to: to.and_then(|day| day.checked_add_days(Days::new(1))).map(starts),
        actor: subject("actor")?,
        subject: subject("subject")?,
        nouns: group.map_or_else(Vec::new, |(.., nouns)| nouns.to_vec()),
    })
}

fn day(fields: &Fields, name: &str) -> Result<Option<NaiveDate>, Refusal> {
    let Some(text) = fields.some(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Refusal::invalid(name, Said::new("journal.dates")))
}

fn row(directory: &Directory, lang: Lang, line: &JournalLine) -> Row {
    let link = match &line.about {
        About::Meeting(id, Some(_)) => Some(format!("/meetings/{id}")),
        _ => None,
    };
    Row {
        seq: line.seq,
        at: exactly(lang, directory.house.zone, line.at),
        who: who(lang, &line.by),
        what: sentence(lang, line),
        link,
        more: more(directory, lang, line).join("; "),
    }
}

/// `Vergadering geboekt: Overleg`; what people do to themselves is said without their name.
fn sentence(lang: Lang, line: &JournalLine) -> String {
    let what = deed(lang, &line.action);
    let own = matches!((&line.by, &line.about), (crate::scheduler::Doer::Person(by, _), About::Person(id, _)) if by == id);
    match whom(lang, &line.about).filter(|_| !own) {
        Some(name) => Said::new("journal.line").with("what", what).with("name", name).speak(lang),
        None => what,
    }
}

/// An instant with its year: the journal is long.
fn exactly(lang: Lang, zone: Zone, at: DateTime<Utc>) -> String {
    let wall = zone.wall(at);
    format!("{} {}", super::words::short_day(lang, wall.date()), wall.format("%Y, %H:%M:%S"))
}

fn check(lang: Lang, zone: Zone, state: ChainCheck, checked: Option<JournalChecked>) -> Check {
    let (running, failed) = match state {
        ChainCheck::Running(held, all) => {
            let said = Said::new("journal.check_running").with("held", held).with("all", all);
            (Some(said.speak(lang)), None)
        }
        ChainCheck::Failed(refusal) => {
            let why = refusal.said().speak(lang);
            (None, Some(Said::new("journal.check_failed").with("why", why).speak(lang)))
        }
        ChainCheck::Idle => (None, None),
    };
    let words = checked.as_ref().map(|checked| match &checked.fault {
        None => Said::new("journal.check_good").with("entries", checked.entries).speak(lang),
        Some((seq, why)) => {
            Said::new("journal.check_bad").with("seq", seq).with("why", fault(lang, why)).speak(lang)
        }
    });
    Check {
        running,
        failed,
        good: checked.as_ref().is_some_and(|checked| checked.fault.is_none()),
        words,
        when: checked.as_ref().map(|checked| moment(lang, zone, checked.at)).unwrap_or_default(),
        head: checked.map(|checked| checked.head).unwrap_or_default(),
    }
}

/// What is wrong with an entry, in the reader's language.
fn fault(lang: Lang, what: &str) -> &'static str {
    match what {
        "an entry before it is missing" => text(lang, "journal.fault_missing"),
        "it does not follow the entry before it" => text(lang, "journal.fault_order"),
        _ => text(lang, "journal.fault_changed"),
    }
}

/// `POST /manage/journal/check`: begins a check; the page tells how far it is.
pub(super) async fn begin_check(
    State(app): State<App>,
    InsiderForm(insider, _): InsiderForm,
) -> Result<Response, Oops> {
    insider.caller().must(Action::ReadJournal).map_err(|refusal| insider.oops(refusal))?;
    app.begin_chain_check(insider.caller().clone());
    Ok(Redirect::to("/manage/journal#check").into_response())
}

/// `GET /manage/journal.csv`: what the page shows, all pages of it.
pub(super) async fn download(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let lines = insider
        .read(move |view, caller| journal_lines(view, caller, &wanted(view, &asked)?, i64::MAX, DOWNLOADED))
        .await?;
    let (directory, lang) = (app.store.directory(), insider.lang());
    // The mark tells spreadsheets that it is UTF-8; those of this country expect semicolons.
    let mut csv = "\u{feff}seq;at;actor;action;subject;words;more\r\n".to_owned();
    for line in &lines {
        let subject = line.subject.map(|id| id.to_string()).unwrap_or_default();
        let cells = [
            line.seq.to_string(),
            line.at.to_rfc3339(),
            who(lang, &line.by),
            line.action.clone(),
            subject,
            sentence(lang, line),
            more(&directory, lang, line).join("; "),
        ];
        csv += &cells.map(|text| cell(&text)).join(";");
        csv += "\r\n";
    }
    let mut response = csv.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = HeaderValue::from_static("attachment; filename=\"belfort-journal.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A cell of a table (RFC 4180). What a spreadsheet would take for a formula is told to be text.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ';', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_whatever_is_in_them() {
        for (text, kept) in [
            ("Overleg", "Overleg"),
            ("a;b", "\"a;b\""),
            ("\"x\"", "\"\"\"x\"\"\""),
            ("=1+1", "'=1+1"),
            ("@SUM(A1);", "\"'@SUM(A1);\""),
        ] {
            assert_eq!(cell(text), kept);
        }
    }

    #[test]
    fn every_deed_with_words_can_be_asked_for() {
        let texts = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/texts");
        let below = std::fs::read_dir(&texts).unwrap().map(|entry| entry.unwrap().path());
        let files = below.chain([texts]).map(|folder| folder.join("nl.toml")).filter(|file| file.is_file());
        let all: String = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let deeds: Vec<&str> =
            all.lines().filter_map(|line| line.strip_prefix("\"did.")?.split('"').next()).collect();
        assert!(deeds.len() > 80, "{deeds:?}");
        for deed in deeds.into_iter().filter(|deed| *deed != "other") {
            let of = |noun: &&str| deed.strip_prefix(*noun).is_some_and(|rest| rest.starts_with('_'));
            assert!(GROUPS.iter().any(|(.., nouns)| nouns.iter().any(of)), "{deed}");
        }
    }

    #[test]
    fn a_deed_that_has_no_words_yet_is_still_said() {
        assert_eq!(deed(Lang::Nl, "meeting.created"), "Vergadering geboekt");
        assert_eq!(deed(Lang::En, "teapot.filled"), "Something else (teapot.filled)");
    }
}
