-- name: add_outgoing(chat_key, priority, dedupe_key, about, sealed, created_at_ms)^
-- No row comes back where the dedupe key was used before.
INSERT INTO outbox (chat_key, priority, dedupe_key, about, sealed, created_at_ms, not_before_ms)
VALUES (:chat_key, :priority, :dedupe_key, :about, :sealed, :created_at_ms, :created_at_ms)
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING id;

-- name: claim_due(now_ms, leased_until_ms, most)
-- The first unsettled message of each chat, the most pressing chats first: people before cards before broadcasts.
UPDATE outbox SET
    attempts = attempts + 1,
    first_attempt_at_ms = COALESCE(first_attempt_at_ms, :now_ms),
    leased_until_ms = :leased_until_ms
WHERE id IN (
    SELECT o.id FROM outbox o
    WHERE o.settled_at_ms IS NULL
      AND o.not_before_ms <= :now_ms
      AND o.leased_until_ms <= :now_ms
      AND NOT EXISTS (
          SELECT 1 FROM outbox e
          WHERE e.settled_at_ms IS NULL AND e.chat_key = o.chat_key AND e.id < o.id)
    ORDER BY o.priority, o.id
    LIMIT :most
    FOR UPDATE SKIP LOCKED)
RETURNING id, chat_key, priority, sealed, attempts;

-- name: settle(id, outcome, message_id, settled_at_ms)!
-- The words go as soon as they are sent; what stays says that, when and where.
UPDATE outbox SET settled_at_ms = :settled_at_ms, outcome = :outcome, message_id = :message_id, sealed = NULL
WHERE id = :id;

-- name: postpone(id, not_before_ms, refunded)!
-- `refunded` takes the attempt back where Telegram certainly did not deliver (429).
UPDATE outbox SET
    not_before_ms = :not_before_ms,
    leased_until_ms = 0,
    attempts = attempts - :refunded,
    first_attempt_at_ms = CASE WHEN attempts - :refunded = 0 THEN NULL ELSE first_attempt_at_ms END
WHERE id = :id;

-- name: release_leases()!
UPDATE outbox SET leased_until_ms = 0 WHERE settled_at_ms IS NULL AND leased_until_ms > 0;

-- name: settle_chat(chat_key, outcome, settled_at_ms)!
UPDATE outbox SET settled_at_ms = :settled_at_ms, outcome = :outcome, sealed = NULL
WHERE chat_key = :chat_key AND settled_at_ms IS NULL;

-- name: messages_about(chat_key, about)
SELECT message_id FROM outbox
WHERE chat_key = :chat_key AND about = :about AND message_id IS NOT NULL
ORDER BY id;

-- name: what_about(chat_key, message_id)$
SELECT about FROM outbox
WHERE chat_key = :chat_key AND message_id = :message_id AND about IS NOT NULL
ORDER BY id DESC LIMIT 1;

-- name: last_about(chat_key)$
SELECT about FROM outbox WHERE chat_key = :chat_key ORDER BY id DESC LIMIT 1;

-- name: next_due_ms()$
-- Of each chat's first unsettled message only: those behind it cannot go before it.
SELECT min(CASE WHEN o.leased_until_ms > o.not_before_ms THEN o.leased_until_ms ELSE o.not_before_ms END)
FROM outbox o
WHERE o.settled_at_ms IS NULL
  AND NOT EXISTS (
      SELECT 1 FROM outbox e
      WHERE e.settled_at_ms IS NULL AND e.chat_key = o.chat_key AND e.id < o.id);

-- name: count_waiting(chat_key, priority)$
SELECT count(*) FROM outbox
WHERE chat_key = :chat_key AND priority = :priority AND settled_at_ms IS NULL;

-- name: count_unsettled()$
SELECT count(*) FROM outbox WHERE settled_at_ms IS NULL;

-- name: forget_settled(before_ms)!
DELETE FROM outbox WHERE settled_at_ms < :before_ms;
