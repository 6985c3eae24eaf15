-- Saving an item writes all of its columns; the index of words is touched only when words differ.

DROP TRIGGER council_text_changed;
CREATE TRIGGER council_text_changed AFTER UPDATE OF title, body ON council_text
WHEN OLD.title <> NEW.title OR OLD.body <> NEW.body
BEGIN
    INSERT INTO council_index (council_index, rowid, title, body) VALUES ('delete', OLD.id, OLD.title, OLD.body);
    INSERT INTO council_index (rowid, title, body) VALUES (NEW.id, NEW.title, NEW.body);
END;
