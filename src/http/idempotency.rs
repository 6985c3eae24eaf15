//! `Idempotency-Key` and `If-Match`: a retry gets the first answer, and nobody overwrites what they have not
//! seen.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::App;
use super::json::etag;
use crate::booking::Refusal;
use crate::scheduler::{Caller, suggest};
use crate::store::{Remembered, Tx};
use crate::texts::Said;

/// What a command carries besides its body.
#[derive(Clone, Debug)]
pub(super) struct Conditions {
    /// The idempotency key with the digest of the request.
    pub(super) key: Option<(String, [u8; 32])>,
    /// The version that the caller has seen.
    pub(super) if_match: Option<i64>,
}

impl Conditions {
    /// Reads the headers; `what` names the request, so that a key is good for one path only.
    pub(super) fn read(headers: &HeaderMap, what: &str, body: &[u8]) -> Result<Self, Refusal> {
        let key = match headers.get("idempotency-key") {
            None => None,
            Some(value) => {
                let text = value.to_str().unwrap_or("").trim();
                if text.is_empty() || text.len() > 255 {
                    return Err(Refusal::State(Said::new("request.key_bad")));
                }
                let mut digest = Sha256::new();
                digest.update(what.as_bytes());
                digest.update([0]);
                digest.update(body);
                Some((text.to_owned(), digest.finalize().into()))
            }
        };
        Ok(Self { key, if_match: if_match(headers)? })
    }
}

fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Refusal> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or("").trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|v| v.parse().ok());
    version.map(Some).ok_or_else(|| Refusal::State(Said::new("request.if_match_bad")))
}

/// What a command answers.
pub(super) struct Reply {
    status: StatusCode,
    etag: Option<String>,
    location: Option<String>,
    body: String,
}

impl Reply {
    /// An answer in JSON about version `version` of something.
    pub(super) fn json<T: Serialize>(status: StatusCode, version: i64, value: &T) -> Result<Self, Refusal> {
        let body = serde_json::to_string(value).map_err(|error| Refusal::Internal(error.to_string()))?;
        Ok(Self { status, etag: Some(etag(version)), location: None, body })
    }

    /// Adds where the thing is found.
    pub(super) fn at(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in [(header::ETAG, self.etag), (header::LOCATION, self.location)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// Runs a command once: with a key that was used before, the first answer is given again. A refusal is not
/// kept, for it had no effect. Substitutes for what is taken are sought outside the writer.
pub(super) async fn once(
    app: &App,
    caller: &Caller,
    conditions: Conditions,
    rehearse: bool,
    work: impl FnOnce(&Tx<'_>, &Caller, Option<i64>) -> Result<Reply, Refusal> + Send + 'static,
) -> Result<Reply, Refusal> {
    let own = caller.clone();
    let job = move |tx: &Tx<'_>| {
        let Some((key, digest)) = &conditions.key else { return work(tx, &own, conditions.if_match) };
        if let Some(first) = tx.remembered(own.token, key)? {
            if first.digest != *digest {
                return Err(Refusal::KeyReused);
            }
            let status = StatusCode::from_u16(first.status).unwrap_or(StatusCode::OK);
            return Ok(Reply { status, etag: first.etag, location: first.location, body: first.body });
        }
        let reply = work(tx, &own, conditions.if_match)?;
        let kept = Remembered {
            digest: *digest,
            status: reply.status.as_u16(),
            etag: reply.etag.clone(),
            location: reply.location.clone(),
            body: reply.body.clone(),
        };
        tx.remember(own.token, key, &kept)?;
        Ok(reply)
    };
    let outcome = if rehearse { app.rehearse(job).await } else { app.write(job).await };
    match outcome {
        Err(refusal @ Refusal::Taken { wish: Some(_), .. }) => {
            Err(app.read(move |view| suggest(view, refusal)).await.unwrap_or_else(|refusal| refusal))
        }
        other => other,
    }
}
