-- name: CreateStagingJob :exec
-- A job that is there with equal content stays as it is.
with created as (
  insert into staging_job as j (id, destination_location_id, requested_by, reason, created_at)
  values (@id, @destination_location_id, @requested_by, @reason, @created_at)
  on conflict (id) do update set created_at = j.created_at
  where (j.destination_location_id, j.requested_by, j.reason) = (excluded.destination_location_id, excluded.requested_by, excluded.reason)
  returning 1
)
select expect_rows(count(*), 1, 'staging_job',
  case when count(*) = 0 then (select to_jsonb(j) from staging_job j where j.id = @id) end) from created;

-- name: AddStagingPackages :exec
-- Only what is archived can be brought back. A job that has packages already must have exactly these.
with added as (
  insert into staging_job_package as s (staging_job_id, raw_data_package_id)
  select @staging_job_id, wanted.id
  from (select unnest(@raw_data_package_ids::uuid[]) as id) wanted
  where not exists (select 1 from raw_data_package p where p.id = wanted.id and p.state <> 'archived')
  on conflict (staging_job_id, raw_data_package_id) do update set staged_at = s.staged_at
  returning 1
)
select expect_rows(count(*), (
    select count(*) from staging_job_package s
    where s.staging_job_id = @staging_job_id and s.raw_data_package_id <> all (@raw_data_package_ids::uuid[])) + (
    select count(*) from staging_job j
    where j.id = @staging_job_id and (select count(*) from staging_job_package s where s.staging_job_id = j.id) between 1 and cardinality(@raw_data_package_ids::uuid[]) - 1)
    + cardinality(@raw_data_package_ids::uuid[]), 'staging_job_package', coalesce(
    (select to_jsonb(p) from raw_data_package p where p.id = any (@raw_data_package_ids::uuid[]) and p.state <> 'archived' limit 1),
    (select to_jsonb(j) from staging_job j where j.id = @staging_job_id)))
from added;

-- name: ResetStagingJob :exec
-- A failed job, seen with so many retries, is tried again; what is staged stays so.
with reset as (
  update staging_job j set status = 'pending', retry_count = j.retry_count + 1, failure = null, started_at = null
  where j.id = @id and j.status = 'failed' and j.retry_count = @retry_count
  returning 1
)
select expect_rows(count(*), 1, 'staging_job', case when count(*) = 0 then (
  select refuse_transition('staging', 'staging_job ' || j.id, j.status::text, 'pending') from staging_job j where j.id = @id) end)
from reset;

-- name: CancelStagingJob :exec
with cancelled as (
  update staging_job j set status = 'cancelled', finished_at = @finished_at::timestamptz, cancelled_by = @cancelled_by::text
  where j.id = @id and j.status <> 'cancelled'
  returning 1
)
select expect_rows(count(*), 1, 'staging_job', case when count(*) = 0 then (
  select refuse_transition('staging', 'staging_job ' || j.id, j.status::text, 'cancelled') from staging_job j where j.id = @id) end)
from cancelled;
