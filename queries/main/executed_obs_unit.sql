-- name: CreateExecutedObsUnit :exec
with found as (
  select e.* from executed_obs_unit e where e.id = @id
), same as (
  select 1 from found
  where (obs_unit_id, site, start_time, observer, comment, conditions)
    = (@obs_unit_id::integer, @site::text, @start_time::timestamptz, @observer::text, @comment::text, @conditions::jsonb)
), added as (
  insert into executed_obs_unit (id, obs_unit_id, site, start_time, observer, comment, conditions, recorded_at)
  select @id::uuid, @obs_unit_id, @site, @start_time, @observer, @comment, @conditions, @recorded_at::timestamptz
  where not exists (select 1 from found)
  returning 1
)
select expect_rows((select count(*) from added) + (select count(*) from same), 1, 'executed_obs_unit',
  (select to_jsonb(o) from found o));

-- name: FinishExecutedObsUnit :exec
with found as (
  select e.* from executed_obs_unit e where e.id = @id
), same as (
  select 1 from found
  where (status, end_time, comment, conditions)
    = (@status::observation_status, @end_time::timestamptz, @comment::text, @conditions::jsonb)
), finished as (
  update executed_obs_unit e
  set status = @status, end_time = @end_time, comment = @comment, conditions = @conditions, finished_by = @finished_by::text
  where e.id = @id::uuid and e.status = 'running'
  returning 1
)
select expect_rows((select count(*) from finished) + (select count(*) from same), 1, 'executed_obs_unit',
  (select to_jsonb(o) from found o));
