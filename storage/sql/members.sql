-- name: get_member(chat_key)^
-- Held until the end of the transaction: who is revoked meanwhile is revoked after what was shown, which is then taken
-- back with all else.
SELECT id, chat_key, role, cities, added_at_ms, revoked_at_ms FROM members WHERE chat_key = :chat_key
FOR SHARE;

-- name: list_members()
SELECT id, chat_key, role, cities, added_at_ms, revoked_at_ms FROM members WHERE revoked_at_ms IS NULL ORDER BY id;

-- name: hold_members(chat_key, number)
-- Both sides of a change, in one order, so that of two leads who revoke each other one comes first.
SELECT id, chat_key, role, cities, added_at_ms, revoked_at_ms FROM members
WHERE revoked_at_ms IS NULL AND (chat_key = :chat_key OR id = :number)
ORDER BY id
FOR UPDATE;

-- name: add_first_leads(chat_key, added_at_ms)*!
-- A row decides, also that of a lead who was revoked.
INSERT INTO members (chat_key, role, added_at_ms) VALUES (:chat_key, 'lead', :added_at_ms)
ON CONFLICT (chat_key) DO NOTHING;

-- name: join_team(chat_key, role, added_by, added_at_ms)^
-- Nobody comes back who is there: of those only who was revoked joins anew.
INSERT INTO members (chat_key, role, added_by, added_at_ms) VALUES (:chat_key, :role, :added_by, :added_at_ms)
ON CONFLICT (chat_key) DO UPDATE SET
    role = excluded.role, added_by = excluded.added_by, added_at_ms = excluded.added_at_ms,
    revoked_at_ms = NULL, revoked_by = NULL
WHERE members.revoked_at_ms IS NOT NULL
RETURNING id;

-- name: change_role(number, role)^
UPDATE members SET role = :role WHERE id = :number AND revoked_at_ms IS NULL RETURNING id;

-- name: revoke(number, revoked_by, revoked_at_ms)^
UPDATE members SET revoked_at_ms = :revoked_at_ms, revoked_by = :revoked_by
WHERE id = :number AND revoked_at_ms IS NULL
RETURNING id;

-- name: set_cities(chat_key, cities)!
UPDATE members SET cities = :cities WHERE chat_key = :chat_key AND revoked_at_ms IS NULL;

-- name: in_hand()
SELECT claimed_by, count(*) AS reports FROM reports WHERE claimed_by IS NOT NULL GROUP BY claimed_by;

-- name: release_all_of(coordinator)
UPDATE reports SET claimed_by = NULL, claimed_at_ms = NULL, claim_expires_at_ms = 0, revision = revision + 1
WHERE claimed_by = :coordinator
RETURNING id, revision;

-- name: add_invite(token_key, role, made_by, made_at_ms, expires_at_ms)^
INSERT INTO invites (token_key, role, made_by, made_at_ms, expires_at_ms)
VALUES (:token_key, :role, :made_by, :made_at_ms, :expires_at_ms)
RETURNING id;

-- name: open_invite(token_key, now_ms)^
SELECT id, role, made_by FROM invites
WHERE token_key = :token_key AND used_at_ms IS NULL AND taken_back_at_ms IS NULL AND expires_at_ms > :now_ms;

-- name: use_invite(token_key, used_by, now_ms)^
-- Compare and set: one link lets one person in.
UPDATE invites SET used_by = :used_by, used_at_ms = :now_ms
WHERE token_key = :token_key AND used_at_ms IS NULL AND taken_back_at_ms IS NULL AND expires_at_ms > :now_ms
RETURNING id, role, made_by;

-- name: take_back_invite(number, now_ms)^
UPDATE invites SET taken_back_at_ms = :now_ms
WHERE id = :number AND used_at_ms IS NULL AND taken_back_at_ms IS NULL
RETURNING id;

-- name: take_back_invites_of(made_by, now_ms)!
UPDATE invites SET taken_back_at_ms = :now_ms
WHERE made_by = :made_by AND used_at_ms IS NULL AND taken_back_at_ms IS NULL;

-- name: take_back_invites(now_ms)!
UPDATE invites SET taken_back_at_ms = :now_ms WHERE used_at_ms IS NULL AND taken_back_at_ms IS NULL;

-- name: make_freeze()!
INSERT INTO freezes (id) VALUES (1) ON CONFLICT (id) DO NOTHING;

-- name: frozen_at()$
-- Held until the end of the transaction, so that a freeze comes after all that is shown before it, and takes it back.
SELECT frozen_at_ms FROM freezes WHERE id = 1
FOR SHARE;

-- name: looks_frozen()$
SELECT frozen_at_ms FROM freezes WHERE id = 1;

-- name: freeze(frozen_by, now_ms)^
UPDATE freezes SET frozen_at_ms = :now_ms, frozen_by = :frozen_by, may_thaw_until_ms = NULL
WHERE id = 1 AND frozen_at_ms IS NULL
RETURNING id;

-- name: let_thaw(until_ms)^
UPDATE freezes SET may_thaw_until_ms = :until_ms WHERE id = 1 AND frozen_at_ms IS NOT NULL RETURNING id;

-- name: thaw(now_ms)^
UPDATE freezes SET frozen_at_ms = NULL, frozen_by = NULL, may_thaw_until_ms = NULL
WHERE id = 1 AND frozen_at_ms IS NOT NULL AND may_thaw_until_ms > :now_ms
RETURNING id;
