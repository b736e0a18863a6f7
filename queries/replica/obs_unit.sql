-- name: ListObsUnits :many
-- In order of the names; by priority, the highest first and equal ones in order of the names. Names are taken once in a
-- program, so the number decides.
select u.*, s.name as source_name, array(
  select c.instrument_module_configuration_id from obs_unit_module_configuration c
  where c.obs_unit_id = u.id order by c.instrument_module_configuration_id)::integer[] as instrument_module_configuration_ids
from obs_unit u
join source s on s.id = u.source_id
where (sqlc.narg('q')::text is null or strpos(lower(u.name), lower(sqlc.narg('q')::text)) > 0)
  and (sqlc.narg('observing_program_id')::integer is null or u.observing_program_id = sqlc.narg('observing_program_id')::integer)
  and (sqlc.narg('sub_observing_program_id')::integer is null or u.sub_observing_program_id = sqlc.narg('sub_observing_program_id')::integer)
  and (sqlc.narg('source_id')::integer is null or u.source_id = sqlc.narg('source_id')::integer)
  and (sqlc.narg('obs_mode_id')::integer is null or u.obs_mode_id = sqlc.narg('obs_mode_id')::integer)
  and (sqlc.narg('active')::boolean is null or u.active = sqlc.narg('active')::boolean)
  and (sqlc.narg('instrument_module_id')::integer is null or exists (
    select 1 from obs_unit_module_configuration c
    join instrument_module_configuration m on m.id = c.instrument_module_configuration_id
    where c.obs_unit_id = u.id and m.instrument_module_id = sqlc.narg('instrument_module_id')::integer))
  and (case when @by_priority::boolean then -u.priority::bigint else 0 end, u.name collate "C", u.id)
    > (@after_rank::bigint, @after_name::text, @after_id::integer)
order by case when @by_priority::boolean then -u.priority::bigint else 0 end, u.name collate "C", u.id
limit @row_limit;

-- name: GetObsUnit :one
select u.*, s.kind as source_kind, s.name as source_name, m.name as obs_mode_name, m.description as obs_mode_description
from obs_unit u
join source s on s.id = u.source_id
join obs_mode m on m.id = u.obs_mode_id
where u.id = @id;

-- name: ReadObsUnit :one
select u.*, array(
  select c.instrument_module_configuration_id from obs_unit_module_configuration c
  where c.obs_unit_id = u.id order by c.instrument_module_configuration_id)::integer[] as instrument_module_configuration_ids
from obs_unit u where u.id = @id;

-- name: ListObsModes :many
select m.* from obs_mode m
where (sqlc.narg('q')::text is null or strpos(lower(m.name), lower(sqlc.narg('q')::text)) > 0) and m.name collate "C" > @after_name::text
order by m.name collate "C"
limit @row_limit;
