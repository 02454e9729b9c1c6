-- name: reports_of_person(chat_key, before_id, most)
-- Of those that were withdrawn nothing is shown: others may be looking at the phone.
SELECT id, wrapped_key, sealed_receipt, decision, submitted_at_ms
FROM reports
WHERE chat_key = :chat_key AND id < :before_id AND wrapped_key IS NOT NULL
ORDER BY id DESC
LIMIT :most;

-- name: get_own_report(report_id, chat_key)^
SELECT id, revision, wrapped_key, sealed_receipt, decision, submitted_at_ms, publish_as, claimed_by
FROM reports
WHERE id = :report_id AND chat_key = :chat_key;

-- name: put_answers(report_id, question, position, sealed)*!
-- New words win over what a coordinator made of the old ones.
INSERT INTO report_answers (report_id, question, position, sealed)
VALUES (:report_id, :question, :position, :sealed)
ON CONFLICT (report_id, question) DO UPDATE SET sealed = excluded.sealed, sealed_correction = NULL;

-- name: drop_answers(report_id, questions)!
DELETE FROM report_answers WHERE report_id = :report_id AND question = ANY(:questions);

-- name: set_urgent(report_id)^
UPDATE reports SET urgent = 1 WHERE id = :report_id AND urgent = 0
RETURNING id;

-- name: change_consent(report_id, revision, sharing, publishing, publish_as, consent_version)^
-- Compare and set: a coordinator may be deciding at this very moment what is published.
UPDATE reports SET
    sharing = :sharing, publishing = :publishing, publish_as = :publish_as, consent_version = :consent_version,
    revision = revision + 1
WHERE id = :report_id AND revision = :revision AND wrapped_key IS NOT NULL
RETURNING id, revision, digest_id;

-- name: withdraw(report_id, chat_key, decided_at_ms)^
-- The row stays, so that its code is still answered and what was counted adds up; without the key nothing opens.
UPDATE reports SET
    wrapped_key = NULL, sealed_receipt = NULL, reason = NULL, sealed_reason = NULL, publish_as = NULL, urgent = 0,
    decision = 'withdrawn', decided_by = :chat_key, decided_at_ms = :decided_at_ms,
    claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0, released_by = NULL, asked_until_ms = NULL,
    tell_at_ms = NULL, city_key = NULL, queued_at_ms = CASE WHEN case_id IS NULL THEN NULL ELSE CAST(:decided_at_ms AS BIGINT) END,
    notice_due = 0, indexed = 1, revision = revision + 1
WHERE id = :report_id AND chat_key = :chat_key AND wrapped_key IS NOT NULL
RETURNING id, revision, digest_id;

-- name: drop_all_answers(report_id)!
DELETE FROM report_answers WHERE report_id = :report_id;

-- name: drop_corrections(report_id)!
DELETE FROM corrections WHERE report_id = :report_id;
