-- Convocations: exactly what was sent, to whom, how, and what proves it; and how ready a session is.

CREATE TABLE convocation (
    session        BLOB NOT NULL REFERENCES session (id),
    number         INTEGER NOT NULL CHECK (number >= 1),
    kind           TEXT NOT NULL CHECK (kind IN ('first', 'supplementary', 'urgent', 'moved')),
    agenda_version INTEGER NOT NULL,
    urgent_reason  TEXT,
    letter         TEXT NOT NULL CHECK (letter <> ''),
    hash           BLOB NOT NULL CHECK (length(hash) = 32),
    sealed_at      INTEGER NOT NULL,
    PRIMARY KEY (session, number),
    FOREIGN KEY (session, agenda_version) REFERENCES agenda_version (session, number),
    CHECK ((kind = 'first') = (number = 1))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER convocation_never_changes BEFORE UPDATE ON convocation
BEGIN SELECT RAISE(ABORT, 'a sealed convocation never changes'); END;
CREATE TRIGGER convocation_never_goes BEFORE DELETE ON convocation
BEGIN SELECT RAISE(ABORT, 'a sealed convocation never changes'); END;

-- One way on which one member was reached, or not: whom mail did not reach is handed it on paper, in a row of its own.
CREATE TABLE dispatch (
    id        BLOB PRIMARY KEY CHECK (length(id) = 16),
    session   BLOB NOT NULL,
    number    INTEGER NOT NULL,
    mandate   BLOB NOT NULL REFERENCES mandate (id),
    channel   TEXT NOT NULL CHECK (channel IN ('email', 'portal', 'paper')),
    state     TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    queued_at INTEGER NOT NULL,
    sent_at   INTEGER,
    evidence  TEXT NOT NULL,
    opened_at INTEGER,
    FOREIGN KEY (session, number) REFERENCES convocation (session, number),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX dispatch_once ON dispatch (session, number, mandate, channel);

-- What was sent stays sent.
CREATE TRIGGER dispatch_never_unsent BEFORE UPDATE ON dispatch
WHEN OLD.state = 'sent' AND (NEW.state <> 'sent' OR NEW.sent_at <> OLD.sent_at OR NEW.evidence <> OLD.evidence)
BEGIN SELECT RAISE(ABORT, 'what was sent stays sent'); END;
CREATE TRIGGER dispatch_never_goes BEFORE DELETE ON dispatch
BEGIN SELECT RAISE(ABORT, 'what was sent stays sent'); END;

-- What has to be ready before a session: the room, kit, the stream, the channel for secret votes.
CREATE TABLE readiness (
    session BLOB NOT NULL REFERENCES session (id),
    item    TEXT NOT NULL CHECK (item IN ('room', 'kit', 'stream', 'fallback_phone', 'secret_vote')),
    state   TEXT NOT NULL CHECK (state IN ('open', 'done', 'failed', 'not_needed')),
    at      INTEGER NOT NULL,
    note    TEXT NOT NULL,
    PRIMARY KEY (session, item)
) STRICT, WITHOUT ROWID;

-- The chair's test call with each member who takes part remotely.
CREATE TABLE test_call (
    session BLOB NOT NULL REFERENCES session (id),
    mandate BLOB NOT NULL REFERENCES mandate (id),
    planned INTEGER,
    done_at INTEGER,
    result  TEXT NOT NULL CHECK (result IN ('planned', 'good', 'sound_only', 'failed')),
    note    TEXT NOT NULL,
    PRIMARY KEY (session, mandate),
    CHECK ((result = 'planned') = (done_at IS NULL))
) STRICT, WITHOUT ROWID;

-- The outbox learns of convocations: each is one dispatch, so that nothing is sent twice.
CREATE TABLE mail_with_convocations (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    meeting  BLOB REFERENCES meeting (id) ON DELETE CASCADE,
    -- The original wall time of the one date that it is about; '' for all.
    date     TEXT NOT NULL CHECK (length(date) IN (0, 19)),
    person   BLOB NOT NULL REFERENCES person (id),
    kind     TEXT NOT NULL
             CHECK (kind IN ('invitation', 'change', 'cancellation', 'asked', 'decided', 'answered', 'account',
                             'evening_reminder', 'hour_reminder', 'release_soon', 'released', 'convocation')),
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
    -- What cannot be read from the meeting later: the link of an account, what somebody taken off the list knew of
    -- it, or the start of which a mail reminds. Wiped when settled.
    note     TEXT,
    dispatch BLOB UNIQUE REFERENCES dispatch (id),
    CHECK ((meeting IS NULL) = (kind IN ('account', 'convocation'))),
    CHECK ((dispatch IS NOT NULL) = (kind = 'convocation')),
    CHECK ((state = 'queued') = (settled IS NULL)),
    CHECK (note IS NULL OR state = 'queued')
) STRICT, WITHOUT ROWID;
INSERT INTO mail_with_convocations (id, meeting, date, person, kind, sequence, state, attempts, in_hand, doubtful, next_at,
                                    created, settled, note)
SELECT id, meeting, date, person, kind, sequence, state, attempts, in_hand, doubtful, next_at, created, settled, note
FROM mail;
DROP TABLE mail;
ALTER TABLE mail_with_convocations RENAME TO mail;
CREATE UNIQUE INDEX mail_once ON mail (meeting, person, date, kind, sequence);
CREATE INDEX mail_by_state ON mail (state, next_at);
CREATE INDEX mail_by_person ON mail (person);
CREATE INDEX mail_by_settled ON mail (settled) WHERE settled IS NOT NULL;
