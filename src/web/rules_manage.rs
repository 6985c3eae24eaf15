//! The rules of the house, each in a sentence, in the order in which they are asked.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::oops::Oops;
use super::page;
use super::rule_words::{effect, places, sentence, value_of};
use super::shell::Shell;
use super::visitor::{Insider, InsiderForm};
use crate::http::App;
use crate::scheduler::{drop_policy, move_policy};
use crate::town::Action;

#[derive(Template)]
#[template(path = "rules_manage.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    /// Whether the reader may order the rules: those who look after the whole town.
    orders: bool,
}

/// One rule.
struct Row {
    id: String,
    sentence: String,
    note: String,
    effect: (&'static str, &'static str),
    /// Whether the reader may change it.
    mine: bool,
}

/// `GET /manage/rules`.
pub(super) async fn read(State(app): State<App>, insider: Insider) -> Result<Response, Oops> {
    let caller = insider.caller();
    caller.must_somewhere(Action::ManageTown).map_err(|refusal| insider.oops(refusal))?;
    let directory = app.store.directory();
    let (lang, places) = (insider.lang(), places(&insider, &directory));
    let row = |policy: &crate::town::Policy| Row {
        id: policy.id.clone(),
        sentence: sentence(&directory, lang, policy),
        note: policy.note.clone().unwrap_or_default(),
        effect: effect(lang, policy.effect),
        mine: places.iter().any(|(value, _)| *value == value_of(&policy.scope)),
    };
    let html = Page {
        shell: insider.shell(insider.t("manage.rules")),
        rows: directory.policies.iter().map(row).collect(),
        orders: caller.must(Action::ManageTown).is_ok(),
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /manage/rules/move`.
pub(super) async fn shift(InsiderForm(insider, fields): InsiderForm) -> Result<Response, Oops> {
    let (id, up) = (fields.get("rule").to_owned(), fields.get("to") == "up");
    let outcome = insider.write(move |tx, caller| move_policy(tx, caller, &id, up)).await;
    outcome.map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to("/manage/rules?done=saved").into_response())
}

/// `POST /manage/rules/drop`.
pub(super) async fn remove(InsiderForm(insider, fields): InsiderForm) -> Result<Response, Oops> {
    let id = fields.get("rule").to_owned();
    let outcome = insider.write(move |tx, caller| drop_policy(tx, caller, &id)).await;
    outcome.map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to("/manage/rules?done=removed").into_response())
}
