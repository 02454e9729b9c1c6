-- name: add_outgoing(chat_key, priority, dedupe_key, about, sealed, created_at_ms, attempts, first_attempt_at_ms, leased_until_ms, leased_by)*!
-- What was said before under the same key is not said again.
INSERT INTO outbox
    (chat_key, priority, dedupe_key, about, sealed, created_at_ms, not_before_ms,
     attempts, first_attempt_at_ms, leased_until_ms, leased_by)
VALUES
    (:chat_key, :priority, :dedupe_key, :about, :sealed, :created_at_ms, :created_at_ms,
     :attempts, :first_attempt_at_ms, :leased_until_ms, :leased_by)
ON CONFLICT (dedupe_key) DO NOTHING;

-- name: claim_due(now_ms, leased_until_ms, leased_by, most)
-- The first unsettled message of each chat, the most pressing chats first: people before cards before broadcasts.
-- MATERIALIZED: PostgreSQL may else run the subquery, and its locks, more than once.
-- OFFSET 0 changes nothing but that PostgreSQL asks for each message, and makes no join of it: a planner that last
-- counted when nothing waited would compare all that waits with all (10,000 messages: 300 ms, and not 2).
-- "priority >= 0" is true of every message; said here and in the predicate of `outbox_next`, it keeps that index to
-- this query, and the search for one chat's messages to the index by chat.
WITH due AS MATERIALIZED (
    SELECT o.id FROM outbox o
    WHERE o.settled_at_ms IS NULL
      AND o.priority >= 0
      AND o.not_before_ms <= :now_ms
      AND o.leased_until_ms <= :now_ms
      AND NOT EXISTS (
          SELECT 1 FROM outbox e
          WHERE e.settled_at_ms IS NULL AND e.chat_key = o.chat_key AND e.id < o.id
          LIMIT 1 OFFSET 0)
    ORDER BY o.priority, o.id
    LIMIT :most
    FOR UPDATE SKIP LOCKED)
UPDATE outbox SET
    attempts = attempts + 1,
    first_attempt_at_ms = COALESCE(first_attempt_at_ms, :now_ms),
    leased_until_ms = :leased_until_ms,
    leased_by = :leased_by
WHERE id IN (SELECT id FROM due)
RETURNING id, dedupe_key, chat_key, priority, sealed, attempts;

-- name: settle(dedupe_key, outcome, message_id, settled_at_ms)*!
-- The words go as soon as they are sent; what stays says that, when and where.
-- No outcome is not settled (`settled_with_an_outcome`); in the words of the partial indexes it would let a planner look
-- for the key among all that waits.
UPDATE outbox SET
    settled_at_ms = :settled_at_ms, outcome = :outcome, message_id = :message_id, sealed = NULL, leased_by = NULL
WHERE dedupe_key = :dedupe_key AND outcome IS NULL;

-- name: postpone(dedupe_key, not_before_ms, refunded, process)!
-- By whoever has the lease: one that counted as dead for a moment must not take the message from its new sender.
-- `refunded` takes the attempt back where Telegram certainly did not deliver (429).
UPDATE outbox SET
    not_before_ms = :not_before_ms,
    leased_until_ms = 0,
    leased_by = NULL,
    attempts = attempts - :refunded,
    first_attempt_at_ms = CASE WHEN attempts - :refunded = 0 THEN NULL ELSE first_attempt_at_ms END
WHERE dedupe_key = :dedupe_key AND outcome IS NULL AND leased_by = :process;

-- name: release_leases()!
-- Asked in one statement: a list of the living, read before it, would miss one that joined in between.
UPDATE outbox SET leased_until_ms = 0, leased_by = NULL
WHERE settled_at_ms IS NULL AND leased_by IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM processes p WHERE p.process = outbox.leased_by);

-- name: release_forgotten(process, under_way)!
-- What a process has leased and does not know of: the answer to a commit was lost with the connection, or the server
-- crashed and took back that the message was settled. Else its chat would wait for the end of the lease.
UPDATE outbox SET leased_until_ms = 0, leased_by = NULL
WHERE settled_at_ms IS NULL AND leased_by = :process AND NOT (dedupe_key = ANY(:under_way));

-- name: settle_chat(chat_key, outcome, settled_at_ms)!
UPDATE outbox SET settled_at_ms = :settled_at_ms, outcome = :outcome, sealed = NULL, leased_by = NULL
WHERE chat_key = :chat_key AND settled_at_ms IS NULL;

