//! Sessions and documents in words, for the frame in the reader's language.

use chrono::{DateTime, FixedOffset};

use crate::council::SessionState;
use crate::council::publication::{PublicationKind, kind_key};
use crate::store::Publication;
use crate::texts::{Lang, Said, day, text};

/// A document that one can go to.
pub(super) struct Link {
    /// What it is called.
    pub(super) word: String,
    /// What kind of document it is.
    pub(super) kind: &'static str,
    /// Where it stands, within this house.
    pub(super) path: String,
    /// When it was published, in words.
    pub(super) when: String,
    /// Which version stands, and whether it takes the place of another.
    pub(super) version: u32,
}

/// A document as a link to the version that stands.
pub(super) fn link(lang: Lang, entry: &Publication, zone: crate::time::Zone) -> Link {
    let word = if entry.kind.is_of_decision() {
        entry.title.clone()
    } else {
        kind_word(lang, entry.kind).to_owned()
    };
    Link {
        word,
        kind: kind_word(lang, entry.kind),
        path: entry.place().to_owned(),
        when: moment(lang, entry.published_at.with_timezone(&zone.tz()).fixed_offset()),
        version: entry.version,
    }
}

/// What a kind of document is called.
pub(super) fn kind_word(lang: Lang, kind: PublicationKind) -> &'static str {
    text(lang, kind_key(kind))
}

/// `maandag 18 januari 2027 om 20:00 uur`.
pub(super) fn moment(lang: Lang, at: DateTime<FixedOffset>) -> String {
    Said::new("portal.doc_at")
        .with("day", day(lang, at.date_naive()))
        .with("time", at.format("%H:%M"))
        .speak(lang)
}

/// Where a session stands, as everybody may know it, and the class of its mark.
pub(super) fn state(lang: Lang, state: SessionState) -> (&'static str, &'static str) {
    use SessionState as S;
    match state {
        S::Draft | S::Scheduled | S::Convened => ("", text(lang, "portal.state_planned")),
        S::Open => ("soon", text(lang, "portal.state_open")),
        S::Suspended => ("soon", text(lang, "portal.state_suspended")),
        S::Closed | S::MinutesDraft => ("free", text(lang, "portal.state_over")),
        S::MinutesApproved | S::Archived => ("free", text(lang, "portal.state_approved")),
        S::Cancelled => ("busy", text(lang, "portal.state_cancelled")),
        S::NotQuorate => ("busy", text(lang, "portal.state_not_quorate")),
        S::Adjourned => ("busy", text(lang, "portal.state_adjourned")),
    }
}
