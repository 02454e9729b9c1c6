-- name: get_conversation(chat_key)^
SELECT c.screen, c.step, c.sealed_draft, c.shown_outbox_id,
       o.id AS outbox_id, o.attempts, o.first_attempt_at_ms, o.message_id
FROM conversations c
LEFT JOIN outbox o ON o.id = c.shown_outbox_id
WHERE c.chat_key = :chat_key;

-- name: save_conversation(chat_key, screen, step, sealed_draft, changed_at_ms)!
-- The message that showed a screen stays noted while the screen stays.
INSERT INTO conversations (chat_key, screen, step, sealed_draft, changed_at_ms)
VALUES (:chat_key, :screen, :step, :sealed_draft, :changed_at_ms)
ON CONFLICT (chat_key) DO UPDATE SET
    screen = excluded.screen,
    step = excluded.step,
    sealed_draft = excluded.sealed_draft,
    shown_outbox_id = CASE WHEN conversations.screen = excluded.screen THEN conversations.shown_outbox_id END,
    changed_at_ms = excluded.changed_at_ms;

-- name: note_shown(chat_key, outbox_id)!
-- The first message that showed the screen counts; asking again does not move it.
UPDATE conversations SET shown_outbox_id = :outbox_id
WHERE chat_key = :chat_key
  AND (shown_outbox_id IS NULL
       OR EXISTS (SELECT 1 FROM outbox o WHERE o.id = shown_outbox_id AND o.outcome IN ('gone', 'refused')));
