-- Minutes: what was at the members' disposal, what they remarked, what was approved and signed.

CREATE TABLE minutes (
    session        BLOB PRIMARY KEY REFERENCES session (id),
    available_at   INTEGER NOT NULL,
    approved_in    BLOB REFERENCES session (id),
    approved_at    INTEGER,
    signed_chair   INTEGER,
    signed_secretary INTEGER,
    CHECK ((approved_at IS NULL) = (approved_in IS NULL)),
    CHECK (approved_at IS NOT NULL OR (signed_chair IS NULL AND signed_secretary IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER minutes_approved_once BEFORE UPDATE ON minutes
WHEN OLD.approved_at IS NOT NULL AND (NEW.approved_at, NEW.approved_in) IS NOT (OLD.approved_at, OLD.approved_in)
  OR OLD.signed_chair IS NOT NULL AND NEW.signed_chair IS NOT OLD.signed_chair
  OR OLD.signed_secretary IS NOT NULL AND NEW.signed_secretary IS NOT OLD.signed_secretary
BEGIN SELECT RAISE(ABORT, 'minutes are approved and signed once'); END;
CREATE TRIGGER minutes_never_go BEFORE DELETE ON minutes
BEGIN SELECT RAISE(ABORT, 'minutes never go'); END;

-- Every text that was at the members' disposal; the last one is what is approved.
CREATE TABLE minutes_version (
    session BLOB NOT NULL REFERENCES session (id),
    number  INTEGER NOT NULL CHECK (number >= 1),
    made_at INTEGER NOT NULL,
    content TEXT NOT NULL CHECK (content <> ''),
    report  TEXT NOT NULL,
    hash    BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER minutes_version_never_changes BEFORE UPDATE ON minutes_version
BEGIN SELECT RAISE(ABORT, 'minutes that members have read never change'); END;
CREATE TRIGGER minutes_version_never_goes BEFORE DELETE ON minutes_version
BEGIN SELECT RAISE(ABORT, 'minutes that members have read never change'); END;
CREATE TRIGGER minutes_version_before_approval BEFORE INSERT ON minutes_version
WHEN EXISTS (SELECT 1 FROM minutes WHERE session = NEW.session AND approved_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'minutes that are approved never change'); END;

-- Remarks of members on the wording (article 32).
CREATE TABLE minutes_remark (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    session  BLOB NOT NULL REFERENCES session (id),
    mandate  BLOB NOT NULL REFERENCES mandate (id),
    item     BLOB REFERENCES agenda_item (id),
    text     TEXT NOT NULL CHECK (text <> ''),
    made_at  INTEGER NOT NULL,
    answer   TEXT CHECK (answer IN ('taken_over', 'refused')),
    answered INTEGER,
    CHECK ((answer IS NULL) = (answered IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX minutes_remark_by_session ON minutes_remark (session, made_at);
