//! Parts of the address: a path or query that cannot be read is refused with a sentence, as a body is.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::App;
use super::auth::lang_of;
use super::problem::Refused;
use crate::booking::Refusal;
use crate::texts::Said;

/// The part of the address after the question mark.
pub(super) struct Query<T>(pub(super) T);

/// The named parts of the path.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|axum::extract::Query(value)| Self(value)).map_err(
            |rejection| {
                let what = rejection.body_text();
                let what = what.split_once("query string: ").map_or(what.as_str(), |(_, what)| what);
                let short: String = what.chars().filter(|c| !c.is_control()).take(300).collect();
                let said = Said::new("request.query").with("what", short);
                Refused(Refusal::State(said), lang_of(app, &parts.headers))
            },
        )
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let read = axum::extract::Path::from_request_parts(parts, app).await;
        read.map(|axum::extract::Path(value)| Self(value)).map_err(|_| {
            let said = Said::new("request.path");
            Refused(Refusal::State(said), lang_of(app, &parts.headers))
        })
    }
}
