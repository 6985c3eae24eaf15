//! The regulations that stand, each with its text.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::public_page;
use super::words::{Link, link};
use crate::council::publication::PublicationKind;
use crate::http::App;
use crate::texts::text;
use crate::web::oops::Oops;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "portal/regulations_list.html")]
struct Page {
    shell: Shell,
    rows: Vec<Link>,
    base: String,
}

/// `GET /reglementen`.
pub(super) async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, Oops> {
    let standing = app
        .read(|view| Ok(view.standing(Some(PublicationKind::Regulation))?))
        .await
        .map_err(|refusal| visitor.oops(refusal))?;
    let zone = app.store.directory().house.zone;
    let html = Page {
        shell: visitor.shell(text(visitor.lang, "portal.regulations")),
        rows: standing.iter().map(|entry| link(visitor.lang, entry, zone)).collect(),
        base: app.base_url.clone(),
    };
    Ok(public_page(html.render().unwrap_or_default()))
}
