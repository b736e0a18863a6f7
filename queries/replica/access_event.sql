-- name: GetAccessEvents :many
select * from access_event where id = any (@ids::uuid[]);

-- name: ListAccessEvents :many
-- The newest first.
select * from access_event e
where (e.at, e.id) < (@before_at::timestamptz, @before_id::uuid)
  and (sqlc.narg('user_id')::uuid is null or e.user_id = sqlc.narg('user_id')::uuid)
  and (sqlc.narg('token_id')::uuid is null or e.token_id = sqlc.narg('token_id')::uuid)
  and (sqlc.narg('action')::text is null or e.action = sqlc.narg('action')::text)
  and (not @of_tokens::boolean or e.token_id is not null)
  and e.id <> all (coalesce(@without::uuid[], '{}'))
order by e.at desc, e.id desc
limit @row_limit;
