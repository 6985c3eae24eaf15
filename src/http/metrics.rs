//! `/metrics` in the text format of Prometheus, and `/healthz`.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::App;
use crate::store::MailState;

/// Labels of a request: never a path with a token in it, only the pattern of the route.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct RequestLabels {
    pub(super) method: String,
    pub(super) route: String,
    pub(super) status: u16,
}

/// What is counted.
pub(super) struct Metrics {
    registry: Registry,
    pub(super) requests: Family<RequestLabels, Counter>,
    pub(super) seconds: Histogram,
    commits: Gauge,
    jobs: Gauge,
    refused: Gauge,
    read_only: Gauge,
    pub(super) streams: Gauge,
    mail: Family<MailLabels, Gauge>,
}

/// Labels of the outbox.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct MailLabels {
    state: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("belfort");
        let requests = Family::<RequestLabels, Counter>::default();
        // From 0.1 ms to about 1.6 s.
        let seconds = Histogram::new(exponential_buckets(0.0001, 2.0, 15));
        registry.register("http_requests", "Requests by route and status", requests.clone());
        registry.register("http_request_seconds", "Time to answer", seconds.clone());
        let mail = Family::<MailLabels, Gauge>::default();
        registry.register("mail", "Mails on file by state; queued is the length of the queue", mail.clone());
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        Self {
            commits: gauge("store_commits", "Commits since start"),
            jobs: gauge("store_jobs", "Jobs of the writer since start"),
            refused: gauge("store_refused", "Jobs refused because the queue was full"),
            read_only: gauge("store_read_only", "1 while the disk is too full to write"),
            streams: gauge("event_streams", "Event streams that are open"),
            requests,
            seconds,
            mail,
            registry,
        }
    }
}

/// `GET /metrics`.
pub(super) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let gauges = app.store.gauges();
    let metrics = &app.metrics;
    for (gauge, name) in [
        (&metrics.commits, "commits"),
        (&metrics.jobs, "jobs"),
        (&metrics.refused, "refused"),
        (&metrics.read_only, "read_only"),
    ] {
        gauge.set(gauges.get(name).and_then(|value| i64::try_from(*value).ok()).unwrap_or(0));
    }
    let counts = app.read(|view| Ok(view.mail_counts()?)).await.unwrap_or_default();
    for state in MailState::ALL {
        let count = counts.get(&state).copied().unwrap_or(0);
        let labels = MailLabels { state: state.word() };
        metrics.mail.get_or_create(&labels).set(i64::try_from(count).unwrap_or(i64::MAX));
    }
    let mut text = String::new();
    match encode(&mut text, &metrics.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            (StatusCode::OK, [(header::CONTENT_TYPE, kind)], text)
        }
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, "text/plain")], String::new()),
    }
}

/// `GET /healthz`: 200 while the store can be read, with `read_only` while the disk is full; `mail` is off when no mail server was
/// given: then nothing is sent nor kept to be sent.
pub(super) async fn healthz(State(app): State<App>) -> impl IntoResponse {
    let head = app.read(|view| Ok(view.journal_head()?)).await;
    let read_only = app.store.gauges().get("read_only").copied().unwrap_or(0) == 1;
    match head {
        Ok(seq) => {
            let state = if read_only { "read_only" } else { "ok" };
            let mail = if app.store.directory().house.mail { "on" } else { "off" };
            (StatusCode::OK, axum::Json(serde_json::json!({ "status": state, "journal": seq, "mail": mail })))
        }
        Err(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, axum::Json(serde_json::json!({ "status": "unreadable" })))
        }
    }
}
