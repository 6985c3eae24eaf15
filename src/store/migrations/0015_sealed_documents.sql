-- The documents that went with a convocation: each version by its hash, so that what was sent can be shown years later.

CREATE TABLE convocation_document (
    session  BLOB NOT NULL,
    number   INTEGER NOT NULL,
    document BLOB NOT NULL,
    version  INTEGER NOT NULL,
    sha256   BLOB CHECK (length(sha256) = 32),
    PRIMARY KEY (session, number, document),
    FOREIGN KEY (session, number) REFERENCES convocation (session, number),
    FOREIGN KEY (document, version) REFERENCES document_version (document, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER convocation_document_never_changes BEFORE UPDATE ON convocation_document
BEGIN SELECT RAISE(ABORT, 'a sealed convocation never changes'); END;
CREATE TRIGGER convocation_document_never_goes BEFORE DELETE ON convocation_document
BEGIN SELECT RAISE(ABORT, 'a sealed convocation never changes'); END;
