-- name: ListUnitProgress :many
-- What was executed of the units of a program, or of one unit, that began within a span. The epoch stands for no execution.
select u.id, u.name, u.sub_observing_program_id, u.active, u.planned_executions, u.duration_s, e.*
from obs_unit u
cross join lateral (
  select count(*) filter (where x.status = 'completed') as completed,
         coalesce(sum(extract(epoch from x.end_time - x.start_time)) filter (where x.status = 'completed'), 0)::double precision as completed_s,
         count(*) filter (where x.status = 'running') as running,
         count(*) filter (where x.status = 'aborted') as aborted,
         count(*) filter (where x.status = 'failed') as failed,
         coalesce(max(x.start_time), to_timestamp(0))::timestamptz as last_start
  from executed_obs_unit x
  where x.obs_unit_id = u.id and x.start_time >= @start_from::timestamptz and x.start_time < @start_before::timestamptz
) e
where (sqlc.narg('observing_program_id')::integer is null or u.observing_program_id = sqlc.narg('observing_program_id')::integer)
  and (sqlc.narg('id')::integer is null or u.id = sqlc.narg('id')::integer)
  and (sqlc.narg('sub_observing_program_id')::integer is null or u.sub_observing_program_id = sqlc.narg('sub_observing_program_id')::integer)
  and (sqlc.narg('active')::boolean is null or u.active = sqlc.narg('active')::boolean)
order by u.name collate "C", u.id;
