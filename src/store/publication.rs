//! The register of what is published (article 288): append-only, chained by hashes, with the bytes as they went out.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::sql::{bad, instant, secs};
use super::{ChainFault, StoreError, Tx, View};
use crate::council::publication::{Facts, PublicationAct, PublicationKind};
use crate::ids::{DecisionId, SessionId, hex};

/// An entry of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Its number, from 1 on, without gaps.
    pub seq: i64,
    /// What was published.
    pub kind: PublicationKind,
    /// Of which session.
    pub session: SessionId,
    /// Of which decision, if it is about one.
    pub decision: Option<DecisionId>,
    /// Which version of the document, from 1 on; a withdrawal counts as one.
    pub version: u32,
    /// Published or withdrawn.
    pub act: PublicationAct,
    /// The identity of the document in linked data, the same for all its versions.
    pub document: String,
    /// Where this version stands.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Why it takes the place of the version before, or why it was withdrawn.
    pub reason: Option<String>,
    /// When, UTC, whole seconds.
    pub published_at: DateTime<Utc>,
    /// SHA-256 of its bytes; of nothing for a withdrawal.
    pub sha256: [u8; 32],
    /// The hash of the entry before; zeros for the first.
    pub prev_hash: [u8; 32],
    /// The hash of this entry.
    pub hash: [u8; 32],
}

/// A version to be entered.
#[derive(Clone, Debug)]
pub struct NewPublication {
    /// What is published.
    pub kind: PublicationKind,
    /// Of which session.
    pub session: SessionId,
    /// Of which decision.
    pub decision: Option<DecisionId>,
    /// Which version.
    pub version: u32,
    /// The identity of the document.
    pub document: String,
    /// Where this version stands.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Why it takes the place of another, or why that is withdrawn.
    pub reason: Option<String>,
    /// By whom.
    pub by: Option<Uuid>,
    /// The page with its facts and its words; none if the document is withdrawn.
    pub page: Option<PublishedPage>,
}

/// A page as it is published.
#[derive(Clone, Debug)]
pub struct PublishedPage {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its facts.
    pub facts: Facts,
    /// What people read of it.
    pub plain: String,
}

/// Something that the search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedHit {
    /// The entry.
    pub entry: Publication,
    /// A few words around what was found, which stands between U+0002 and U+0003.
    pub around: String,
}

const ENTRY: &str =
    "SELECT seq, kind, session, decision, version, act, document, url, title, reason, published_at,
    sha256, prev_hash, hash FROM publication";

/// The version that stands of each document: its last entry, unless that is a withdrawal.
const STANDING: &str =
    "p.act = 'published' AND NOT EXISTS (SELECT 1 FROM publication later WHERE later.session = p.session
    AND later.kind = p.kind AND later.decision IS p.decision AND later.version > p.version)";

fn entry(row: &Row<'_>) -> rusqlite::Result<Publication> {
    Ok(Publication {
        seq: row.get(0)?,
        kind: row.get(1)?,
        session: row.get(2)?,
        decision: row.get(3)?,
        version: row.get(4)?,
        act: row.get(5)?,
        document: row.get(6)?,
        url: row.get(7)?,
        title: row.get(8)?,
        reason: row.get(9)?,
        published_at: instant(row, 10)?,
        sha256: row.get(11)?,
        prev_hash: row.get(12)?,
        hash: row.get(13)?,
    })
}

impl Publication {
    /// Where the version that stands is found in this house, whichever it is: the address of this version without host
    /// and version, for the house may have got another address since.
    #[must_use]
    pub fn place(&self) -> &str {
        let after_host =
            self.url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        let path = after_host.unwrap_or(&self.url);
        path.rsplit_once("/v/").map_or(path, |(place, _)| place)
    }

    /// Where this version is found in this house.
    #[must_use]
    pub fn place_of_version(&self) -> String {
        format!("{}/v/{}", self.place(), self.version)
    }

    /// What its hash is made of, a line for each: whoever has the register as a file can make it again.
    #[must_use]
    pub fn chained(&self) -> String {
        let text = |text: &str| text.replace(['\n', '\r'], " ");
        [
            hex(&self.prev_hash),
            self.seq.to_string(),
            self.kind.word().to_owned(),
            self.session.to_string(),
            self.decision.map(|id| id.to_string()).unwrap_or_default(),
            self.version.to_string(),
            self.act.word().to_owned(),
            text(&self.document),
            text(&self.url),
            text(&self.title),
            text(self.reason.as_deref().unwrap_or_default()),
            self.published_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            hex(&self.sha256),
        ]
        .join("\n")
    }

