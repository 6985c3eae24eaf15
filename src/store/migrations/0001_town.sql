-- Times: INTEGER seconds since 1970 UTC, except journal.at in milliseconds. Wall times: TEXT
-- 'YYYY-MM-DDTHH:MM:SS' in the zone beside them. Ids: BLOB of 16 bytes (UUIDv7).

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE legal_body (
    slug TEXT PRIMARY KEY CHECK (slug <> ''),
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE site (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    slug     TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    name     TEXT NOT NULL,
    address  TEXT NOT NULL,
    walk_min INTEGER NOT NULL CHECK (walk_min >= 0)
) STRICT, WITHOUT ROWID;

-- What can be claimed: a cell of a room, a unit of equipment, a person's time.
CREATE TABLE resource (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('cell', 'unit', 'person'))
) STRICT;

CREATE TABLE room (
    id           BLOB PRIMARY KEY CHECK (length(id) = 16),
    slug         TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    name         TEXT NOT NULL,
    site         BLOB NOT NULL REFERENCES site (id),
    floor        TEXT NOT NULL,
    capacity     INTEGER NOT NULL CHECK (capacity >= 0),
    hybrid       INTEGER NOT NULL CHECK (hybrid IN (0, 1)),
    wheelchair   INTEGER NOT NULL CHECK (wheelchair IN (0, 1)),
    hearing_loop INTEGER NOT NULL CHECK (hearing_loop IN (0, 1)),
    setup_min    INTEGER NOT NULL CHECK (setup_min BETWEEN 0 AND 1440),
    cleanup_min  INTEGER NOT NULL CHECK (cleanup_min BETWEEN 0 AND 1440),
    room_group   TEXT,
    check_in     INTEGER NOT NULL CHECK (check_in IN (0, 1)),
    active       INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE room_cell (
    room     BLOB NOT NULL REFERENCES room (id),
    resource INTEGER NOT NULL REFERENCES resource (id),
    PRIMARY KEY (room, resource)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
    resource INTEGER PRIMARY KEY REFERENCES resource (id),
    kind     TEXT NOT NULL CHECK (kind <> ''),
    name     TEXT NOT NULL,
    site     BLOB NOT NULL REFERENCES site (id)
) STRICT;

CREATE TABLE person (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16),
    kind       TEXT NOT NULL CHECK (kind IN ('staff', 'guest')),
    email      TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    lang       TEXT NOT NULL CHECK (lang IN ('nl', 'fr', 'de', 'en')),
    zone       TEXT NOT NULL,
    department TEXT,
    resource   INTEGER UNIQUE REFERENCES resource (id),
    hard       INTEGER NOT NULL CHECK (hard IN (0, 1)),
    expires    INTEGER,
    erased     INTEGER,
    CHECK ((kind = 'staff') = (resource IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX person_by_expiry ON person (expires) WHERE expires IS NOT NULL AND erased IS NULL;

CREATE TABLE body (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16),
    slug       TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('council', 'college', 'committee')),
    legal_body TEXT NOT NULL REFERENCES legal_body (slug)
) STRICT, WITHOUT ROWID;

CREATE TABLE body_member (
    body   BLOB NOT NULL REFERENCES body (id),
    person BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (body, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
    id       TEXT PRIMARY KEY CHECK (id <> ''),
    position INTEGER NOT NULL,
    rule     TEXT NOT NULL CHECK (json_valid(rule))
) STRICT, WITHOUT ROWID;

CREATE TABLE meeting (
    id              BLOB PRIMARY KEY CHECK (length(id) = 16),
    imported_uid    TEXT,
    title           TEXT NOT NULL,
    description     TEXT,
    privacy         TEXT NOT NULL CHECK (privacy IN ('public', 'internal', 'private', 'closed')),
    organiser       BLOB NOT NULL REFERENCES person (id),
    body            BLOB REFERENCES body (id),
    wall_start      TEXT NOT NULL CHECK (length(wall_start) = 19),
    zone            TEXT NOT NULL,
    length_s        INTEGER NOT NULL CHECK (length_s BETWEEN 60 AND 1209600),
    rule            TEXT,
    equipment       TEXT NOT NULL CHECK (json_valid(equipment)),
    conference_url  TEXT,
    dial_in         TEXT,
    status          TEXT NOT NULL CHECK (status IN ('live', 'held', 'cancelled')),
    held_until      INTEGER,
    version         INTEGER NOT NULL CHECK (version >= 1),
    sequence        INTEGER NOT NULL CHECK (sequence >= 0),
    created         INTEGER NOT NULL,
    modified        INTEGER NOT NULL,
    split_from      BLOB REFERENCES meeting (id),
    materialised_to TEXT,
    ad_hoc          INTEGER NOT NULL CHECK (ad_hoc IN (0, 1)),
    import_digest   BLOB,
    CHECK ((status = 'held') = (held_until IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX meeting_by_imported_uid ON meeting (imported_uid) WHERE imported_uid IS NOT NULL;
CREATE INDEX meeting_by_organiser ON meeting (organiser);
CREATE INDEX meeting_by_body ON meeting (body) WHERE body IS NOT NULL;
CREATE INDEX meeting_by_hold ON meeting (held_until) WHERE held_until IS NOT NULL;
CREATE INDEX meeting_by_horizon ON meeting (materialised_to) WHERE materialised_to IS NOT NULL;
CREATE INDEX meeting_by_split ON meeting (split_from) WHERE split_from IS NOT NULL;

-- SEQUENCE and the version of a meeting never go down.
CREATE TRIGGER meeting_never_back BEFORE UPDATE OF version, sequence ON meeting
WHEN NEW.version < OLD.version OR NEW.sequence < OLD.sequence
BEGIN
    SELECT RAISE(ABORT, 'version and sequence never go down');
END;

CREATE TABLE meeting_room (
    meeting  BLOB NOT NULL REFERENCES meeting (id),
    position INTEGER NOT NULL,
    room     BLOB NOT NULL REFERENCES room (id),
    PRIMARY KEY (meeting, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE participant (
    meeting  BLOB NOT NULL REFERENCES meeting (id),
    person   BLOB NOT NULL REFERENCES person (id),
    position INTEGER NOT NULL,
    part     TEXT NOT NULL CHECK (part IN ('chair', 'required', 'optional')),
    mode     TEXT NOT NULL CHECK (mode IN ('in_room', 'remote', 'undecided')),
    answer   TEXT NOT NULL CHECK (answer IN ('none', 'accepted', 'declined', 'tentative')),
    PRIMARY KEY (meeting, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX participant_by_person ON participant (person, meeting);

CREATE TABLE occurrence (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16),
    meeting    BLOB NOT NULL REFERENCES meeting (id),
    original   TEXT NOT NULL CHECK (length(original) = 19),
    starts     INTEGER NOT NULL,
    ends       INTEGER NOT NULL,
    run        TEXT NOT NULL CHECK (run IN ('planned', 'cancelled', 'released', 'expired')),
    title      TEXT,
    own_rooms  INTEGER NOT NULL CHECK (own_rooms IN (0, 1)),
    checked_in INTEGER,
    check_ins  INTEGER NOT NULL CHECK (check_ins >= 0),
    release_at INTEGER,
    released   INTEGER,
    ended      INTEGER,
    cancelled  INTEGER,
    CHECK (starts < ends),
    CHECK ((run = 'released') = (released IS NOT NULL)),
    CHECK ((run = 'cancelled') = (cancelled IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX occurrence_by_meeting ON occurrence (meeting, original);
CREATE INDEX occurrence_by_release ON occurrence (release_at) WHERE release_at IS NOT NULL;

CREATE TABLE occurrence_room (
    occurrence BLOB NOT NULL REFERENCES occurrence (id),
    position   INTEGER NOT NULL,
    room       BLOB NOT NULL REFERENCES room (id),
    PRIMARY KEY (occurrence, position)
) STRICT, WITHOUT ROWID;

-- How somebody takes part in one date, when it differs from the meeting's list.
CREATE TABLE attendance (
    occurrence BLOB NOT NULL REFERENCES occurrence (id),
    person     BLOB NOT NULL REFERENCES person (id),
    mode       TEXT NOT NULL CHECK (mode IN ('in_room', 'remote', 'undecided')),
    answer     TEXT NOT NULL CHECK (answer IN ('none', 'accepted', 'declined', 'tentative')),
    PRIMARY KEY (occurrence, person)
) STRICT, WITHOUT ROWID;

-- One table for all doors. The key is the order of the probe: the last claim that starts before my end.
CREATE TABLE claim (
    resource   INTEGER NOT NULL REFERENCES resource (id),
    starts     INTEGER NOT NULL,
    occurrence BLOB NOT NULL REFERENCES occurrence (id),
    ends       INTEGER NOT NULL,
    strength   TEXT NOT NULL CHECK (strength IN ('hard', 'hold', 'soft')),
    live       INTEGER NOT NULL CHECK (live IN (0, 1)),
    PRIMARY KEY (resource, starts, occurrence),
    CHECK (starts < ends)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_by_occurrence ON claim (occurrence);

-- Live claims of one resource never overlap. As long as that holds, the last one that starts before my end
-- is the only one that can reach into me.
CREATE TRIGGER claim_never_overlaps BEFORE INSERT ON claim
WHEN NEW.live = 1 AND NEW.strength <> 'soft'
BEGIN
    SELECT RAISE(ABORT, 'overlap')
    WHERE (
        SELECT ends FROM claim
        WHERE resource = NEW.resource AND starts < NEW.ends AND live = 1 AND strength <> 'soft'
        ORDER BY starts DESC LIMIT 1
    ) > NEW.starts;
END;

CREATE TRIGGER claim_never_overlaps_later BEFORE UPDATE ON claim
WHEN NEW.live = 1 AND NEW.strength <> 'soft'
BEGIN
    SELECT RAISE(ABORT, 'overlap')
    WHERE (
        SELECT ends FROM claim
        WHERE resource = NEW.resource AND starts < NEW.ends AND live = 1 AND strength <> 'soft'
          AND NOT (resource = OLD.resource AND starts = OLD.starts AND occurrence = OLD.occurrence)
        ORDER BY starts DESC LIMIT 1
    ) > NEW.starts;
END;

-- The journal: append-only, hash-chained. It carries ids, never names.
CREATE TABLE journal (
    seq      INTEGER PRIMARY KEY CHECK (seq >= 1),
    at       INTEGER NOT NULL,
    actor    BLOB,
    action   TEXT NOT NULL,
    subject  BLOB,
    payload  TEXT NOT NULL CHECK (json_valid(payload)),
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash     BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER journal_never_changes BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_never_forgets BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- The first answer to a command with a key.
CREATE TABLE command (
    caller BLOB NOT NULL,
    key    TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    at     INTEGER NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    status INTEGER NOT NULL,
    etag   TEXT,
    place  TEXT,
    body   TEXT NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX command_by_age ON command (at);

-- Secrets are kept only as SHA-256.
CREATE TABLE token (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16),
    hash       BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    kind       TEXT NOT NULL CHECK (kind IN ('api', 'feed')),
    role       TEXT CHECK (role IN ('staff', 'clerk', 'manager', 'admin', 'device')),
    person     BLOB REFERENCES person (id),
    room       BLOB REFERENCES room (id),
    scope      TEXT,
    level      TEXT CHECK (level IN ('busy', 'title', 'full', 'council_public')),
    attendees  INTEGER NOT NULL CHECK (attendees IN (0, 1)),
    label      TEXT NOT NULL,
    created    INTEGER NOT NULL,
    last_used  INTEGER,
    last_agent TEXT,
    revoked    INTEGER,
    CHECK ((kind = 'api') = (role IS NOT NULL)),
    CHECK ((kind = 'feed') = (scope IS NOT NULL AND level IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Evidence of presence: append-only. Telemetry is wiped by retention, so no delete trigger.
CREATE TABLE presence (
    seq        INTEGER PRIMARY KEY,
    occurrence BLOB NOT NULL REFERENCES occurrence (id),
    person     BLOB NOT NULL REFERENCES person (id),
    device     TEXT NOT NULL,
    evidence   TEXT NOT NULL CHECK (evidence IN ('joined', 'lost', 'left')),
    assurance  TEXT NOT NULL CHECK (assurance IN ('claimed', 'reported', 'verified', 'confirmed')),
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX presence_by_occurrence ON presence (occurrence, seq);
CREATE TRIGGER presence_never_changes BEFORE UPDATE ON presence
BEGIN SELECT RAISE(ABORT, 'the presence ledger is append-only'); END;
