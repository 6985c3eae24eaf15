//! The register of publications (article 288), for everybody to check.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::public_page;
use super::words::{kind_word, moment};
use crate::council::publication::PublicationAct;
use crate::http::App;
use crate::ids::hex;
use crate::store::Publication;
use crate::texts::text;
use crate::web::oops::Oops;
use crate::web::shell::Shell;
use crate::web::visitor::{Asked, Visitor};

/// Entries on a page.
const PER_PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "portal/register_read.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    head: String,
    older: Option<i64>,
}

/// An entry.
struct Row {
    seq: i64,
    when: String,
    kind: &'static str,
    title: String,
    version: u32,
    withdrawn: bool,
    reason: String,
    path: String,
    sha256: String,
    hash: String,
}

/// `GET /bekendmakingen`.
pub(super) async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let before = asked.get("before").parse::<i64>().ok();
    let (entries, head) = app
        .read(move |view| Ok((view.last_publications(before, PER_PAGE)?, view.last_publications(None, 1)?)))
        .await
        .map_err(|refusal| visitor.oops(refusal))?;
    let older = entries.last().map(|entry| entry.seq).filter(|seq| *seq > 1);
    let html = Page {
        shell: visitor.shell(text(visitor.lang, "portal.register")),
        rows: entries.into_iter().map(|entry| row(&app, &visitor, entry)).collect(),
        head: head.first().map(|entry| hex(&entry.hash)).unwrap_or_default(),
        older,
    };
    Ok(public_page(html.render().unwrap_or_default()))
}

fn row(app: &App, visitor: &Visitor, entry: Publication) -> Row {
    let zone = app.store.directory().house.zone;
    Row {
        seq: entry.seq,
        when: moment(visitor.lang, entry.published_at.with_timezone(&zone.tz()).fixed_offset()),
        kind: kind_word(visitor.lang, entry.kind),
        path: entry.url.strip_prefix(&app.base_url).unwrap_or(&entry.url).to_owned(),
        sha256: hex(&entry.sha256),
        hash: hex(&entry.hash),
        version: entry.version,
        withdrawn: entry.act == PublicationAct::Withdrawn,
        reason: entry.reason.unwrap_or_default(),
        title: entry.title,
    }
}
