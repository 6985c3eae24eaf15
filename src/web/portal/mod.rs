//! What anybody reads of the council: sessions, documents as they were published, regulations, the register, feeds.
//!
//! No sign-in is asked for and nothing is shown that does not stand in the register. Pages may be found by search
//! engines; a version of a document never changes and says so.

mod calendar_read;
mod document_read;
mod feed_read;
mod identity_read;
mod oparl;
mod register_download;
mod register_read;
mod regulations_list;
mod session_read;
mod sessions_list;
mod words;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::page;
use crate::http::App;

/// The pages for everybody.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/zittingen", get(sessions_list::list))
        .route("/zittingen.ics", get(calendar_read::read))
        .route("/zittingen/{slug}", get(session_read::read))
        .route("/zittingen/{slug}/{document}", get(document_read::of_session))
        .route("/zittingen/{slug}/{document}/v/{version}", get(document_read::version_of_session))
        .route("/besluiten/{id}", get(document_read::extract))
        .route("/besluiten/{id}/v/{version}", get(document_read::version_of_extract))
        .route("/reglementen", get(regulations_list::list))
        .route("/reglementen/{id}", get(document_read::regulation))
        .route("/reglementen/{id}/v/{version}", get(document_read::version_of_regulation))
        .route("/bekendmakingen", get(register_read::read))
        .route("/bekendmakingen.csv", get(register_download::csv))
        .route("/bekendmakingen.json", get(register_download::json))
        .route("/bekendmakingen/{seq}", get(identity_read::entry))
        .route("/id/{noun}/{id}", get(identity_read::identity))
        .route("/ldes", get(feed_read::stream))
        .route("/ldes/{number}", get(feed_read::page_of_stream))
        .merge(oparl::routes())
}

/// A page for everybody: as strict as all others, but it may be found, and it is asked again whether it changed.
fn public_page(html: String) -> Response {
    let mut response = page(html);
    let headers = response.headers_mut();
    headers.remove("x-robots-tag");
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// Bytes that programs read, with a tag by which they learn that nothing changed (RFC 9110 8.8.3). The tag is weak, for
/// the bytes may be packed on the way.
fn tagged(
    headers: &HeaderMap,
    kind: &'static str,
    (tag, age): (&str, &'static str),
    bytes: Vec<u8>,
) -> Response {
    let tag = format!("W/\"{tag}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or("");
    let known = known.split(',').any(|one| one.trim() == tag || one.trim() == "*");
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { bytes.into_response() };
    let about = response.headers_mut();
    about.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    about.insert(header::CACHE_CONTROL, HeaderValue::from_static(age));
    about.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    about.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        about.insert(header::ETAG, tag);
    }
    response
}

/// To be asked about each time.
const FRESH: &str = "public, no-cache";
/// Never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";
