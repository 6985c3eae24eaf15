-- The documents of sessions: bytes by their hash, versions, who may read them and who did, and the search.

CREATE TABLE content (
    id      INTEGER PRIMARY KEY,
    sha256  BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
    bytes   BLOB NOT NULL CHECK (length(bytes) > 0),
    -- What it says, as far as it could be read; null if it could not.
    text    TEXT,
    -- How many pages, of a PDF that could be read.
    pages   INTEGER CHECK (pages >= 1)
) STRICT;
CREATE TRIGGER content_never_changes BEFORE UPDATE ON content
BEGIN SELECT RAISE(ABORT, 'the bytes of a document never change'); END;

CREATE TABLE document (
    id           BLOB PRIMARY KEY CHECK (length(id) = 16),
    session      BLOB NOT NULL REFERENCES session (id),
    item         BLOB REFERENCES agenda_item (id),
    title        TEXT NOT NULL CHECK (title <> ''),
    position     INTEGER NOT NULL CHECK (position >= 1),
    downloadable INTEGER NOT NULL CHECK (downloadable IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX document_by_session ON document (session, item, position);
CREATE INDEX document_by_item ON document (item);

CREATE TRIGGER document_of_its_session BEFORE INSERT ON document
WHEN NEW.item IS NOT NULL AND NEW.session IS NOT (SELECT session FROM agenda_item WHERE id = NEW.item)
BEGIN SELECT RAISE(ABORT, 'the item is of another session'); END;
CREATE TRIGGER document_stays_in_its_session BEFORE UPDATE OF session, item ON document
WHEN NEW.session <> OLD.session
  OR (NEW.item IS NOT NULL AND NEW.session IS NOT (SELECT session FROM agenda_item WHERE id = NEW.item))
BEGIN SELECT RAISE(ABORT, 'the item is of another session'); END;

CREATE TABLE document_version (
    document      BLOB NOT NULL REFERENCES document (id),
    number        INTEGER NOT NULL CHECK (number >= 1),
    sha256        BLOB REFERENCES content (sha256),
    kind          TEXT CHECK (kind IN ('pdf', 'docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp', 'png', 'jpg', 'txt', 'csv')),
    length        INTEGER CHECK (length > 0),
    name          TEXT CHECK (name <> ''),
    made_by       BLOB REFERENCES person (id),
    at            INTEGER NOT NULL,
    access        TEXT NOT NULL CHECK (access IN ('public', 'members', 'closed', 'confidential')),
    state         TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'frozen', 'superseded', 'released')),
    frozen_for    INTEGER CHECK (frozen_for >= 1),
    changed_after INTEGER CHECK (changed_after >= 1),
    PRIMARY KEY (document, number),
    CHECK ((sha256 IS NULL) = (kind IS NULL) AND (kind IS NULL) = (length IS NULL) AND (length IS NULL) = (name IS NULL)),
    CHECK ((frozen_for IS NOT NULL) = (state IN ('frozen', 'superseded', 'released'))),
    CHECK (state <> 'released' OR access = 'public')
) STRICT, WITHOUT ROWID;

-- What a version holds is for life; what went with a convocation never becomes a draft again and never goes.
CREATE TRIGGER document_version_never_changes
BEFORE UPDATE OF document, number, sha256, kind, length, name, made_by, at, changed_after ON document_version
BEGIN SELECT RAISE(ABORT, 'a version never changes: a correction is another version'); END;
CREATE TRIGGER document_version_stays_sent BEFORE UPDATE OF state, frozen_for ON document_version
WHEN OLD.frozen_for IS NOT NULL AND NEW.frozen_for IS NOT OLD.frozen_for
BEGIN SELECT RAISE(ABORT, 'what was sent stays sent'); END;
CREATE TRIGGER document_version_stays_superseded BEFORE UPDATE OF state ON document_version
WHEN OLD.state = 'superseded' AND NEW.state <> 'superseded'
BEGIN SELECT RAISE(ABORT, 'what was superseded stays so'); END;
CREATE TRIGGER document_version_never_goes BEFORE DELETE ON document_version
WHEN OLD.frozen_for IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was sent never goes'); END;

