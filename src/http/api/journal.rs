//! The journal, page by page.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::days::{Page, Paging};
use crate::booking::Refusal;
use crate::http::App;
use crate::http::params::Query;
use crate::http::problem::{In, Refused};
use crate::scheduler::Caller;
use crate::store::JournalEntry;
use crate::texts::Said;
use crate::town::Action;

/// An entry: ids, never names.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct EntrySheet {
    seq: i64,
    at: DateTime<Utc>,
    actor: Option<String>,
    action: String,
    subject: Option<String>,
    #[schema(value_type = Object)]
    subjects: crate::store::Subjects,
}

impl From<JournalEntry> for EntrySheet {
    fn from(entry: JournalEntry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at,
            actor: entry.actor.map(|id| id.to_string()),
            action: entry.action,
            subject: entry.subject.map(|id| id.to_string()),
            subjects: entry.subjects,
        }
    }
}

/// Reads the journal from an entry on.
#[utoipa::path(get, path = "/api/v1/journal", params(Paging), responses((status = 200, body = Page<EntrySheet>)))]
pub(super) async fn journal(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<EntrySheet>>, Refused> {
    let lang = caller.lang;
    caller.must(Action::ReadJournal).say_in(lang)?;
    let after: i64 = match paging.after.as_deref() {
        None => 0,
        Some(text) => {
            text.parse().map_err(|_| Refusal::State(Said::new("request.cursor_bad"))).say_in(lang)?
        }
    };
    let limit = u32::try_from(paging.limit.unwrap_or(100).clamp(1, 500)).unwrap_or(100);
    let mut entries = app.read(move |view| Ok(view.journal_after(after, limit + 1)?)).await.say_in(lang)?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next = entries.last().filter(|_| more).map(|entry| entry.seq.to_string());
    Ok(Json(Page { items: entries.into_iter().map(EntrySheet::from).collect(), next }))
}
