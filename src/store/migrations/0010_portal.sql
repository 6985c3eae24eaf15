-- What is published of sessions: the register of article 288, the words that can be searched, identities elsewhere.

-- Append-only and chained by hashes: a correction is a new version, a withdrawal an entry of its own. The bytes are
-- those that were published and never change.
CREATE TABLE publication (
    seq          INTEGER PRIMARY KEY CHECK (seq >= 1),
    kind         TEXT NOT NULL CHECK (kind IN ('agenda', 'decision_list', 'minutes', 'extract', 'regulation')),
    session      BLOB NOT NULL REFERENCES session (id),
    decision     BLOB CHECK (length(decision) = 16),
    version      INTEGER NOT NULL CHECK (version >= 1),
    act          TEXT NOT NULL CHECK (act IN ('published', 'withdrawn')),
    document     TEXT NOT NULL CHECK (document <> ''),
    url          TEXT NOT NULL CHECK (url <> ''),
    title        TEXT NOT NULL CHECK (title <> ''),
    reason       TEXT CHECK (reason <> ''),
    published_at INTEGER NOT NULL,
    published_by BLOB CHECK (length(published_by) = 16),
    bytes        BLOB,
    facts        TEXT CHECK (json_valid(facts)),
    sha256       BLOB NOT NULL CHECK (length(sha256) = 32),
    prev_hash    BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash         BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    CHECK ((decision IS NOT NULL) = (kind IN ('extract', 'regulation'))),
    CHECK ((act = 'published') = (bytes IS NOT NULL) AND (act = 'published') = (facts IS NOT NULL)),
    CHECK (act = 'published' OR reason IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX publication_by_version ON publication (session, kind, coalesce(decision, x''), version);
CREATE INDEX publication_by_decision ON publication (decision, version) WHERE decision IS NOT NULL;

CREATE TRIGGER publication_follows BEFORE INSERT ON publication
BEGIN
    SELECT RAISE(ABORT, 'the register has no gaps')
    WHERE NEW.seq <> coalesce((SELECT max(seq) FROM publication), 0) + 1
       OR NEW.prev_hash <> coalesce((SELECT hash FROM publication ORDER BY seq DESC LIMIT 1), zeroblob(32));
END;
CREATE TRIGGER publication_never_changes BEFORE UPDATE ON publication
BEGIN SELECT RAISE(ABORT, 'what is published never changes'); END;
CREATE TRIGGER publication_never_goes BEFORE DELETE ON publication
BEGIN SELECT RAISE(ABORT, 'what is published never changes'); END;

-- The words of the edition that stands, by its number in the register; those of older ones and of what was withdrawn go.
CREATE VIRTUAL TABLE publication_text USING fts5 (title, body, tokenize = "unicode61 remove_diacritics 2");

-- Identities in linked data of what has none of its own in the other tables.
CREATE TABLE public_identity (
    kind TEXT NOT NULL CHECK (kind IN ('unit', 'area', 'person')),
    name TEXT NOT NULL CHECK (name <> ''),
    iri  TEXT NOT NULL CHECK (iri LIKE 'http%://%'),
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
