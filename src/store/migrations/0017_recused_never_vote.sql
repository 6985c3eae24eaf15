-- Who keeps away from an item votes on it neither in the open nor in secret (rule V5). Whether an item is urgent is not
-- yet the item.

CREATE VIEW barred (vote, mandate) AS
SELECT v.id, m.id FROM vote v
JOIN item_recusal r ON r.item = v.item
JOIN mandate m ON m.person = r.person
WHERE v.purpose = 'substance';
CREATE TRIGGER ballot_of_nobody_recused BEFORE INSERT ON ballot
WHEN EXISTS (SELECT 1 FROM barred WHERE vote = NEW.vote AND mandate = NEW.mandate)
BEGIN SELECT RAISE(ABORT, 'who keeps away from an item does not vote on it'); END;
CREATE TRIGGER handed_in_by_nobody_recused BEFORE INSERT ON handed_in
WHEN EXISTS (SELECT 1 FROM barred WHERE vote = NEW.vote AND mandate = NEW.mandate)
BEGIN SELECT RAISE(ABORT, 'who keeps away from an item does not vote on it'); END;
