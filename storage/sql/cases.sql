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
-- Each step asks for one row: for a join PostgreSQL, which expects many to be joined, reads all cases.
WITH RECURSIVE up(case_id, id, merged_into) AS (
    SELECT id, id, merged_into FROM cases WHERE id = ANY(:case_ids)
    UNION
    SELECT up.case_id, up.merged_into, (SELECT c.merged_into FROM cases c WHERE c.id = up.merged_into)
    FROM up WHERE up.merged_into IS NOT NULL)
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
-- Only what stands for itself is joined, and only into what stands for itself: so no ring can come about. What another
-- has open stays as it is.
UPDATE cases SET
    merged_into = :into_id, merged_by = :merged_by, merged_at_ms = :merged_at_ms,
    claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0, revision = revision + 1
WHERE id = :case_id AND merged_into IS NULL AND id <> :into_id AND (claimed_by IS NULL OR claimed_by = :merged_by)
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

-- name: get_cases(case_ids)
SELECT id, revision, status, merged_into, claimed_by, claim_expires_at_ms FROM cases WHERE id = ANY(:case_ids)
ORDER BY id;

-- name: claim_case(case_id, coordinator, now_ms, expires_at_ms)^
-- Only what stands for itself is opened. Whoever has it open already opens it anew.
UPDATE cases SET
    claimed_by = :coordinator, claimed_at_ms = :now_ms, claim_expires_at_ms = :expires_at_ms, revision = revision + 1
WHERE id = :case_id AND merged_into IS NULL AND (claimed_by IS NULL OR claimed_by = :coordinator)
RETURNING id, revision;

-- name: renew_case(case_id, revision, coordinator, expires_at_ms)^
UPDATE cases SET claim_expires_at_ms = :expires_at_ms
WHERE id = :case_id AND revision = :revision AND claimed_by = :coordinator
RETURNING id, revision;

-- name: change_case(case_id, revision, coordinator, expires_at_ms)^
-- Something is about to be changed: a button of the page as it was until now does nothing any more.
UPDATE cases SET claim_expires_at_ms = :expires_at_ms, revision = revision + 1
WHERE id = :case_id AND revision = :revision AND claimed_by = :coordinator
RETURNING id, revision;

-- name: add_to_case(case_id, coordinator, expires_at_ms)^
-- As `change_case`, for words: they answer a question, and no button.
UPDATE cases SET claim_expires_at_ms = :expires_at_ms, revision = revision + 1
WHERE id = :case_id AND claimed_by = :coordinator
RETURNING id, revision;

-- name: close_case(case_id, coordinator)^
UPDATE cases SET claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0, revision = revision + 1
WHERE id = :case_id AND claimed_by = :coordinator
RETURNING id, revision;

-- name: open_cases()
-- What somebody has open: as many rows as there are coordinators at work, a few more at most.
SELECT id, revision, claimed_by, claim_expires_at_ms FROM cases WHERE claimed_by IS NOT NULL
ORDER BY claimed_at_ms, id;

-- name: end_case_claim(case_id, revision, coordinator, expires_at_ms)^
-- The lease is over, or a lead breaks it; not where its holder did something meanwhile.
UPDATE cases SET claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0, revision = revision + 1
WHERE id = :case_id AND revision = :revision AND claimed_by = :coordinator AND claim_expires_at_ms = :expires_at_ms
RETURNING id, revision;

-- name: close_cases_of(coordinator)
UPDATE cases SET claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0, revision = revision + 1
WHERE claimed_by = :coordinator
RETURNING id, revision;
