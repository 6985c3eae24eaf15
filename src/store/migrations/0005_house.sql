-- Why a request waits for consent: what the rules said of it when it was made.
CREATE TABLE hold_reason (
    meeting  BLOB NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    reason   TEXT NOT NULL CHECK (json_valid(reason)),
    PRIMARY KEY (meeting, position)
) STRICT, WITHOUT ROWID;

-- Equipment that is worn out or lent stays on file for the meetings that had it.
ALTER TABLE unit ADD COLUMN active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1));

-- What can be ordered for a meeting, such as coffee or a technician, and how long beforehand.
CREATE TABLE service (
    slug       TEXT PRIMARY KEY CHECK (slug <> ''),
    name       TEXT NOT NULL,
    lead_hours INTEGER NOT NULL CHECK (lead_hours BETWEEN 0 AND 8760),
    contact    TEXT NOT NULL,
    active     INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT, WITHOUT ROWID;

-- An order stands for every date of its meeting that starts at valid_from or later: those before were too near
-- when it was made.
CREATE TABLE service_order (
    meeting    BLOB NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    service    TEXT NOT NULL REFERENCES service (slug),
    count      INTEGER NOT NULL CHECK (count BETWEEN 1 AND 10000),
    note       TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    PRIMARY KEY (meeting, service)
) STRICT, WITHOUT ROWID;
CREATE INDEX service_order_by_service ON service_order (service);
