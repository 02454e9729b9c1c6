-- name: get_chat(chat_key)^
SELECT chat_key, wrapped_key, sealed_telegram_id, sealed_name, language, gone_at_ms, wiped_at_ms, blocked_at_ms, last_about, free_at_us
FROM chats WHERE chat_key = :chat_key;

-- name: get_chats(chat_keys)
SELECT chat_key, wrapped_key, sealed_telegram_id, sealed_name, language, gone_at_ms, wiped_at_ms, blocked_at_ms, last_about, free_at_us
FROM chats WHERE chat_key = ANY(:chat_keys);

-- name: hold_chats(chat_keys)
-- In one order, so that two transactions with the same chats cannot wait for each other for ever.
SELECT chat_key, wrapped_key, sealed_telegram_id, sealed_name, language, gone_at_ms, wiped_at_ms, blocked_at_ms, last_about, free_at_us
FROM chats WHERE chat_key = ANY(:chat_keys) ORDER BY chat_key
FOR UPDATE;

-- name: add_chats(chat_key, wrapped_key, sealed_telegram_id, language, created_at_ms)*!
INSERT INTO chats (chat_key, wrapped_key, sealed_telegram_id, language, created_at_ms)
VALUES (:chat_key, :wrapped_key, :sealed_telegram_id, :language, :created_at_ms)
ON CONFLICT (chat_key) DO NOTHING;

-- name: set_chat_language(chat_key, language)!
UPDATE chats SET language = :language WHERE chat_key = :chat_key;

-- name: set_chat_name(chat_key, sealed_name)!
UPDATE chats SET sealed_name = :sealed_name WHERE chat_key = :chat_key;

-- name: set_chat_telegram_id(chat_key, sealed_telegram_id)!
UPDATE chats SET sealed_telegram_id = :sealed_telegram_id WHERE chat_key = :chat_key;

-- name: set_chat_gone(chat_key, gone_at_ms)!
UPDATE chats SET gone_at_ms = :gone_at_ms WHERE chat_key = :chat_key;

-- name: set_chat_wiped(chat_key, wiped_at_ms)!
UPDATE chats SET wiped_at_ms = :wiped_at_ms WHERE chat_key = :chat_key;

-- name: set_chat_blocked(chat_key, blocked_at_ms)!
UPDATE chats SET blocked_at_ms = :blocked_at_ms WHERE chat_key = :chat_key;

-- name: set_free_at(chat_key, free_at_us)*!
UPDATE chats SET free_at_us = :free_at_us WHERE chat_key = :chat_key;

-- name: set_last_about(chat_key, last_about)*!
UPDATE chats SET last_about = :last_about WHERE chat_key = :chat_key;
