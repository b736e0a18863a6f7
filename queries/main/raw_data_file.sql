-- name: CreateRawDataFiles :exec
-- Columns as arrays of one length; the nil UUID in raw_data_package_ids stands for no package.
with incoming as (
  select unnest(@ids::uuid[]) as id,
         unnest(@executed_obs_unit_ids::uuid[]) as executed_obs_unit_id,
         nullif(unnest(@raw_data_package_ids::uuid[]), '00000000-0000-0000-0000-000000000000') as raw_data_package_id,
         unnest(@instrument_module_ids::integer[]) as instrument_module_id,
         unnest(@names::text[]) as name,
         unnest(@relative_paths::text[]) as relative_path,
         unnest(@file_types::text[]) as file_type,
         unnest(@sizes_bytes::bigint[]) as size_bytes,
         unnest(@checksums::text[]) as checksum,
         unnest(@checksum_algorithms::text[])::checksum_algorithm as checksum_algorithm,
         unnest(@recorded_ats::timestamptz[]) as recorded_at
), found as (
  select i.id as incoming_id, f.*,
         (f.executed_obs_unit_id, f.name, f.file_type, f.size_bytes, f.checksum, f.checksum_algorithm)
           = (i.executed_obs_unit_id, i.name, i.file_type, i.size_bytes, i.checksum, i.checksum_algorithm)
         and (f.instrument_module_id, f.relative_path) = (i.instrument_module_id, i.relative_path)
         and f.raw_data_package_id is not distinct from i.raw_data_package_id as same
  from incoming i
  join raw_data_file f on f.id = i.id or (f.instrument_module_id, f.relative_path) = (i.instrument_module_id, i.relative_path)
), added as (
  insert into raw_data_file (id, executed_obs_unit_id, raw_data_package_id, instrument_module_id, name, relative_path,
                             file_type, size_bytes, checksum, checksum_algorithm, recorded_at)
  select id, executed_obs_unit_id, raw_data_package_id, instrument_module_id, name, relative_path,
         file_type, size_bytes, checksum, checksum_algorithm, recorded_at
  from incoming i
  where not exists (select 1 from found where found.incoming_id = i.id)
  returning id
), aliased as (
  insert into record_alias (id, table_name, same_as)
  select found.incoming_id, 'raw_data_file', found.id from found
  where found.same and found.incoming_id <> found.id
    and not exists (select 1 from record_alias a where a.id = found.incoming_id)
  returning id
)
select expect_rows((select count(*) from added) + (select count(*) from found s where s.same),
  greatest(cardinality(@ids::uuid[]), 1), 'raw_data_file', (select jsonb_agg(to_jsonb(o)) from found o where not o.same));

-- name: AssignRawDataFiles :exec
-- Puts files without a package into one.
with found as (
  select f.*, coalesce(f.raw_data_package_id = @raw_data_package_id::uuid, false) as same, f.raw_data_package_id is null as free
  from raw_data_file f where f.id = any(@ids::uuid[])
), assigned as (
  update raw_data_file f set raw_data_package_id = @raw_data_package_id
  where f.id = any(@ids) and f.raw_data_package_id is null
  returning 1
)
select expect_rows((select count(*) from assigned) + (select count(*) from found s where s.same),
  greatest(cardinality(@ids::uuid[]), 1), 'raw_data_file',
  (select jsonb_agg(to_jsonb(o)) from found o where not o.same and not o.free));

-- name: DeleteRawDataFile :exec
-- Withdraws a registration as its writer saw it. A file that is gone already counts as withdrawn by the ledger only.
with found as (
  select f.* from raw_data_file f where f.id = @id
), deleted as (
  delete from raw_data_file f
  where f.id = @id::uuid and f.checksum = @checksum::text and f.size_bytes = @size_bytes::bigint
  returning 1
)
select expect_rows((select count(*) from deleted), 1, 'raw_data_file', (select to_jsonb(o) from found o));
