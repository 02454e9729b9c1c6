-- name: add_block(chat_key, blocked_by, blocked_at_ms)^
INSERT INTO blocks (chat_key, blocked_by, blocked_at_ms)
VALUES (:chat_key, :blocked_by, :blocked_at_ms)
ON CONFLICT (chat_key) WHERE unblocked_at_ms IS NULL DO NOTHING
RETURNING id;

-- name: whom_blocked(block_id)$
SELECT chat_key FROM blocks WHERE id = :block_id AND unblocked_at_ms IS NULL;

-- name: end_block(block_id, unblocked_by, unblocked_at_ms)^
UPDATE blocks SET unblocked_by = :unblocked_by, unblocked_at_ms = :unblocked_at_ms
WHERE id = :block_id AND unblocked_at_ms IS NULL
RETURNING chat_key;

-- name: set_held_back(chat_key, held_back)
-- All reports of a person, decided ones as well: what is new of those waits in the same list. The team's group hears of
-- what comes back to the queue and was on no notice.
UPDATE reports SET
    held_back = :held_back,
    notice_due = CASE WHEN decision IS NULL AND notice_id IS NULL THEN 1 - CAST(:held_back AS SMALLINT) ELSE 0 END
WHERE chat_key = :chat_key AND held_back <> :held_back
RETURNING id;

-- name: list_blocks()
-- Few people are blocked.
SELECT b.id, b.chat_key, b.blocked_by, b.blocked_at_ms,
       (SELECT count(*) FROM reports r WHERE r.chat_key = b.chat_key AND r.held_back = 1 AND r.queued_at_ms IS NOT NULL) AS waiting
FROM blocks b
WHERE b.unblocked_at_ms IS NULL
ORDER BY b.id;

-- name: oldest_held_back(block_id)^
SELECT r.id FROM blocks b
JOIN reports r ON r.chat_key = b.chat_key
WHERE b.id = :block_id AND b.unblocked_at_ms IS NULL
  AND r.held_back = 1 AND r.queued_at_ms IS NOT NULL AND r.claimed_by IS NULL
ORDER BY r.queued_at_ms, r.id
LIMIT 1;
