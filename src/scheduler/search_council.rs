//! Searches sessions: titles, notes, draft decisions and what documents say. What somebody may not read is not found.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Utc};

use super::Caller;
use super::council_reader::CouncilReader;
use super::members_file::body_name;
use crate::booking::Refusal;
use crate::council::may_read;
use crate::ids::{DocumentId, ItemId, SessionId};
use crate::store::View;
use crate::time::Zone;

/// The most that is found at once.
pub const MOST_COUNCIL_FOUND: usize = 50;
/// The most words of a question.
const MOST_WORDS: usize = 12;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouncilFound {
    /// The name of the session in addresses.
    pub session: String,
    /// The name of the body.
    pub body: String,
    /// When the session is planned, UTC.
    pub planned: DateTime<Utc>,
    /// The zone in which it was planned.
    pub zone: Zone,
    /// The item, if it belongs to one.
    pub item: Option<ItemId>,
    /// The document and its version, if it is one.
    pub document: Option<(DocumentId, u32)>,
    /// Its title.
    pub title: String,
    /// The place where the words stand: stretches of text, and whether each is one of the words.
    pub snippet: Vec<(String, bool)>,
}

/// Finds what holds every word and may be read by the caller, the best first. Of a document with several versions the
/// best counts.
///
/// # Errors
/// Those of the store.
pub fn search_council(view: &View<'_>, caller: &Caller, asked: &str) -> Result<Vec<CouncilFound>, Refusal> {
    let words = words_of(asked);
    let reader = CouncilReader::of(view, caller)?;
    let texts = view.search_texts(&words, 4 * MOST_COUNCIL_FOUND, |text| {
        let document = text.document.map(|(id, _)| id);
        may_read(reader.reader(text.body, text.item, document), text.access, text.state)
    })?;
    let mut sessions = HashMap::new();
    let mut found: Vec<CouncilFound> = Vec::new();
    let mut known: Vec<(SessionId, Option<ItemId>, Option<DocumentId>)> = Vec::new();
    for text in texts {
        let key = (text.session, text.item, text.document.map(|(id, _)| id));
        if known.contains(&key) {
            continue;
        }
        known.push(key);
        let session = match sessions.entry(text.session) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(view.session(text.session)?),
        };
        let Some(session) = session else { continue };
        found.push(CouncilFound {
            session: session.slug.clone(),
            body: body_name(view, text.body),
            planned: session.planned,
            zone: session.zone,
            item: text.item,
            document: text.document,
            title: text.title,
            snippet: stretches(&text.snippet),
        });
        if found.len() == MOST_COUNCIL_FOUND {
            break;
        }
    }
    Ok(found)
}

/// The words of a question: what stands between anything that is no letter and no digit.
fn words_of(asked: &str) -> Vec<String> {
    let words = asked.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(MOST_WORDS).map(|word| word.chars().take(60).collect()).collect()
}

/// A snippet with its marks, taken apart.
fn stretches(snippet: &str) -> Vec<(String, bool)> {
    let mut stretches: Vec<(String, bool)> = Vec::new();
    for (index, part) in snippet.split('\u{2}').enumerate() {
        let (hit, rest) =
            if index == 0 { ("", part) } else { part.split_once('\u{3}').unwrap_or((part, "")) };
        for (text, marked) in [(hit, true), (rest, false)] {
            if !text.is_empty() {
                stretches.push((text.to_owned(), marked));
            }
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_comes_apart_at_its_marks() {
        let taken = stretches("een \u{2}fiets\u{3} en \u{2}pad\u{3}");
        let plain = |text: &str, hit| (text.to_owned(), hit);
        assert_eq!(
            taken,
            [plain("een ", false), plain("fiets", true), plain(" en ", false), plain("pad", true)]
        );
        assert_eq!(stretches(""), []);
        assert_eq!(words_of(" \"Fiets*\" OR-pad  é "), ["Fiets", "OR", "pad", "é"]);
    }
}
