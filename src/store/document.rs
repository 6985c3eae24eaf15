//! Documents of sessions: their versions, their bytes by hash, who may read them and who did.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::sql::{bad, instant, secs};
use super::{StoreError, Tx, View};
use crate::council::{Access, Content, Document, DocumentState, DocumentVersion};
use crate::ids::{DocumentId, ItemId, PersonId, SessionId};

const DOCUMENT: &str = "SELECT id, session, item, title, position, downloadable FROM document";
const VERSION: &str =
    "SELECT document, number, sha256, kind, length, name, made_by, at, access, state, frozen_for,
    changed_after FROM document_version";

/// Bytes to be kept, with what they say.
#[derive(Clone, Copy, Debug)]
pub struct NewContent<'a> {
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// The bytes.
    pub bytes: &'a [u8],
    /// What they say, as far as it could be read.
    pub text: Option<&'a str>,
    /// How many pages, of a PDF that could be read.
    pub pages: Option<u32>,
}

/// That somebody opened a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The document.
    pub document: DocumentId,
    /// The version.
    pub number: u32,
    /// Who.
    pub person: PersonId,
    /// When first, UTC.
    pub first_read_at: DateTime<Utc>,
}

fn document(row: &Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document {
        id: row.get(0)?,
        session: row.get(1)?,
        item: row.get(2)?,
        title: row.get(3)?,
        position: row.get(4)?,
        downloadable: row.get(5)?,
    })
}

fn version(row: &Row<'_>) -> rusqlite::Result<DocumentVersion> {
    let sha256: Option<[u8; 32]> = row.get(2)?;
    let content = match sha256 {
        None => None,
        Some(sha256) => Some(Content {
            sha256,
            kind: row.get(3)?,
            length: u64::try_from(row.get::<_, i64>(4)?).map_err(|_| bad(4, "length"))?,
            name: row.get(5)?,
        }),
    };
    Ok(DocumentVersion {
        document: row.get(0)?,
        number: row.get(1)?,
        content,
        made_by: row.get(6)?,
        at: instant(row, 7)?,
        access: row.get(8)?,
        state: row.get(9)?,
        frozen_for: row.get(10)?,
        changed_after: row.get(11)?,
    })
}

fn receipt(row: &Row<'_>) -> rusqlite::Result<Receipt> {
    Ok(Receipt {
        document: row.get(0)?,
        number: row.get(1)?,
        person: row.get(2)?,
        first_read_at: instant(row, 3)?,
    })
}

