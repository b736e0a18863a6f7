-- name: CreateRawDataPackage :exec
with found as (
  select p.* from raw_data_package p where p.id = @id
), same as (
  select 1 from found
  where (executed_obs_unit_id, instrument_module_id, name, relative_path)
    = (@executed_obs_unit_id::uuid, @instrument_module_id::integer, @name::text, @relative_path::text)
), added as (
  insert into raw_data_package (id, executed_obs_unit_id, instrument_module_id, name, relative_path, created_at)
  select @id::uuid, @executed_obs_unit_id, @instrument_module_id, @name, @relative_path, @created_at::timestamptz
  where not exists (select 1 from found)
  returning 1
)
select expect_rows((select count(*) from added) + (select count(*) from same), 1, 'raw_data_package',
  (select to_jsonb(o) from found o));

-- name: FinalizeRawDataPackage :exec
with found as (
  select p.* from raw_data_package p where p.id = @id
), same as (
  select 1 from found
  where status = 'complete'
    and (size_bytes, checksum, checksum_algorithm)
      is not distinct from (sqlc.narg('size_bytes')::bigint, sqlc.narg('checksum')::text, sqlc.narg('checksum_algorithm')::checksum_algorithm)
), finalized as (
  update raw_data_package p
  set status = 'complete', size_bytes = sqlc.narg('size_bytes'), checksum = sqlc.narg('checksum'),
      checksum_algorithm = sqlc.narg('checksum_algorithm'), finalized_at = @finalized_at::timestamptz
  where p.id = @id::uuid and p.status = 'building'
  returning 1
)
select expect_rows((select count(*) from finalized) + (select count(*) from same), 1, 'raw_data_package',
  (select to_jsonb(o) from found o));
