//! Documents as they were published: byte for byte, for as long as they stand.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::words::moment;
use super::{FRESH, public_page, tagged};
use crate::booking::Refusal;
use crate::council::publication::{Asked, PublicationAct};
use crate::http::App;
use crate::ids::{DecisionId, hex};
use crate::scheduler::{PublishedEdition, published_edition};
use crate::texts::{Said, text};
use crate::web::oops::Oops;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "portal/document_withdrawn.html")]
struct Withdrawn {
    shell: Shell,
    document: String,
    when: String,
    reason: String,
}

/// `GET /zittingen/{slug}/{agenda|besluitenlijst|notulen}`.
pub(super) async fn of_session(
    State(app): State<App>,
    visitor: Visitor,
    Path((slug, document)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let asked = kind_named(&visitor, &document)?;
    show(&app, &visitor, &headers, (Some(slug), asked, None)).await
}

/// `GET /zittingen/{slug}/{agenda|besluitenlijst|notulen}/v/{version}`.
pub(super) async fn version_of_session(
    State(app): State<App>,
    visitor: Visitor,
    Path((slug, document, version)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let asked = kind_named(&visitor, &document)?;
    show(&app, &visitor, &headers, (Some(slug), asked, Some(number(&version)))).await
}

/// `GET /besluiten/{id}`.
pub(super) async fn extract(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let asked = Asked::Extract(decision(&visitor, &id)?);
    show(&app, &visitor, &headers, (None, asked, None)).await
}

/// `GET /besluiten/{id}/v/{version}`.
pub(super) async fn version_of_extract(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, version)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let asked = Asked::Extract(decision(&visitor, &id)?);
    show(&app, &visitor, &headers, (None, asked, Some(number(&version)))).await
}

/// `GET /reglementen/{id}`.
pub(super) async fn regulation(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let asked = Asked::Regulation(decision(&visitor, &id)?);
    show(&app, &visitor, &headers, (None, asked, None)).await
}

/// `GET /reglementen/{id}/v/{version}`.
pub(super) async fn version_of_regulation(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, version)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let asked = Asked::Regulation(decision(&visitor, &id)?);
    show(&app, &visitor, &headers, (None, asked, Some(number(&version)))).await
}

fn kind_named(visitor: &Visitor, word: &str) -> Result<Asked, Oops> {
    let known = [Asked::Agenda, Asked::DecisionList, Asked::Minutes];
    known.into_iter().find(|asked| asked.kind().dutch() == word).ok_or_else(|| unknown(visitor))
}

fn decision(visitor: &Visitor, id: &str) -> Result<DecisionId, Oops> {
    id.parse().map_err(|_| unknown(visitor))
}

fn unknown(visitor: &Visitor) -> Oops {
    visitor.oops(Refusal::Unknown(Said::new("portal.not_published")))
}

/// A version; none has the number 0.
fn number(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

async fn show(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    (slug, asked, version): (Option<String>, Asked, Option<u32>),
) -> Result<Response, Oops> {
    let found = app
        .read(move |view| published_edition(view, slug.as_deref(), asked, version))
        .await
        .map_err(|refusal| visitor.oops(refusal))?;
    let PublishedEdition { entry, bytes, last } = found;
    let Some(bytes) = bytes else { return Ok(withdrawn(app, visitor, &last)) };
    // A version never changes, but it may be taken back: who keeps it asks each time whether it still stands.
    let mut response = tagged(headers, "text/html; charset=utf-8", (&hex(&entry.sha256), FRESH), bytes);
    let about = response.headers_mut();
    about.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'",
        ),
    );
    about.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    about.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // Who reads an old version learns from the head of the answer which one stands (RFC 5829 3.2); its bytes stay.
    let latest = format!("{}{}", app.base_url, entry.place());
    let links = format!("<{latest}>; rel=\"latest-version\", <{}>; rel=\"canonical\"", entry.url);
    if let Ok(links) = HeaderValue::from_str(&links) {
        about.insert(header::LINK, links);
    }
    Ok(response)
}

/// A document that was taken back is gone (RFC 9110 15.5.11), and why is said.
fn withdrawn(app: &App, visitor: &Visitor, last: &crate::store::Publication) -> Response {
    let zone = app.store.directory().house.zone;
    let taken_back = last.act == PublicationAct::Withdrawn;
    let html = Withdrawn {
        shell: visitor.shell(text(visitor.lang, "portal.withdrawn")),
        document: last.title.clone(),
        when: moment(visitor.lang, last.published_at.with_timezone(&zone.tz()).fixed_offset()),
        reason: last.reason.clone().filter(|_| taken_back).unwrap_or_default(),
    };
    let mut response = public_page(html.render().unwrap_or_default());
    *response.status_mut() = StatusCode::GONE;
    response
}
