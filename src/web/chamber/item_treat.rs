//! Beginning and ending items.

use axum::extract::{Path, State};
use axum::response::Response;

use super::session_conduct::{act, no_such_act};
use crate::booking::Refusal;
use crate::council::Outcome;
use crate::http::App;
use crate::ids::ItemId;
use crate::scheduler::{DecisionText, EndItem, begin_item, end_item, summarise_item};
use crate::texts::Said;
use crate::web::oops::Oops;
use crate::web::visitor::{Fields, InsiderForm};

/// `POST /council/sessions/{slug}/chamber/item`.
pub(super) async fn treat(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    act(&app, &insider, (&slug, fields), |tx, caller, session, sent| {
        let item: ItemId = sent.get("item").parse().map_err(|_| Refusal::unknown("item", "?"))?;
        match sent.get("do") {
            "begin" => begin_item(tx, caller, session, item),
            "end" => end_item(tx, caller, (session, item), &end_of(sent)?),
            "summarise" => summarise_item(tx, caller, (session, item), sent.get("summary")),
            _ => Err(no_such_act()),
        }
    })
    .await
}

fn end_of(sent: &Fields) -> Result<EndItem, Refusal> {
    let word = sent.get("outcome");
    let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.word() == word);
    let text = DecisionText {
        title: sent.get("title").to_owned(),
        short_title: sent.get("short_title").to_owned(),
        articles: sent.get("articles").to_owned(),
    };
    Ok(EndItem {
        outcome: outcome.ok_or_else(|| Refusal::invalid("outcome", Said::new("chamber.which_outcome")))?,
        decisions: vec![text],
        summary: sent.get("summary").to_owned(),
    })
}
