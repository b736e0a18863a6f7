-- name: GetAPITokensByHash :many
select * from api_token where token_hash = any (@hashes::text[]);

-- name: GetAPITokens :many
select * from api_token_account where id = any (@ids::uuid[]);

-- name: APITokenSuccessors :many
-- Those that came from some tokens by rotation, and from these in turn.
with recursive line as (
  select t.id from api_token t where t.rotated_from = any (@ids::uuid[])
  union
  select t.id from line l join api_token t on t.rotated_from = l.id
)
select line.id::uuid as id from line;

-- name: ChangedTokens :many
-- Tokens whose worth has changed since a time: revoked and replaced ones, and all of a user who has changed.
select t.id from api_token t where t.revoked_at >= @since::timestamptz
union
select p.id from api_token t join api_token p on p.id = t.rotated_from where t.created_at >= @since::timestamptz
union
select t.id from "user" u join api_token t on t.user_id = u.id where u.changed_at >= @since::timestamptz;

-- name: ListAPITokens :many
-- The newest first.
select a.* from api_token_account a
where (a.created_at, a.id) < (@before_created::timestamptz, @before_id::uuid)
  and (sqlc.narg('user_id')::uuid is null or a.user_id = sqlc.narg('user_id')::uuid)
  and (@include_ended::boolean or a.revoked_at is null and (a.expires_at is null or a.expires_at > @now::timestamptz))
  and a.id <> all (coalesce(@without::uuid[], '{}'))
order by a.created_at desc, a.id desc
limit @row_limit;
