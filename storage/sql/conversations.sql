-- name: get_conversations(chat_keys)
SELECT c.chat_key, c.screen, c.step, c.sealed_draft, c.shown_key,
       o.outcome, o.attempts, o.first_attempt_at_ms, o.message_id
FROM conversations c
LEFT JOIN outbox o ON o.dedupe_key = c.shown_key
WHERE c.chat_key = ANY(:chat_keys);

-- name: save_conversations(chat_key, screen, step, sealed_draft, shown_key, changed_at_ms)*!
-- Whatever the person did to a draft: of what it is now nobody was reminded.
INSERT INTO conversations (chat_key, screen, step, sealed_draft, shown_key, changed_at_ms)
VALUES (:chat_key, :screen, :step, :sealed_draft, :shown_key, :changed_at_ms)
ON CONFLICT (chat_key) DO UPDATE SET
    screen = excluded.screen,
    step = excluded.step,
    sealed_draft = excluded.sealed_draft,
    shown_key = excluded.shown_key,
    changed_at_ms = excluded.changed_at_ms,
    reminded_at_ms = NULL,
    expires_at_ms = NULL;

-- name: open_drafts(after_key, most)
-- Page by page, in the order of the keys: however many interviews there are, a page costs what a page costs.
-- Each chat is looked up by its key; for a join a planner might read all of them.
SELECT c.chat_key, c.screen, c.step, c.changed_at_ms, c.reminded_at_ms, c.expires_at_ms,
       (SELECT h.gone_at_ms FROM chats h WHERE h.chat_key = c.chat_key) AS gone_at_ms
FROM conversations c
WHERE c.step IS NOT NULL AND c.chat_key > :after_key
ORDER BY c.chat_key
LIMIT :most;

-- name: drafts_of(chat_keys)
-- Also those with none: `step` is NULL then.
SELECT c.chat_key, c.screen, c.step, c.changed_at_ms, c.reminded_at_ms, c.expires_at_ms,
       (SELECT h.gone_at_ms FROM chats h WHERE h.chat_key = c.chat_key) AS gone_at_ms
FROM conversations c
WHERE c.chat_key = ANY(:chat_keys);

-- name: note_told(chat_key, changed_at_ms, reminded_at_ms, expires_at_ms)*!
-- When it was changed stays: being told is nothing that the person did.
UPDATE conversations SET reminded_at_ms = :reminded_at_ms, expires_at_ms = :expires_at_ms
WHERE chat_key = :chat_key AND changed_at_ms = :changed_at_ms;
