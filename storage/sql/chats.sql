-- name: get_chat(chat_key)^
SELECT chat_key, wrapped_key, sealed_telegram_id, sealed_name, language, gone_at_ms
FROM chats WHERE chat_key = :chat_key;

-- name: add_chat(chat_key, wrapped_key, sealed_telegram_id, language, created_at_ms)^
INSERT INTO chats (chat_key, wrapped_key, sealed_telegram_id, language, created_at_ms)
VALUES (:chat_key, :wrapped_key, :sealed_telegram_id, :language, :created_at_ms)
ON CONFLICT (chat_key) DO NOTHING
RETURNING chat_key;

-- name: set_chat_language(chat_key, language)!
UPDATE chats SET language = :language WHERE chat_key = :chat_key;

-- name: set_chat_name(chat_key, sealed_name)!
UPDATE chats SET sealed_name = :sealed_name WHERE chat_key = :chat_key;

-- name: set_chat_telegram_id(chat_key, sealed_telegram_id)!
UPDATE chats SET sealed_telegram_id = :sealed_telegram_id WHERE chat_key = :chat_key;

-- name: set_chat_gone(chat_key, gone_at_ms)!
UPDATE chats SET gone_at_ms = :gone_at_ms WHERE chat_key = :chat_key;
