-- name: CreateExecutedObsUnit :exec
-- An execution that is there with equal content stays as it is.
with created as (
  insert into executed_obs_unit as e (id, obs_unit_id, site, start_time, observer, comment, conditions, recorded_at)
  values (@id, @obs_unit_id, @site, @start_time, @observer, @comment, @conditions, @recorded_at)
  on conflict (id) do update set recorded_at = e.recorded_at
  where (e.obs_unit_id, e.site, e.start_time, e.observer, e.comment, e.conditions)
    = (excluded.obs_unit_id, excluded.site, excluded.start_time, excluded.observer, excluded.comment, excluded.conditions)
  returning 1
)
select expect_rows(count(*), 1, 'executed_obs_unit',
  case when count(*) = 0 then (select to_jsonb(e) from executed_obs_unit e where e.id = @id) end) from created;

-- name: FinishExecutedObsUnit :exec
-- Without a comment or conditions those of the start remain. Who finished it first remains, too.
with finished as (
  update executed_obs_unit e
  set status = @status, end_time = @end_time::timestamptz, comment = coalesce(sqlc.narg('comment'), e.comment),
      conditions = coalesce(sqlc.narg('conditions'), e.conditions), finished_by = coalesce(e.finished_by, @finished_by::text)
  where e.id = @id and (e.status = 'running' or (e.status, e.end_time, e.comment, e.conditions)
    = (@status::observation_status, @end_time, coalesce(sqlc.narg('comment')::text, e.comment),
       coalesce(sqlc.narg('conditions')::jsonb, e.conditions)))
  returning 1
)
select expect_rows(count(*), 1, 'executed_obs_unit',
  case when count(*) = 0 then (select to_jsonb(e) from executed_obs_unit e where e.id = @id) end) from finished;
