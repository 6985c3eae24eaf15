//! The search over items and documents. Rows keep themselves, by triggers; access and state stand beside the text.

use rusqlite::{Row, params};

use super::{StoreError, View};
use crate::council::{Access, DocumentState};
use crate::ids::{BodyId, DocumentId, ItemId, SessionId};

/// A text that was found, not yet asked whether the reader may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundText {
    /// The body whose session it belongs to.
    pub body: BodyId,
    /// The session.
    pub session: SessionId,
    /// The item, if it belongs to one.
    pub item: Option<ItemId>,
    /// The document and its version, if it is one.
    pub document: Option<(DocumentId, u32)>,
    /// Who may read it.
    pub access: Access,
    /// How far it has come.
    pub state: DocumentState,
    /// Its title.
    pub title: String,
    /// The place where the words stand, each between U+0002 and U+0003.
    pub snippet: String,
}

fn found(row: &Row<'_>) -> rusqlite::Result<FoundText> {
    let document: Option<DocumentId> = row.get(3)?;
    let number: Option<u32> = row.get(4)?;
    Ok(FoundText {
        body: row.get(0)?,
        session: row.get(1)?,
        item: row.get(2)?,
        document: document.zip(number),
        access: row.get(5)?,
        state: row.get(6)?,
        title: row.get(7)?,
        snippet: String::new(),
    })
}

impl View<'_> {
    /// Up to `limit` texts that hold every word, the best first, for which `may` says yes. What it says no to is not
    /// counted and leaves this function in no form.
    pub fn search_texts(
        &self,
        words: &[String],
        limit: usize,
        may: impl Fn(&FoundText) -> bool,
    ) -> Result<Vec<FoundText>, StoreError> {
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT s.body, t.session, t.item, t.document, t.number, t.access, t.state, t.title, t.id
             FROM council_index JOIN council_text t ON t.id = council_index.rowid JOIN session s ON s.id = t.session
             WHERE council_index MATCH ?1 ORDER BY bm25(council_index, 4.0, 1.0), t.id DESC",
        )?;
        // The words around are sought only for what is shown: of everything that is sorted they would cost the most.
        let mut around = self.conn.prepare_cached(
            "SELECT snippet(council_index, -1, char(2), char(3), '…', 24) FROM council_index
             WHERE council_index MATCH ?1 AND rowid = ?2",
        )?;
        let query = query_of(words);
        let mut texts = Vec::new();
        for row in statement.query_map([&query], |row| Ok((found(row)?, row.get::<_, i64>(8)?)))? {
            let (text, id) = row?;
            if may(&text) {
                let snippet = around.query_row(params![query, id], |row| row.get(0))?;
                texts.push(FoundText { snippet, ..text });
            }
            if texts.len() == limit {
                break;
            }
        }
        Ok(texts)
    }
}

/// Words as a query of FTS5: each between quotes, so that nothing in it is an operator, and each may be continued.
fn query_of(words: &[String]) -> String {
    let quoted = words.iter().map(|word| format!("\"{}\"*", word.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_words_whatever_is_in_them() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(query_of(&words("fiets pad")), "\"fiets\"* \"pad\"*");
        assert_eq!(query_of(&words("a\"b NEAR")), "\"a\"\"b\"* \"NEAR\"*");
    }
}
