-- name: last_period_end(kind)$
SELECT period_end_ms FROM digests WHERE kind = :kind ORDER BY period_start_ms DESC LIMIT 1;

-- name: add_digest(kind, period_start_ms, period_end_ms, reports, made_at_ms)^
-- No row comes back where another process made this period's digest.
INSERT INTO digests (kind, period_start_ms, period_end_ms, reports, made_at_ms)
VALUES (:kind, :period_start_ms, :period_end_ms, :reports, :made_at_ms)
ON CONFLICT (kind, period_start_ms) DO NOTHING
RETURNING id;

-- name: outdate_digest(digest_id)!
UPDATE digests SET outdated = 1 WHERE id = :digest_id;

-- name: outdate_digests_of_cases(case_ids)!
-- Those in which several reports of these cases stand: how many people they are told as depends on what is joined.
UPDATE digests SET outdated = 1
WHERE id IN (SELECT digest_id FROM reports
             WHERE case_id = ANY(:case_ids) AND digest_id IS NOT NULL
             GROUP BY digest_id HAVING count(*) > 1);

-- name: outdated_digests()
SELECT id, period_start_ms, period_end_ms FROM digests WHERE outdated = 1 ORDER BY id FOR UPDATE;

-- name: mended_digest(digest_id)!
UPDATE digests SET outdated = 0 WHERE id = :digest_id;
