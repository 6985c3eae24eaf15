-- When somebody left the house: they stay for the history of what they did, and are no longer offered to anybody.

ALTER TABLE person ADD COLUMN left_at INTEGER;
