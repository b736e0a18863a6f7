-- name: APITokenByHash :one
select t.id, u.name as user_name, t.scopes, t.expires_at, (t.revoked_at is not null)::boolean as revoked,
       (u.disabled_at is not null)::boolean as disabled,
       array(select distinct p.name
             from user_role ur join role_permission rp on rp.role_id = ur.role_id join permission p on p.id = rp.permission_id
             where ur.user_id = u.id order by p.name)::text[] as permissions
from api_token t join "user" u on u.id = t.user_id
where t.token_hash = @token_hash;

-- name: RevokedTokenHashes :many
-- Tokens that were good before @since and are not any more.
select t.token_hash from api_token t join "user" u on u.id = t.user_id
where t.revoked_at >= @since::timestamptz or u.disabled_at >= @since::timestamptz;

-- name: ListAPITokens :many
select t.id, u.name as user_name, t.name, t.token_prefix, t.scopes, t.created_at, t.expires_at, t.revoked_at, t.last_used_at
from api_token t join "user" u on u.id = t.user_id
where @include_revoked::boolean or t.revoked_at is null
order by u.name, t.created_at, t.id;
