//! The minutes of a session for its members, and their remarks on the wording (article 32).

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::form::Wrong;
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Insider, InsiderForm};
use super::super::words::moment;
use super::words::{answer_word, when};
use crate::booking::Refusal;
use crate::ids::ItemId;
use crate::scheduler::council::{member_session, remark_minutes};

#[derive(Template)]
#[template(path = "council/minutes_read.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    slug: String,
    body: String,
    when: String,
    content: Option<String>,
    made: String,
    approved: bool,
    items: Vec<(String, String)>,
    /// What the reader remarked: text, and what became of it.
    mine: Vec<(String, &'static str)>,
}

/// `GET /council/sessions/{slug}/minutes`.
pub(super) async fn read(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, None).await
}

async fn show(insider: &Insider, slug: String, wrong: Option<Wrong>) -> Result<Response, Oops> {
    let (session, body, version, minutes, items, mine) = insider
        .read(move |view, caller| {
            let (session, body, _) = member_session(view, caller, (&slug, false))?;
            let items = view.agenda_items(session.id)?;
            let version = view.minutes_versions(session.id)?.pop();
            let minutes = view.minutes(session.id)?;
            let mandates = caller.person.map_or_else(|| Ok(Vec::new()), |person| view.mandates_of(person))?;
            let mut mine = view.minutes_remarks(session.id)?;
            mine.retain(|remark| mandates.iter().any(|mandate| mandate.id == remark.mandate));
            Ok((session, body, version, minutes, items, mine))
        })
        .await?;
    let lang = insider.lang();
    let live = items.iter().filter(|item| item.is_live());
    let html = Page {
        shell: insider.shell(insider.t("minutes.name")),
        slug: session.slug.clone(),
        body: body.name,
        when: when(insider.lang(), &session),
        made: version
            .as_ref()
            .map_or_else(String::new, |one| moment(insider.lang(), session.zone, one.made_at)),
        content: version.map(|one| one.content),
        approved: minutes.is_some_and(|minutes| minutes.approved_at.is_some()),
        items: live.map(|item| (item.id.to_string(), item.title.clone())).collect(),
        mine: mine.into_iter().map(|one| (one.text, answer_word(lang, one.taken_over))).collect(),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /council/sessions/{slug}/minutes`: a remark.
pub(super) async fn remark(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let item: Option<ItemId> = fields.some("item").and_then(|id| id.parse().ok());
    let (name, text) = (slug.clone(), fields.get("text").to_owned());
    let outcome = insider.write(move |tx, caller| remark_minutes(tx, caller, &name, item, &text)).await;
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/council/sessions/{slug}/minutes?done=saved")).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => {
            let wrong = Wrong::of(&refusal, insider.lang());
            show(&insider, slug, Some(wrong)).await
        }
    }
}
