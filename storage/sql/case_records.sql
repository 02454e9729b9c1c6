-- name: keys_of_cases(case_ids)
SELECT id, wrapped_key FROM cases WHERE id = ANY(:case_ids) AND wrapped_key IS NOT NULL;

-- name: give_key(case_id, wrapped_key)!
-- A case gets a key when something of the team is first written about it; of two who give it one, the first does.
UPDATE cases SET wrapped_key = :wrapped_key WHERE id = :case_id AND wrapped_key IS NULL;

-- name: add_status(case_id, status, sealed, report_id, added_by, added_at_ms)^
INSERT INTO case_statuses (case_id, status, sealed, report_id, added_by, added_at_ms)
VALUES (:case_id, :status, :sealed, :report_id, :added_by, :added_at_ms)
RETURNING id;

-- name: statuses(case_ids)
SELECT id, case_id, status, sealed, report_id, added_by, added_at_ms FROM case_statuses
WHERE case_id = ANY(:case_ids) AND removed_at_ms IS NULL
ORDER BY id;

-- name: remove_status(status_id, case_ids, actor, as_lead, now_ms)^
UPDATE case_statuses SET removed_by = :actor, removed_at_ms = :now_ms
WHERE id = :status_id AND case_id = ANY(:case_ids) AND removed_at_ms IS NULL AND (:as_lead = 1 OR added_by = :actor)
RETURNING status;

-- name: set_status(case_id, status)!
UPDATE cases SET status = :status WHERE id = :case_id AND status <> :status;

-- name: add_note(case_id, sealed, written_by, written_at_ms)!
INSERT INTO case_notes (case_id, sealed, written_by, written_at_ms)
VALUES (:case_id, :sealed, :written_by, :written_at_ms);

-- name: notes(case_ids)
SELECT id, case_id, sealed, written_by, written_at_ms FROM case_notes WHERE case_id = ANY(:case_ids) ORDER BY id;

-- name: add_tag(case_id, tag_key, sealed, added_by, added_at_ms)^
INSERT INTO case_tags (case_id, tag_key, sealed, added_by, added_at_ms)
VALUES (:case_id, :tag_key, :sealed, :added_by, :added_at_ms)
ON CONFLICT (case_id, tag_key) DO NOTHING
RETURNING tag_key;

-- name: drop_tag(case_ids, tag_key)
DELETE FROM case_tags WHERE case_id = ANY(:case_ids) AND tag_key = :tag_key RETURNING case_id;

-- name: tags(case_ids)
SELECT case_id, tag_key, sealed FROM case_tags WHERE case_id = ANY(:case_ids) ORDER BY added_at_ms, tag_key;

-- name: add_pick(case_id, question, report_id, picked_by, picked_at_ms)!
INSERT INTO case_picks (case_id, question, report_id, picked_by, picked_at_ms)
VALUES (:case_id, :question, :report_id, :picked_by, :picked_at_ms);

-- name: picks(case_ids, report_ids)
-- Of each question the newest comes last. What was picked of a report that is no longer of the case does not count.
SELECT id, question, report_id FROM case_picks
WHERE case_id = ANY(:case_ids) AND report_id = ANY(:report_ids)
ORDER BY id;
