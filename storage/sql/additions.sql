-- name: add_addition(origin, report_id, sealed, received_at_ms)^
-- `origin` names the message that said it, or the press: whatever is delivered twice is one addition.
INSERT INTO additions (origin, report_id, sealed, received_at_ms)
VALUES (:origin, :report_id, :sealed, :received_at_ms)
ON CONFLICT (origin) DO NOTHING
RETURNING id;

-- name: added_to(origin)$
SELECT report_id FROM additions WHERE origin = :origin;

-- name: additions_of(report_ids)
SELECT a.report_id, a.sealed, a.received_at_ms, r.wrapped_key
FROM additions a
JOIN reports r ON r.id = a.report_id
WHERE a.report_id = ANY(:report_ids)
ORDER BY a.report_id, a.id;

-- name: drop_additions(report_id)!
DELETE FROM additions WHERE report_id = :report_id;