    fn sealed(mut self) -> Self {
        self.hash = Sha256::digest(self.chained().as_bytes()).into();
        self
    }
}

/// What the search asks of SQLite for what people type: every word, the last one perhaps half written (FTS5 3.1).
fn typed(words: &str) -> String {
    let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(12);
    words.map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" ")
}

impl View<'_> {
    fn entries(&self, rest: &str, values: impl rusqlite::Params) -> Result<Vec<Publication>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{ENTRY} {rest}"))?;
        Ok(statement.query_map(values, entry)?.collect::<Result<_, _>>()?)
    }

    /// Entries of the register after a number, at most `most`, in order.
    pub fn publications(&self, after: i64, most: u32) -> Result<Vec<Publication>, StoreError> {
        self.entries("WHERE seq > ?1 ORDER BY seq LIMIT ?2", params![after, most])
    }

    /// The last `most` entries, the latest first, those before a number if one is given.
    pub fn last_publications(&self, before: Option<i64>, most: u32) -> Result<Vec<Publication>, StoreError> {
        self.entries("WHERE seq < coalesce(?1, seq + 1) ORDER BY seq DESC LIMIT ?2", params![before, most])
    }

    /// How many entries there are.
    pub fn publication_count(&self) -> Result<i64, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT coalesce(max(seq), 0) FROM publication")?
            .query_row([], |row| row.get(0))?)
    }

    /// An entry.
    pub fn publication(&self, seq: i64) -> Result<Option<Publication>, StoreError> {
        Ok(self.entries("WHERE seq = ?1", [seq])?.pop())
    }

    /// Every entry of a session, in order.
    pub fn publications_of(&self, session: SessionId) -> Result<Vec<Publication>, StoreError> {
        self.entries("WHERE session = ?1 ORDER BY seq", [session])
    }

    /// Every entry of a document, by version.
    pub fn editions(
        &self,
        kind: PublicationKind,
        session: SessionId,
        decision: Option<DecisionId>,
    ) -> Result<Vec<Publication>, StoreError> {
        let rest = "WHERE session = ?1 AND kind = ?2 AND decision IS ?3 ORDER BY version";
        self.entries(rest, params![session, kind, decision])
    }

    /// Every entry about a decision, its extract and its text as a regulation, in order.
    pub fn publications_of_decision(&self, decision: DecisionId) -> Result<Vec<Publication>, StoreError> {
        self.entries("WHERE decision = ?1 ORDER BY seq", [decision])
    }

    /// What stands of every document, by kind if one is given, the latest first.
    pub fn standing(&self, kind: Option<PublicationKind>) -> Result<Vec<Publication>, StoreError> {
        self.entries(
            &format!("p WHERE {STANDING} AND (?1 IS NULL OR p.kind = ?1) ORDER BY p.seq DESC"),
            params![kind],
        )
    }

    /// What stands of every document of a session, in order.
    pub fn standing_of(&self, session: SessionId) -> Result<Vec<Publication>, StoreError> {
        self.entries(&format!("p WHERE {STANDING} AND p.session = ?1 ORDER BY p.seq"), params![session])
    }

    /// The bytes of an entry; none of a withdrawal.
    pub fn published_bytes(&self, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT bytes FROM publication WHERE seq = ?1")?;
        Ok(statement.query_row([seq], |row| row.get(0)).optional()?.flatten())
    }

    /// The facts of an entry; none of a withdrawal.
    pub fn published_facts(&self, seq: i64) -> Result<Option<Facts>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT facts FROM publication WHERE seq = ?1")?;
        let read = |row: &Row<'_>| {
            let json: Option<String> = row.get(0)?;
            json.map(|json| serde_json::from_str(&json).map_err(|_| bad(0, &json))).transpose()
        };
        Ok(statement.query_row([seq], read).optional()?.flatten())
    }

    /// What stands and has all of these words, the best first.
    pub fn search_published(&self, words: &str, most: u32) -> Result<Vec<PublishedHit>, StoreError> {
        let asked = typed(words);
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let sql =
            "SELECT rowid, snippet(publication_text, 1, char(2), char(3), '…', 24) FROM publication_text
            WHERE publication_text MATCH ?1 ORDER BY bm25(publication_text, 4.0, 1.0), rowid DESC LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_map(params![asked, most], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let found: Vec<(i64, String)> = found.collect::<Result<_, _>>()?;
        let hit = |(seq, around)| Ok(self.publication(seq)?.map(|entry| PublishedHit { entry, around }));
        found.into_iter().filter_map(|pair| hit(pair).transpose()).collect()
    }

    /// Looks at every entry: whether its bytes are those that were published and its hash follows from the one before.
    /// How many there are, or the first at which something does not hold.
    pub fn verify_publications(&self) -> Result<Result<i64, ChainFault>, StoreError> {
        let sql =
            format!("{}, bytes FROM publication ORDER BY seq", ENTRY.trim_end_matches(" FROM publication"));
        let mut statement = self.conn.prepare(&sql)?;
        let rows = statement.query_map([], |row| Ok((entry(row)?, row.get::<_, Option<Vec<u8>>>(14)?)))?;
        let (mut previous, mut count) = ([0_u8; 32], 0);
        for row in rows {
            let (entry, bytes) = row?;
            count += 1;
            let fault = |what| Ok(Err(ChainFault { seq: entry.seq, what }));
            if entry.seq != count {
                return fault("gap");
            }
            if entry.prev_hash != previous {
                return fault("previous");
            }
            if <[u8; 32]>::from(Sha256::digest(bytes.unwrap_or_default())) != entry.sha256 {
                return fault("bytes");
            }
            if entry.clone().sealed().hash != entry.hash {
                return fault("hash");
            }
            previous = entry.hash;
        }
        Ok(Ok(count))
    }

    /// The identity elsewhere of a legal person (`unit`), its land (`area`) or somebody (`person`), by slug or id.
    pub fn public_identity(&self, kind: &str, name: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT iri FROM public_identity WHERE kind = ?1 AND name = ?2";
        Ok(self.conn.prepare_cached(sql)?.query_row([kind, name], |row| row.get(0)).optional()?)
    }
}

