-- name: GetExecutedObsUnits :many
select * from executed_obs_unit where id = any(@ids::uuid[]);

-- name: ListExecutedObsUnitsAscending :many
-- The executions after a position, without those that the reader merges by itself. Where the list begins is part of the
-- position: with a third bound a planner without statistics takes few rows for granted, and sorts them all.
select e.* from executed_obs_unit e
where (sqlc.narg('status')::observation_status is null or e.status = sqlc.narg('status'))
  and (sqlc.narg('obs_unit_id')::integer is null or e.obs_unit_id = sqlc.narg('obs_unit_id'))
  and (sqlc.narg('observing_program_id')::integer is null or exists (
    select 1 from obs_unit u where u.id = e.obs_unit_id and u.observing_program_id = sqlc.narg('observing_program_id')))
  and (sqlc.narg('instrument_module_id')::integer is null or exists (
    select 1 from obs_unit_module_configuration c
    join instrument_module_configuration m on m.id = c.instrument_module_configuration_id
    where c.obs_unit_id = e.obs_unit_id and m.instrument_module_id = sqlc.narg('instrument_module_id')))
  and e.start_time < @start_before::timestamptz and (e.start_time, e.id) > (@after_start::timestamptz, @after_id::uuid)
  and e.id <> all(coalesce(@without::uuid[], '{}'))
order by e.start_time, e.id
limit @row_limit::integer;

-- name: ListExecutedObsUnitsDescending :many
-- As the ascending one, the other way round.
select e.* from executed_obs_unit e
where (sqlc.narg('status')::observation_status is null or e.status = sqlc.narg('status'))
  and (sqlc.narg('obs_unit_id')::integer is null or e.obs_unit_id = sqlc.narg('obs_unit_id'))
  and (sqlc.narg('observing_program_id')::integer is null or exists (
    select 1 from obs_unit u where u.id = e.obs_unit_id and u.observing_program_id = sqlc.narg('observing_program_id')))
  and (sqlc.narg('instrument_module_id')::integer is null or exists (
    select 1 from obs_unit_module_configuration c
    join instrument_module_configuration m on m.id = c.instrument_module_configuration_id
    where c.obs_unit_id = e.obs_unit_id and m.instrument_module_id = sqlc.narg('instrument_module_id')))
  and e.start_time >= @start_from::timestamptz and (e.start_time, e.id) < (@after_start::timestamptz, @after_id::uuid)
  and e.id <> all(coalesce(@without::uuid[], '{}'))
order by e.start_time desc, e.id desc
limit @row_limit::integer;

-- name: PlannedObsUnits :many
-- The units of a program, of a module, or of both.
select u.id from obs_unit u
where (sqlc.narg('observing_program_id')::integer is null or u.observing_program_id = sqlc.narg('observing_program_id'))
  and (sqlc.narg('instrument_module_id')::integer is null or exists (
    select 1 from obs_unit_module_configuration c
    join instrument_module_configuration m on m.id = c.instrument_module_configuration_id
    where c.obs_unit_id = u.id and m.instrument_module_id = sqlc.narg('instrument_module_id')));
