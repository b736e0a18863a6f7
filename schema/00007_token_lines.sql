-- +goose Up

-- Room for one more token of a user, not counting one that it takes the place of. Fails with api_token_limit, the number of
-- tokens in DETAIL, when as many are good as may be. Whoever else makes a token for the user waits here, and then counts it.
-- +goose StatementBegin
create function require_token_room(for_user uuid, most integer, besides uuid) returns void
language plpgsql as $$
declare
  live bigint;
begin
  perform from "user" where id = for_user for no key update;
  perform expect_rows(case when found then 1 else 0 end, 1, 'user');
  select count(*) into live from api_token t
  where t.user_id = for_user and t.revoked_at is null and (t.expires_at is null or t.expires_at > clock_timestamp())
    and t.id is distinct from besides;
  if live >= most then
    raise exception using errcode = '23514', constraint = 'api_token_limit', detail = live::text,
      message = format('the user has %s tokens that are good, of %s', live, most);
  end if;
end
$$;

-- Revokes a token and all that came from it by rotation, and returns how many tokens of that id there are. One that was
-- revoked before keeps its time. Each generation is locked before the next is looked for: a rotation that is under way is
-- waited for, and then seen. Nothing is written before all are locked: each write holds access_version, for which a
-- rotation waits while it holds its token.
create function revoke_token_line(of_token uuid, at timestamptz) returns bigint
language plpgsql as $$
declare
  line uuid[] := '{}';
  generation uuid[] := array[of_token];
  known bigint;
begin
  while cardinality(generation) > 0 loop
    line := line || generation;
    perform from api_token t where t.id = any (generation) order by t.id for no key update;
    select coalesce(array_agg(t.id), '{}') into generation
    from api_token t where t.rotated_from = any (generation) and t.id <> all (line);
  end loop;
  update api_token t set revoked_at = coalesce(t.revoked_at, at) where t.id = any (line);
  select count(*) into known from api_token t where t.id = of_token;
  return known;
end
$$;
-- +goose StatementEnd

-- +goose Down
drop function revoke_token_line, require_token_room;
