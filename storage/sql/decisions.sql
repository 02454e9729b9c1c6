-- name: decide(report_id, revision, coordinator, decision, publish_as, reason, sealed_reason, decided_at_ms, tell_at_ms)^
-- Compare and set: exactly one coordinator can decide a report.
UPDATE reports SET
    decision = :decision, publish_as = :publish_as, reason = :reason, sealed_reason = :sealed_reason,
    decided_by = :coordinator, decided_at_ms = :decided_at_ms, tell_at_ms = :tell_at_ms,
    queued_at_ms = NULL, claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0, revision = revision + 1
WHERE id = :report_id AND revision = :revision AND claimed_by = :coordinator AND decision IS NULL
RETURNING id, revision;

-- name: set_case(report_id, case_id)!
UPDATE reports SET case_id = :case_id WHERE id = :report_id;

-- name: add_decision(report_id, decision, case_id, decided_by, decided_at_ms)^
INSERT INTO decisions (report_id, decision, case_id, decided_by, decided_at_ms)
VALUES (:report_id, :decision, :case_id, :decided_by, :decided_at_ms)
RETURNING id;

-- name: standing_decision(report_id)^
SELECT id, decision, case_id, decided_by, decided_at_ms FROM decisions
WHERE report_id = :report_id AND undone_at_ms IS NULL;

-- name: undo(report_id, decision_id, actor, as_lead, since_ms, now_ms, expires_at_ms)^
-- Compare and set. What comes back besides says what else there is to undo; `forget_digest` takes it away.
UPDATE reports SET
    decision = NULL, publish_as = NULL, reason = NULL, sealed_reason = NULL, decided_by = NULL, decided_at_ms = NULL,
    case_id = NULL, queued_at_ms = submitted_at_ms,
    claimed_by = :actor, claimed_at_ms = :now_ms, claim_expires_at_ms = :expires_at_ms, released_by = NULL,
    revision = revision + 1
WHERE id = :report_id AND decision IN ('approved', 'rejected') AND (claimed_by IS NULL OR claimed_by = :actor)
  AND (:as_lead = 1 OR decided_by = :actor AND decided_at_ms > :since_ms)
  AND EXISTS (SELECT 1 FROM decisions d WHERE d.id = :decision_id AND d.report_id = :report_id AND d.undone_at_ms IS NULL)
RETURNING id, revision, digest_id, tell_at_ms;

-- name: forget_digest(report_id)!
UPDATE reports SET digest_id = NULL, tell_at_ms = NULL WHERE id = :report_id;

-- name: mark_undone(decision_id, actor, now_ms)^
UPDATE decisions SET undone_by = :actor, undone_at_ms = :now_ms
WHERE id = :decision_id AND undone_at_ms IS NULL
RETURNING case_id;

-- name: add_words(report_id, decision_id, coordinator, since_ms, sealed_reason)^
-- Compare and set, as undoing is: beside no other decision than the one that the words were asked for.
UPDATE reports SET sealed_reason = :sealed_reason
WHERE id = :report_id AND decision = 'rejected' AND decided_by = :coordinator AND decided_at_ms > :since_ms
  AND EXISTS (SELECT 1 FROM decisions d WHERE d.id = :decision_id AND d.report_id = :report_id AND d.undone_at_ms IS NULL)
RETURNING id;

-- name: to_tell(now_ms, most)
SELECT id FROM reports WHERE tell_at_ms <= :now_ms ORDER BY tell_at_ms, id LIMIT :most;

-- name: tell_later(report_id, tell_at_ms)!
UPDATE reports SET tell_at_ms = :tell_at_ms WHERE id = :report_id;

-- name: told(report_ids, now_ms)
-- Those come back that are to be told of now: one may have been undone since it was read, and decided anew. In one
-- order, so that two processes that do this cannot wait for each other for ever.
UPDATE reports SET tell_at_ms = NULL
WHERE id IN (SELECT id FROM reports WHERE id = ANY(:report_ids) AND tell_at_ms <= :now_ms ORDER BY id FOR UPDATE)
RETURNING id;
