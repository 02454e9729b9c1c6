-- name: add_head(link)!
INSERT INTO audit_head (id, last_id, link) VALUES (1, 0, :link) ON CONFLICT (id) DO NOTHING;

-- name: hold_head()^
-- Whoever appends waits here for whoever appends, so that the entries are one chain.
SELECT last_id, link FROM audit_head WHERE id = 1 FOR UPDATE;

-- name: head()^
SELECT last_id, link FROM audit_head WHERE id = 1;

-- name: set_head(last_id, link)*!
UPDATE audit_head SET last_id = :last_id, link = :link WHERE id = 1;

-- name: append(id, at_ms, actor, actor_key, act, report_id, case_id, subject_key, details, link)*!
INSERT INTO audit (id, at_ms, actor, actor_key, act, report_id, case_id, subject_key, details, link)
VALUES (:id, :at_ms, :actor, :actor_key, :act, :report_id, :case_id, :subject_key, :details, :link);

-- name: after(after_id, most)
SELECT id, at_ms, actor, actor_key, act, report_id, case_id, subject_key, details, link
FROM audit WHERE id > :after_id ORDER BY id LIMIT :most;

-- name: before(before_id, most)
SELECT id, at_ms, actor, actor_key, act, report_id, case_id, subject_key, details
FROM audit WHERE id < :before_id ORDER BY id DESC LIMIT :most;

-- name: of_report(report_id, before_id, most)
SELECT id, at_ms, actor, actor_key, act, report_id, case_id, subject_key, details
FROM audit WHERE report_id = :report_id AND id < :before_id ORDER BY id DESC LIMIT :most;

-- name: of_case(case_id, before_id, most)
SELECT id, at_ms, actor, actor_key, act, report_id, case_id, subject_key, details
FROM audit WHERE case_id = :case_id AND id < :before_id ORDER BY id DESC LIMIT :most;

-- name: people()
SELECT actor_key AS chat_key FROM audit WHERE actor_key IS NOT NULL
UNION
SELECT subject_key FROM audit WHERE subject_key IS NOT NULL;
