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

-- name: PruneLedger :exec
-- Any number of rows may be old enough, none too.
-- @sqlc-vet-disable main-asserts-rows
delete from buffered_transaction where id in (
  select b.id from buffered_transaction b where b.executed_at < @before::timestamptz order by b.executed_at limit 5000);

-- name: PruneOutbox :exec
-- Any number of rows may be old enough, none too.
-- @sqlc-vet-disable main-asserts-rows
delete from event_outbox where (xid, position) in (
  select o.xid, o.position from event_outbox o where o.at < @before::timestamptz order by o.xid, o.position limit 5000);
