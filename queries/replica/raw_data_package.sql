-- name: GetRawDataPackages :many
select * from raw_data_package where id = any(@ids::uuid[]);

-- name: ListRawDataPackages :many
-- The packages of some executions.
select * from raw_data_package where executed_obs_unit_id = any(@executed_obs_unit_ids::uuid[])
order by executed_obs_unit_id, created_at, id;
