-- How one finds a room, and what it looks like; when the address of a feed stops working.

ALTER TABLE room ADD COLUMN directions TEXT NOT NULL DEFAULT '';

CREATE TABLE room_photo (
    room    BLOB PRIMARY KEY REFERENCES room (id),
    kind    TEXT NOT NULL CHECK (kind IN ('image/jpeg', 'image/png')),
    changed INTEGER NOT NULL,
    bytes   BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 1048576)
) STRICT;

-- A feed that was replaced by another goes on for a while, so that nobody's calendar falls silent unnoticed.
ALTER TABLE token ADD COLUMN ends INTEGER;
