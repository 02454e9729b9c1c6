-- name: count_submitted(begin_ms, end_ms)$
SELECT count(*) FROM reports WHERE submitted_at_ms >= :begin_ms AND submitted_at_ms < :end_ms;

-- name: count_settled(begin_ms, end_ms)$
-- Those that left the queue: decided, or withdrawn. What is decided has a decision; it is said for the index, which
-- is not to serve what only asks for the moment: the digests have a smaller one.
SELECT count(*) FROM reports WHERE decided_at_ms >= :begin_ms AND decided_at_ms < :end_ms AND decision IS NOT NULL;

-- name: count_undecided()$
-- What waits, what is held back, and what its reporter was asked about; not what is only told anew of a decided report.
SELECT (SELECT count(*) FROM reports WHERE queued_at_ms IS NOT NULL AND held_back = 0 AND decision IS NULL)
     + (SELECT count(*) FROM reports WHERE queued_at_ms IS NOT NULL AND held_back = 1 AND decision IS NULL)
     + (SELECT count(*) FROM reports WHERE asked_until_ms IS NOT NULL);

-- name: times(begin_ms, end_ms)^
-- Percentiles by the nearest rank: the least time that is not exceeded by so many of a hundred. In whole numbers, so
-- that both engines find the same.
SELECT count(*) AS decided,
       min(took_ms) FILTER (WHERE place * 100 >= decided * 50) AS median_ms,
       min(took_ms) FILTER (WHERE place * 100 >= decided * 95) AS p95_ms
FROM (
    SELECT took_ms, row_number() OVER (ORDER BY took_ms) AS place, count(*) OVER () AS decided
    FROM (
        SELECT decided_at_ms - submitted_at_ms AS took_ms FROM reports
        WHERE decided_at_ms >= :begin_ms AND decided_at_ms < :end_ms AND decision IN ('approved', 'rejected')
    ) AS took
) AS ranked;

-- name: loads(begin_ms, end_ms)
SELECT decided_by, count(*) AS decided FROM reports
WHERE decided_at_ms >= :begin_ms AND decided_at_ms < :end_ms AND decision IN ('approved', 'rejected')
GROUP BY decided_by;
