-- What happens during a session: who is there, what is treated, what is voted and decided.

-- The ledger of presence of a session. Each line carries the hash of the one before it and its own.
CREATE TABLE presence_event (
    session       BLOB NOT NULL REFERENCES session (id),
    seq           INTEGER NOT NULL CHECK (seq >= 1),
    mandate       BLOB NOT NULL REFERENCES mandate (id),
    kind          TEXT NOT NULL CHECK (kind IN ('excuse', 'arrive', 'leave', 'switch_channel', 'connection_lost',
                  'reconnected', 'seen', 'recuse_start', 'recuse_end', 'correct')),
    channel       TEXT CHECK (channel IN ('room', 'remote')),
    item          BLOB REFERENCES agenda_item (id),
    corrects      INTEGER,
    reason        TEXT,
    at            INTEGER NOT NULL,
    source        TEXT NOT NULL CHECK (source IN ('kiosk', 'clerk', 'portal', 'av_bridge')),
    identified_by TEXT NOT NULL CHECK (identified_by IN ('badge', 'pin', 'seen_by_chair', 'two_factor', 'signed_in')),
    previous      BLOB NOT NULL CHECK (length(previous) = 32),
    hash          BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (session, seq),
    CHECK ((channel IS NOT NULL) = (kind IN ('arrive', 'switch_channel'))),
    CHECK ((item IS NOT NULL) = (kind = 'recuse_start')),
    CHECK ((corrects IS NOT NULL) = (kind = 'correct')),
    CHECK ((reason IS NOT NULL) = (kind = 'correct')),
    CHECK (reason IS NULL OR reason <> ''),
    CHECK (corrects IS NULL OR corrects < seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER presence_event_follows BEFORE INSERT ON presence_event
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM presence_event WHERE session = NEW.session), 0) + 1
  OR (NEW.seq > 1
      AND NEW.previous <> (SELECT hash FROM presence_event WHERE session = NEW.session AND seq = NEW.seq - 1))
BEGIN SELECT RAISE(ABORT, 'a line of the ledger follows the last'); END;
CREATE TRIGGER presence_event_never_changes BEFORE UPDATE ON presence_event
BEGIN SELECT RAISE(ABORT, 'the presence ledger is append-only'); END;
CREATE TRIGGER presence_event_never_goes BEFORE DELETE ON presence_event
BEGIN SELECT RAISE(ABORT, 'the presence ledger is append-only'); END;

CREATE TABLE session_event (
    session BLOB NOT NULL REFERENCES session (id),
    seq     INTEGER NOT NULL CHECK (seq >= 1),
    kind    TEXT NOT NULL CHECK (kind IN ('opened', 'suspended', 'resumed', 'closed', 'adjourned', 'not_quorate',
            'item_begun', 'item_ended', 'doors_open', 'doors_closed', 'stream_up', 'stream_down', 'screens_on',
            'screens_off', 'speaker_started', 'speaker_stopped')),
    at      INTEGER NOT NULL,
    item    BLOB REFERENCES agenda_item (id),
    mandate BLOB REFERENCES mandate (id),
    reason  TEXT NOT NULL,
    PRIMARY KEY (session, seq),
    CHECK ((item IS NOT NULL) = (kind IN ('item_begun', 'item_ended'))),
    CHECK ((mandate IS NOT NULL) = (kind IN ('speaker_started', 'speaker_stopped')))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER session_event_follows BEFORE INSERT ON session_event
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM session_event WHERE session = NEW.session), 0) + 1
BEGIN SELECT RAISE(ABORT, 'an event of a session follows the last'); END;
CREATE TRIGGER session_event_never_changes BEFORE UPDATE ON session_event
BEGIN SELECT RAISE(ABORT, 'events of a session are append-only'); END;
CREATE TRIGGER session_event_never_goes BEFORE DELETE ON session_event
BEGIN SELECT RAISE(ABORT, 'events of a session are append-only'); END;

-- What happened to an item. Who was present follows from the ledger up to ledger_seq; the count is kept beside it.
CREATE TABLE treatment (
    item       BLOB PRIMARY KEY REFERENCES agenda_item (id),
    session    BLOB NOT NULL REFERENCES session (id),
    position   INTEGER NOT NULL CHECK (position >= 1),
    started    INTEGER NOT NULL,
    ended      INTEGER,
    public     INTEGER NOT NULL CHECK (public IN (0, 1)),
    ledger_seq INTEGER NOT NULL CHECK (ledger_seq >= 0),
    sitting    INTEGER NOT NULL CHECK (sitting >= 0),
    needed     INTEGER NOT NULL CHECK (needed >= 1),
    room       INTEGER NOT NULL CHECK (room >= 0),
    remote     INTEGER NOT NULL CHECK (remote >= 0),
    exempt     INTEGER NOT NULL CHECK (exempt IN (0, 1)),
    outcome    TEXT CHECK (outcome IN ('decided', 'rejected', 'noted', 'postponed', 'withdrawn')),
    summary    TEXT NOT NULL,
    CHECK ((ended IS NULL) = (outcome IS NULL)),
    CHECK (ended IS NULL OR ended >= started),
    CHECK (room + remote <= sitting),
    UNIQUE (session, position)
) STRICT, WITHOUT ROWID;
-- One item at a time.
CREATE UNIQUE INDEX treatment_under_way ON treatment (session) WHERE ended IS NULL;
CREATE TRIGGER treatment_stands BEFORE UPDATE ON treatment
WHEN (NEW.item, NEW.session, NEW.position, NEW.started, NEW.public, NEW.ledger_seq, NEW.sitting, NEW.needed, NEW.room, NEW.remote,
      NEW.exempt)
  IS NOT (OLD.item, OLD.session, OLD.position, OLD.started, OLD.public, OLD.ledger_seq, OLD.sitting, OLD.needed, OLD.room, OLD.remote,
      OLD.exempt)
  OR (OLD.ended IS NOT NULL AND (NEW.ended, NEW.outcome) IS NOT (OLD.ended, OLD.outcome))
