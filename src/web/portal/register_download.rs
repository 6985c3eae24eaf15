//! The register as a file: whoever has it makes every hash again, without asking us.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::{FRESH, tagged};
use crate::http::App;
use crate::ids::hex;
use crate::store::Publication;
use crate::web::oops::Oops;
use crate::web::visitor::Visitor;

/// The columns of the file, in the order in which they are chained; the hash itself comes last.
const COLUMNS: [&str; 14] = [
    "prev_hash",
    "seq",
    "kind",
    "session",
    "decision",
    "version",
    "act",
    "document",
    "url",
    "title",
    "reason",
    "published_at",
    "sha256",
    "hash",
];

/// How the hash of an entry is made.
const RECIPE: &str = "hash = SHA-256 of the UTF-8 text of the columns prev_hash to sha256 in this order, joined by a line \
    feed (U+000A), without one at the end; prev_hash of the first entry is 64 zeros";

async fn entries(app: &App, visitor: &Visitor) -> Result<Vec<Publication>, Oops> {
    let all = app.read(|view| Ok(view.publications(0, u32::MAX)?)).await;
    all.map_err(|refusal| visitor.oops(refusal))
}

/// The columns of an entry.
fn columns(entry: &Publication) -> Vec<String> {
    entry.chained().split('\n').map(str::to_owned).chain([hex(&entry.hash)]).collect()
}

fn tag(entries: &[Publication]) -> String {
    entries.last().map_or_else(|| "empty".to_owned(), |last| hex(&last.hash))
}

/// `GET /bekendmakingen.csv` (RFC 4180).
pub(super) async fn csv(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let entries = entries(&app, &visitor).await?;
    let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
    let mut file = format!("{}\r\n", COLUMNS.join(","));
    for entry in &entries {
        file.push_str(&columns(entry).iter().map(quoted).collect::<Vec<_>>().join(","));
        file.push_str("\r\n");
    }
    Ok(tagged(&headers, "text/csv; charset=utf-8", (&tag(&entries), FRESH), file.into_bytes()))
}

/// `GET /bekendmakingen.json`.
pub(super) async fn json(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let entries = entries(&app, &visitor).await?;
    let object = |entry: &Publication| -> Value {
        COLUMNS
            .iter()
            .zip(columns(entry))
            .map(|(name, value)| ((*name).to_owned(), Value::from(value)))
            .collect()
    };
    let file = json!({ "recipe": RECIPE, "entries": entries.iter().map(object).collect::<Vec<_>>() });
    let bytes = file.to_string().into_bytes();
    Ok(tagged(&headers, "application/json", (&tag(&entries), FRESH), bytes))
}
