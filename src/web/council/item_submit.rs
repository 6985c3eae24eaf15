//! A member hands in an item for the agenda of a session of theirs (article 21).

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::form::{Ask, Field, Wrong};
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Fields, Insider, InsiderForm};
use super::item_change::fields_of;
use super::words::{DeadlineRow, deadline_row, item_word, when};
use crate::booking::Refusal;
use crate::council::Ground;
use crate::scheduler::council::{ItemFields, member_session, submit_item};

#[derive(Template)]
#[template(path = "council/item_submit.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    slug: String,
    body: String,
    when: String,
    due: Option<DeadlineRow>,
    /// What the reader handed in for this session: title, and how far it is.
    mine: Vec<(String, &'static str)>,
    form: Vec<Field>,
}

/// `GET /council/sessions/{slug}/submit`.
pub(super) async fn ask(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, &Fields::default(), None).await
}

async fn show(
    insider: &Insider,
    slug: String,
    fields: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, Oops> {
    let lang = insider.lang();
    let ((session, body, deadlines), items) = insider
        .read(move |view, caller| {
            let found = member_session(view, caller, (&slug, true))?;
            let mut items = view.agenda_items(found.0.id)?;
            items.retain(|item| item.submitted_by.is_some() && item.submitted_by == caller.person);
            Ok((found, items))
        })
        .await?;
    let ask = Ask { lang, fields, wrong: wrong.as_ref() };
    let due = deadlines.iter().find(|deadline| deadline.rule == "member-item");
    let html = Page {
        shell: insider.shell(insider.t("agenda.submit")),
        slug: session.slug.clone(),
        body: body.name.clone(),
        when: when(lang, &session),
        due: due.map(|deadline| deadline_row(lang, session.zone, deadline)),
        mine: items.into_iter().map(|item| (item.title, item_word(lang, item.state))).collect(),
        form: vec![
            ask.text("title", "agenda.title", "", 300).required().help(insider.t("agenda.title_help")),
            ask.area("note", "agenda.note", "", 50_000).help(insider.t("agenda.note_help")),
            ask.area("draft", "agenda.draft", "", 50_000).help(insider.t("agenda.draft_help")),
            ask.tick("private", "agenda.private", false).help(insider.t("agenda.private_help")),
        ],
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /council/sessions/{slug}/submit`.
pub(super) async fn submit(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let ground = fields.ticked("private").then_some(Ground::Privacy);
    let new = ItemFields { ground, ..fields_of(&fields) };
    let name = slug.clone();
    match insider.write(move |tx, caller| submit_item(tx, caller, &name, &new)).await {
        Ok(_) => Ok(Redirect::to(&format!("/council/sessions/{slug}/submit?done=saved")).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => {
            let wrong = Wrong::of(&refusal, insider.lang());
            show(&insider, slug, &fields, Some(wrong)).await
        }
    }
}
