-- Who may sign in, and who has. Secrets of cookies and links are kept only as SHA-256, passwords as argon2id.

CREATE TABLE account (
    person       BLOB PRIMARY KEY REFERENCES person (id),
    password     TEXT,
    -- The shared secret of the second factor (RFC 6238), and the last step that was accepted.
    totp         BLOB CHECK (length(totp) = 20),
    totp_step    INTEGER NOT NULL CHECK (totp_step >= 0),
    failures     INTEGER NOT NULL CHECK (failures >= 0),
    locked_until INTEGER,
    created      INTEGER NOT NULL,
    closed       INTEGER
) STRICT, WITHOUT ROWID;

-- A step of the second factor is good once: it never goes back while the secret stays.
CREATE TRIGGER totp_step_never_back BEFORE UPDATE OF totp_step ON account
WHEN NEW.totp_step < OLD.totp_step AND NEW.totp IS OLD.totp
BEGIN
    SELECT RAISE(ABORT, 'an accepted step never goes back');
END;

CREATE TABLE recovery_code (
    hash   BLOB PRIMARY KEY CHECK (length(hash) = 32),
    person BLOB NOT NULL REFERENCES account (person),
    used   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_code_by_person ON recovery_code (person);

-- What somebody may do beyond what all staff may: a role, in the whole town or in a part of it.
CREATE TABLE role_grant (
    person BLOB NOT NULL REFERENCES person (id),
    role   TEXT NOT NULL CHECK (role IN ('clerk', 'chair', 'member', 'manager', 'admin', 'staff')),
    scope  TEXT NOT NULL CHECK (scope <> ''),
    PRIMARY KEY (person, role, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in (
    id        BLOB PRIMARY KEY CHECK (length(id) = 16),
    hash      BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    person    BLOB NOT NULL REFERENCES account (person),
    -- Waits for the second factor; opens nothing but the page that asks for it.
    pending   INTEGER NOT NULL CHECK (pending IN (0, 1)),
    created   INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    agent     TEXT,
    ended     INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_by_person ON sign_in (person);
CREATE INDEX sign_in_by_age ON sign_in (created);

-- A link that is good once: the first set-up, an invitation, a forgotten password.
CREATE TABLE account_link (
    hash    BLOB PRIMARY KEY CHECK (length(hash) = 32),
    kind    TEXT NOT NULL CHECK (kind IN ('set_up', 'invitation', 'reset')),
    person  BLOB REFERENCES person (id),
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER,
    CHECK ((kind = 'set_up') = (person IS NULL))
) STRICT, WITHOUT ROWID;

-- The history of one thing, as its page shows it.
CREATE INDEX journal_by_subject ON journal (subject) WHERE subject IS NOT NULL;

-- Why a date was called off, as its organiser told those who would have come.
ALTER TABLE occurrence ADD COLUMN reason TEXT;
