-- name: CreateUser :exec
-- A user who is there with equal content stays as he is.
with created as (
  insert into "user" as u (id, name, full_name, email, github_id, github_login, created_at)
  values (@id, @name, @full_name, @email, sqlc.narg('github_id'), sqlc.narg('github_login'), @created_at)
  on conflict (id) do update set created_at = u.created_at
  where (u.name, u.full_name, u.email, u.github_id, u.github_login)
    is not distinct from (excluded.name, excluded.full_name, excluded.email, excluded.github_id, excluded.github_login)
  returning 1
)
select expect_rows(count(*), 1, 'user', case when count(*) = 0 then (select to_jsonb(u) from "user" u where u.id = @id) end)
from created;

-- name: UpdateUser :exec
-- All that can change, over the version that the writer saw and no other: what two writers change may lie in the roles.
with updated as (
  update "user" u
  set full_name = @full_name, email = @email, github_id = sqlc.narg('github_id'), github_login = sqlc.narg('github_login'),
      disabled_at = sqlc.narg('disabled_at'), signed_out_at = sqlc.narg('signed_out_at'), changed_at = clock_timestamp(), version = 1 + @version::integer
  where u.id = @id and u.version = @version::integer
  returning 1
)
select expect_rows(count(*), 1, 'user', case when count(*) = 0 then (select to_jsonb(u) from "user" u where u.id = @id) end)
from updated;

-- name: SetUserRoles :exec
-- Exactly these roles from this source. The version moves with UpdateUser, which goes before.
with wanted as (
  select r.id from role r where r.name = any (@roles::text[])
), removed as (
  delete from user_role ur
  where ur.user_id = @user_id and ur.source = @source::role_source and ur.role_id not in (select id from wanted)
), given as (
  insert into user_role (user_id, role_id, source)
  select u.id, w.id, @source::role_source from wanted w, "user" u where u.id = @user_id
  on conflict (user_id, role_id, source) do update set source = excluded.source
)
select expect_rows((select count(*) from wanted) + (select count(*) from "user" u where u.id = @user_id),
                   coalesce(cardinality(@roles::text[]), 0) + 1, 'role or user');

-- name: EnsureUser :one
-- The user of a name, made when there is none.
insert into "user" (id, name) values (@id, @name)
on conflict (name) do update set name = excluded.name
returning id, (disabled_at is not null)::boolean as disabled;

-- name: GrantRole :one
-- No row: there is no such role.
with given as (
  insert into user_role (user_id, role_id)
  select @user_id, r.id from role r where r.name = @role
  on conflict (user_id, role_id, source) do update set role_id = excluded.role_id
  returning user_id
)
update "user" u set version = u.version + 1, changed_at = clock_timestamp() from given where u.id = given.user_id
returning u.id;
