//! How ready a session is: what to tick off, and the chair's test call with each member.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::super::form::Wrong;
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Insider, InsiderForm};
use super::super::words::moment;
use super::after;
use super::body_read::wall;
use super::session_read::{Head, head};
use super::words::{light_word, text_of};
use crate::booking::Refusal;
use crate::council::{CallResult, Readied, ReadyState, SessionMode};
use crate::scheduler::council::{SessionSheet, note_ready, note_test_call, plan_test_calls, session_sheet};
use crate::texts::{Lang, Said, text};

#[derive(Template)]
#[template(path = "council/session_ready.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    head: Head,
    light: (&'static str, &'static str),
    said: String,
    /// Nothing can be made ready any more: what stands is shown.
    over: bool,
    items: Vec<Item>,
    elsewhere: bool,
    calls: Vec<Call>,
}

/// Something to tick off.
struct Item {
    what: &'static str,
    name: &'static str,
    state: &'static str,
    class: &'static str,
    note: String,
    needed: bool,
}

/// The test call with a member.
struct Call {
    mandate: String,
    name: String,
    planned: String,
    state: &'static str,
    class: &'static str,
    note: String,
}

/// `GET /council/sessions/{slug}/ready`.
pub(super) async fn read(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, None).await
}

async fn show(insider: &Insider, slug: String, wrong: Option<Wrong>) -> Result<Response, Oops> {
    let lang = insider.lang();
    let sheet = insider.read(move |view, caller| session_sheet(view, caller, &slug)).await?;
    let elsewhere = sheet.session.mode != SessionMode::Physical;
    let over = sheet.session.state.is_over();
    let key = match (sheet.light.1.is_empty(), elsewhere && sheet.light.2 > 0) {
        _ if over => "readiness.over",
        (true, false) => "readiness.all_done",
        (_, true) => "readiness.calls_open",
        (false, false) => "readiness.items_open",
    };
    let html = Page {
        shell: insider.shell(&sheet.body.name),
        over,
        head: head(insider, &sheet, "/ready"),
        light: light_word(lang, sheet.light.0),
        said: Said::new(key).with("count", sheet.light.1.len()).with("calls", sheet.light.2).speak(lang),
        items: Readied::ALL.map(|what| item(lang, &sheet, what)).into(),
        elsewhere,
        calls: sheet
            .seats
            .iter()
            .filter(|seat| seat.mandate.seat.is_some())
            .map(|seat| call(lang, &sheet, seat))
            .collect(),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn item(lang: Lang, sheet: &SessionSheet, what: Readied) -> Item {
    let noted = sheet.ready.iter().find(|item| item.what == what);
    let state = noted.map_or(ReadyState::Open, |item| item.state);
    Item {
        what: what.word(),
        name: text_of(lang, "readiness.what_", what.word()),
        state: text_of(lang, "readiness.state_", state.word()),
        class: match state {
            ReadyState::Done => "free",
            ReadyState::Failed => "busy",
            ReadyState::Open | ReadyState::NotNeeded => "",
        },
        note: noted.map_or_else(String::new, |item| item.note.clone()),
        needed: sheet.light.1.contains(&what),
    }
}

fn call(lang: Lang, sheet: &SessionSheet, seat: &crate::scheduler::council::Seat) -> Call {
    let made = sheet.calls.iter().find(|call| call.mandate == seat.mandate.id);
    let result = made.map(|call| call.result);
    Call {
        mandate: seat.mandate.id.to_string(),
        name: seat.name.clone(),
        planned: made
            .and_then(|call| call.planned)
            .map_or_else(|| "–".to_owned(), |at| moment(lang, sheet.session.zone, at)),
        state: result.map_or_else(
            || text(lang, "readiness.no_call"),
            |one| text_of(lang, "readiness.call_", one.word()),
        ),
        class: match result {
            Some(CallResult::Good) => "free",
            Some(CallResult::Failed | CallResult::SoundOnly) => "busy",
            Some(CallResult::Planned) | None => "",
        },
        note: made.map_or_else(String::new, |call| call.note.clone()),
    }
}

/// `POST /council/sessions/{slug}/ready`.
pub(super) async fn note(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let what = Readied::ALL.into_iter().find(|what| what.word() == fields.get("what"));
    let state = ReadyState::ALL.into_iter().find(|state| state.word() == fields.get("state"));
    let (name, note) = (slug.clone(), fields.get("note").to_owned());
    let outcome = insider
        .write(move |tx, caller| {
            let what = what.ok_or_else(|| Refusal::unknown("ready_item", "?"))?;
            let state = state.ok_or_else(|| Refusal::unknown("ready_item", "?"))?;
            note_ready(tx, caller, &name, what, state, &note)
        })
        .await;
    done(&insider, slug, outcome).await
}

/// `POST /council/sessions/{slug}/ready/calls`.
pub(super) async fn calls(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let at = wall(fields.get("at"));
    let name = slug.clone();
    let outcome = insider
        .write(move |tx, caller| {
            let at = at.ok_or_else(|| Refusal::invalid("at", Said::new("rules.unreadable")))?;
            plan_test_calls(tx, caller, &name, tx.directory().house.zone.resolve(at).instant)
        })
        .await;
    done(&insider, slug, outcome).await
}

/// `POST /council/sessions/{slug}/ready/call`.
pub(super) async fn call_noted(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let mandate = fields.get("mandate").parse();
    let result = CallResult::ALL.into_iter().find(|result| result.word() == fields.get("result"));
    let (name, note) = (slug.clone(), fields.get("note").to_owned());
    let outcome = insider
        .write(move |tx, caller| {
            let mandate = mandate.map_err(|_| Refusal::unknown("mandate", "?"))?;
            let result = result.ok_or_else(|| Refusal::unknown("ready_item", "?"))?;
            note_test_call(tx, caller, &name, mandate, result, &note)
        })
        .await;
    done(&insider, slug, outcome).await
}

async fn done(insider: &Insider, slug: String, outcome: Result<(), Refusal>) -> Result<Response, Oops> {
    match after(insider, outcome, &format!("/council/sessions/{slug}/ready?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(insider, slug, Some(wrong)).await,
    }
}
