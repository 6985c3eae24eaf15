-- Bodies in law, who sits in them, their sessions and what these are about.

-- What a body is in law. Its own rules of procedure are kept whole, as they were set.
CREATE TABLE council_body (
    body         BLOB PRIMARY KEY REFERENCES body (id),
    kind         TEXT NOT NULL CHECK (kind <> ''),
    jurisdiction TEXT NOT NULL CHECK (jurisdiction <> ''),
    iri          TEXT,
    rules        TEXT NOT NULL CHECK (json_valid(rules))
) STRICT, WITHOUT ROWID;

CREATE TABLE body_term (
    id     BLOB PRIMARY KEY CHECK (length(id) = 16),
    body   BLOB NOT NULL REFERENCES council_body (body),
    name   TEXT NOT NULL CHECK (name <> ''),
    starts TEXT NOT NULL CHECK (length(starts) = 10),
    ends   TEXT NOT NULL CHECK (length(ends) = 10),
    seats  INTEGER NOT NULL CHECK (seats BETWEEN 1 AND 500),
    iri    TEXT,
    CHECK (starts <= ends)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX body_term_by_body ON body_term (body, starts);

-- Terms of one body do not overlap.
CREATE TRIGGER body_term_apart BEFORE INSERT ON body_term
BEGIN
    SELECT RAISE(ABORT, 'terms of one body overlap')
    WHERE EXISTS (SELECT 1 FROM body_term WHERE body = NEW.body AND starts <= NEW.ends AND ends >= NEW.starts);
END;

CREATE TABLE mandate (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16),
    term       BLOB NOT NULL REFERENCES body_term (id),
    person     BLOB NOT NULL REFERENCES person (id),
    seat       INTEGER CHECK (seat >= 1),
    role       TEXT NOT NULL CHECK (role IN ('chair', 'mayor', 'alderman', 'member', 'advisory', 'secretary')),
    status     TEXT NOT NULL CHECK (status IN ('effective', 'acting', 'prevented')),
    precedence INTEGER NOT NULL CHECK (precedence >= 1),
    fraction   TEXT,
    iri        TEXT,
    starts     INTEGER NOT NULL,
    ends       INTEGER,
    CHECK (ends IS NULL OR starts < ends),
    CHECK (seat IS NULL OR role NOT IN ('advisory', 'secretary'))
) STRICT, WITHOUT ROWID;
CREATE INDEX mandate_by_term ON mandate (term, seat, starts);
CREATE INDEX mandate_by_person ON mandate (person);

-- At most one holder per seat at any instant; whoever is prevented holds it without sitting.
CREATE TRIGGER mandate_one_per_seat BEFORE INSERT ON mandate
WHEN NEW.seat IS NOT NULL AND NEW.status <> 'prevented'
BEGIN
    SELECT RAISE(ABORT, 'seat taken')
    WHERE EXISTS (
        SELECT 1 FROM mandate
        WHERE term = NEW.term AND seat = NEW.seat AND status <> 'prevented' AND id <> NEW.id
          AND (ends IS NULL OR ends > NEW.starts) AND (NEW.ends IS NULL OR starts < NEW.ends)
    );
END;
CREATE TRIGGER mandate_one_per_seat_later BEFORE UPDATE ON mandate
WHEN NEW.seat IS NOT NULL AND NEW.status <> 'prevented'
BEGIN
    SELECT RAISE(ABORT, 'seat taken')
    WHERE EXISTS (
        SELECT 1 FROM mandate
        WHERE term = NEW.term AND seat = NEW.seat AND status <> 'prevented' AND id <> NEW.id
          AND (ends IS NULL OR ends > NEW.starts) AND (NEW.ends IS NULL OR starts < NEW.ends)
    );
END;
CREATE TRIGGER mandate_seat_exists BEFORE INSERT ON mandate
WHEN NEW.seat > (SELECT seats FROM body_term WHERE id = NEW.term)
BEGIN SELECT RAISE(ABORT, 'no such seat'); END;

CREATE TABLE session (
    id            BLOB PRIMARY KEY CHECK (length(id) = 16),
    slug          TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    body          BLOB NOT NULL REFERENCES council_body (body),
    term          BLOB NOT NULL REFERENCES body_term (id),
    meeting       BLOB UNIQUE REFERENCES meeting (id),
    planned       INTEGER NOT NULL,
    zone          TEXT NOT NULL,
    length_min    INTEGER NOT NULL CHECK (length_min BETWEEN 1 AND 1440),
    place         TEXT NOT NULL,
    mode          TEXT NOT NULL CHECK (mode IN ('physical', 'hybrid', 'digital')),
    mode_reason   TEXT CHECK (json_valid(mode_reason)),
    chair         BLOB REFERENCES mandate (id),
    secretary     BLOB REFERENCES mandate (id),
    joint_with    BLOB REFERENCES session (id),
    convocation_no INTEGER NOT NULL CHECK (convocation_no IN (1, 2)),
    previous      BLOB REFERENCES session (id),
    stream_url    TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'convened', 'open', 'suspended', 'closed',
                  'minutes_draft', 'minutes_approved', 'archived', 'cancelled', 'not_quorate', 'adjourned')),
    opened        INTEGER,
    closed        INTEGER,
    version       INTEGER NOT NULL CHECK (version >= 1),
    CHECK (closed IS NULL OR closed >= opened),
    CHECK (convocation_no = 1 OR previous IS NOT NULL),
    CHECK ((opened IS NOT NULL) = (state IN ('open', 'suspended', 'closed', 'minutes_draft', 'minutes_approved',
           'archived', 'adjourned'))),
    CHECK ((closed IS NOT NULL) = (state IN ('closed', 'minutes_draft', 'minutes_approved', 'archived', 'adjourned')))
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_body ON session (body, planned);
CREATE INDEX session_by_day ON session (planned);

