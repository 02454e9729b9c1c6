-- name: beat(process)^
UPDATE processes SET beat = beat + 1 WHERE process = :process RETURNING beat;

-- name: join_in(process)!
INSERT INTO processes (process, beat) VALUES (:process, 0) ON CONFLICT (process) DO NOTHING;

-- name: beats()
SELECT process, beat FROM processes;

-- name: bury(process, beat)^
-- Compare and set: whoever shows a sign of life meanwhile lives.
DELETE FROM processes WHERE process = :process AND beat = :beat RETURNING process;

-- name: leave(process)!
DELETE FROM processes WHERE process = :process;

-- name: free_duties(process)!
DELETE FROM duties WHERE process = :process;

-- name: take_duty(duty, process)!
INSERT INTO duties (duty, process) VALUES (:duty, :process) ON CONFLICT (duty) DO NOTHING;

-- name: holder_of(duty)$
SELECT process FROM duties WHERE duty = :duty;