BEGIN SELECT RAISE(ABORT, 'what was counted, and what became of an item, stands'); END;
CREATE TRIGGER treatment_never_goes BEFORE DELETE ON treatment
BEGIN SELECT RAISE(ABORT, 'what was counted, and what became of an item, stands'); END;

CREATE TABLE decision (
    id          BLOB PRIMARY KEY CHECK (length(id) = 16),
    item        BLOB NOT NULL REFERENCES treatment (item),
    position    INTEGER NOT NULL CHECK (position >= 1),
    title       TEXT NOT NULL CHECK (title <> ''),
    short_title TEXT NOT NULL,
    motivation  TEXT NOT NULL,
    articles    TEXT NOT NULL CHECK (json_valid(articles) AND json_array_length(articles) >= 1),
    regulation  INTEGER NOT NULL CHECK (regulation IN (0, 1)),
    proposed_by BLOB REFERENCES mandate (id),
    taken       INTEGER NOT NULL,
    UNIQUE (item, position)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER decision_never_changes BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'what was decided never changes'); END;
CREATE TRIGGER decision_never_goes BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'what was decided never changes'); END;

CREATE TABLE vote (
    id          BLOB PRIMARY KEY CHECK (length(id) = 16),
    session     BLOB NOT NULL REFERENCES session (id),
    item        BLOB NOT NULL REFERENCES agenda_item (id),
    position    INTEGER NOT NULL CHECK (position >= 1),
    subject     TEXT NOT NULL CHECK (subject <> ''),
    purpose     TEXT NOT NULL CHECK (purpose IN ('substance', 'urgency')),
    kind        TEXT NOT NULL CHECK (kind IN ('roll_call', 'show_of_hands', 'electronic', 'secret')),
    urn         TEXT CHECK (urn IN ('paper', 'electronic')),
    majority    TEXT NOT NULL CHECK (majority IN ('absolute', 'two_thirds_present', 'elect')),
    round       INTEGER CHECK (round IN (1, 2)),
    candidates  TEXT NOT NULL CHECK (json_valid(candidates)),
    opened      INTEGER NOT NULL,
    ledger_seq  INTEGER NOT NULL CHECK (ledger_seq >= 0),
    sitting     INTEGER NOT NULL CHECK (sitting >= 0),
    needed      INTEGER NOT NULL CHECK (needed >= 1),
    room        INTEGER NOT NULL CHECK (room >= 0),
    remote      INTEGER NOT NULL CHECK (remote >= 0),
    exempt      INTEGER NOT NULL CHECK (exempt IN (0, 1)),
    first_round BLOB REFERENCES vote (id),
    state       TEXT NOT NULL CHECK (state IN ('open', 'declared', 'annulled')),
    declared    TEXT CHECK (json_valid(declared)),
    annulled_because TEXT,
    CHECK ((kind = 'secret') = (urn IS NOT NULL)),
    CHECK ((majority = 'elect') = (round IS NOT NULL)),
    CHECK ((round IS 2) = (first_round IS NOT NULL)),
    CHECK (state <> 'declared' OR declared IS NOT NULL),
    CHECK (state <> 'open' OR declared IS NULL),
    CHECK ((state = 'annulled') = (annulled_because IS NOT NULL)),
    CHECK (purpose <> 'urgency' OR majority = 'two_thirds_present'),
    CHECK (room + remote <= sitting),
    UNIQUE (session, position)
) STRICT, WITHOUT ROWID;
-- One vote at a time.
CREATE UNIQUE INDEX vote_under_way ON vote (session) WHERE state = 'open';
-- A vote is declared or annulled, and nothing else ever changes; what was declared can only be annulled (rule V6).
CREATE TRIGGER vote_stands BEFORE UPDATE ON vote
WHEN (NEW.id, NEW.session, NEW.item, NEW.position, NEW.subject, NEW.purpose, NEW.kind, NEW.urn, NEW.majority, NEW.round,
      NEW.candidates, NEW.opened, NEW.ledger_seq, NEW.sitting, NEW.needed, NEW.room, NEW.remote, NEW.exempt,
      NEW.first_round)
  IS NOT (OLD.id, OLD.session, OLD.item, OLD.position, OLD.subject, OLD.purpose, OLD.kind, OLD.urn, OLD.majority, OLD.round,
      OLD.candidates, OLD.opened, OLD.ledger_seq, OLD.sitting, OLD.needed, OLD.room, OLD.remote, OLD.exempt,
      OLD.first_round)
  OR OLD.state = 'annulled' OR (OLD.state = 'declared' AND NEW.state <> 'annulled')
  OR (OLD.declared IS NOT NULL AND NEW.declared IS NOT OLD.declared)
