//! Refusals on the wire: RFC 9457 problem details in the caller's language. A problem of ours (5xx) says that
//! it is one and no more; the log holds the rest.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::booking::{Alternative, Conflict, Refusal};
use crate::texts::{Lang, Said, text};
use crate::town::Effect;

/// RFC 9457 problem details.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:belfort:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in few words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What was refused, by which rule, and what to do next.
    pub detail: String,
    /// The stable code, such as `booking.taken`.
    pub code: String,
    /// Dates and places that do not fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<ProblemConflict>,
    /// What would fit instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub alternatives: Vec<Alternative>,
    /// Rules that object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ProblemReason>,
    /// Fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ProblemField>,
    /// The version that is current, when the caller's was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// One date in one place that does not fit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemConflict {
    /// Wall time of the date.
    pub occurrence: String,
    /// Slug of the room, kind of equipment or address of the person.
    pub resource: String,
    /// Why.
    pub reason: String,
    /// From when it is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_to: Option<String>,
    /// What would fit.
    #[schema(value_type = Vec<Object>)]
    pub substitutes: Vec<Alternative>,
}

/// One rule that objects.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemReason {
    /// Its id.
    pub rule: String,
    /// `deny`, `needs_approval` or `warn`.
    #[schema(value_type = String)]
    pub effect: Effect,
    /// What is wrong and what to change.
    pub detail: String,
}

/// One field that is wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// The field as the caller named it.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Problem {
    /// The problem of a refusal in the caller's language.
    #[must_use]
    pub fn new(refusal: &Refusal, lang: Lang) -> Self {
        let status = status(refusal);
        let code = refusal.code().to_owned();
        let title_key = format!("problem.{}", status.as_u16());
        let mut problem = Self {
            kind: format!("urn:belfort:problem:{code}"),
            title: text(lang, &title_key).to_owned(),
            status: status.as_u16(),
            detail: refusal.said().speak(lang),
            code,
            conflicts: Vec::new(),
            alternatives: Vec::new(),
            reasons: Vec::new(),
            fields: Vec::new(),
            version: None,
        };
        match refusal {
            Refusal::Taken { conflicts, alternatives, .. } => {
                problem.conflicts = conflicts.iter().map(|c| conflict(c, lang)).collect();
                problem.alternatives.clone_from(alternatives);
            }
            Refusal::Policy(reasons) => {
                problem.reasons = reasons
                    .iter()
                    .map(|reason| ProblemReason {
                        rule: reason.rule.clone(),
                        effect: reason.effect,
                        detail: reason.said.speak(lang),
                    })
                    .collect();
            }
            Refusal::Invalid(faults) => {
                problem.fields = faults
                    .iter()
                    .map(|fault| ProblemField { field: fault.field.clone(), detail: fault.said.speak(lang) })
                    .collect();
                if let Some(first) = problem.fields.first() {
                    let said = Said::new("request.invalid_field")
                        .with("field", &first.field)
                        .with("why", &first.detail);
                    problem.detail = said.speak(lang);
                }
            }
            Refusal::Stale { current } => problem.version = Some(*current),
            Refusal::Internal(what) => tracing::error!(what, "a fault of ours"),
            _ => {}
        }
        problem
    }

    /// The response.
    #[must_use]
    pub fn respond(self, lang: Lang) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.code()));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::INSUFFICIENT_STORAGE) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

fn conflict(conflict: &Conflict, lang: Lang) -> ProblemConflict {
    ProblemConflict {
        occurrence: conflict.start.format("%Y-%m-%dT%H:%M:%S").to_string(),
        resource: conflict.resource.clone(),
        reason: conflict.why.speak(lang),
        taken_from: conflict.taken.map(|taken| taken.start.to_rfc3339()),
        taken_to: conflict.taken.map(|taken| taken.end.to_rfc3339()),
        substitutes: conflict.substitutes.clone(),
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Taken { .. } => StatusCode::CONFLICT,
        Refusal::Policy(_) | Refusal::Invalid(_) | Refusal::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Forbidden { .. } => StatusCode::FORBIDDEN,
        Refusal::Unauthorised => StatusCode::UNAUTHORIZED,
        Refusal::Unknown(_) => StatusCode::NOT_FOUND,
        Refusal::Stale { .. } => StatusCode::PRECONDITION_FAILED,
        Refusal::State(said) => match said.key.as_str() {
            "request.body_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
            "request.body_too_slow" => StatusCode::REQUEST_TIMEOUT,
            "request.media_type" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "request.method" => StatusCode::METHOD_NOT_ALLOWED,
            "feed.revoked" => StatusCode::GONE,
            key if key.starts_with("request.") => StatusCode::BAD_REQUEST,
            _ => StatusCode::CONFLICT,
        },
        Refusal::Unavailable(said) if said.key == "store.full" => StatusCode::INSUFFICIENT_STORAGE,
        Refusal::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A refusal with the language to say it in: the error type of handlers.
#[derive(Debug)]
pub struct Refused(pub Refusal, pub Lang);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        Problem::new(&self.0, self.1).respond(self.1)
    }
}

/// Says a refusal in the caller's language.
pub(super) trait In<T> {
    /// The same outcome, with the language to say a refusal in.
    fn say_in(self, lang: Lang) -> Result<T, Refused>;
}

impl<T> In<T> for Result<T, Refusal> {
    fn say_in(self, lang: Lang) -> Result<T, Refused> {
        self.map_err(|refusal| Refused(refusal, lang))
    }
}
