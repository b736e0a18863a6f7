-- name: CreateAccessEvent :exec
with created as (
  insert into access_event as e (id, at, site, actor, address, action, user_id, token_id, detail)
  values (@id, @at, @site, @actor, @address, @action, sqlc.narg('user_id'), sqlc.narg('token_id'), @detail)
  on conflict (id) do update set at = e.at where (e.actor, e.action) = (excluded.actor, excluded.action)
  returning 1
)
select expect_rows(count(*), 1, 'access_event') from created;
