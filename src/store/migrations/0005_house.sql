-- Why a request waits for consent: what the rules said of it when it was made.
CREATE TABLE hold_reason (
    meeting  BLOB NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    reason   TEXT NOT NULL CHECK (json_valid(reason)),
    PRIMARY KEY (meeting, position)
) STRICT, WITHOUT ROWID;
