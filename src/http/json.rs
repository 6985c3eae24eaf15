//! JSON bodies: wrong types, unknown fields and broken text are refused with a sentence.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::App;
use super::auth::lang_of;
use super::problem::Refused;
use crate::booking::Refusal;
use crate::texts::Said;

/// The longest body of a request, in bytes; calendars to be imported have their own limit.
pub(super) const MAX_BODY: usize = 512 * 1024;
/// How long any body may take.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Bytes a second of a line that is still waited for: half a megabit.
const SLOW_LINE: usize = 64 * 1024;

/// A body in JSON, with its bytes for the digest of an idempotency key.
pub(super) struct JsonBody<T> {
    pub(super) value: T,
    pub(super) bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        let lang = lang_of(app, request.headers());
        let refused = |refusal| Refused(refusal, lang);
        let json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().ends_with("json")));
        let bytes = read_body(request.into_body(), MAX_BODY).await.map_err(refused)?;
        if bytes.is_empty() {
            // Actions such as check-in take an empty body for an empty object.
            let value = read_json(b"{}").map_err(refused)?;
            return Ok(Self { value, bytes });
        }
        if !json {
            return Err(refused(Refusal::State(Said::new("request.media_type"))));
        }
        let value = read_json(&bytes).map_err(refused)?;
        Ok(Self { value, bytes })
    }
}

/// Reads a body of at most `max` bytes, for no longer than a slow line needs for so many.
pub(super) async fn read_body(body: Body, max: usize) -> Result<Bytes, Refusal> {
    let time = BODY_TIME + Duration::from_secs((max / SLOW_LINE) as u64);
    tokio::time::timeout(time, axum::body::to_bytes(body, max))
        .await
        .map_err(|_| Refusal::State(Said::new("request.body_too_slow").with("seconds", time.as_secs())))?
        .map_err(|_| Refusal::State(Said::new("request.body_too_large").with("max_kib", max / 1024)))
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| unreadable(&error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| unreadable("", &error))?;
    Ok(value)
}

/// Says what is wrong, and with which field: `path` as `participants[3].mode`.
fn unreadable(path: &str, error: &serde_json::Error) -> Refusal {
    let what: String = error.to_string().chars().filter(|c| !c.is_control()).take(300).collect();
    if !error.is_data() {
        return Refusal::State(Said::new("request.json").with("what", what));
    }
    // Names of fields that are not there, or not known, are in backquotes and not always in the path.
    let named = what.split('`').nth(1).unwrap_or("").chars().take(80).collect::<String>();
    let path = path.trim_matches('.');
    let (said, named) = if what.starts_with("unknown field") {
        (Said::new("request.unknown_field"), named)
    } else if what.starts_with("missing field") {
        (Said::new("request.missing_field"), named)
    } else {
        (Said::new("request.wrong_type").with("what", what), String::new())
    };
    let field = match (path, named.as_str()) {
        ("", "") => "body".to_owned(),
        ("", name) => name.to_owned(),
        (path, "") => path.chars().take(200).collect(),
        (path, name) if path.rsplit('.').next() == Some(name) => path.chars().take(200).collect(),
        (path, name) => format!("{}.{name}", path.chars().take(200).collect::<String>()),
    };
    Refusal::invalid(&field, said)
}

/// An answer in JSON with an entity tag.
pub(super) fn tagged<T: Serialize>(status: StatusCode, version: i64, value: &T) -> Response {
    (status, [(header::ETAG, etag(version))], axum::Json(value)).into_response()
}

/// The entity tag of a version.
pub(super) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}
