-- name: TakeOver :one
select fence::bigint as fence, batch::bigint as batch, previous_incarnation::uuid as previous_incarnation
from take_over(@site::text, @incarnation::uuid);

-- name: Advance :exec
select advance(@site::text, @fence::bigint, @batch::bigint);

-- name: RecordTransactions :exec
-- Columns as arrays of one length; the nil UUID in replaces stands for none, batch 0 for a direct write.
with recorded as (
  insert into buffered_transaction (id, site, operation, principal, fingerprint, outcome, batch, replaces, audit, accepted_at)
  select unnest(@ids::uuid[]), @site::text, unnest(@operations::text[]), unnest(@principals::text[]),
         unnest(@fingerprints::text[]), unnest(@outcomes::text[]), nullif(@batch::bigint, 0),
         nullif(unnest(@replaces::uuid[]), '00000000-0000-0000-0000-000000000000'),
         unnest(@audits::text[])::jsonb, unnest(@accepted_ats::timestamptz[])
  returning 1
)
select expect_rows((select count(*) from recorded), greatest(cardinality(@ids::uuid[]), 1), 'buffered_transaction');

-- name: EndLeftovers :exec
select end_leftovers(@application_name::text);

-- name: KnownTransactions :many
select id, site, fingerprint, outcome, coalesce(batch, 0)::bigint as batch, accepted_at
from buffered_transaction where id = any(@ids::uuid[]);

-- name: WALPosition :one
select pg_current_wal_lsn()::pg_lsn as lsn, clock_timestamp()::timestamptz as at;

-- name: Beat :exec
-- It makes its row or changes it: no outcome is wrong.
-- @sqlc-vet-disable main-asserts-rows
insert into heartbeat (beat, at, lsn, history)
select 1, clock_timestamp(), pg_current_wal_lsn(),
  (select system_identifier from pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
on conflict (only_row) do update set beat = heartbeat.beat + 1, at = excluded.at, lsn = excluded.lsn, history = excluded.history;

-- name: PruneLedger :one
-- At most so many of the oldest rows; how many there were.
with pruned as (
  delete from buffered_transaction where id in (
    select b.id from buffered_transaction b where b.executed_at < @before::timestamptz order by b.executed_at limit @row_limit)
  returning 1
)
select count(*) from pruned;

-- name: PruneOutbox :one
-- At most so many of the oldest rows, behind the place up to which everything is pruned already: what is dead there but
-- not yet vacuumed is not looked at again. It ends at the first row that is too young, for times go up with places, but for
-- transactions that take long. The answer is the new place and how many rows there were.
with oldest as (
  select o.xid, o.position, o.at from event_outbox o
  where (o.xid, o.position) > (cast(cast(@after_xid as text) as xid8), cast(@after_position as bigint))
  order by o.xid, o.position limit @row_limit
), young as (
  select o.xid, o.position from oldest o where o.at >= @before::timestamptz order by o.xid, o.position limit 1
), pruned as (
  delete from event_outbox e using oldest o
  where e.xid = o.xid and e.position = o.position and not exists (select from young y where (y.xid, y.position) <= (o.xid, o.position))
  returning e.xid, e.position
), last as (
  select p.xid, p.position from pruned p order by p.xid desc, p.position desc limit 1
)
select (select count(*) from pruned)::bigint as pruned,
  coalesce((select l.xid::text from last l), cast(@after_xid as text))::text as xid,
  coalesce((select l.position from last l), cast(@after_position as bigint))::bigint as position;
