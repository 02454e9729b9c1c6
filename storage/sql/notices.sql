-- name: due(most)
-- What no notice has told of. Read without a lock: who is asked for the next report passes over what is locked.
SELECT id, urgent FROM reports WHERE notice_due = 1 AND held_back = 0 ORDER BY id LIMIT :most;

-- name: anything_to_do(written_before_ms)$
-- Asked every second, and mostly there is not.
SELECT EXISTS (SELECT 1 FROM reports WHERE notice_due = 1 AND held_back = 0)
    OR EXISTS (SELECT 1 FROM notices WHERE outdated = 1 AND edited_at_ms <= :written_before_ms);

-- name: newest()$
SELECT max(id) FROM notices;

-- name: hold_notice(notice_id)^
-- No row comes back where another process has it in hand: that one tells of what is due.
SELECT id, made_at_ms, (SELECT count(*) FROM reports WHERE notice_id = :notice_id) AS listed
FROM notices WHERE id = :notice_id
FOR UPDATE SKIP LOCKED;

-- name: add_notice(made_at_ms)^
INSERT INTO notices (made_at_ms, edited_at_ms, outdated) VALUES (:made_at_ms, 0, 1) RETURNING id;

-- name: put_on(notice_id, report_ids)
-- What somebody is changing right now is left for the next time: waiting for it could wait for ever.
UPDATE reports SET notice_id = :notice_id, notice_due = 0
WHERE id IN (SELECT id FROM reports WHERE id = ANY(:report_ids) AND notice_due = 1 FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: drop_notice(notice_id)!
DELETE FROM notices WHERE id = :notice_id;

-- name: leave_out(report_ids)
UPDATE reports SET notice_due = 0
WHERE id IN (SELECT id FROM reports WHERE id = ANY(:report_ids) AND notice_due = 1 FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: set_unlisted(notice_id, unlisted)!
UPDATE notices SET unlisted = :unlisted WHERE id = :notice_id;

-- name: outdate_notice(notice_id)!
UPDATE notices SET outdated = 1 WHERE id = :notice_id;

-- name: forget_due(most)
-- There is no group to be told.
UPDATE reports SET notice_due = 0
WHERE id IN (SELECT id FROM reports WHERE notice_due = 1 ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: outdated_notices(written_before_ms, most)
-- Those that were never written first. They are held: what changes from here on outdates them anew.
SELECT id, edited_at_ms, unlisted FROM notices
WHERE outdated = 1 AND edited_at_ms <= :written_before_ms
ORDER BY edited_at_ms, id
LIMIT :most
FOR UPDATE SKIP LOCKED;

-- name: written(notice_id, now_ms)!
UPDATE notices SET outdated = 0, edited_at_ms = :now_ms WHERE id = :notice_id;

-- name: reports_of_notice(notice_id)
SELECT id, wrapped_key, sealed_receipt, urgent, claimed_by, asked_until_ms, held_back, decision
FROM reports WHERE notice_id = :notice_id
ORDER BY urgent DESC, id;
