//! After a session: its minutes, from draft to signature, and what is published of it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::super::form::Wrong;
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Insider, InsiderForm};
use super::super::words::moment;
use super::after;
use super::session_read::{Head, head};
use super::words::answer_word;
use crate::booking::Refusal;
use crate::council::publication::{Asked, PublicationKind};
use crate::council::{Minutes, MinutesRemark, MinutesVersion, SessionPart, SessionState};
use crate::http::App;
use crate::ids::{DecisionId, hex};
use crate::scheduler::council::{
    SessionSheet, answer_remark, approve_minutes, draft_minutes, offer_minutes, session_sheet, sign_minutes,
};
use crate::scheduler::{Publish, publish_session};
use crate::store::Publication;
use crate::texts::{Lang, Said, text};

#[derive(Template)]
#[template(path = "council/session_after.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    head: Head,
    held: bool,
    draft: String,
    report: String,
    facts: Vec<(&'static str, String)>,
    deeds: Vec<(&'static str, &'static str)>,
    versions: Vec<(u32, String, String)>,
    remarks: Vec<Remark>,
    published: Vec<Published>,
}

/// A remark of a member.
struct Remark {
    id: String,
    who: String,
    item: String,
    text: String,
    when: String,
    open: bool,
    state: &'static str,
}

/// A document that can be published, and what of it is.
struct Published {
    asked: String,
    name: String,
    stands: Option<(String, String)>,
    ready: bool,
    word: &'static str,
}

/// `GET /council/sessions/{slug}/after`.
pub(super) async fn read(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, None).await
}

/// What the page is made of.
struct Found {
    sheet: SessionSheet,
    texts: (String, String),
    minutes: Option<Minutes>,
    versions: Vec<MinutesVersion>,
    remarks: Vec<MinutesRemark>,
    publications: Vec<Publication>,
    decisions: Vec<(DecisionId, String, bool)>,
}

async fn show(insider: &Insider, slug: String, wrong: Option<Wrong>) -> Result<Response, Oops> {
    let lang = insider.lang();
    let found = insider
        .read(move |view, caller| {
            let sheet = session_sheet(view, caller, &slug)?;
            let id = sheet.session.id;
            let held = sheet.session.state.was_held();
            // What was decided behind closed doors has no document of its own that could be published.
            let open = |item| sheet.items.iter().any(|one| one.id == item && one.part == SessionPart::Public);
            let decisions = view.decisions(id)?.into_iter().filter(|one| open(one.item));
            Ok(Found {
                texts: if held { draft_minutes(view, caller, &slug)? } else { Default::default() },
                minutes: view.minutes(id)?,
                versions: view.minutes_versions(id)?,
                remarks: view.minutes_remarks(id)?,
                publications: view.standing_of(id)?,
                decisions: decisions.map(|one| (one.id, one.title, one.regulation)).collect(),
                sheet,
            })
        })
        .await?;
    let zone = found.sheet.session.zone;
    let version = |one: &MinutesVersion| (one.number, moment(lang, zone, one.made_at), hex(&one.hash));
    let html = Page {
        shell: insider.shell(&found.sheet.body.name),
        head: head(insider, &found.sheet, "/after"),
        held: found.sheet.session.state.was_held(),
        facts: facts(lang, &found),
        deeds: deeds(lang, &found),
        versions: found.versions.iter().rev().map(version).collect(),
        remarks: found.remarks.iter().map(|remark| remark_row(lang, &found, remark)).collect(),
        published: publishable(lang, &found),
        draft: found.texts.0,
        report: found.texts.1,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn facts(lang: Lang, found: &Found) -> Vec<(&'static str, String)> {
    let zone = found.sheet.session.zone;
    let Some(minutes) = &found.minutes else { return Vec::new() };
    let at = |at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map_or_else(|| "–".to_owned(), |at| moment(lang, zone, at))
    };
    vec![
        (text(lang, "minutes.available"), at(Some(minutes.available_at))),
        (text(lang, "minutes.approved"), at(minutes.approved_at)),
        (text(lang, "minutes.signed_by_chair"), at(minutes.signed_chair)),
        (text(lang, "minutes.signed_by_secretary"), at(minutes.signed_secretary)),
    ]
}

/// What can be done with the minutes now: word and button.
fn deeds(lang: Lang, found: &Found) -> Vec<(&'static str, &'static str)> {
    let fresh = found.versions.last().is_none_or(|last| {
        (last.content.as_str(), last.report.as_str()) != (found.texts.0.as_str(), found.texts.1.as_str())
    });
    let approved = found.minutes.as_ref().filter(|minutes| minutes.approved_at.is_some());
    let mut deeds = Vec::new();
    if !found.sheet.session.state.was_held() {
        return deeds;
    }
    match approved {
        None => {
            if fresh {
                let key = if found.versions.is_empty() { "minutes.offer" } else { "minutes.offer_again" };
                deeds.push(("offer", text(lang, key)));
            } else {
                deeds.push(("approve", text(lang, "minutes.approve")));
            }
        }
        Some(minutes) => {
            if minutes.signed_chair.is_none() {
                deeds.push(("sign_chair", text(lang, "minutes.sign_chair")));
            }
            if minutes.signed_secretary.is_none() {
                deeds.push(("sign_secretary", text(lang, "minutes.sign_secretary")));
            }
        }
    }
    deeds
}

fn remark_row(lang: Lang, found: &Found, remark: &MinutesRemark) -> Remark {
    let item = remark.item.and_then(|id| found.sheet.items.iter().find(|item| item.id == id));
    Remark {
        id: remark.id.to_string(),
        who: found.sheet.name_of(remark.mandate).unwrap_or("–").to_owned(),
        item: item.map_or_else(String::new, |item| item.title.clone()),
        text: remark.text.clone(),
        when: moment(lang, found.sheet.session.zone, remark.made_at),
        open: remark.taken_over.is_none(),
        state: answer_word(lang, remark.taken_over),
    }
}

/// Everything that can be published of the session, with what stands of it.
fn publishable(lang: Lang, found: &Found) -> Vec<Published> {
    let state = found.sheet.session.state;
    let held = state.was_held();
    let approved = matches!(state, SessionState::MinutesApproved | SessionState::Archived);
    let fixed = !found.sheet.versions.is_empty() && state != SessionState::Cancelled;
    let mut rows = vec![
        published(lang, found, Asked::Agenda, text(lang, "minutes.publish_agenda"), fixed),
        published(lang, found, Asked::DecisionList, text(lang, "minutes.publish_decisions"), held),
        published(lang, found, Asked::Minutes, text(lang, "minutes.publish_minutes"), approved),
    ];
    for (id, title, regulation) in &found.decisions {
        let name = Said::new("minutes.publish_extract").with("title", title).speak(lang);
        rows.push(published(lang, found, Asked::Extract(*id), &name, held));
        if *regulation {
            let name = Said::new("minutes.publish_regulation").with("title", title).speak(lang);
            rows.push(published(lang, found, Asked::Regulation(*id), &name, held));
        }
    }
    rows
}

fn published(lang: Lang, found: &Found, asked: Asked, name: &str, ready: bool) -> Published {
    let same = |entry: &&Publication| entry.kind == asked.kind() && entry.decision == asked.decision();
    let entry = found.publications.iter().find(same);
    let zone = found.sheet.session.zone;
    Published {
        asked: word_of(asked),
        name: name.to_owned(),
        stands: entry.map(|entry| {
            let said = Said::new("minutes.published_at").with("version", entry.version);
            let path = entry
                .url
                .split_once("://")
                .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()));
            (path.unwrap_or_default(), said.with("when", moment(lang, zone, entry.published_at)).speak(lang))
        }),
        ready,
        word: text(lang, if entry.is_some() { "minutes.correct" } else { "minutes.publish" }),
    }
}

