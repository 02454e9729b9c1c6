-- name: add_report(origin, receipt_key, sealed_receipt, chat_key, wrapped_key, questionnaire_version, consent_version, language, sharing, publishing, urgent, together_with, submitted_at_ms, city_key, held_back)^
-- `origin` names the screen on which it was submitted: one screen, one report, whatever is delivered twice.
-- No row comes back where another report has the receipt code.
INSERT INTO reports
    (origin, receipt_key, sealed_receipt, chat_key, wrapped_key, questionnaire_version, consent_version, language, sharing, publishing, urgent,
     together_with, submitted_at_ms, queued_at_ms, notice_due, city_key, held_back, revision)
VALUES
    (:origin, :receipt_key, :sealed_receipt, :chat_key, :wrapped_key, :questionnaire_version, :consent_version, :language, :sharing, :publishing,
     :urgent, :together_with, :submitted_at_ms, :submitted_at_ms, 1 - CAST(:held_back AS SMALLINT), :city_key, :held_back, 1)
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
       publish_as, urgent, together_with, submitted_at_ms, claimed_by, claimed_at_ms, claim_expires_at_ms, queued_at_ms,
       asked_until_ms, held_back, case_id, decision, reason, sealed_reason, decided_by, decided_at_ms
FROM reports WHERE id = ANY(:report_ids);

-- name: get_answers(report_ids)
SELECT report_id, question, sealed, sealed_correction FROM report_answers WHERE report_id = ANY(:report_ids) ORDER BY report_id, position;

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

-- name: outdate_notices(report_ids)!
-- In one order, so that of two who do this one waits for the other and not both for ever.
UPDATE notices SET outdated = 1
WHERE id IN (SELECT n.id FROM notices n
             WHERE n.id IN (SELECT notice_id FROM reports WHERE id = ANY(:report_ids) AND notice_id IS NOT NULL)
             ORDER BY n.id FOR UPDATE);
