-- name: ReserveObsUnit :one
-- No row: there is no such program.
select nextval(pg_get_serial_sequence('obs_unit', 'id'))::integer as id
from observing_program p where p.id = @observing_program_id;

-- name: ReadObsUnit :one
select u.*, array(
  select c.instrument_module_configuration_id from obs_unit_module_configuration c
  where c.obs_unit_id = u.id order by c.instrument_module_configuration_id)::integer[] as instrument_module_configuration_ids
from obs_unit u where u.id = @id;

-- name: CreateObsUnit :exec
with created as (
  insert into obs_unit (id, observing_program_id, sub_observing_program_id, source_id, obs_mode_id, observation_configuration_id,
    name, description, duration_s, planned_executions, priority, active)
  values (@id, @observing_program_id, sqlc.narg('sub_observing_program_id'), @source_id, @obs_mode_id,
    sqlc.narg('observation_configuration_id'), @name, @description, @duration_s, @planned_executions, @priority, @active)
  returning id
), planned as (
  insert into obs_unit_module_configuration (obs_unit_id, instrument_module_configuration_id)
  select c.id, unnest(@instrument_module_configuration_ids::integer[]) from created c
  returning 1
)
select expect_rows((select count(*) from created) + (select count(*) from planned),
  1 + cardinality(@instrument_module_configuration_ids::integer[]), 'obs_unit');

-- name: UpdateObsUnit :exec
-- All that can change, over the version that the writer saw and no other.
with updated as (
  update obs_unit u
  set sub_observing_program_id = sqlc.narg('sub_observing_program_id'), source_id = @source_id, obs_mode_id = @obs_mode_id,
      observation_configuration_id = sqlc.narg('observation_configuration_id'), name = @name, description = @description,
      duration_s = @duration_s, planned_executions = @planned_executions, priority = @priority, active = @active,
      version = 1 + @version::integer
  where u.id = @id and u.version = @version::integer
  returning u.id
), dropped as (
  delete from obs_unit_module_configuration c using updated u
  where c.obs_unit_id = u.id and c.instrument_module_configuration_id <> all (@instrument_module_configuration_ids::integer[])
), planned as (
  insert into obs_unit_module_configuration (obs_unit_id, instrument_module_configuration_id)
  select u.id, wanted.id from updated u, unnest(@instrument_module_configuration_ids::integer[]) as wanted (id)
  where not exists (select from obs_unit_module_configuration c where c.obs_unit_id = u.id and c.instrument_module_configuration_id = wanted.id)
)
select expect_rows(count(*), 1, 'obs_unit', case when count(*) = 0 then (select to_jsonb(u) from obs_unit u where u.id = @id) end)
from updated;
