-- name: CreateRawDataFiles :exec
-- Columns as arrays of one length; the nil UUID in raw_data_package_ids stands for no package. A file that is registered
-- with equal content keeps its id; the new one becomes an alias. What a site that is cut off could not see is checked here: a
-- package has files of its own execution only.
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
), stray as (
  select p.* from (select distinct raw_data_package_id, executed_obs_unit_id from incoming) i
  join raw_data_package p on p.id = i.raw_data_package_id and p.executed_obs_unit_id <> i.executed_obs_unit_id
), stored as (
  insert into raw_data_file as f (id, executed_obs_unit_id, raw_data_package_id, instrument_module_id, name, relative_path,
                                  file_type, size_bytes, checksum, checksum_algorithm, recorded_at)
  select distinct on (instrument_module_id, relative_path)
         id, executed_obs_unit_id, raw_data_package_id, instrument_module_id, name, relative_path,
         file_type, size_bytes, checksum, checksum_algorithm, recorded_at
  from incoming where not exists (select from stray)
  on conflict (instrument_module_id, relative_path) do update set recorded_at = f.recorded_at
  where (f.executed_obs_unit_id, f.raw_data_package_id, f.name, f.file_type, f.size_bytes, f.checksum, f.checksum_algorithm)
    is not distinct from (excluded.executed_obs_unit_id, excluded.raw_data_package_id, excluded.name, excluded.file_type,
                          excluded.size_bytes, excluded.checksum, excluded.checksum_algorithm)
  returning f.id, f.instrument_module_id, f.relative_path
), aliased as (
  insert into record_alias (id, table_name, same_as)
  select i.id, 'raw_data_file', s.id
  from stored s
  join incoming i on (i.instrument_module_id, i.relative_path) = (s.instrument_module_id, s.relative_path)
  where i.id <> s.id and not exists (select 1 from record_alias a where a.id = i.id)
  returning id
)
select expect_rows(count(*), greatest(cardinality(@ids::uuid[]), 1), case when exists (select from stray) then 'raw_data_package' else 'raw_data_file' end,
  case when count(*) <> greatest(cardinality(@ids::uuid[]), 1) then coalesce((select jsonb_agg(to_jsonb(y)) from stray y), (
    select jsonb_agg(to_jsonb(o))
    from raw_data_file o
    join incoming i on (i.instrument_module_id, i.relative_path) = (o.instrument_module_id, o.relative_path)
    where o.id <> all(array(select s.id from stored s)))) end) from stored;

-- name: AssignRawDataFiles :exec
-- Puts files without a package into one of their execution that is not complete. A file that was registered more than once is
-- meant by each of its ids.
with wanted as (
  select distinct coalesce(r.id, a.same_as, i.id) as id
  from unnest(@ids::uuid[]) as i (id) left join raw_data_file r on r.id = i.id left join record_alias a on a.id = i.id
), package as (
  select p.* from raw_data_package p where p.id = @raw_data_package_id::uuid for share
), found as (
  select f.*, coalesce(f.raw_data_package_id = @raw_data_package_id::uuid, false) as same, f.raw_data_package_id is null
    and f.executed_obs_unit_id = coalesce((select k.executed_obs_unit_id from package k), f.executed_obs_unit_id) as free
  from raw_data_file f where f.id in (select w.id from wanted w)
), assigned as (
  update raw_data_file f set raw_data_package_id = @raw_data_package_id
  where f.id in (select o.id from found o where o.free) and f.raw_data_package_id is null
    and not exists (select from package p where p.status = 'complete')
  returning 1
)
select expect_rows((select count(*) from assigned) + (select count(*) from found s where s.same),
  (select greatest(count(*), 1) from wanted), 'raw_data_file', coalesce(
    (select jsonb_agg(to_jsonb(o)) from found o where not o.same and not o.free),
    (select to_jsonb(p) from package p where p.status = 'complete' and exists (select from found o where o.free))));

-- name: DeleteRawDataFile :exec
-- Withdraws a registration as its writer saw it. A file that is gone already counts as withdrawn by the ledger only.
with found as (
  select f.* from raw_data_file f
  where f.id = coalesce((select r.id from raw_data_file r where r.id = @id::uuid), (select a.same_as from record_alias a where a.id = @id))
), deleted as (
  delete from raw_data_file f
  where f.id in (select o.id from found o) and f.checksum = @checksum::text and f.size_bytes = @size_bytes::bigint
  returning 1
)
select expect_rows((select count(*) from deleted), 1, 'raw_data_file', (select to_jsonb(o) from found o));
