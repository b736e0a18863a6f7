-- name: DoctorServer :one
select pg_is_in_recovery()::boolean as standby, current_setting('server_version_num')::integer as version,
       current_setting('server_version')::text as version_name, clock_timestamp()::timestamptz as clock;

-- name: DoctorSettings :many
select s.name::text as name, s.setting::text as setting from pg_catalog.pg_settings s where s.name = any(@names::text[]);

-- name: DoctorSlots :many
-- What the main database keeps for each replica. Without a bound on it safe_bytes is null.
select s.slot_name::text as name, s.active::boolean as active, coalesce(s.wal_status, '')::text as wal_status,
       s.safe_wal_size as safe_bytes,
       coalesce(pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, s.restart_lsn), 0)::bigint as retained_bytes
from pg_catalog.pg_replication_slots s where s.slot_type = 'physical' order by s.slot_name;

-- name: DoctorArchiver :one
-- Whether the last attempt to archive a segment of the WAL has failed.
select coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false)::boolean as failing,
       coalesce(a.last_failed_wal, '')::text as segment
from pg_catalog.pg_stat_archiver a;
