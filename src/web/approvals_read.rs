//! Requests that wait for consent: who asks, when and where, why consent is needed, what else is in the room; and
//! the answer.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::meeting_read::{long_when, meeting_id};
use super::oops::Oops;
use super::page;
use super::rooms_read::line;
use super::rule_words::sentence;
use super::shell::Shell;
use super::visitor::{Fields, Insider, InsiderForm};
use super::words::moment;
use crate::booking::{Heads, Reason, Refusal, rule_in_words};
use crate::http::Problem;
use crate::scheduler::{DayEntry, Decision, Request, decide_meeting, requests};
use crate::texts::{Lang, Said, text};
use crate::town::Directory;
use crate::wire::Status;

#[derive(Template)]
#[template(path = "approvals_read.html")]
struct Page {
    shell: Shell,
    requests: Vec<Card>,
    wrong: Option<Problem>,
}

/// One request.
struct Card {
    id: String,
    version: i64,
    title: String,
    when: String,
    rhythm: Option<String>,
    dates: usize,
    rooms: String,
    asker: String,
    heads: String,
    reasons: Vec<(String, String)>,
    asked: String,
    until: String,
    beside: Vec<(String, bool)>,
    /// What was typed as the reason of a refusal, and what is wrong with it.
    typed: Option<(String, String)>,
}

/// `GET /manage/approvals`.
pub(super) async fn read(insider: Insider) -> Result<Response, Oops> {
    show(&insider, None, &Fields::default()).await
}

async fn show(insider: &Insider, refusal: Option<Refusal>, fields: &Fields) -> Result<Response, Oops> {
    let (requests, directory) =
        insider.read(|view, caller| Ok((requests(view, caller)?, view.directory().clone()))).await?;
    let lang = insider.lang();
    let wrong = refusal.as_ref().map(|refusal| Problem::new(refusal, lang));
    let mut cards: Vec<Card> = requests.iter().map(|request| card(&directory, lang, request)).collect();
    let fault = wrong.as_ref().and_then(|wrong| wrong.fields.first()).map(|field| field.detail.clone());
    let at = cards.iter_mut().find(|card| card.id == fields.get("meeting"));
    if let (Some(card), Some(fault)) = (at, fault) {
        card.typed = Some((fields.get("reason").to_owned(), fault));
    }
    let html = Page { shell: insider.shell(insider.t("manage.approvals")), requests: cards, wrong };
    Ok(page(html.render().unwrap_or_default()))
}

fn card(directory: &Directory, lang: Lang, request: &Request) -> Card {
    let zone = directory.house.zone;
    let withheld = || text(lang, "approvals.withheld").to_owned();
    let asker = request.asker.as_ref().map(|(name, department)| match department {
        Some(department) => format!("{name} ({department})"),
        None => name.clone(),
    });
    Card {
        id: request.meeting.to_string(),
        version: request.version,
        title: request.title.clone().unwrap_or_else(withheld),
        when: long_when(lang, request.zone, request.time.start, request.time.end),
        rhythm: request.rule.as_ref().map(|rule| rule_in_words(rule, lang)),
        dates: request.dates,
        rooms: request.rooms.join(", "),
        asker: asker.unwrap_or_else(|| text(lang, "approvals.asker_withheld").to_owned()),
        heads: heads_in_words(lang, request.heads),
        reasons: request.reasons.iter().map(|reason| why(directory, lang, reason)).collect(),
        asked: moment(lang, zone, request.asked),
        until: moment(lang, zone, request.until),
        beside: request.beside.iter().map(|(room, entry)| beside(lang, room, entry)).collect(),
        typed: None,
    }
}

/// The rule that asks for consent, or what it said if it is no longer there.
fn why(directory: &Directory, lang: Lang, reason: &Reason) -> (String, String) {
    let policy = directory.policies.iter().find(|policy| policy.id == reason.rule);
    let said = policy.map_or_else(|| reason.said.speak(lang), |policy| sentence(directory, lang, policy));
    (said, reason.rule.clone())
}

/// How many come, and how; the people are nobody's business who only decides about a room.
fn heads_in_words(lang: Lang, heads: Heads) -> String {
    if heads == Heads::default() {
        return text(lang, "approvals.nobody").to_owned();
    }
    Said::new("approvals.heads")
        .with("in_room", heads.in_room)
        .with("remote", heads.remote)
        .with("undecided", heads.undecided)
        .speak(lang)
}

/// What else is there that day, and whether it is a request too.
fn beside(lang: Lang, room: &str, entry: &DayEntry) -> (String, bool) {
    (format!("{room}: {}", line(lang, entry)), entry.status == Status::Held)
}

/// `POST /manage/approvals`.
pub(super) async fn decide(InsiderForm(insider, fields): InsiderForm) -> Result<Response, Oops> {
    let id = meeting_id(&insider, fields.get("meeting"))?;
    let seen = fields.get("version").parse().unwrap_or(0);
    let approved = fields.get("do") == "approve";
    let decision =
        if approved { Decision::Approve } else { Decision::Refuse(fields.get("reason").to_owned()) };
    let outcome =
        insider.write(move |tx, caller| decide_meeting(tx, caller, id, seen, &decision).map(|_| ())).await;
    match outcome {
        Ok(()) => {
            let done = if approved { "approved" } else { "refused" };
            Ok(Redirect::to(&format!("/manage/approvals?done={done}")).into_response())
        }
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        Err(refusal) => show(&insider, Some(refusal), &fields).await,
    }
}
