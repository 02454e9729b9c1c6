-- name: claim_next(coordinator, now_ms, expires_at_ms, city_keys, any_city, also_urgent)^
-- Urgent first, then what waits longest. What waits is said as IS NOT NULL so that the partial index serves it.
-- A report that this coordinator gave back is left to the others until its claim would have run out.
UPDATE reports SET
    claimed_by = :coordinator, claimed_at_ms = :now_ms, claim_expires_at_ms = :expires_at_ms, released_by = NULL,
    revision = revision + 1
WHERE id = (
    SELECT id FROM reports
    WHERE queued_at_ms IS NOT NULL AND held_back = 0
      AND claimed_by IS NULL
      AND (released_by IS NULL OR released_by <> :coordinator OR released_until_ms <= :now_ms)
      AND (:any_city = 1 OR (:also_urgent = 1 AND urgent = 1) OR city_key = ANY(:city_keys))
    ORDER BY urgent DESC, queued_at_ms, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED)
RETURNING id, revision;

-- name: claim_given_back(coordinator, now_ms, expires_at_ms, city_keys, any_city, also_urgent)^
-- Nothing else waits: better the report that this coordinator gave back than an idle coordinator.
UPDATE reports SET
    claimed_by = :coordinator, claimed_at_ms = :now_ms, claim_expires_at_ms = :expires_at_ms, released_by = NULL,
    revision = revision + 1
WHERE id = (
    SELECT id FROM reports
    WHERE queued_at_ms IS NOT NULL AND held_back = 0 AND claimed_by IS NULL AND released_by = :coordinator
      AND (:any_city = 1 OR (:also_urgent = 1 AND urgent = 1) OR city_key = ANY(:city_keys))
    ORDER BY urgent DESC, queued_at_ms, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED)
RETURNING id, revision;

-- name: claim_one(report_id, coordinator, now_ms, expires_at_ms)^
-- A certain report, which may be held back.
UPDATE reports SET
    claimed_by = :coordinator, claimed_at_ms = :now_ms, claim_expires_at_ms = :expires_at_ms, released_by = NULL,
    revision = revision + 1
WHERE id = :report_id AND queued_at_ms IS NOT NULL AND claimed_by IS NULL
RETURNING id, revision;

-- name: renew_claim(coordinator, expires_at_ms)^
-- Who holds it is said again outside: PostgreSQL waits for a row that another is changing, and then asks only that.
UPDATE reports SET claim_expires_at_ms = :expires_at_ms
WHERE claimed_by = :coordinator AND id = (
    SELECT id FROM reports
    WHERE claimed_by = :coordinator
    ORDER BY claimed_at_ms, id
    LIMIT 1)
RETURNING id, revision;

-- name: renew(report_id, revision, coordinator, expires_at_ms)^
UPDATE reports SET claim_expires_at_ms = :expires_at_ms
WHERE id = :report_id AND revision = :revision AND claimed_by = :coordinator
RETURNING id, revision;

-- name: release(report_id, revision, coordinator, released_until_ms)^
UPDATE reports SET
    claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0, released_by = :coordinator,
    released_until_ms = :released_until_ms, revision = revision + 1
WHERE id = :report_id AND revision = :revision AND claimed_by = :coordinator
RETURNING id, revision;

-- name: claims()
-- What is in somebody's hands: as many rows as there are coordinators at work, a few more at most.
SELECT id, revision, claimed_by, claimed_at_ms, claim_expires_at_ms FROM reports
WHERE claimed_by IS NOT NULL
ORDER BY claimed_at_ms, id;

-- name: end_claim(report_id, revision, coordinator, expires_at_ms)^
-- The lease is over, or a lead breaks it: it goes back to where it was in the queue, for anybody. Not where its holder
-- did something since it was read: that renews the lease, and not the revision.
UPDATE reports SET claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0, revision = revision + 1
WHERE id = :report_id AND revision = :revision AND claimed_by = :coordinator AND claim_expires_at_ms = :expires_at_ms
RETURNING id, revision;

-- name: park(report_id, revision, coordinator, until_ms)^
-- It waits for its reporter's answer.
UPDATE reports SET
    queued_at_ms = NULL, asked_until_ms = :until_ms, claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0,
    revision = revision + 1
WHERE id = :report_id AND revision = :revision AND claimed_by = :coordinator AND decision IS NULL
RETURNING id, revision;

