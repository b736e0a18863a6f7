-- +goose Up

-- The version of the schema, readable on a standby too: a server compares it with its own.
create function schema_version() returns bigint
language sql stable as 'select coalesce(max(version_id), 0) from goose_db_version where is_applied';

-- The row-count guard of every write. A flight carries its own COMMIT, so nothing can be checked on the client:
-- a statement that does not touch what it should must fail in the database.
-- existing is the record as it is now: with it a mismatch is a conflict (23000, the record in DETAIL), without it the
-- record is missing (P0002).
-- +goose StatementBegin
create function expect_rows(actual bigint, expected bigint, what text, existing jsonb default null) returns void
language plpgsql stable as $$
begin
  if actual = expected then
    return;
  end if;
  if existing is null then
    raise exception using errcode = 'P0002', message = format('%s: %s of %s rows', what, actual, expected);
  end if;
  raise exception using errcode = '23000', message = format('%s: the record has other content', what), detail = existing::text;
end
$$;
-- +goose StatementEnd

-- How far each site has come: everything up to batch is committed. Read on a replica it proves replication.
create table site_progress (
  site         text        primary key,
  fence        bigint      not null,
  batch        bigint      not null,
  incarnation  uuid        not null,
  committed_at timestamptz not null default clock_timestamp()
);
comment on column site_progress.fence is 'raised by each executor that takes over; a lower one can write nothing';
comment on column site_progress.incarnation is 'the Redis data set whose batches these are';

-- The ledger: one row for each transaction that was executed or discarded, written in the same database transaction.
create table buffered_transaction (
  id          uuid        primary key,
  site        text        not null,
  operation   text        not null,
  principal   text        not null,
  fingerprint text        not null,
  outcome     text        not null check (outcome in ('applied', 'discarded', 'replaced')),
  batch       bigint,
  replaces    uuid,
  audit       jsonb       not null default '[]',
  accepted_at timestamptz not null,
  executed_at timestamptz not null default clock_timestamp()
);
comment on column buffered_transaction.batch is 'null for a direct write';
create index buffered_transaction_executed_at on buffered_transaction (executed_at);

-- Takes the site's row over for a new executor. Waits for a flight of the previous one that is still open. The nil UUID
-- keeps the incarnation as it is.
-- +goose StatementBegin
create function take_over(for_site text, by_incarnation uuid)
returns table (fence bigint, batch bigint, previous_incarnation uuid)
language plpgsql as $$
declare
  seen site_progress;
begin
  insert into site_progress (site, fence, batch, incarnation) values (for_site, 0, 0, by_incarnation)
    on conflict (site) do update set fence = site_progress.fence
    returning * into seen;
  update site_progress p
    set fence = p.fence + 1, incarnation = coalesce(nullif(by_incarnation, '00000000-0000-0000-0000-000000000000'), p.incarnation)
    where p.site = for_site
    returning p.fence, p.batch into take_over.fence, take_over.batch;
  previous_incarnation := seen.incarnation;
  return next;
end
$$;

-- Begins a flight: fails with OD001 unless the row holds exactly this fence and the batch before this one.
create function advance(for_site text, with_fence bigint, to_batch bigint) returns void
language plpgsql as $$
begin
  update site_progress set batch = to_batch, committed_at = clock_timestamp()
    where site = for_site and fence = with_fence and batch = to_batch - 1;
  if not found then
    raise exception using errcode = 'OD001', message = format('site %s: fence %s may not write batch %s', for_site, with_fence, to_batch);
  end if;
end
$$;

-- Ends what an earlier connection of the same executor left open and waits until it is gone: no server timeout ends a
-- pipeline that stopped half way, and its locks would hold up its successor.
create function end_leftovers(of_application text) returns bigint
language sql as $$
  select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity
  where application_name = of_application and pid <> pg_backend_pid() and usename = current_user
$$;
-- +goose StatementEnd

-- The main site's clock as the replicas see it: how old an answer is.
create table heartbeat (
  only_row boolean     primary key default true check (only_row),
  beat     bigint      not null,
  at       timestamptz not null,
  lsn      pg_lsn      not null,
  history  text        not null default ''
);
comment on column heartbeat.history is 'the database system and its timeline: another one may lack what this one had';

-- What every writer changed, for the live views. Readers stay below pg_snapshot_xmin(pg_current_snapshot()).
create table event_outbox (
  xid      xid8        not null default pg_current_xact_id(),
  position bigint      generated always as identity,
  topic    text        not null,
  action   text        not null,
  ids      uuid[]      not null,
  at       timestamptz not null default clock_timestamp(),
  primary key (xid, position)
);

-- +goose StatementBegin
create function record_event() returns trigger
language plpgsql as $$
begin
  insert into event_outbox (topic, action, ids) values (tg_table_name, lower(tg_op), array[coalesce(new.id, old.id)]);
  return null;
end
$$;

-- For tables that get many rows at a time: one event for a statement.
create function record_events() returns trigger
language plpgsql as $$
begin
  insert into event_outbox (topic, action, ids)
    select tg_table_name, lower(tg_op), array_agg(changed.id) from changed having count(*) > 0;
  return null;
end
$$;
-- +goose StatementEnd

-- +goose Down
drop function record_events, record_event;
drop table event_outbox, heartbeat;
drop function end_leftovers, advance, take_over;
drop table buffered_transaction, site_progress;
drop function expect_rows;
drop function schema_version;
