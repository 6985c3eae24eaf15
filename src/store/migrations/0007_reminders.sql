-- Reminders of dates, and warnings before a room is given free.

-- Of what somebody wants to be reminded; null: they have not chosen.
ALTER TABLE person ADD COLUMN reminders TEXT CHECK (reminders IN ('none', 'evening', 'hour', 'both'));

-- When the next reminder of a date is due; and whether its organiser was told that nobody has come.
ALTER TABLE occurrence ADD COLUMN remind_at INTEGER;
ALTER TABLE occurrence ADD COLUMN warned INTEGER NOT NULL DEFAULT 0 CHECK (warned IN (0, 1));
CREATE INDEX occurrence_by_reminder ON occurrence (remind_at) WHERE remind_at IS NOT NULL;

-- Dates that are booked already are looked at well before their first reminder, but for nothing that is past.
UPDATE occurrence SET remind_at = max(starts - 129600, unixepoch()) WHERE run = 'planned' AND starts > unixepoch();

-- The outbox learns new kinds of mail: a CHECK can only be changed with its table.
CREATE TABLE mail_with_reminders (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    meeting  BLOB REFERENCES meeting (id) ON DELETE CASCADE,
    -- The original wall time of the one date that it is about; '' for all.
    date     TEXT NOT NULL CHECK (length(date) IN (0, 19)),
    person   BLOB NOT NULL REFERENCES person (id),
    kind     TEXT NOT NULL
             CHECK (kind IN ('invitation', 'change', 'cancellation', 'asked', 'decided', 'answered', 'account',
                             'evening_reminder', 'hour_reminder', 'release_soon', 'released')),
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
    CHECK ((meeting IS NULL) = (kind = 'account')),
    CHECK ((state = 'queued') = (settled IS NULL)),
    CHECK (note IS NULL OR state = 'queued')
) STRICT, WITHOUT ROWID;
INSERT INTO mail_with_reminders (id, meeting, date, person, kind, sequence, state, attempts, in_hand, doubtful, next_at,
                                 created, settled, note)
SELECT id, meeting, date, person, kind, sequence, state, attempts, in_hand, doubtful, next_at, created, settled, note
FROM mail;
DROP TABLE mail;
ALTER TABLE mail_with_reminders RENAME TO mail;
CREATE UNIQUE INDEX mail_once ON mail (meeting, person, date, kind, sequence);
CREATE INDEX mail_by_state ON mail (state, next_at);
CREATE INDEX mail_by_person ON mail (person);
CREATE INDEX mail_by_settled ON mail (settled) WHERE settled IS NOT NULL;
