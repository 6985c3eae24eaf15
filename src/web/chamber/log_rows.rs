//! The log of a session: each change of the number present with its reason, each event, and the lines of the ledger that
//! can be corrected.

use chrono::{DateTime, Utc};

use super::attendance::name;
use super::words;
use crate::presence::{ChangeCause, PresenceKind, changes};
use crate::scheduler::Hall;
use crate::texts::{Lang, Said, text};

/// One line of the log.
pub(super) struct LogRow {
    pub(super) at: String,
    pub(super) what: String,
    /// How many were present before and after.
    pub(super) number: Option<String>,
}

/// What happened, the latest first.
pub(super) fn log(lang: Lang, hall: &Hall) -> Vec<LogRow> {
    let mut rows: Vec<(DateTime<Utc>, LogRow)> = Vec::new();
    let clock = |at: DateTime<Utc>| hall.session.zone.wall(at).format("%H:%M:%S").to_string();
    for change in changes(&hall.ledger(), &hall.sitting(hall.now), hall.now) {
        let why = match &change.cause {
            ChangeCause::Line(kind) => words::happened(lang, kind),
            ChangeCause::GracePassed => text(lang, "chamber.line_grace"),
        };
        let number = Said::new("chamber.number").with("before", change.before).with("after", change.after);
        let what = format!("{}: {why}", name(lang, hall, change.mandate));
        rows.push((change.at, LogRow { at: clock(change.at), what, number: Some(number.speak(lang)) }));
    }
    for event in &hall.events {
        let item = event.item.and_then(|id| hall.items.iter().find(|item| item.id == id));
        let who = event.mandate.map(|id| name(lang, hall, id));
        let about = item.map(super::cockpit_read::title_of).or(who);
        let reason = Some(event.reason.clone()).filter(|reason| !reason.is_empty());
        let parts = [Some(words::event(lang, event.kind).to_owned()), about, reason];
        let what = parts.into_iter().flatten().collect::<Vec<String>>().join(": ");
        rows.push((event.at, LogRow { at: clock(event.at), what, number: None }));
    }
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Lines that can be corrected, the latest first: number and words.
pub(super) fn correctable(lang: Lang, hall: &Hall) -> Vec<(i64, String)> {
    if !hall.takes_attendance() && !hall.session.state.lies_ahead() {
        return Vec::new();
    }
    let mut lines = hall.ledger().standing();
    lines.sort_by_key(|line| std::cmp::Reverse(line.seq));
    let words = |line: &crate::presence::PresenceEvent| {
        let at = hall.session.zone.wall(line.at).format("%H:%M:%S");
        format!("{at} {}: {}", name(lang, hall, line.mandate), words::happened(lang, &line.kind))
    };
    lines
        .into_iter()
        .filter(|line| !matches!(line.kind, PresenceKind::Correct { .. }))
        .map(|line| (line.seq, words(line)))
        .collect()
}
