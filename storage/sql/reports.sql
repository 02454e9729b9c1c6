-- name: add_report(origin, receipt_key, sealed_receipt, chat_key, wrapped_key, questionnaire_version, consent_version, language, sharing, publishing, urgent, together_with, submitted_at_ms)^
-- `origin` names the screen on which it was submitted: one screen, one report, whatever is delivered twice.
-- No row comes back where another report has the receipt code.
INSERT INTO reports
    (origin, receipt_key, sealed_receipt, chat_key, wrapped_key, questionnaire_version, consent_version, language, sharing, publishing, urgent,
     together_with, submitted_at_ms, revision)
VALUES
    (:origin, :receipt_key, :sealed_receipt, :chat_key, :wrapped_key, :questionnaire_version, :consent_version, :language, :sharing, :publishing,
     :urgent, :together_with, :submitted_at_ms, 1)
ON CONFLICT (receipt_key) DO NOTHING
RETURNING id;

-- name: add_answers(report_id, question, position, sealed)*!
INSERT INTO report_answers (report_id, question, position, sealed)
VALUES (:report_id, :question, :position, :sealed);

-- name: find_receipt(receipt_key)^
SELECT id, decision FROM reports WHERE receipt_key = :receipt_key;

-- name: get_receipt(report_id)^
SELECT wrapped_key, sealed_receipt FROM reports WHERE id = :report_id;

-- name: get_reports(report_ids)
SELECT id, revision, chat_key, wrapped_key, questionnaire_version, consent_version, language, sharing, publishing,
       publish_as, urgent, together_with, submitted_at_ms, claimed_by, claim_expires_at_ms, decision, reason, sealed_reason, decided_by, decided_at_ms
FROM reports WHERE id = ANY(:report_ids);

-- name: get_answers(report_ids)
SELECT report_id, question, sealed FROM report_answers WHERE report_id = ANY(:report_ids) ORDER BY report_id, position;

-- name: claim_next(coordinator, now_ms, expires_at_ms)^
-- Urgent first, then oldest. "Waiting" is said as IS NULL so that the partial index serves it.
-- A report that this coordinator gave back is left to the others until its claim would have run out.
UPDATE reports SET
    claimed_by = :coordinator, claim_expires_at_ms = :expires_at_ms, released_by = NULL, revision = revision + 1
WHERE id = (
    SELECT id FROM reports
    WHERE decided_at_ms IS NULL
      AND claim_expires_at_ms <= :now_ms
      AND (released_by IS NULL OR released_by <> :coordinator OR released_until_ms <= :now_ms)
    ORDER BY urgent DESC, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED)
RETURNING id, revision;

-- name: claim_given_back(coordinator, now_ms, expires_at_ms)^
-- Nothing else waits: better the report that this coordinator gave back than an idle coordinator.
UPDATE reports SET
    claimed_by = :coordinator, claim_expires_at_ms = :expires_at_ms, released_by = NULL, revision = revision + 1
WHERE id = (
    SELECT id FROM reports
    WHERE decided_at_ms IS NULL AND claim_expires_at_ms <= :now_ms AND released_by = :coordinator
    ORDER BY urgent DESC, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED)
RETURNING id, revision;

-- name: renew_claim(coordinator, expires_at_ms)^
-- Who holds it is said again outside: PostgreSQL waits for a row that another is changing, and then asks only that.
-- What is claimed is not decided (`decided_is_not_claimed`); to say so would let a planner read all that waits.
UPDATE reports SET claim_expires_at_ms = :expires_at_ms
WHERE claimed_by = :coordinator AND id = (
    SELECT id FROM reports
    WHERE claimed_by = :coordinator
    ORDER BY id
    LIMIT 1)
RETURNING id, revision;

-- name: release(report_id, revision, coordinator, released_until_ms)^
UPDATE reports SET
    claimed_by = NULL, claim_expires_at_ms = 0, released_by = :coordinator, released_until_ms = :released_until_ms,
    revision = revision + 1
WHERE id = :report_id AND revision = :revision AND claimed_by = :coordinator AND decided_at_ms IS NULL
RETURNING id, revision;

-- name: decide(report_id, revision, coordinator, decision, publish_as, reason, sealed_reason, decided_at_ms)^
-- Compare and set: exactly one coordinator can decide a report.
UPDATE reports SET
    decision = :decision,
    publish_as = :publish_as,
    reason = :reason, sealed_reason = :sealed_reason, decided_by = :coordinator,
    decided_at_ms = :decided_at_ms, claimed_by = NULL, claim_expires_at_ms = 0, revision = revision + 1
WHERE id = :report_id AND revision = :revision AND claimed_by = :coordinator AND decided_at_ms IS NULL
RETURNING id, revision;

-- name: queue_counts(now_ms)^
-- Each from an index: to read the rows of 30,000 that wait takes ten times as long. The oldest is the one with the
-- lowest id, of the urgent or of the others.
SELECT (SELECT count(*) FROM reports WHERE decided_at_ms IS NULL) AS waiting,
       (SELECT count(*) FROM reports WHERE decided_at_ms IS NULL AND urgent = 1) AS urgent,
       (SELECT count(*) FROM reports WHERE claimed_by IS NOT NULL AND claim_expires_at_ms > :now_ms) AS claimed,
       (SELECT min(submitted_at_ms) FROM reports WHERE id IN (
            SELECT min(id) FROM reports WHERE decided_at_ms IS NULL AND urgent = 1
            UNION ALL
            SELECT min(id) FROM reports WHERE decided_at_ms IS NULL AND urgent = 0)) AS oldest_ms;

-- name: to_digest(until_ms)
SELECT id FROM reports
WHERE digest_id IS NULL AND publish_as IN ('with_name', 'initials', 'without_name') AND decided_at_ms <= :until_ms
ORDER BY decided_at_ms, id;

-- name: mark_digested(digest_id, report_ids)
-- Those come back that may still be published: a reporter may have withdrawn one since it was read.
UPDATE reports SET digest_id = :digest_id
WHERE id = ANY(:report_ids) AND digest_id IS NULL AND publish_as <> 'not_at_all'
RETURNING id, revision;

-- name: in_digest(digest_id)
SELECT id FROM reports
WHERE digest_id = :digest_id AND publish_as IN ('with_name', 'initials', 'without_name')
ORDER BY decided_at_ms, id;

-- name: earliest_undigested()$
SELECT min(decided_at_ms) FROM reports
WHERE digest_id IS NULL AND publish_as IN ('with_name', 'initials', 'without_name');

-- name: submitted_before(chat_key, others)$
-- When a person submitted the newest report but so many others.
SELECT submitted_at_ms FROM reports WHERE chat_key = :chat_key ORDER BY id DESC LIMIT 1 OFFSET :others;

-- name: report_ids(after_id, most)
SELECT id FROM reports WHERE id > :after_id ORDER BY id LIMIT :most;

-- name: count_reports()
SELECT COALESCE(decision, 'waiting') AS state, count(*) AS reports FROM reports GROUP BY 1 ORDER BY 1;

-- name: add_events(report_id, revision, event, actor_key, at_ms)*!
INSERT INTO report_events (report_id, revision, event, actor_key, at_ms)
VALUES (:report_id, :revision, :event, :actor_key, :at_ms);