-- A document is no more open than the part in which its item is treated.
CREATE TRIGGER document_version_is_closed_enough BEFORE INSERT ON document_version
WHEN NEW.access IN ('public', 'members')
 AND EXISTS (SELECT 1 FROM document d JOIN agenda_item i ON i.id = d.item WHERE d.id = NEW.document AND i.part = 'closed')
BEGIN SELECT RAISE(ABORT, 'more open than its item'); END;
CREATE TRIGGER document_version_stays_closed_enough BEFORE UPDATE OF access, state ON document_version
WHEN NEW.access IN ('public', 'members')
 AND EXISTS (SELECT 1 FROM document d JOIN agenda_item i ON i.id = d.item WHERE d.id = NEW.document AND i.part = 'closed')
BEGIN SELECT RAISE(ABORT, 'more open than its item'); END;
-- An item that goes behind closed doors takes its documents along, whoever moves it.
CREATE TRIGGER agenda_item_closes_its_documents AFTER UPDATE OF part ON agenda_item
WHEN NEW.part = 'closed' AND OLD.part <> 'closed'
BEGIN
    UPDATE document_version
    SET access = 'closed', state = CASE state WHEN 'released' THEN 'frozen' ELSE state END
    WHERE access IN ('public', 'members') AND document IN (SELECT id FROM document WHERE item = NEW.id);
END;
CREATE TRIGGER document_closes_with_its_item AFTER UPDATE OF item ON document
WHEN EXISTS (SELECT 1 FROM agenda_item WHERE id = NEW.item AND part = 'closed')
BEGIN
    UPDATE document_version
    SET access = 'closed', state = CASE state WHEN 'released' THEN 'frozen' ELSE state END
    WHERE access IN ('public', 'members') AND document = NEW.id;
END;

