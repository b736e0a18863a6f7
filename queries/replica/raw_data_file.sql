-- name: GetRawDataFiles :many
select * from raw_data_file where id = any(@ids::uuid[]);

-- name: GetAliasedRawDataFiles :many
-- Files under ids that they got when they were registered once more with equal content.
select a.id as alias, sqlc.embed(f) from record_alias a join raw_data_file f on f.id = a.same_as
where a.id = any(@ids::uuid[]) and a.table_name = 'raw_data_file';

-- name: ListRawDataFiles :many
-- The files of some executions or packages.
select * from raw_data_file
where executed_obs_unit_id = any(@executed_obs_unit_ids::uuid[]) or raw_data_package_id = any(@raw_data_package_ids::uuid[])
order by executed_obs_unit_id, relative_path, id;

-- name: GetRawDataFilesByPlace :many
-- The files that are registered under a module and a path; two arrays of one length.
select f.* from raw_data_file f
join (select unnest(@instrument_module_ids::integer[]) as instrument_module_id, unnest(@relative_paths::text[]) as relative_path) place
  on (place.instrument_module_id, place.relative_path) = (f.instrument_module_id, f.relative_path);
