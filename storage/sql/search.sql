-- name: to_index(most)
-- Who changes a report holds its row: it is left for the next time.
SELECT id FROM reports WHERE indexed = 0 ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED;

-- name: mark_indexed(report_ids)!
UPDATE reports SET indexed = 1 WHERE id = ANY(:report_ids);

-- name: index_anew(report_id)!
-- A report that was withdrawn has nothing left to be found by.
UPDATE reports SET indexed = 0 WHERE id = :report_id AND indexed = 1 AND wrapped_key IS NOT NULL;

-- name: add_keys(key, report_id)*!
INSERT INTO search_keys (key, report_id) VALUES (:key, :report_id) ON CONFLICT DO NOTHING;

-- name: drop_keys(report_ids)!
DELETE FROM search_keys WHERE report_id = ANY(:report_ids);

-- name: count_some(key, most)$
-- In the order of the index: without it a planner may read the whole table for a key that many have.
SELECT count(*) FROM (
    SELECT 1 FROM search_keys WHERE key = :key ORDER BY report_id DESC LIMIT :most) AS counted;

-- name: walk_key(key, before_id, most)
SELECT report_id FROM search_keys WHERE key = :key AND report_id < :before_id ORDER BY report_id DESC LIMIT :most;

-- name: walk_reports(before_id, most)
SELECT id FROM reports WHERE id < :before_id ORDER BY id DESC LIMIT :most;

-- name: having(report_ids, keys)
-- Which of these reports have one of these keys. Asked of a few reports at a time: two reports in five have some keys.
SELECT DISTINCT report_id FROM search_keys WHERE report_id = ANY(:report_ids) AND key = ANY(:keys);

-- name: standing_so(report_ids, decision)
-- From an index that holds nothing else: of a million reports each row is on a page of its own. The version is said for
-- this index, which is not to serve whoever asks for one report, or for what was decided when.
SELECT id FROM reports WHERE decision = :decision AND id = ANY(:report_ids) AND questionnaire_version > 0;

-- name: undecided(report_ids)
SELECT id FROM reports WHERE decision IS NULL AND id = ANY(:report_ids) AND questionnaire_version > 0;

-- name: names_of(report_ids)
SELECT report.id, report.wrapped_key, answer.question, answer.sealed, answer.sealed_correction
FROM reports AS report JOIN report_answers AS answer ON answer.report_id = report.id AND answer.question = 'name'
WHERE report.id = ANY(:report_ids);

-- name: cases_of(report_ids)
SELECT id, case_id FROM reports WHERE id = ANY(:report_ids) AND case_id IS NOT NULL;

-- name: add_search(chat_key, sealed, about, created_at_ms)^
INSERT INTO searches (chat_key, sealed, about, created_at_ms)
VALUES (:chat_key, :sealed, :about, :created_at_ms)
RETURNING id;

-- name: get_search(search_id, chat_key)^
SELECT sealed, created_at_ms FROM searches WHERE id = :search_id AND chat_key = :chat_key;

-- name: change_search(search_id, chat_key, sealed)!
UPDATE searches SET sealed = :sealed WHERE id = :search_id AND chat_key = :chat_key;

-- name: forget_searches(before_ms)
DELETE FROM searches WHERE created_at_ms <= :before_ms
RETURNING id, chat_key, about;