-- Who is named for a confidential document.
CREATE TABLE document_reader (
    document BLOB NOT NULL REFERENCES document (id),
    person   BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (document, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_reader_by_person ON document_reader (person);

-- Who keeps away from an item, for a conflict of interest: they do not get its documents.
CREATE TABLE item_recusal (
    item   BLOB NOT NULL REFERENCES agenda_item (id),
    person BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (item, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_recusal_by_person ON item_recusal (person);

-- When a member first opened a version.
CREATE TABLE document_receipt (
    document      BLOB NOT NULL,
    number        INTEGER NOT NULL,
    person        BLOB NOT NULL REFERENCES person (id),
    first_read_at INTEGER NOT NULL,
    PRIMARY KEY (document, number, person),
    FOREIGN KEY (document, number) REFERENCES document_version (document, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_receipt_by_person ON document_receipt (person, document);
CREATE TRIGGER document_receipt_never_changes BEFORE UPDATE ON document_receipt
BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END;
CREATE TRIGGER document_receipt_never_goes BEFORE DELETE ON document_receipt
BEGIN SELECT RAISE(ABORT, 'a receipt never changes'); END;

-- What can be found, with who may read it beside it. An item has two rows: what is published of it, and its file.
CREATE TABLE council_text (
    id       INTEGER PRIMARY KEY,
    session  BLOB NOT NULL,
    item     BLOB,
    document BLOB,
    number   INTEGER,
    part     TEXT NOT NULL CHECK (part IN ('agenda', 'file', 'document')),
    access   TEXT NOT NULL,
    state    TEXT NOT NULL,
    title    TEXT NOT NULL,
    body     TEXT NOT NULL
) STRICT;
CREATE INDEX council_text_by_item ON council_text (item, part);
CREATE INDEX council_text_by_document ON council_text (document, number);

CREATE VIRTUAL TABLE council_index USING fts5 (
    title, body, content = 'council_text', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER council_text_added AFTER INSERT ON council_text
BEGIN INSERT INTO council_index (rowid, title, body) VALUES (NEW.id, NEW.title, NEW.body); END;
CREATE TRIGGER council_text_gone AFTER DELETE ON council_text
BEGIN INSERT INTO council_index (council_index, rowid, title, body) VALUES ('delete', OLD.id, OLD.title, OLD.body); END;
CREATE TRIGGER council_text_changed AFTER UPDATE OF title, body ON council_text
BEGIN
    INSERT INTO council_index (council_index, rowid, title, body) VALUES ('delete', OLD.id, OLD.title, OLD.body);
    INSERT INTO council_index (rowid, title, body) VALUES (NEW.id, NEW.title, NEW.body);
END;

-- Items keep their rows themselves, whichever door changes them. The state says what it is to a reader: what stands on
-- a sealed agenda was sent, and its public face is released. The face of a closed item is closed here: only the portal
-- decides what is published of it.
CREATE VIEW item_text AS
SELECT i.id AS item, i.session, part.word AS part,
    CASE WHEN i.part = 'closed' THEN 'closed' WHEN part.word = 'agenda' THEN 'public' ELSE 'members' END AS access,
    CASE WHEN i.state NOT IN ('on_agenda', 'treated') THEN 'draft'
         WHEN i.part = 'public' AND part.word = 'agenda' THEN 'released' ELSE 'frozen' END AS state,
    i.title,
    CASE part.word WHEN 'agenda' THEN i.description ELSE i.internal_title || char(10) || i.note || char(10) || i.draft END
        AS body
FROM agenda_item i, (SELECT 'agenda' AS word UNION ALL SELECT 'file') AS part;

CREATE TRIGGER agenda_item_is_found AFTER INSERT ON agenda_item
BEGIN
    INSERT INTO council_text (session, item, part, access, state, title, body)
    SELECT session, item, part, access, state, title, body FROM item_text WHERE item = NEW.id;
END;
CREATE TRIGGER agenda_item_is_found_as_it_stands
AFTER UPDATE OF part, title, internal_title, description, note, draft, state ON agenda_item
BEGIN
    UPDATE council_text SET access = t.access, state = t.state, title = t.title, body = t.body
    FROM item_text t WHERE t.item = NEW.id AND council_text.item = NEW.id AND council_text.part = t.part;
    -- A document's row bears the part of its item only by its access, which its own triggers set.
END;
INSERT INTO council_text (session, item, part, access, state, title, body)
SELECT session, item, part, access, state, title, body FROM item_text;

-- So do documents. What cannot be fetched is found by its name only.
CREATE TRIGGER document_version_is_found AFTER INSERT ON document_version
BEGIN
    INSERT INTO council_text (session, item, document, number, part, access, state, title, body)
    SELECT d.session, d.item, d.id, NEW.number, 'document', NEW.access, NEW.state, d.title,
        CASE d.downloadable WHEN 1 THEN coalesce((SELECT text FROM content WHERE sha256 = NEW.sha256), '') ELSE '' END
    FROM document d WHERE d.id = NEW.document;
END;
CREATE TRIGGER document_version_is_found_as_it_stands AFTER UPDATE OF access, state ON document_version
BEGIN
    UPDATE council_text SET access = NEW.access, state = NEW.state
    WHERE document = NEW.document AND number = NEW.number;
END;
CREATE TRIGGER document_is_found_as_it_stands AFTER UPDATE OF title, item, downloadable ON document
BEGIN
    UPDATE council_text SET title = NEW.title, item = NEW.item,
        body = CASE NEW.downloadable WHEN 0 THEN '' ELSE coalesce((SELECT c.text FROM document_version v
            JOIN content c ON c.sha256 = v.sha256 WHERE v.document = NEW.id AND v.number = council_text.number), '') END
    WHERE document = NEW.id;
END;
CREATE TRIGGER document_version_is_lost AFTER DELETE ON document_version
BEGIN DELETE FROM council_text WHERE document = OLD.document AND number = OLD.number; END;
