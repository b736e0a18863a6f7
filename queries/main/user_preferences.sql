-- name: PutUserPreferences :exec
with put as (
  insert into user_preferences as p (user_id, document, updated_at)
  select u.id, @document::jsonb, @updated_at::timestamptz from "user" u where u.id = @user_id
  on conflict (user_id) do update set document = excluded.document, updated_at = excluded.updated_at
  where sqlc.narg('expected')::timestamptz is null or p.updated_at = sqlc.narg('expected')::timestamptz
     or p.updated_at = excluded.updated_at
  returning 1
)
select expect_rows(count(*), 1, 'user_preferences',
  case when count(*) = 0 then (select to_jsonb(p) from user_preferences p where p.user_id = @user_id) end) from put;
