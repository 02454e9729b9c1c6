-- name: add_question(report_id, sealed, asked_by, asked_at_ms)^
INSERT INTO questions (report_id, sealed, asked_by, asked_at_ms)
VALUES (:report_id, :sealed, :asked_by, :asked_at_ms)
RETURNING id;

-- name: questions_of(report_id)
-- Of a withdrawn report the key is gone, and with it every question.
SELECT q.id, q.report_id, q.sealed, q.asked_by, q.asked_at_ms, q.outcome, r.wrapped_key
FROM questions q
JOIN reports r ON r.id = q.report_id
WHERE q.report_id = :report_id AND r.wrapped_key IS NOT NULL
ORDER BY q.id;

-- name: question_to(question_id, chat_key)^
-- Whose report it is about: nobody else was asked.
SELECT q.id, q.report_id, q.sealed, q.asked_by, q.asked_at_ms, q.outcome, r.wrapped_key
FROM questions q
JOIN reports r ON r.id = q.report_id
WHERE q.id = :question_id AND r.chat_key = :chat_key AND r.wrapped_key IS NOT NULL;

-- name: asked_by(report_id)$
SELECT asked_by FROM questions WHERE report_id = :report_id AND closed_at_ms IS NULL;

-- name: close_question(report_id, outcome, closed_at_ms)^
-- Compare and set: of a report at most one question is open, and one thing becomes of it.
UPDATE questions SET outcome = :outcome, closed_at_ms = :closed_at_ms
WHERE report_id = :report_id AND closed_at_ms IS NULL
RETURNING id, asked_by;
