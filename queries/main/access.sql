-- name: RequireAccess :exec
-- Whoever makes a change may still make it: a site that lags does not know yet what was taken from him.
with maker as (
  select case
    when u.disabled_at is not null then 'user-disabled'
    when u.signed_out_at >= sqlc.narg('session_started')::timestamptz then 'session-ended'
    when sqlc.narg('token_id')::uuid is not null and t.id is null then 'token-unknown'
    when t.revoked_at is not null then 'token-revoked'
    when t.expires_at <= clock_timestamp() then 'token-expired'
    when not @roles::text[] <@ array(select r.name from user_role ur join role r on r.id = ur.role_id where ur.user_id = u.id) then 'forbidden'
    end as lost
  from "user" u left join api_token t on t.id = sqlc.narg('token_id')::uuid
  where u.id = @user_id
)
select expect_rows(count(*) filter (where lost is null), 1, 'access ' || coalesce(max(lost), 'user-disabled')) from maker;
