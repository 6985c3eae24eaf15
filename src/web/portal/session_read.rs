//! One session: where it stands, when and where it is, and what was published of it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::public_page;
use super::words::{Link, link, moment, state};
use crate::council::SessionMode;
use crate::council::publication::{Facts, PublicItem, outcome_key};
use crate::http::App;
use crate::scheduler::{PublishedSession, published_session, standing_facts};
use crate::store::Publication;
use crate::texts::{Lang, text};
use crate::web::oops::Oops;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "portal/session_read.html")]
struct Page {
    shell: Shell,
    when: String,
    place: String,
    mode: &'static str,
    stream: String,
    state: (&'static str, &'static str),
    /// Agenda, decisions, minutes.
    documents: Vec<Link>,
    /// Extracts and regulations.
    decisions: Vec<Link>,
    /// The address of the document whose items are shown.
    source: String,
    items: Vec<Row>,
    /// Earlier versions: what, and where they stand.
    earlier: Vec<(String, String)>,
    base: String,
    calendar: String,
}

/// An item of the session.
struct Row {
    anchor: String,
    number: String,
    title: String,
    closed: bool,
    outcome: &'static str,
}

/// `GET /zittingen/{slug}`.
pub(super) async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response, Oops> {
    let (session, facts, all) = app
        .read(move |view| {
            let session = published_session(view, &slug)?;
            let facts = standing_facts(view, &session.documents)?;
            let all = view.publications_of(session.id)?;
            Ok((session, facts, all))
        })
        .await
        .map_err(|refusal| visitor.oops(refusal))?;
    let html = fill(&app, &visitor, &session, (facts, &all));
    Ok(public_page(html.render().unwrap_or_default()))
}

fn fill(
    app: &App,
    visitor: &Visitor,
    session: &PublishedSession,
    (facts, all): (Option<Facts>, &[Publication]),
) -> Page {
    let (lang, base) = (visitor.lang, app.base_url.clone());
    let zone = app.store.directory().house.zone;
    let links = |of_decision: bool| {
        let entries =
            session.documents.iter().filter(move |entry| entry.kind.is_of_decision() == of_decision);
        entries.map(|entry| link(lang, entry, zone)).collect::<Vec<_>>()
    };
    let shown = session.documents.iter().filter(|entry| !entry.kind.is_of_decision());
    let source = shown.max_by_key(|entry| entry.kind).map(|entry| entry.place().to_owned());
    Page {
        shell: visitor.shell(&session.body_name),
        when: moment(lang, session.planned),
        place: session.place.clone(),
        mode: match session.mode {
            SessionMode::Physical => "",
            SessionMode::Hybrid => text(lang, "portal.mode_hybrid"),
            SessionMode::Digital => text(lang, "portal.mode_digital"),
        },
        stream: Some(session.stream_url.clone())
            .filter(|_| !session.state.is_over())
            .filter(|url| url.starts_with("http"))
            .unwrap_or_default(),
        state: state(lang, session.state),
        documents: links(false),
        decisions: links(true),
        source: source.unwrap_or_default(),
        items: facts.iter().flat_map(|facts| &facts.items).map(|item| row(lang, item)).collect(),
        earlier: earlier(session, all),
        calendar: format!("/zittingen.ics?body={}", session.body),
        base,
    }
}

fn row(lang: Lang, item: &PublicItem) -> Row {
    let outcome = item.treatment.as_ref().and_then(|treatment| treatment.outcome);
    Row {
        anchor: item.id.to_string(),
        number: item.number.clone(),
        title: item.title.clone(),
        closed: item.closed,
        outcome: outcome.map_or("", |outcome| text(lang, outcome_key(outcome))),
    }
}

/// Versions in whose place another stands.
fn earlier(session: &PublishedSession, all: &[Publication]) -> Vec<(String, String)> {
    let replaced = |entry: &&Publication| {
        session.documents.iter().any(|last| last.document == entry.document && last.version > entry.version)
    };
    let named =
        |entry: &Publication| (format!("{} ({})", entry.title, entry.version), entry.place_of_version());
    all.iter().filter(replaced).map(named).collect()
}
