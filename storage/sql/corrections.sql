-- name: get_answer(report_id, question)^
SELECT question, sealed, sealed_correction FROM report_answers WHERE report_id = :report_id AND question = :question;

-- name: hold_report(report_id, revision, coordinator, expires_at_ms, is_urgent, is_city, city_key)^
-- Compare and set: only who holds the report at this revision corrects it. The card is another one from then on.
UPDATE reports SET
    urgent = CASE WHEN :is_urgent = 1 THEN 1 ELSE urgent END,
    city_key = CASE WHEN :is_city = 1 THEN :city_key ELSE city_key END,
    claim_expires_at_ms = :expires_at_ms, revision = revision + 1
WHERE id = :report_id AND revision = :revision AND claimed_by = :coordinator AND wrapped_key IS NOT NULL
RETURNING id, revision, digest_id;

-- name: correct(report_id, question, sealed, sealed_correction)^
-- What was read of the answer is said again: its reporter may have answered anew meanwhile.
UPDATE report_answers SET sealed_correction = :sealed_correction
WHERE report_id = :report_id AND question = :question AND sealed = :sealed
RETURNING question;

-- name: add_correction(report_id, question, sealed, corrected_by, corrected_at_ms)!
INSERT INTO corrections (report_id, question, sealed, corrected_by, corrected_at_ms)
VALUES (:report_id, :question, :sealed, :corrected_by, :corrected_at_ms);

-- name: corrections_of(report_ids)
SELECT c.report_id, c.question, c.sealed, c.corrected_at_ms, r.wrapped_key
FROM corrections c
JOIN reports r ON r.id = c.report_id
WHERE c.report_id = ANY(:report_ids)
ORDER BY c.report_id, c.id;
