-- name: Replayed :one
-- The proof of replication and, beside it, the hint. At the main site nothing is replayed: its own position stands in.
select coalesce((select p.batch from site_progress p where p.site = @site::text), 0)::bigint as batch,
       coalesce((select p.incarnation from site_progress p where p.site = @site::text), '00000000-0000-0000-0000-000000000000')::uuid as incarnation,
       coalesce(pg_last_wal_replay_lsn(), '0/0')::pg_lsn as lsn,
       pg_is_in_recovery()::boolean as standby;

-- name: Heartbeat :one
select beat, at, lsn from heartbeat;

-- name: LedgerEntries :many
select id, site, operation, principal, fingerprint, outcome, coalesce(batch, 0)::bigint as batch,
       coalesce(replaces, '00000000-0000-0000-0000-000000000000')::uuid as replaces, audit, accepted_at, executed_at
from buffered_transaction where id = any(@ids::uuid[]);
