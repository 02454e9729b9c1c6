-- name: see(updates, seen_at_ms)
-- Those come back that were not seen before. "WHERE true" tells SQLite that ON CONFLICT is none of a join.
INSERT INTO seen_updates (update_id, seen_at_ms, chat_key, message_id)
SELECT CAST(u.value ->> 0 AS bigint), CAST(:seen_at_ms AS bigint), u.value ->> 1, CAST(u.value ->> 2 AS bigint)
FROM json_array_elements(CAST(:updates AS json)) AS u(value) WHERE true
ON CONFLICT (update_id) DO NOTHING
RETURNING update_id;

-- name: written_in(chat_key, since_ms, before_update)
-- Reads all that was seen before: an index by chat would cost each message more than this costs the few who ask (0025).
SELECT DISTINCT message_id FROM seen_updates
WHERE chat_key = :chat_key AND seen_at_ms > :since_ms AND update_id < :before_update;

-- name: forget_seen(before_ms, most)
-- By a moment and not by a list of ids, for which PostgreSQL would read the whole table.
DELETE FROM seen_updates
WHERE seen_at_ms < :before_ms
  AND seen_at_ms <= (SELECT max(s.seen_at_ms) FROM
                     (SELECT seen_at_ms FROM seen_updates ORDER BY seen_at_ms LIMIT :most) s)
RETURNING update_id;

-- name: add_deferred(update_id, chat_key, wrapped_key, sealed, attempts, error, not_before_ms, deferred_at_ms)!
INSERT INTO deferred_updates
    (update_id, chat_key, wrapped_key, sealed, attempts, error, not_before_ms, deferred_at_ms)
VALUES
    (:update_id, :chat_key, :wrapped_key, :sealed, :attempts, :error, :not_before_ms, :deferred_at_ms);

-- name: held_chats()
SELECT DISTINCT chat_key FROM deferred_updates WHERE dead_at_ms IS NULL;

-- name: due_deferred(now_ms, most)
-- Only the first of each chat, so that a chat's updates stay in order.
SELECT update_id, chat_key, wrapped_key, sealed, attempts
FROM deferred_updates d
WHERE dead_at_ms IS NULL
  AND not_before_ms <= :now_ms
  AND NOT EXISTS (
      SELECT 1 FROM deferred_updates e
      WHERE e.dead_at_ms IS NULL AND e.chat_key = d.chat_key AND e.update_id < d.update_id)
ORDER BY update_id
LIMIT :most;

-- name: retry_deferred(update_id, error, not_before_ms)!
UPDATE deferred_updates SET attempts = attempts + 1, error = :error, not_before_ms = :not_before_ms
WHERE update_id = :update_id;

-- name: bury_deferred(update_id, error, dead_at_ms)!
UPDATE deferred_updates SET attempts = attempts + 1, error = :error, dead_at_ms = :dead_at_ms
WHERE update_id = :update_id;

-- name: drop_deferred(update_id)!
DELETE FROM deferred_updates WHERE update_id = :update_id;

-- name: count_dead()$
SELECT count(*) FROM deferred_updates WHERE dead_at_ms IS NOT NULL;
