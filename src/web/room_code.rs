//! A page for the door of a room: its name and the code that opens its page on a telephone, to be printed.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::Visitor;
use super::words::qr;
use crate::booking::Refusal;
use crate::http::App;
use crate::texts::Said;

#[derive(Template)]
#[template(path = "room_code.html")]
struct Page {
    shell: Shell,
    slug: String,
    place: String,
    address: String,
    qr: String,
}

/// `GET /rooms/{slug}/code`: as public as the page to which it leads.
pub(super) async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response, Oops> {
    let directory = app.store.directory();
    let room = directory.room_named(&slug).filter(|room| room.active || visitor.who.is_some());
    let room = room.ok_or_else(|| visitor.oops(Refusal::unknown("room", "?")))?;
    let address = format!("{}/rooms/{}", app.base_url, room.slug);
    let floor = Some(&room.floor).filter(|floor| !floor.is_empty());
    let floor = floor.map(|floor| Said::new("rooms.floor").with("floor", floor).speak(visitor.lang));
    let site = directory.site(room.site).map(|site| site.name.clone());
    let html = Page {
        shell: visitor.shell(&room.name),
        slug: room.slug.clone(),
        place: site.into_iter().chain(floor).collect::<Vec<_>>().join(" · "),
        qr: qr(&address),
        address,
    };
    Ok(page(html.render().unwrap_or_default()))
}
