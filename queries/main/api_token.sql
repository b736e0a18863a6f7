-- name: CreateAPIToken :exec
-- Nothing takes the place of a token that has ended: whoever has stolen one does not outlive its revocation.
with predecessor as (
  select p.id from api_token p
  where p.id = sqlc.narg('rotated_from') and p.revoked_at is null and (p.expires_at is null or p.expires_at > clock_timestamp())
  for update
), created as (
  insert into api_token as t (id, user_id, name, token_hash, key_id, token_prefix, scopes, created_at, created_by, expires_at, rotated_from)
  select @id, @user_id, @name, @token_hash, @key_id, @token_prefix, @scopes::text[], @created_at, @created_by, sqlc.narg('expires_at'), sqlc.narg('rotated_from')
  where sqlc.narg('rotated_from')::uuid is null or exists (select from predecessor)
  on conflict (id) do update set created_at = t.created_at where t.token_hash = excluded.token_hash
  returning 1
)
select expect_rows(count(*), 1, 'api_token') from created;

-- name: RevokeAPIToken :exec
-- One that was revoked before keeps its time.
with revoked as (
  update api_token t set revoked_at = coalesce(t.revoked_at, @revoked_at::timestamptz) where t.id = @id
  returning 1
)
select expect_rows(count(*), 1, 'api_token') from revoked;

-- name: RevokeAPITokenLine :exec
-- With all that came from it by rotation, also those that its writer does not know of.
select expect_rows(revoke_token_line(@id::uuid, @revoked_at::timestamptz), 1, 'api_token');

-- name: RevokedAPITokenSuccessors :many
-- Those of its successors that were revoked along with a token.
with recursive line as (
  select t.id, t.revoked_at from api_token t where t.rotated_from = @id
  union
  select t.id, t.revoked_at from line l join api_token t on t.rotated_from = l.id
)
select line.id::uuid as id from line where line.revoked_at = @revoked_at::timestamptz;

-- name: RequireAPITokenRoom :exec
-- It changes nothing: it fails when the user has as many tokens as he may have, not counting the one that is replaced.
select require_token_room(@user_id::uuid, @most::integer, sqlc.narg('replaced')::uuid);

-- name: RetireAPIToken :exec
-- The token lives no longer than this; one that ends earlier, or was revoked, stays as it is.
with retired as (
  update api_token t
  set expires_at = case when t.revoked_at is null then least(t.expires_at, @expires_at::timestamptz) else t.expires_at end
  where t.id = @id
  returning 1
)
select expect_rows(count(*), 1, 'api_token') from retired;

-- name: CountAPITokenUses :exec
-- Adds what a site has counted. A hash that is given was made with the present key and takes the place of an older one.
with used as (
  select unnest(@ids::uuid[]) as token_id, unnest(@counts::bigint[]) as uses, unnest(@last_used_ats::timestamptz[]) as used_at,
         unnest(@last_used_froms::text[]) as used_from, unnest(@hashes::text[]) as hash, unnest(@key_ids::text[]) as key_id
), rekeyed as (
  update api_token t set token_hash = used.hash, key_id = used.key_id
  from used where t.id = used.token_id and used.hash <> '' and t.key_id <> used.key_id
), counted as (
  insert into api_token_usage as u (token_id, usage_count, last_used_at, last_used_from, last_used_site)
  select used.token_id, used.uses, used.used_at, used.used_from, @site::text from used
  on conflict (token_id) do update set
    usage_count = u.usage_count + excluded.usage_count,
    last_used_at = greatest(u.last_used_at, excluded.last_used_at),
    last_used_from = case when excluded.last_used_at >= u.last_used_at then excluded.last_used_from else u.last_used_from end,
    last_used_site = case when excluded.last_used_at >= u.last_used_at then excluded.last_used_site else u.last_used_site end
  returning 1
)
select expect_rows(count(*), cardinality(@ids::uuid[]), 'api_token_usage') from counted;

-- name: DescribeAPIToken :one
-- Nobody else changes the token until the end of the transaction.
select t.user_id, u.name as user_name, t.name, t.scopes, t.created_at, t.expires_at, t.revoked_at
from api_token t join "user" u on u.id = t.user_id where t.id = @id
for update of t;
