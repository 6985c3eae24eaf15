-- The outbox: a row per recipient and revision, written in the transaction of the action. Words are found when
-- it is sent. The key makes a row's Message-ID, so that a repeated sending can be recognised.
CREATE TABLE mail (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    meeting  BLOB REFERENCES meeting (id) ON DELETE CASCADE,
    -- The original wall time of the one date that it is about; '' for all.
    date     TEXT NOT NULL CHECK (length(date) IN (0, 19)),
    person   BLOB NOT NULL REFERENCES person (id),
    kind     TEXT NOT NULL
             CHECK (kind IN ('invitation', 'change', 'cancellation', 'asked', 'decided', 'answered', 'account')),
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    state    TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'given_up', 'superseded')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    -- 1 while an attempt is out: claimed and not settled.
    in_hand  INTEGER NOT NULL CHECK (in_hand IN (0, 1)),
    -- 1 once an attempt ended without an answer: it may have arrived.
    doubtful INTEGER NOT NULL CHECK (doubtful IN (0, 1)),
    next_at  INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    settled  INTEGER,
    -- What cannot be read from the meeting later: the link of an account, or what somebody taken off the list
    -- knew of it. Wiped when settled.
    note     TEXT,
    CHECK ((meeting IS NULL) = (kind = 'account')),
    CHECK ((state = 'queued') = (settled IS NULL)),
    CHECK (note IS NULL OR state = 'queued')
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX mail_once ON mail (meeting, person, date, kind, sequence);
CREATE INDEX mail_by_state ON mail (state, next_at);
CREATE INDEX mail_by_person ON mail (person);
CREATE INDEX mail_by_settled ON mail (settled) WHERE settled IS NOT NULL;

-- Minutes of the day between which nothing is sent that can wait, in the person's own zone; equal: never.
ALTER TABLE person ADD COLUMN quiet_from INTEGER NOT NULL DEFAULT 1200 CHECK (quiet_from BETWEEN 0 AND 1439);
ALTER TABLE person ADD COLUMN quiet_to INTEGER NOT NULL DEFAULT 420 CHECK (quiet_to BETWEEN 0 AND 1439);
