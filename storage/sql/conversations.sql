-- name: get_conversations(chat_keys)
SELECT c.chat_key, c.screen, c.step, c.sealed_draft, c.shown_key,
       o.outcome, o.attempts, o.first_attempt_at_ms, o.message_id
FROM conversations c
LEFT JOIN outbox o ON o.dedupe_key = c.shown_key
WHERE c.chat_key = ANY(:chat_keys);

-- name: save_conversations(chat_key, screen, step, sealed_draft, shown_key, changed_at_ms)*!
INSERT INTO conversations (chat_key, screen, step, sealed_draft, shown_key, changed_at_ms)
VALUES (:chat_key, :screen, :step, :sealed_draft, :shown_key, :changed_at_ms)
ON CONFLICT (chat_key) DO UPDATE SET
    screen = excluded.screen,
    step = excluded.step,
    sealed_draft = excluded.sealed_draft,
    shown_key = excluded.shown_key,
    changed_at_ms = excluded.changed_at_ms;
