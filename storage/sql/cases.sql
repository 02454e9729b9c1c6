-- name: open_case(status, opened_by, opened_at_ms)^
INSERT INTO cases (revision, status, opened_by, opened_at_ms)
VALUES (1, :status, :opened_by, :opened_at_ms)
RETURNING id;

-- name: root_of_case(case_id)^
-- Cases that are joined point from one to the next; the last of them stands for all.
WITH RECURSIVE up(id, merged_into) AS (
    SELECT id, merged_into FROM cases WHERE id = :case_id
    UNION
    SELECT c.id, c.merged_into FROM cases c JOIN up ON c.id = up.merged_into)
SELECT id FROM up WHERE merged_into IS NULL;

-- name: roots_of_cases(case_ids)
WITH RECURSIVE up(case_id, id, merged_into) AS (
    SELECT id, id, merged_into FROM cases WHERE id = ANY(:case_ids)
    UNION
    SELECT up.case_id, c.id, c.merged_into FROM cases c JOIN up ON c.id = up.merged_into)
SELECT case_id, id AS root FROM up WHERE merged_into IS NULL;

-- name: cases_in(case_id)
-- A case and all that is joined into it.
WITH RECURSIVE down(id) AS (
    SELECT id FROM cases WHERE id = :case_id
    UNION
    SELECT c.id FROM cases c JOIN down ON c.merged_into = down.id)
SELECT id FROM down ORDER BY id;

-- name: reports_of_cases(case_ids)
SELECT id, case_id FROM reports WHERE case_id = ANY(:case_ids) ORDER BY id;

-- name: merge(case_id, into_id, merged_by, merged_at_ms)^
-- Only what stands for itself is joined, and only into what stands for itself: so no ring can come about.
UPDATE cases SET merged_into = :into_id, merged_by = :merged_by, merged_at_ms = :merged_at_ms, revision = revision + 1
WHERE id = :case_id AND merged_into IS NULL AND id <> :into_id
  AND EXISTS (SELECT 1 FROM cases i WHERE i.id = :into_id AND i.merged_into IS NULL)
RETURNING id, revision;

-- name: unmerge(case_id, into_id)^
UPDATE cases SET merged_into = NULL, merged_by = NULL, merged_at_ms = NULL, revision = revision + 1
WHERE id = :case_id AND merged_into = :into_id
RETURNING id, revision;

-- name: hold_cases(case_ids)
-- In one order, so that two that join the same cases cannot wait for each other for ever.
SELECT id FROM cases WHERE id = ANY(:case_ids) ORDER BY id
FOR UPDATE;
