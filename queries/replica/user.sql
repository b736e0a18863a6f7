-- name: GetUsers :many
select * from user_account where id = any (@ids::uuid[]);

-- name: FindUsersByName :many
select * from user_account where name = @name;

-- name: FindGitHubUsers :many
-- The user who has signed in by this account before, and the one whom it may sign in as; mostly the same.
select * from user_account where github_id = @github_id::bigint or github_login = @github_login::text;

-- name: ListUsers :many
-- In order of their names. A scalar subquery asks for the role of one user after the other: a set of all who have it would
-- be made first, however few are shown.
select a.* from user_account a
where a.name > @after_name
  and (sqlc.narg('role')::text is null or (
    select true from user_role ur where ur.user_id = a.id and ur.role_id = (select r.id from role r where r.name = sqlc.narg('role')::text) limit 1))
  and (sqlc.narg('disabled')::boolean is null or (a.disabled_at is not null) = sqlc.narg('disabled')::boolean)
  and a.id <> all (coalesce(@without::uuid[], '{}'))
order by a.name
limit @row_limit;

-- name: ListRoles :many
select r.name, r.description,
       array(select p.name from role_permission rp join permission p on p.id = rp.permission_id where rp.role_id = r.id order by p.name)::text[] as permissions
from role r order by r.name;

-- name: ListPermissions :many
select name, description from permission order by name;

-- name: AccessVersion :one
-- It moves with every change of who may do what.
select version from access_version;

-- name: ChangedUsers :many
select id from "user" where changed_at >= @since::timestamptz;

-- name: LastAccessChange :one
-- When the newest change that this database has was made.
select greatest((select max(changed_at) from "user"), (select max(revoked_at) from api_token), to_timestamp(0))::timestamptz;