-- A session that sat keeps the hour it was planned for and the hour it was opened; its slug is for life.
CREATE TRIGGER session_keeps_its_hours BEFORE UPDATE ON session
WHEN NEW.slug <> OLD.slug OR NEW.body <> OLD.body
  OR (OLD.opened IS NOT NULL AND (NEW.opened IS NOT OLD.opened OR NEW.planned <> OLD.planned))
BEGIN SELECT RAISE(ABORT, 'a session keeps its name and, once it sat, its hours'); END;

CREATE TABLE agenda_item (
    id             BLOB PRIMARY KEY CHECK (length(id) = 16),
    session        BLOB NOT NULL REFERENCES session (id),
    part           TEXT NOT NULL CHECK (part IN ('public', 'closed')),
    ground         TEXT CHECK (ground IN ('privacy', 'public_order', 'statute', 'body_is_closed')),
    section        TEXT NOT NULL CHECK (section IN ('minutes', 'decisions', 'member_items', 'urgent', 'notices',
                   'questions')),
    position       INTEGER NOT NULL CHECK (position >= 1),
    number         TEXT,
    title          TEXT NOT NULL CHECK (title <> ''),
    internal_title TEXT NOT NULL,
    description    TEXT NOT NULL,
    note           TEXT NOT NULL,
    draft          TEXT NOT NULL,
    origin         TEXT NOT NULL CHECK (origin IN ('college', 'chair', 'member', 'citizen')),
    submitted_by   BLOB REFERENCES person (id),
    submitted_at   INTEGER NOT NULL,
    rapporteur     BLOB REFERENCES person (id),
    planned_min    INTEGER NOT NULL CHECK (planned_min BETWEEN 0 AND 1440),
    secret         INTEGER NOT NULL CHECK (secret IN (0, 1)),
    regulation     INTEGER NOT NULL CHECK (regulation IN (0, 1)),
    urgency        TEXT CHECK (json_valid(urgency)),
    state          TEXT NOT NULL CHECK (state IN ('idea', 'drafting', 'for_approval', 'approved', 'on_agenda',
                   'treated', 'withdrawn')),
    version        INTEGER NOT NULL CHECK (version >= 1),
    CHECK ((part = 'closed') = (ground IS NOT NULL)),
    CHECK (state <> 'on_agenda' OR number IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX agenda_item_by_session ON agenda_item (session, part, section, position);
CREATE UNIQUE INDEX agenda_item_by_number ON agenda_item (session, part, number) WHERE number IS NOT NULL;

-- A number that was sealed is for life.
CREATE TRIGGER agenda_item_keeps_its_number BEFORE UPDATE OF number ON agenda_item
WHEN OLD.number IS NOT NULL AND NEW.number IS NOT OLD.number
BEGIN SELECT RAISE(ABORT, 'a sealed number never changes'); END;

-- Earlier items that one takes up again.
CREATE TABLE agenda_item_reference (
    item    BLOB NOT NULL REFERENCES agenda_item (id),
    earlier BLOB NOT NULL REFERENCES agenda_item (id),
    PRIMARY KEY (item, earlier),
    CHECK (item <> earlier)
) STRICT, WITHOUT ROWID;

CREATE TABLE agenda_version (
    session  BLOB NOT NULL REFERENCES session (id),
    number   INTEGER NOT NULL CHECK (number >= 1),
    kind     TEXT NOT NULL CHECK (kind IN ('first', 'supplementary', 'urgent', 'moved')),
    fixed_at INTEGER NOT NULL,
    content  TEXT NOT NULL CHECK (json_valid(content)),
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (session, number),
    CHECK ((kind = 'first') = (number = 1))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER agenda_version_never_changes BEFORE UPDATE ON agenda_version
BEGIN SELECT RAISE(ABORT, 'a fixed agenda never changes'); END;
CREATE TRIGGER agenda_version_never_goes BEFORE DELETE ON agenda_version
BEGIN SELECT RAISE(ABORT, 'a fixed agenda never changes'); END;
