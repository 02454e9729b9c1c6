-- name: get_secret(name)$
SELECT wrapped FROM secrets WHERE name = :name;

-- name: add_secret(name, wrapped)^
INSERT INTO secrets (name, wrapped) VALUES (:name, :wrapped)
ON CONFLICT (name) DO NOTHING
RETURNING name;
