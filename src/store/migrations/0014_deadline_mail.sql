-- Mail about what is to be done for sessions.

-- What somebody who prepares sessions wants to be told of; null: they have not chosen.
ALTER TABLE person ADD COLUMN deadline_mail TEXT CHECK (deadline_mail IN ('none', 'due', 'soon', 'week'));

-- The outbox learns of it: one mail to each for each day.
CREATE TABLE mail_with_deadlines (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    meeting  BLOB REFERENCES meeting (id) ON DELETE CASCADE,
    -- The original wall time of the one date that it is about, or the day for which it lists what is to be done; '' for
    -- all.
    date     TEXT NOT NULL CHECK (length(date) IN (0, 19)),
    person   BLOB NOT NULL REFERENCES person (id),
    kind     TEXT NOT NULL
             CHECK (kind IN ('invitation', 'change', 'cancellation', 'asked', 'decided', 'answered', 'account',
                             'evening_reminder', 'hour_reminder', 'release_soon', 'released', 'convocation',
                             'deadlines')),
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
    CHECK ((meeting IS NULL) = (kind IN ('account', 'convocation', 'deadlines'))),
    CHECK ((dispatch IS NOT NULL) = (kind = 'convocation')),
    CHECK (kind <> 'deadlines' OR date <> ''),
    CHECK ((state = 'queued') = (settled IS NULL)),
    CHECK (note IS NULL OR state = 'queued')
) STRICT, WITHOUT ROWID;
INSERT INTO mail_with_deadlines (id, meeting, date, person, kind, sequence, state, attempts, in_hand, doubtful, next_at,
                                 created, settled, note, dispatch)
SELECT id, meeting, date, person, kind, sequence, state, attempts, in_hand, doubtful, next_at, created, settled, note,
       dispatch
FROM mail;
DROP TABLE mail;
ALTER TABLE mail_with_deadlines RENAME TO mail;
CREATE UNIQUE INDEX mail_once ON mail (meeting, person, date, kind, sequence);
CREATE UNIQUE INDEX mail_of_deadlines ON mail (person, date) WHERE kind = 'deadlines';
CREATE INDEX mail_by_state ON mail (state, next_at);
CREATE INDEX mail_by_person ON mail (person);
CREATE INDEX mail_by_settled ON mail (settled) WHERE settled IS NOT NULL;