-- name: settle_waiting(chat_key, outcome, settled_at_ms)!
-- But for what a sender has in its hands: what becomes of that, and under which id, only the sender will know.
UPDATE outbox SET settled_at_ms = :settled_at_ms, outcome = :outcome, sealed = NULL
WHERE chat_key = :chat_key AND settled_at_ms IS NULL AND leased_by IS NULL;

-- name: count_under_way(chat_key, besides)$
SELECT count(*) FROM outbox
WHERE chat_key = :chat_key AND settled_at_ms IS NULL AND leased_by IS NOT NULL AND dedupe_key <> :besides;

-- name: busy_chats(chat_keys, process, now_ms)
-- Of one that another process is sending only that process will know whether it was seen yet.
SELECT chat_key,
       max(CASE WHEN leased_until_ms > :now_ms AND leased_by <> :process THEN 1 ELSE 0 END) AS elsewhere
FROM outbox
WHERE settled_at_ms IS NULL AND chat_key = ANY(:chat_keys)
GROUP BY chat_key;

-- name: find_message(dedupe_key)^
SELECT dedupe_key, chat_key, message_id, settled_at_ms, leased_until_ms FROM outbox WHERE dedupe_key = :dedupe_key;

-- name: reword(dedupe_key, sealed, now_ms)^
-- Not one that is being sent right now: its words are on their way.
UPDATE outbox SET sealed = :sealed
WHERE dedupe_key = :dedupe_key AND outcome IS NULL AND leased_until_ms <= :now_ms
RETURNING id;

-- name: messages_about(chat_key, about)
SELECT message_id FROM outbox
WHERE chat_key = :chat_key AND about = :about AND message_id IS NOT NULL
ORDER BY id;

-- name: shown_about(chat_key, about)
SELECT attempts, first_attempt_at_ms, message_id FROM outbox
WHERE chat_key = :chat_key AND about = :about
ORDER BY id;

-- name: messages_about_any(chat_key, beginning)
SELECT message_id FROM outbox
WHERE chat_key = :chat_key AND about IS NOT NULL AND substr(about, 1, length(:beginning)) = :beginning
  AND message_id IS NOT NULL
ORDER BY id;

-- name: drop_unsent(chat_key, beginning, outcome, now_ms)!
-- Not what is being sent right now; its message is found by its id as soon as that is known.
UPDATE outbox SET settled_at_ms = :now_ms, outcome = :outcome, sealed = NULL, leased_by = NULL
WHERE chat_key = :chat_key AND about IS NOT NULL AND substr(about, 1, length(:beginning)) = :beginning
  AND settled_at_ms IS NULL AND leased_until_ms <= :now_ms;

-- name: sent_to(chat_key, since_ms)
-- A message that was changed since then stands here more than once. Reads the whole table; see `written_in`.
SELECT message_id FROM outbox
WHERE chat_key = :chat_key AND message_id IS NOT NULL
GROUP BY message_id HAVING min(settled_at_ms) > :since_ms;

-- name: what_about(chat_key, message_id)$
SELECT about FROM outbox
WHERE chat_key = :chat_key AND message_id = :message_id AND about IS NOT NULL
ORDER BY id DESC LIMIT 1;

-- name: count_waiting(chat_key, priority)$
SELECT count(*) FROM outbox
WHERE chat_key = :chat_key AND priority = :priority AND settled_at_ms IS NULL;

-- name: count_pressing(priority, most)$
-- How many messages at least as pressing wait: no more are counted than it takes to know that there are many.
SELECT count(*) FROM (
    SELECT id FROM outbox
    WHERE settled_at_ms IS NULL AND priority >= 0 AND priority <= :priority
    ORDER BY priority, id
    LIMIT :most) pressing;

-- name: never_arrived(dedupe_keys)
SELECT dedupe_key FROM outbox WHERE dedupe_key = ANY(:dedupe_keys) AND outcome IN ('refused', 'gone');

-- name: count_unsettled()$
SELECT count(*) FROM outbox WHERE settled_at_ms IS NULL;

-- name: forget_settled(before_ms, most)
-- The ids rise with time, so the oldest messages are the first; no index by age is needed. Those that still wait are
-- passed over: for a chat that cannot be reached there may be many, and all of them old. Digests (priority 3) are kept
-- for as long as they may have to be edited, which is for ever; they are a few messages a day.
DELETE FROM outbox
WHERE id IN (SELECT o.id FROM (SELECT id, settled_at_ms FROM outbox
                               WHERE settled_at_ms IS NOT NULL AND priority < 3 ORDER BY id LIMIT :most) o
             WHERE o.settled_at_ms < :before_ms)
RETURNING id;
