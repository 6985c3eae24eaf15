//! One calendar link: a new address for it, or an end to it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::calendars_read::{Row, made_page, row};
use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::{Insider, InsiderForm};
use crate::booking::Refusal;
use crate::http::App;
use crate::ids::TokenId;
use crate::scheduler::{feed_token, revoke_token, rotate_feed};

#[derive(Template)]
#[template(path = "calendar_change.html")]
struct Page {
    shell: Shell,
    row: Row,
}

fn token_id(insider: &Insider, id: &str) -> Result<TokenId, Oops> {
    let unknown = || Refusal::unknown("token", id.chars().take(40).collect::<String>());
    id.parse().map_err(|_| insider.oops(unknown()))
}

/// `GET /calendars/{id}`: what can be done, and what that does to whom.
pub(super) async fn ask(
    State(app): State<App>,
    insider: Insider,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let id = token_id(&insider, &id)?;
    let token = insider.read(move |view, caller| feed_token(view, caller, id)).await?;
    let row = row(&app.store.directory(), &insider, &token);
    let row = row.ok_or_else(|| insider.oops(Refusal::unknown("token", id)))?;
    let html = Page { shell: insider.shell(&row.label), row };
    Ok(page(html.render().unwrap_or_default()))
}

/// A form's own address, asked for without the form: after a change of language, or from the history.
pub(super) async fn back() -> Redirect {
    Redirect::to("/calendars")
}

/// `POST /calendars/{id}/rotate`: a new address; the old one goes on for a while.
pub(super) async fn rotate(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, _): InsiderForm,
) -> Result<Response, Oops> {
    let id = token_id(&insider, &id)?;
    let rotated = insider.write(move |tx, caller| rotate_feed(tx, caller, id)).await;
    let (feed, secret) = rotated.map_err(|refusal| insider.oops(refusal))?;
    Ok(made_page(&app, &insider, feed, &secret, true))
}

/// `POST /calendars/{id}/revoke`.
pub(super) async fn revoke(
    Path(id): Path<String>,
    InsiderForm(insider, _): InsiderForm,
) -> Result<Response, Oops> {
    let id = token_id(&insider, &id)?;
    let revoked = insider.write(move |tx, caller| revoke_token(tx, caller, id)).await;
    revoked.map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to("/calendars?done=revoked").into_response())
}
