-- name: CreateRawDataPackage :exec
-- A package that is there with equal content stays as it is.
with created as (
  insert into raw_data_package as p (id, executed_obs_unit_id, instrument_module_id, name, relative_path, created_at)
  values (@id, @executed_obs_unit_id, @instrument_module_id, @name, @relative_path, @created_at)
  on conflict (id) do update set created_at = p.created_at
  where (p.executed_obs_unit_id, p.instrument_module_id, p.name, p.relative_path)
    = (excluded.executed_obs_unit_id, excluded.instrument_module_id, excluded.name, excluded.relative_path)
  returning 1
)
select expect_rows(count(*), 1, 'raw_data_package',
  case when count(*) = 0 then (select to_jsonb(p) from raw_data_package p where p.id = @id) end) from created;

-- name: FinalizeRawDataPackage :exec
with finalized as (
  update raw_data_package p
  set status = 'complete', size_bytes = sqlc.narg('size_bytes'), checksum = sqlc.narg('checksum'),
      checksum_algorithm = sqlc.narg('checksum_algorithm'), finalized_at = coalesce(p.finalized_at, @finalized_at::timestamptz)
  where p.id = @id and (p.status = 'building' or (p.size_bytes, p.checksum, p.checksum_algorithm)
    is not distinct from (sqlc.narg('size_bytes')::bigint, sqlc.narg('checksum')::text, sqlc.narg('checksum_algorithm')::checksum_algorithm))
  returning 1
)
select expect_rows(count(*), 1, 'raw_data_package',
  case when count(*) = 0 then (select to_jsonb(p) from raw_data_package p where p.id = @id) end) from finalized;
