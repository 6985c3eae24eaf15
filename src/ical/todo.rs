//! VTODO: something to be done by a day or an instant (RFC 5545 3.6.2), for programs that keep lists of tasks.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::text::{Line, Uri};
use crate::time::Zone;

/// One VTODO of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedTodo {
    /// Globally unique and stable for life (RFC 7986 5.3: no personal data).
    pub uid: String,
    /// Raised at every visible change (RFC 5546 2.1.4), never lowered.
    pub sequence: u32,
    /// Last revision, not the moment of writing: DTSTAMP and LAST-MODIFIED (RFC 5545 3.8.7.2, 3.8.7.3).
    pub modified: DateTime<Utc>,
    /// By when (RFC 5545 3.8.2.3).
    pub due: TodoDue,
    /// What.
    pub summary: String,
    /// Long text, line ends allowed.
    pub description: Option<String>,
    /// Labels.
    pub categories: Vec<String>,
    /// How it stands.
    pub status: TodoStatus,
    /// Page on which it is done.
    pub url: Option<Uri>,
}

/// By when something is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TodoDue {
    /// On this day at the latest, whatever the hour.
    Day(NaiveDate),
    /// At this wall time at the latest.
    At {
        /// The last wall time.
        wall: NaiveDateTime,
        /// Its zone.
        zone: Zone,
    },
}

/// STATUS of something to be done (RFC 5545 3.8.1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TodoStatus {
    /// It is to be done.
    NeedsAction,
    /// It was done at this instant, in time or late.
    Completed(DateTime<Utc>),
    /// It need not be done any more.
    Cancelled,
}

/// Writes one VTODO.
pub fn write_todo(out: &mut Vec<u8>, todo: &FeedTodo) {
    out.extend_from_slice(b"BEGIN:VTODO\r\n");
    Line::new(out, "UID:").text(&todo.uid).end();
    match todo.due {
        TodoDue::Day(day) => Line::new(out, "DUE;VALUE=DATE:").date(day).end(),
        TodoDue::At { wall, zone: Zone::UTC } => Line::new(out, "DUE:").instant(wall.and_utc()).end(),
        TodoDue::At { wall, zone } => {
            Line::new(out, "DUE;TZID=").token(zone.name()).raw(":").wall(wall).end();
        }
    }
    Line::new(out, "DTSTAMP:").instant(todo.modified).end();
    Line::new(out, "LAST-MODIFIED:").instant(todo.modified).end();
    Line::new(out, "SEQUENCE:").number(todo.sequence).end();
    Line::new(out, "SUMMARY:").text(&todo.summary).end();
    if let Some(description) = &todo.description {
        Line::new(out, "DESCRIPTION:").text(description).end();
    }
    super::write::write_categories(out, &todo.categories);
    match todo.status {
        TodoStatus::NeedsAction => out.extend_from_slice(b"STATUS:NEEDS-ACTION\r\n"),
        TodoStatus::Cancelled => out.extend_from_slice(b"STATUS:CANCELLED\r\n"),
        TodoStatus::Completed(at) => {
            out.extend_from_slice(b"STATUS:COMPLETED\r\nPERCENT-COMPLETE:100\r\n");
            Line::new(out, "COMPLETED:").instant(at).end();
        }
    }
    if let Some(url) = &todo.url {
        Line::new(out, "URL:").uri(url).end();
    }
    out.extend_from_slice(b"END:VTODO\r\n");
}
