-- name: add_addition(origin, report_id, sealed, received_at_ms)^
-- `origin` names the message that said it, or the press: whatever is delivered twice is one addition.
INSERT INTO additions (origin, report_id, sealed, received_at_ms)
VALUES (:origin, :report_id, :sealed, :received_at_ms)
ON CONFLICT (origin) DO NOTHING
RETURNING id;

-- name: added_to(origin)$
SELECT report_id FROM additions WHERE origin = :origin;

-- name: additions_of(report_ids)
-- Which reports is said of both: PostgreSQL, which expects many additions, reads all reports otherwise.
SELECT a.id, a.report_id, a.sealed, a.received_at_ms, a.seen_at_ms, r.wrapped_key
FROM additions a
JOIN reports r ON r.id = a.report_id
WHERE a.report_id = ANY(:report_ids) AND r.id = ANY(:report_ids)
ORDER BY a.report_id, a.id;

-- name: mark_seen(report_id, up_to, seen_at_ms)!
UPDATE additions SET seen_at_ms = :seen_at_ms WHERE report_id = :report_id AND id <= :up_to AND seen_at_ms IS NULL;

-- name: one_unseen(report_id)^
SELECT id FROM additions WHERE report_id = :report_id AND seen_at_ms IS NULL LIMIT 1;

-- name: drop_additions(report_id)!
DELETE FROM additions WHERE report_id = :report_id;
