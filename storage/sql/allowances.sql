-- name: add_allowance(allowance)!
INSERT INTO allowances (allowance, free_at_us) VALUES (:allowance, 0) ON CONFLICT (allowance) DO NOTHING;

-- name: hold_allowance(allowance)$
SELECT free_at_us FROM allowances WHERE allowance = :allowance FOR UPDATE;

-- name: set_allowance(allowance, free_at_us)!
UPDATE allowances SET free_at_us = :free_at_us WHERE allowance = :allowance;
