-- name: ServerInfo :one
select pg_is_in_recovery()::boolean as standby, current_setting('server_version')::text as server_version;

-- name: SchemaVersion :one
select schema_version()::bigint as version;
