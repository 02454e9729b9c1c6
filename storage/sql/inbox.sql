-- name: keep_batch(first_update_id, wrapped_key, sealed, received_at_ms)!
INSERT INTO inbox (first_update_id, wrapped_key, sealed, received_at_ms)
VALUES (:first_update_id, :wrapped_key, :sealed, :received_at_ms)
ON CONFLICT (first_update_id) DO UPDATE
SET wrapped_key = excluded.wrapped_key, sealed = excluded.sealed, received_at_ms = excluded.received_at_ms;

-- name: kept_batches()
SELECT wrapped_key, sealed FROM inbox ORDER BY first_update_id;

-- name: forget_batch(first_update_id)!
DELETE FROM inbox WHERE first_update_id = :first_update_id;
