//! Documents in words: access, state, size, and how they are handed over.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};

use crate::council::{Access, AgendaItem, DocumentState, DocumentVersion, Session};
use crate::store::{StoreError, View};
use crate::texts::{Lang, Said, day, text};
use crate::time::Zone;

/// Who may read it.
pub(super) fn access_word(lang: Lang, access: Access) -> &'static str {
    match access {
        Access::Public => text(lang, "documents.access_public"),
        Access::Members => text(lang, "documents.access_members"),
        Access::Closed => text(lang, "documents.access_closed"),
        Access::Confidential => text(lang, "documents.access_confidential"),
    }
}

/// The choices of who may read it.
pub(super) fn access_choices(lang: Lang) -> Vec<(String, String)> {
    Access::ALL.map(|access| (access.word().to_owned(), access_word(lang, access).to_owned())).to_vec()
}

/// How far it has come.
pub(super) fn state_word(lang: Lang, state: DocumentState) -> &'static str {
    match state {
        DocumentState::Draft => text(lang, "documents.state_draft"),
        DocumentState::Submitted => text(lang, "documents.state_submitted"),
        DocumentState::Approved => text(lang, "documents.state_approved"),
        DocumentState::Frozen => text(lang, "documents.state_frozen"),
        DocumentState::Superseded => text(lang, "documents.state_superseded"),
        DocumentState::Released => text(lang, "documents.state_released"),
    }
}

/// The class of a state, beside its word.
pub(super) fn state_class(state: DocumentState) -> &'static str {
    match state {
        DocumentState::Submitted => "soon",
        DocumentState::Released => "free",
        _ => "",
    }
}

/// The word of the store as a state.
pub(super) fn state_of(word: &str) -> Option<DocumentState> {
    DocumentState::ALL.into_iter().find(|state| state.word() == word)
}

/// The word of the store as an access.
pub(super) fn access_of(word: &str) -> Option<Access> {
    Access::ALL.into_iter().find(|access| access.word() == word)
}

/// Kind and size: `PDF, 1,2 MB`, as the language writes numbers.
pub(super) fn size_words(lang: Lang, version: &DocumentVersion) -> String {
    let Some(content) = &version.content else { return text(lang, "documents.on_paper").to_owned() };
    let kind = content.kind.word().to_uppercase();
    let tenths = content.length.div_ceil(100_000);
    let size = match content.length {
        0..1_000_000 => format!("{} kB", content.length.div_ceil(1_000)),
        _ => format!("{}{}{} MB", tenths / 10, if lang == Lang::En { '.' } else { ',' }, tenths % 10),
    };
    format!("{kind}, {size}")
}

/// A session in words: body and day.
pub(super) fn session_words(lang: Lang, body: &str, session: &Session) -> String {
    session_words_at(lang, body, session.zone, session.planned)
}

/// A session in words, of which only the hour is known.
pub(super) fn session_words_at(lang: Lang, body: &str, zone: Zone, planned: DateTime<Utc>) -> String {
    format!("{body}, {}", day(lang, zone.wall(planned).date()))
}

/// An item in words: its number, if it has one, and its title.
pub(super) fn item_words(number: Option<&str>, title: &str) -> String {
    number.map_or_else(|| title.to_owned(), |number| format!("{number}. {title}"))
}

/// The choices of an item: none, or one of the session's.
pub(super) fn item_choices(lang: Lang, items: &[AgendaItem]) -> Vec<(String, String)> {
    let none = (String::new(), text(lang, "documents.of_session").to_owned());
    let item = |item: &AgendaItem| (item.id.to_string(), item_words(item.number.as_deref(), &item.title));
    [none].into_iter().chain(items.iter().map(item)).collect()
}

/// The people who sit or sat in the term of a session, by name: those who can be named for a document.
pub(super) fn people_of(view: &View<'_>, session: &Session) -> Result<Vec<(String, String)>, StoreError> {
    let mut people = Vec::new();
    for mandate in view.mandates(session.term)? {
        let id = mandate.person.to_string();
        if people.iter().any(|(known, _)| *known == id) {
            continue;
        }
        if let Some(person) = view.person(mandate.person)? {
            people.push((id, person.name));
        }
    }
    people.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(people)
}

/// Hands bytes over as a file: never shown by the browser within the house, never kept by others, never guessed at.
pub(super) fn attachment(bytes: impl Into<Body>, mime: &'static str, name: &str) -> Response {
    let mut response = bytes.into().into_response();
    let headers = response.headers_mut();
    let said = disposition(name);
    headers.insert(header::CONTENT_DISPOSITION, said);
    for (name, value) in [
        (header::CONTENT_TYPE, mime),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// `attachment` with the name, in ASCII for old programs and whole for all others (RFC 6266 appendix D).
fn disposition(name: &str) -> HeaderValue {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let said = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&said).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

/// A sentence with one number.
pub(super) fn counted(lang: Lang, key: &str, count: usize) -> String {
    Said::new(key).with("count", count).speak(lang)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::council::{Content, MediaKind};
    use crate::ids::DocumentId;

    #[test]
    fn names_of_files_travel_whole() {
        assert_eq!(
            disposition("toelichting \"é\"\r\n.pdf"),
            "attachment; filename=\"toelichting _____.pdf\"; \
             filename*=UTF-8''toelichting%20%22%C3%A9%22%0D%0A.pdf"
        );
    }

    #[test]
    fn sizes_as_people_say_them() {
        let of = |length| DocumentVersion {
            document: DocumentId(uuid::Uuid::nil()),
            number: 1,
            content: Some(Content { sha256: [0; 32], kind: MediaKind::Pdf, length, name: "a.pdf".into() }),
            made_by: None,
            at: DateTime::UNIX_EPOCH,
            access: Access::Public,
            state: DocumentState::Draft,
            frozen_for: None,
            changed_after: None,
        };
        assert_eq!(size_words(Lang::Nl, &of(1)), "PDF, 1 kB");
        assert_eq!(size_words(Lang::Nl, &of(1_234_567)), "PDF, 1,3 MB");
        assert_eq!(size_words(Lang::En, &of(12_000_000)), "PDF, 12.0 MB");
    }
}
