-- name: EnsureUser :one
insert into "user" (name) values (@name::text)
on conflict (name) do update set name = excluded.name
returning id, (disabled_at is not null)::boolean as disabled;

-- name: GrantRole :one
-- No row: there is no such role.
insert into user_role (user_id, role_id)
select @user_id::integer, r.id from role r where r.name = @role::text
on conflict (user_id, role_id) do update set role_id = excluded.role_id
returning role_id;

-- name: CreateAPIToken :one
insert into api_token (id, user_id, name, token_hash, token_prefix, scopes, expires_at)
values (@id, @user_id, @name, @token_hash, @token_prefix, @scopes, @expires_at)
returning created_at;

-- name: RevokeAPIToken :one
-- No row: there is no such token. One that was revoked before keeps its time.
update api_token t set revoked_at = coalesce(t.revoked_at, clock_timestamp())
from "user" u where t.id = @id and u.id = t.user_id
returning t.name, u.name as user_name, t.revoked_at;
