//! Words for what bodies do, in the language of the reader.

use chrono::NaiveDate;

use super::super::words::moment;
use crate::council::{
    Deadline, DeadlineState, Due, ItemState, Light, Mark, Session, SessionMode, SessionState,
};
use crate::texts::{Lang, short_day, text};
use crate::time::Zone;

/// Where a session stands.
pub(super) fn state_word(lang: Lang, state: SessionState) -> &'static str {
    text_of(lang, "session.state_", state.word())
}

/// In which way it meets.
pub(super) fn mode_word(lang: Lang, mode: SessionMode) -> &'static str {
    text_of(lang, "session.mode_", mode.word())
}

/// How far an item has come.
pub(super) fn item_word(lang: Lang, state: ItemState) -> &'static str {
    text_of(lang, "agenda.state_", state.word())
}

/// What became of a remark on minutes.
pub(super) fn answer_word(lang: Lang, taken_over: Option<bool>) -> &'static str {
    match taken_over {
        None => text(lang, "minutes.remark_open"),
        Some(true) => text(lang, "minutes.remark_taken"),
        Some(false) => text(lang, "minutes.remark_refused"),
    }
}

/// A word of a closed list; the texts are checked to have them all.
pub(super) fn text_of(lang: Lang, group: &str, word: &str) -> &'static str {
    crate::texts::known(lang, &format!("{group}{word}"))
}

/// When and where a session is planned.
pub(super) fn when(lang: Lang, session: &Session) -> String {
    let wall = session.zone.wall(session.planned);
    format!("{} {}", dated(lang, wall.date()), wall.format("%H:%M"))
}

/// A colour with its word: never the colour alone.
pub(super) fn light_word(lang: Lang, light: Light) -> (&'static str, &'static str) {
    match light {
        Light::Green => ("free", text(lang, "readiness.green")),
        Light::Amber => ("soon", text(lang, "readiness.amber")),
        Light::Red => ("busy", text(lang, "readiness.red")),
    }
}

/// A deadline as a line of a list.
pub(super) struct DeadlineRow {
    pub(super) name: String,
    pub(super) article: String,
    pub(super) mark: &'static str,
    pub(super) due: String,
    pub(super) target: String,
    pub(super) state: &'static str,
    pub(super) class: &'static str,
    pub(super) why: String,
    pub(super) assumed: bool,
}

/// A deadline in words: what, by when, by which article, and how sure we are of it.
pub(super) fn deadline_row(lang: Lang, zone: Zone, deadline: &Deadline) -> DeadlineRow {
    let (class, state) = match &deadline.state {
        DeadlineState::Ahead => ("", text(lang, "deadline.state_ahead")),
        DeadlineState::DueSoon => ("soon", text(lang, "deadline.state_due_soon")),
        DeadlineState::Met(_) => ("free", text(lang, "deadline.state_met")),
        DeadlineState::Missed => ("busy", text(lang, "deadline.state_missed")),
        DeadlineState::Waived(_) => ("", text(lang, "deadline.state_waived")),
    };
    DeadlineRow {
        name: deadline.name.speak(lang).to_owned(),
        article: deadline.cited(lang),
        mark: mark_word(lang, deadline.mark),
        due: due_words(lang, zone, deadline.due),
        target: dated(lang, deadline.last_working_day),
        state,
        class,
        why: deadline.explanation.speak(lang).to_owned(),
        assumed: deadline.basis.assumed,
    }
}

/// A day in few letters, with its year.
pub(super) fn dated(lang: Lang, day: NaiveDate) -> String {
    format!("{} {}", short_day(lang, day), day.format("%Y"))
}

/// When a term ends: a day, or an instant of it.
pub(super) fn due_words(lang: Lang, zone: Zone, due: Due) -> String {
    match due {
        Due::Date(day) => dated(lang, day),
        Due::Instant(at) => moment(lang, zone, at),
    }
}

/// How sure we are of a rule.
fn mark_word(lang: Lang, mark: Mark) -> &'static str {
    match mark {
        Mark::Verified => text(lang, "deadline.mark_verified"),
        Mark::Practice => text(lang, "deadline.mark_practice"),
        Mark::Memory => text(lang, "deadline.mark_memory"),
    }
}
