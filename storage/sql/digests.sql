-- name: last_period_end(kind)$
SELECT period_end_ms FROM digests WHERE kind = :kind ORDER BY period_start_ms DESC LIMIT 1;

-- name: add_digest(kind, period_start_ms, period_end_ms, reports, made_at_ms)^
-- No row comes back where another process made this period's digest.
INSERT INTO digests (kind, period_start_ms, period_end_ms, reports, made_at_ms)
VALUES (:kind, :period_start_ms, :period_end_ms, :reports, :made_at_ms)
ON CONFLICT (kind, period_start_ms) DO NOTHING
RETURNING id;