impl Tx<'_> {
    /// Enters a version, or the withdrawal of a document, and makes its words the ones that are found.
    pub fn enter_publication(&self, new: &NewPublication) -> Result<Publication, StoreError> {
        let last = self.last_publications(None, 1)?.pop();
        let bytes = new.page.as_ref().map(|page| page.bytes.as_slice());
        let entry = Publication {
            seq: last.as_ref().map_or(1, |last| last.seq + 1),
            kind: new.kind,
            session: new.session,
            decision: new.decision,
            version: new.version,
            act: if bytes.is_some() { PublicationAct::Published } else { PublicationAct::Withdrawn },
            document: new.document.clone(),
            url: new.url.clone(),
            title: new.title.clone(),
            reason: new.reason.clone(),
            published_at: self.now(),
            sha256: Sha256::digest(bytes.unwrap_or_default()).into(),
            prev_hash: last.map_or([0; 32], |last| last.hash),
            hash: [0; 32],
        }
        .sealed();
        let facts = new.page.as_ref().map(|page| serde_json::to_string(&page.facts)).transpose();
        let facts = facts.map_err(|error| StoreError::Damaged(error.to_string()))?;
        self.conn
            .prepare_cached(
                "INSERT INTO publication (seq, kind, session, decision, version, act, document, url, title, reason,
                 published_at, published_by, bytes, facts, sha256, prev_hash, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            )?
            .execute(params![
                entry.seq,
                entry.kind,
                entry.session,
                entry.decision,
                entry.version,
                entry.act,
                entry.document,
                entry.url,
                entry.title,
                entry.reason,
                secs(entry.published_at),
                new.by.map(|by| by.as_bytes().to_vec()),
                bytes,
                facts,
                entry.sha256,
                entry.prev_hash,
                entry.hash
            ])?;
        self.index(&entry, new)?;
        Ok(entry)
    }

    fn index(&self, entry: &Publication, new: &NewPublication) -> Result<(), StoreError> {
        let mut drop = self.conn.prepare_cached("DELETE FROM publication_text WHERE rowid = ?1")?;
        for older in self.editions(entry.kind, entry.session, entry.decision)? {
            drop.execute([older.seq])?;
        }
        if let Some(page) = &new.page {
            self.conn
                .prepare_cached("INSERT INTO publication_text (rowid, title, body) VALUES (?1, ?2, ?3)")?
                .execute(params![entry.seq, entry.title, page.plain])?;
        }
        Ok(())
    }

    /// Writes down the identity elsewhere of a legal person (`unit`), its land (`area`) or somebody (`person`).
    pub fn put_public_identity(&self, kind: &str, name: &str, iri: &str) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO public_identity (kind, name, iri) VALUES (?1, ?2, ?3)
             ON CONFLICT (kind, name) DO UPDATE SET iri = ?3",
            [kind, name, iri],
        )?;
        Ok(())
    }
}
