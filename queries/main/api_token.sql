-- name: CreateAPIToken :exec
with created as (
  insert into api_token as t (id, user_id, name, token_hash, key_id, token_prefix, scopes, created_at, created_by, expires_at, rotated_from)
  values (@id, @user_id, @name, @token_hash, @key_id, @token_prefix, @scopes, @created_at, @created_by, sqlc.narg('expires_at'), sqlc.narg('rotated_from'))
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
select t.name, u.name as user_name, t.revoked_at from api_token t join "user" u on u.id = t.user_id where t.id = @id;
