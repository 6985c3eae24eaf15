-- Who keeps away from an item votes on it neither in the open nor in secret (rule V5). Whether an item is urgent is not
-- yet the item.

CREATE TRIGGER ballot_of_nobody_recused BEFORE INSERT ON ballot
WHEN EXISTS (
    SELECT 1 FROM vote v
    JOIN mandate m ON m.id = NEW.mandate
    JOIN item_recusal r ON r.item = v.item AND r.person = m.person
    WHERE v.id = NEW.vote AND v.purpose = 'substance')
BEGIN SELECT RAISE(ABORT, 'who keeps away from an item does not vote on it'); END;
CREATE TRIGGER handed_in_by_nobody_recused BEFORE INSERT ON handed_in
WHEN EXISTS (
    SELECT 1 FROM vote v
    JOIN mandate m ON m.id = NEW.mandate
    JOIN item_recusal r ON r.item = v.item AND r.person = m.person
    WHERE v.id = NEW.vote AND v.purpose = 'substance')
BEGIN SELECT RAISE(ABORT, 'who keeps away from an item does not vote on it'); END;
