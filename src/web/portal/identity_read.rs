//! Identities in linked data lead to where people read about the thing (303, W3C Cool URIs for the Semantic Web 4).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use crate::booking::Refusal;
use crate::council::publication::PublicationKind;
use crate::http::App;
use crate::ids::{DecisionId, SessionId};
use crate::store::{Publication, StoreError, View};
use crate::texts::Said;
use crate::web::oops::Oops;
use crate::web::visitor::Visitor;

/// `GET /bekendmakingen/{seq}`: an entry of the register leads to the version that it entered.
pub(super) async fn entry(
    State(app): State<App>,
    visitor: Visitor,
    Path(seq): Path<String>,
) -> Result<Response, Oops> {
    let seq = seq.parse().unwrap_or(0);
    lead(&app, &visitor, move |view| Ok(view.publication(seq)?.map(|entry| entry.url))).await
}

/// `GET /id/{noun}/{id}`: sessions lead to their page, documents and decisions to what stands of them.
pub(super) async fn identity(
    State(app): State<App>,
    visitor: Visitor,
    Path((noun, id)): Path<(String, String)>,
) -> Result<Response, Oops> {
    let base = app.base_url.clone();
    lead(&app, &visitor, move |view| place(view, &base, (&noun, &id))).await
}

async fn lead(
    app: &App,
    visitor: &Visitor,
    find: impl FnOnce(&View<'_>) -> Result<Option<String>, StoreError> + Send + 'static,
) -> Result<Response, Oops> {
    let unknown = || Refusal::Unknown(Said::new("portal.not_published"));
    let found = app.read(move |view| find(view)?.ok_or_else(unknown)).await;
    Ok(Redirect::to(&found.map_err(|refusal| visitor.oops(refusal))?).into_response())
}

fn place(view: &View<'_>, base: &str, (noun, id): (&str, &str)) -> Result<Option<String>, StoreError> {
    let standing = |entry: &Publication| {
        entry.url.rsplit_once("/v/").map_or_else(|| entry.url.clone(), |(place, _)| place.to_owned())
    };
    if noun == "zittingen" {
        let Ok(id) = id.parse() else { return Ok(None) };
        let shown = !view.standing_of(id)?.is_empty();
        let session = view.session(id)?.filter(|_| shown);
        return Ok(session.map(|session| format!("{base}/zittingen/{}", session.slug)));
    }
    if noun == "besluiten" {
        let Ok(decision) = id.parse() else { return Ok(None) };
        return Ok(view.publications_of_decision(decision)?.last().map(standing));
    }
    let kind = PublicationKind::ALL.into_iter().find(|kind| kind.dutch() == noun);
    let Some((kind, id)) = kind.zip(id.parse().ok()) else { return Ok(None) };
    let found = if kind.is_of_decision() {
        let all = view.publications_of_decision(DecisionId(id))?;
        all.into_iter().rfind(|entry| entry.kind == kind)
    } else {
        view.editions(kind, SessionId(id), None)?.pop()
    };
    Ok(found.as_ref().map(standing))
}