BEGIN SELECT RAISE(ABORT, 'a vote that was declared can only be annulled'); END;
CREATE TRIGGER vote_never_goes BEFORE DELETE ON vote
BEGIN SELECT RAISE(ABORT, 'a vote never goes'); END;

-- How members voted, of votes that are not secret.
CREATE TABLE ballot (
    vote      BLOB NOT NULL REFERENCES vote (id),
    mandate   BLOB NOT NULL REFERENCES mandate (id),
    choice    TEXT NOT NULL CHECK (choice IN ('for', 'against', 'abstain', 'not_voting', 'candidate')),
    candidate INTEGER CHECK (candidate >= 0),
    PRIMARY KEY (vote, mandate),
    CHECK ((choice = 'candidate') = (candidate IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER ballot_while_open BEFORE INSERT ON ballot
WHEN NOT EXISTS (SELECT 1 FROM vote WHERE id = NEW.vote AND state = 'open' AND kind <> 'secret')
BEGIN SELECT RAISE(ABORT, 'ballots are given while a public vote is open'); END;
CREATE TRIGGER ballot_changes_while_open BEFORE UPDATE ON ballot
WHEN NEW.vote <> OLD.vote OR NEW.mandate <> OLD.mandate
  OR NOT EXISTS (SELECT 1 FROM vote WHERE id = NEW.vote AND state = 'open')
BEGIN SELECT RAISE(ABORT, 'ballots are given while a public vote is open'); END;
CREATE TRIGGER ballot_never_goes BEFORE DELETE ON ballot
BEGIN SELECT RAISE(ABORT, 'a ballot never goes'); END;

-- Secret votes. Who handed in a ballot stands in one table, what the ballots say in another, and nothing joins the two:
-- ballots are written all at once when the vote is counted, made of the totals, in the order of random ids, without a
-- row number and without an instant. See store/vote.rs.
CREATE TABLE handed_in (
    vote    BLOB NOT NULL REFERENCES vote (id),
    mandate BLOB NOT NULL REFERENCES mandate (id),
    PRIMARY KEY (vote, mandate)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER handed_in_while_open BEFORE INSERT ON handed_in
WHEN NOT EXISTS (SELECT 1 FROM vote WHERE id = NEW.vote AND state = 'open' AND kind = 'secret')
  OR EXISTS (SELECT 1 FROM secret_ballot WHERE vote = NEW.vote)
BEGIN SELECT RAISE(ABORT, 'secret ballots are handed in while the vote is open and not counted'); END;
CREATE TRIGGER handed_in_never_changes BEFORE UPDATE ON handed_in
BEGIN SELECT RAISE(ABORT, 'a ballot never goes'); END;
CREATE TRIGGER handed_in_never_goes BEFORE DELETE ON handed_in
BEGIN SELECT RAISE(ABORT, 'a ballot never goes'); END;

CREATE TABLE secret_ballot (
    vote      BLOB NOT NULL REFERENCES vote (id),
    id        BLOB NOT NULL CHECK (length(id) = 16),
    choice    TEXT NOT NULL CHECK (choice IN ('for', 'against', 'abstain', 'candidate')),
    candidate INTEGER CHECK (candidate >= 0),
    PRIMARY KEY (vote, id),
    CHECK ((choice = 'candidate') = (candidate IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER secret_ballot_while_open BEFORE INSERT ON secret_ballot
WHEN NOT EXISTS (SELECT 1 FROM vote WHERE id = NEW.vote AND state = 'open' AND kind = 'secret')
  OR (SELECT count(*) FROM secret_ballot WHERE vote = NEW.vote) >= (SELECT count(*) FROM handed_in WHERE vote = NEW.vote)
BEGIN SELECT RAISE(ABORT, 'no more secret ballots than were handed in'); END;
CREATE TRIGGER secret_ballot_never_changes BEFORE UPDATE ON secret_ballot
BEGIN SELECT RAISE(ABORT, 'a ballot never goes'); END;
CREATE TRIGGER secret_ballot_never_goes BEFORE DELETE ON secret_ballot
BEGIN SELECT RAISE(ABORT, 'a ballot never goes'); END;
-- A secret vote is declared only when as many ballots were counted as were handed in.
CREATE TRIGGER vote_counts_what_was_handed_in BEFORE UPDATE OF state ON vote
WHEN NEW.kind = 'secret' AND NEW.state = 'declared'
  AND (SELECT count(*) FROM secret_ballot WHERE vote = NEW.id) <> (SELECT count(*) FROM handed_in WHERE vote = NEW.id)
BEGIN SELECT RAISE(ABORT, 'as many secret ballots as were handed in'); END;
