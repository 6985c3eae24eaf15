//! Who keeps away from an item, for a conflict of interest: its documents are withheld from them.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::words::{item_words, people_of, session_words};
use crate::booking::Refusal;
use crate::ids::{ItemId, PersonId};
use crate::scheduler::{SessionDocuments, documents_of, set_recused};
use crate::texts::Said;
use crate::web::oops::Oops;
use crate::web::page;
use crate::web::shell::Shell;
use crate::web::visitor::{Insider, InsiderForm};

#[derive(Template)]
#[template(path = "documents/recusals_manage.html")]
struct Page {
    shell: Shell,
    slug: String,
    session: String,
    item: String,
    name: String,
    people: Vec<(String, String, bool)>,
}

fn item_of(insider: &Insider, text: &str) -> Result<ItemId, Oops> {
    text.parse().map_err(|_| insider.oops(Refusal::Unknown(Said::new("documents.no_item"))))
}

/// `GET /council/sessions/{slug}/recusals/{item}`.
pub(super) async fn ask(
    insider: Insider,
    Path((slug, item)): Path<(String, String)>,
) -> Result<Response, Oops> {
    let id = item_of(&insider, &item)?;
    let (asked, lang) = (slug.clone(), insider.lang());
    let (session, name, people) = insider
        .read(move |view, caller| {
            let SessionDocuments { session, body, .. } = documents_of(view, caller, &asked)?;
            let item = view.agenda_item(id)?.filter(|item| item.session == session.id);
            let item = item.ok_or_else(|| Refusal::Unknown(Said::new("documents.no_item")))?;
            let recused: Vec<String> = view
                .recusals(session.id)?
                .into_iter()
                .filter(|(item, _)| *item == id)
                .map(|(_, person)| person.to_string())
                .collect();
            let people = people_of(view, &session)?.into_iter();
            let people: Vec<_> = people.map(|(id, name)| (id.clone(), name, recused.contains(&id))).collect();
            Ok((
                session_words(lang, &body, &session),
                item_words(item.number.as_deref(), &item.title),
                people,
            ))
        })
        .await?;
    let shell = insider.shell(insider.t("documents.recused_title"));
    Ok(page(Page { shell, slug, session, item, name, people }.render().unwrap_or_default()))
}

/// `POST /council/sessions/{slug}/recusals/{item}`.
pub(super) async fn set(
    Path((slug, item)): Path<(String, String)>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = item_of(&insider, &item)?;
    let people: Vec<PersonId> = fields.all("person").filter_map(|id| id.parse().ok()).collect();
    let wanted = slug.clone();
    let outcome = insider.write(move |tx, caller| set_recused(tx, caller, &wanted, id, &people)).await;
    outcome.map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to(&format!("/council/sessions/{slug}/documents?done=saved#g-{id}")).into_response())
}
