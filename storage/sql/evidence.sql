-- name: add_evidence(origin, chat_key, report_id, question, kind, state, wrapped_key, sealed, received_at_ms, settled_at_ms)^
-- `origin` names the message: one message, one piece, whatever is delivered twice. No row comes back then.
INSERT INTO evidence
    (origin, chat_key, report_id, question, kind, state, wrapped_key, sealed, received_at_ms, not_before_ms, settled_at_ms)
VALUES
    (:origin, :chat_key, :report_id, :question, :kind, :state, :wrapped_key, :sealed, :received_at_ms, :received_at_ms,
     :settled_at_ms)
ON CONFLICT (origin) DO NOTHING
RETURNING id;

-- name: count_since(chat_key, since_ms, most)$
-- Looks at so many of a person's newest pieces and at no more.
SELECT count(*) FROM (SELECT received_at_ms FROM evidence WHERE chat_key = :chat_key ORDER BY id DESC LIMIT :most) newest
WHERE newest.received_at_ms > :since_ms;

-- name: lease(now_ms, until_ms, process, most)
-- MATERIALIZED: PostgreSQL may else run the subquery, and its locks, more than once.
WITH due AS MATERIALIZED (
    SELECT id FROM evidence
    WHERE state = 'waiting' AND not_before_ms <= :now_ms
    ORDER BY not_before_ms, id
    LIMIT :most
    FOR UPDATE SKIP LOCKED)
UPDATE evidence SET attempts = attempts + 1, not_before_ms = :until_ms, leased_by = :process
WHERE id IN (SELECT id FROM due)
RETURNING id, chat_key, report_id, question, kind, state, wrapped_key, sealed, file, received_at_ms, attempts;

-- name: hold_leased(evidence_id, process, attempts)^
-- Nothing where it was shredded meanwhile, or where the lease ran out and the piece was leased again.
SELECT id, chat_key, report_id, question, kind, state, wrapped_key, sealed, file, received_at_ms, attempts
FROM evidence
WHERE id = :evidence_id AND state = 'waiting' AND leased_by = :process AND attempts = :attempts
FOR UPDATE;

-- name: settle(evidence_id, state, sealed, file, settled_at_ms)!
UPDATE evidence SET state = :state, sealed = :sealed, file = :file, settled_at_ms = :settled_at_ms, leased_by = NULL
WHERE id = :evidence_id;

-- name: postpone(evidence_id, process, attempts, not_before_ms)!
UPDATE evidence SET not_before_ms = :not_before_ms, leased_by = NULL
WHERE id = :evidence_id AND state = 'waiting' AND leased_by = :process AND attempts = :attempts;

-- name: release_leases(now_ms)!
-- Of processes that are no more; asked in one statement, for one may join between two.
UPDATE evidence SET not_before_ms = :now_ms, leased_by = NULL
WHERE leased_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM processes p WHERE p.process = evidence.leased_by);

-- name: hold_message(origin)^
SELECT id, chat_key, report_id, question, kind, state, wrapped_key, sealed, file, received_at_ms, attempts
FROM evidence WHERE origin = :origin AND wrapped_key IS NOT NULL
FOR UPDATE;

-- name: reseal(evidence_id, sealed)!
UPDATE evidence SET sealed = :sealed WHERE id = :evidence_id AND wrapped_key IS NOT NULL;

-- name: attach(chat_key, report_id)*!
UPDATE evidence SET report_id = :report_id
WHERE chat_key = :chat_key AND report_id IS NULL AND wrapped_key IS NOT NULL;

-- name: shred_draft(chat_key, at_ms)*!
UPDATE evidence SET state = 'shredded', wrapped_key = NULL, sealed = NULL, leased_by = NULL, settled_at_ms = :at_ms
WHERE chat_key = :chat_key AND report_id IS NULL AND wrapped_key IS NOT NULL;

-- name: shred_report(report_id, at_ms)*!
UPDATE evidence SET state = 'shredded', wrapped_key = NULL, sealed = NULL, leased_by = NULL, settled_at_ms = :at_ms
WHERE report_id = :report_id AND wrapped_key IS NOT NULL;

-- name: to_remove(most)
-- What is shredded and still has a file, which no key opens any more.
SELECT id, file FROM evidence WHERE wrapped_key IS NULL AND file IS NOT NULL ORDER BY id LIMIT :most;

-- name: forget_files(evidence_ids)!
UPDATE evidence SET file = NULL WHERE id = ANY(:evidence_ids) AND wrapped_key IS NULL;

-- name: named_files(files)
SELECT file FROM evidence WHERE file = ANY(:files);

-- name: get_evidence(evidence_id)^
SELECT id, chat_key, report_id, question, kind, state, wrapped_key, sealed, file, received_at_ms, attempts
FROM evidence WHERE id = :evidence_id AND wrapped_key IS NOT NULL;

-- name: of_reports(report_ids)
SELECT id, chat_key, report_id, question, kind, state, wrapped_key, sealed, file, received_at_ms, attempts
FROM evidence WHERE report_id = ANY(:report_ids) AND wrapped_key IS NOT NULL
ORDER BY report_id, id;

-- name: counts_of_draft(chat_key)
SELECT kind, count(*) AS pieces FROM evidence
WHERE chat_key = :chat_key AND report_id IS NULL AND wrapped_key IS NOT NULL AND state <> 'refused'
GROUP BY kind;

-- name: counts_of_report(report_id)
SELECT kind, count(*) AS pieces FROM evidence
WHERE report_id = :report_id AND wrapped_key IS NOT NULL AND state <> 'refused'
GROUP BY kind;