impl View<'_> {
    /// A document.
    pub fn document(&self, id: DocumentId) -> Result<Option<Document>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{DOCUMENT} WHERE id = ?1"))?;
        Ok(statement.query_row([id], document).optional()?)
    }

    /// The documents of a session, by place; those of one item stand together.
    pub fn documents(&self, session: SessionId) -> Result<Vec<Document>, StoreError> {
        let sql = format!("{DOCUMENT} WHERE session = ?1 ORDER BY item, position, id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([session], document)?.collect::<Result<_, _>>()?)
    }

    /// The versions of a document, by number.
    pub fn document_versions(&self, id: DocumentId) -> Result<Vec<DocumentVersion>, StoreError> {
        let sql = format!("{VERSION} WHERE document = ?1 ORDER BY number");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([id], version)?.collect::<Result<_, _>>()?)
    }

    /// Every version of every document of a session, by document and number.
    pub fn versions_of_session(&self, session: SessionId) -> Result<Vec<DocumentVersion>, StoreError> {
        let sql = format!(
            "{VERSION} WHERE document IN (SELECT id FROM document WHERE session = ?1) ORDER BY document, number"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([session], version)?.collect::<Result<_, _>>()?)
    }

    /// The bytes that have this hash.
    pub fn content(&self, sha256: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT bytes FROM content WHERE sha256 = ?1")?;
        Ok(statement.query_row([sha256], |row| row.get(0)).optional()?)
    }

    /// The hashes of the PDFs of a session that could not be read when they came, so that no pack opens them.
    pub fn unreadable(&self, session: SessionId) -> Result<Vec<[u8; 32]>, StoreError> {
        let sql = "SELECT DISTINCT c.sha256 FROM document d JOIN document_version v ON v.document = d.id
                   JOIN content c ON c.sha256 = v.sha256
                   WHERE d.session = ?1 AND v.kind = 'pdf' AND c.pages IS NULL";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map([session], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// How many contents are kept.
    pub fn contents(&self) -> Result<i64, StoreError> {
        Ok(self.conn.query_row("SELECT count(*) FROM content", [], |row| row.get(0))?)
    }

    /// The last convocation that documents of a session went with.
    pub fn last_frozen(&self, session: SessionId) -> Result<Option<u32>, StoreError> {
        let sql = "SELECT max(v.frozen_for) FROM document_version v JOIN document d ON d.id = v.document
                   WHERE d.session = ?1";
        Ok(self.conn.prepare_cached(sql)?.query_row([session], |row| row.get(0))?)
    }

    /// Who is named for a confidential document.
    pub fn document_readers(&self, id: DocumentId) -> Result<Vec<PersonId>, StoreError> {
        let sql = "SELECT person FROM document_reader WHERE document = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// The documents for which somebody is named.
    pub fn named_for(&self, person: PersonId) -> Result<Vec<DocumentId>, StoreError> {
        let sql = "SELECT document FROM document_reader WHERE person = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map([person], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// The items that somebody keeps away from.
    pub fn recused_from(&self, person: PersonId) -> Result<Vec<ItemId>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT item FROM item_recusal WHERE person = ?1")?;
        Ok(statement.query_map([person], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Who keeps away from which item of a session.
    pub fn recusals(&self, session: SessionId) -> Result<Vec<(ItemId, PersonId)>, StoreError> {
        let sql = "SELECT r.item, r.person FROM item_recusal r JOIN agenda_item i ON i.id = r.item
                   WHERE i.session = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([session], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Who opened which version of the documents of a session, and when first.
    pub fn receipts(&self, session: SessionId) -> Result<Vec<Receipt>, StoreError> {
        let sql = "SELECT r.document, r.number, r.person, r.first_read_at FROM document_receipt r
                   JOIN document d ON d.id = r.document WHERE d.session = ?1
                   ORDER BY r.document, r.number, r.first_read_at";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map([session], receipt)?.collect::<Result<_, _>>()?)
    }

    /// Which versions of the documents of a session one person opened, and when first.
    pub fn receipts_of(&self, session: SessionId, person: PersonId) -> Result<Vec<Receipt>, StoreError> {
        let sql = "SELECT r.document, r.number, r.person, r.first_read_at FROM document_receipt r
                   JOIN document d ON d.id = r.document WHERE r.person = ?2 AND d.session = ?1
                   ORDER BY r.document, r.number";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_map(params![session, person], receipt)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps bytes, once for each hash.
    pub fn put_content(&self, content: NewContent<'_>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO content (sha256, bytes, text, pages) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (sha256) DO NOTHING",
            )?
            .execute(params![content.sha256, content.bytes, content.text, content.pages])?;
        Ok(())
    }

    /// Adds a document, or changes what it is called and where it stands.
    pub fn put_document(&self, d: &Document) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO document (id, session, item, title, position, downloadable)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET item = ?3, title = ?4, position = ?5, downloadable = ?6",
            )?
            .execute(params![d.id, d.session, d.item, d.title, d.position, d.downloadable])?;
        Ok(())
    }

    /// Adds a version; what it holds must be kept already.
    pub fn insert_version(&self, v: &DocumentVersion) -> Result<(), StoreError> {
        let content = v.content.as_ref();
        let length = content.map(|content| i64::try_from(content.length).unwrap_or(i64::MAX));
        self.conn
            .prepare_cached(
                "INSERT INTO document_version (document, number, sha256, kind, length, name, made_by, at, access, state,
                 frozen_for, changed_after) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                v.document,
                v.number,
                content.map(|content| content.sha256),
                content.map(|content| content.kind),
                length,
                content.map(|content| content.name.as_str()),
                v.made_by,
                secs(v.at),
                v.access,
                v.state,
                v.frozen_for,
                v.changed_after
            ])?;
        Ok(())
    }

    /// Sets how far a version has come, who may read it and which convocation it went with.
    pub fn set_version(
        &self,
        v: &DocumentVersion,
        access: Access,
        state: DocumentState,
        frozen_for: Option<u32>,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE document_version SET access = ?3, state = ?4, frozen_for = ?5
                 WHERE document = ?1 AND number = ?2",
            )?
            .execute(params![v.document, v.number, access, state, frozen_for])?;
        Ok(())
    }

    /// Sets who is named for a confidential document.
    pub fn set_document_readers(&self, id: DocumentId, people: &[PersonId]) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM document_reader WHERE document = ?1", [id])?;
        let mut insert =
            self.conn.prepare_cached("INSERT INTO document_reader (document, person) VALUES (?1, ?2)")?;
        for person in people {
            insert.execute(params![id, person])?;
        }
        Ok(())
    }

    /// Sets who keeps away from an item.
    pub fn set_recused(&self, item: ItemId, people: &[PersonId]) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM item_recusal WHERE item = ?1", [item])?;
        let mut insert =
            self.conn.prepare_cached("INSERT INTO item_recusal (item, person) VALUES (?1, ?2)")?;
        for person in people {
            insert.execute(params![item, person])?;
        }
        Ok(())
    }

    /// Notes that somebody opened a version; false if they had before.
    pub fn insert_receipt(&self, id: DocumentId, number: u32, person: PersonId) -> Result<bool, StoreError> {
        let sql =
            "INSERT INTO document_receipt (document, number, person, first_read_at) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO NOTHING";
        Ok(self.conn.prepare_cached(sql)?.execute(params![id, number, person, secs(self.now())])? == 1)
    }
}
