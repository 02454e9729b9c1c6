-- name: inbox()^
-- Reads the whole table: mostly there is one batch in it, or none.
SELECT count(*) AS waiting, min(received_at_ms) AS oldest_ms FROM inbox;

-- name: deferred_updates()^
-- Reads the whole table: what is set aside or given up is little.
SELECT count(*) FILTER (WHERE dead_at_ms IS NULL) AS waiting,
       count(dead_at_ms) AS dead,
       min(deferred_at_ms) FILTER (WHERE dead_at_ms IS NULL) AS oldest_ms
FROM deferred_updates;

-- name: outgoing()
SELECT priority, count(*) AS waiting, min(created_at_ms) AS oldest_ms
FROM outbox WHERE settled_at_ms IS NULL
GROUP BY priority;

-- name: evidence()^
SELECT count(*) AS waiting, min(received_at_ms) AS oldest_ms FROM evidence WHERE state = 'waiting';

-- name: interviews()$
SELECT count(*) FROM conversations WHERE step IS NOT NULL;