-- name: unpark(report_id)^
-- Its answer is there: it goes back to where it was in the queue.
UPDATE reports SET queued_at_ms = submitted_at_ms, asked_until_ms = NULL, revision = revision + 1
WHERE id = :report_id AND asked_until_ms IS NOT NULL
RETURNING id, revision;

-- name: give_up_waiting(report_id, now_ms)^
-- The same, where the answer is no longer waited for. Its reporter may have answered, and been asked anew, since that
-- was read.
UPDATE reports SET queued_at_ms = submitted_at_ms, asked_until_ms = NULL, revision = revision + 1
WHERE id = :report_id AND asked_until_ms <= :now_ms
RETURNING id, revision;

-- name: parked_until(now_ms)
SELECT id FROM reports WHERE asked_until_ms <= :now_ms ORDER BY asked_until_ms, id LIMIT 100;

-- name: hold_report(report_id)^
-- What is added in the moment of a decision is either on its card or waits as something new: one comes after the other.
SELECT decision FROM reports WHERE id = :report_id
FOR UPDATE;

-- name: put_in(report_id, queued_at_ms)^
-- There is something new of a decided report. What waits already keeps its place.
UPDATE reports SET queued_at_ms = :queued_at_ms, revision = revision + 1
WHERE id = :report_id AND queued_at_ms IS NULL AND decision IS NOT NULL
RETURNING id, revision;

-- name: take_out(report_id, revision, coordinator)^
-- What was new of a decided report is seen.
UPDATE reports SET
    queued_at_ms = NULL, claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0, revision = revision + 1
WHERE id = :report_id AND revision = :revision AND claimed_by = :coordinator AND decision IS NOT NULL
RETURNING id, revision;

-- name: counts()^
-- Each from an index: to read the rows of 30,000 that wait takes ten times as long.
SELECT (SELECT count(*) FROM reports WHERE queued_at_ms IS NOT NULL AND held_back = 0) AS waiting,
       (SELECT count(*) FROM reports WHERE queued_at_ms IS NOT NULL AND held_back = 0 AND urgent = 1) AS urgent,
       (SELECT count(*) FROM reports WHERE claimed_by IS NOT NULL) AS claimed,
       (SELECT count(*) FROM reports WHERE asked_until_ms IS NOT NULL) AS asked,
       (SELECT count(*) FROM reports WHERE queued_at_ms IS NOT NULL AND held_back = 1) AS held_back,
       (SELECT min(oldest) FROM (
            SELECT min(queued_at_ms) AS oldest FROM reports WHERE queued_at_ms IS NOT NULL AND held_back = 0 AND urgent = 1
            UNION ALL
            SELECT min(queued_at_ms) FROM reports WHERE queued_at_ms IS NOT NULL AND held_back = 0 AND urgent = 0) AS both_kinds
       ) AS oldest_ms;

-- name: set_aside()^
-- Each from an index that holds little.
SELECT (SELECT count(*) FROM reports WHERE asked_until_ms IS NOT NULL) AS asked,
       (SELECT count(*) FROM reports WHERE queued_at_ms IS NOT NULL AND held_back = 1) AS held_back;

-- name: oldest(urgent)^
-- The first of its kind in the order of the queue.
SELECT id, queued_at_ms, city_key FROM reports
WHERE queued_at_ms IS NOT NULL AND held_back = 0 AND urgent = :urgent
ORDER BY queued_at_ms, id
LIMIT 1;

-- name: by_city(hour_ago_ms, day_ago_ms)
-- Reads all that waits, once, from the index alone and in its order: sorting 30,000 takes four times as long. That it
-- waits is said as > 0 for this index, which is not to serve whoever asks for the next.
SELECT city_key, urgent,
       count(*) AS waiting,
       count(*) FILTER (WHERE queued_at_ms <= :hour_ago_ms) AS over_an_hour,
       count(*) FILTER (WHERE queued_at_ms <= :day_ago_ms) AS over_a_day
FROM reports
WHERE queued_at_ms > 0 AND held_back = 0
GROUP BY city_key, urgent;

-- name: name_city(report_id, city_key)*!
-- Of a report that came before cities were noted; those of others stay as they are.
UPDATE reports SET city_key = :city_key WHERE id = :report_id AND city_key IS NULL AND wrapped_key IS NOT NULL;
