-- Why a request waits for consent: what the rules said of it when it was made.
CREATE TABLE hold_reason (
    meeting  BLOB NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    reason   TEXT NOT NULL CHECK (json_valid(reason)),
    PRIMARY KEY (meeting, position)
) STRICT, WITHOUT ROWID;

-- Equipment that is worn out or lent stays on file for the meetings that had it.
ALTER TABLE unit ADD COLUMN active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1));
