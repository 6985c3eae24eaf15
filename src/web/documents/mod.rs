//! The pages of documents: what goes with a session, each document, the members' file, the pack, the search.

mod document_change;
mod document_read;
mod documents_manage;
mod file_read;
mod pack_read;
mod recusals_manage;
mod search_read;
mod words;

use axum::Router;
use axum::routing::{get, post};

use crate::http::App;

/// The routes of these pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/council/documents/{id}", get(document_read::read))
        .route("/council/documents/{id}/access", post(document_change::access))
        .route("/council/documents/{id}/change", post(document_change::change))
        .route("/council/documents/{id}/readers", post(document_change::readers))
        .route("/council/documents/{id}/state", post(document_change::state))
        .route("/council/documents/{id}/version", post(document_change::version))
        .route("/council/documents/{id}/versions/{number}", get(document_read::download))
        .route("/council/search", get(search_read::read))
        .route("/council/sessions/{slug}/documents", get(documents_manage::read).post(documents_manage::add))
        .route("/council/sessions/{slug}/documents/release", post(documents_manage::release))
        .route("/council/sessions/{slug}/documents/state", post(documents_manage::states))
        .route("/council/sessions/{slug}/file", get(file_read::read))
        .route("/council/sessions/{slug}/pack", get(pack_read::read).post(pack_read::begin))
        .route("/council/sessions/{slug}/pack.pdf", get(pack_read::download))
        .route(
            "/council/sessions/{slug}/recusals/{item}",
            get(recusals_manage::ask).post(recusals_manage::set),
        )
}