/// How a form names a document.
fn word_of(asked: Asked) -> String {
    match asked.decision() {
        Some(id) => format!("{}:{id}", asked.kind().word()),
        None => asked.kind().word().to_owned(),
    }
}

fn asked_of(word: &str) -> Option<Asked> {
    let (kind, id) = word.split_once(':').map_or((word, None), |(kind, id)| (kind, Some(id)));
    let id: Option<DecisionId> = id.and_then(|id| id.parse().ok());
    let is = |wanted: PublicationKind| wanted.word() == kind;
    match id {
        None if is(PublicationKind::Agenda) => Some(Asked::Agenda),
        None if is(PublicationKind::DecisionList) => Some(Asked::DecisionList),
        None if is(PublicationKind::Minutes) => Some(Asked::Minutes),
        Some(id) if is(PublicationKind::Extract) => Some(Asked::Extract(id)),
        Some(id) if is(PublicationKind::Regulation) => Some(Asked::Regulation(id)),
        _ => None,
    }
}

/// `POST /council/sessions/{slug}/after`: a step of the minutes.
pub(super) async fn minutes(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (name, deed) = (slug.clone(), fields.get("do").to_owned());
    let outcome = insider
        .write(move |tx, caller| match deed.as_str() {
            "offer" => offer_minutes(tx, caller, &name).map(|_| ()),
            "approve" => approve_minutes(tx, caller, &name).map(|_| ()),
            "sign_chair" => sign_minutes(tx, caller, &name, true).map(|_| ()),
            "sign_secretary" => sign_minutes(tx, caller, &name, false).map(|_| ()),
            _ => Err(Refusal::State(Said::new("request.invalid"))),
        })
        .await;
    done(&insider, slug, outcome).await
}

/// `POST /council/sessions/{slug}/after/remark`: what became of a remark.
pub(super) async fn remark(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (name, id) = (slug.clone(), fields.get("remark").parse());
    let taken = fields.get("answer") == "taken_over";
    let outcome = insider
        .write(move |tx, caller| {
            let id = id.map_err(|_| Refusal::unknown("remark", "?"))?;
            answer_remark(tx, caller, &name, id, taken)
        })
        .await;
    done(&insider, slug, outcome).await
}

/// `POST /council/sessions/{slug}/after/publish`.
pub(super) async fn publish(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let asked = asked_of(fields.get("what"));
    let (name, reason) = (slug.clone(), fields.get("reason").to_owned());
    let base = app.base_url.clone();
    let outcome = insider
        .write(move |tx, caller| {
            let asked = asked.ok_or_else(|| Refusal::unknown("publication", "?"))?;
            publish_session(tx, caller, &base, &Publish { session: name, asked, reason }).map(|_| ())
        })
        .await;
    done(&insider, slug, outcome).await
}

async fn done(insider: &Insider, slug: String, outcome: Result<(), Refusal>) -> Result<Response, Oops> {
    match after(insider, outcome, &format!("/council/sessions/{slug}/after?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(insider, slug, Some(wrong)).await,
    }
}
