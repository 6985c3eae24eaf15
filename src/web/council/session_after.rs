//! After a session: its minutes, from draft to signature, and what is published of it.

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
use super::session_publish::{self, Row as Published};
use super::session_read::{Head, head};
use super::words::answer_word;
use crate::booking::Refusal;
use crate::council::{Minutes, MinutesRemark, MinutesVersion, SessionPart};
use crate::ids::{DecisionId, hex};
use crate::scheduler::council::{
    SessionSheet, answer_remark, approve_minutes, draft_minutes, offer_minutes, session_sheet, sign_minutes,
};
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

/// `GET /council/sessions/{slug}/after`.
pub(super) async fn read(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, None).await
}

/// What the page is made of.
pub(super) struct Found {
    pub(super) sheet: SessionSheet,
    texts: (String, String),
    minutes: Option<Minutes>,
    versions: Vec<MinutesVersion>,
    remarks: Vec<MinutesRemark>,
    /// Every entry of the register about the session, in order.
    pub(super) publications: Vec<Publication>,
    /// What was decided: title, and whether it is a regulation.
    pub(super) decisions: Vec<(DecisionId, String, bool)>,
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
                publications: view.publications_of(id)?,
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
        published: session_publish::rows(lang, &found),
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

pub(super) async fn done(
    insider: &Insider,
    slug: String,
    outcome: Result<(), Refusal>,
) -> Result<Response, Oops> {
    match after(insider, outcome, &format!("/council/sessions/{slug}/after?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(insider, slug, Some(wrong)).await,
    }
}
