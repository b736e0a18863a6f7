-- name: ListStagingJobs :many
-- The newest first. The jobs of a package are looked up once, not for each job whether it has the package.
select j.*, g.packages, g.packages_staged, g.bytes, g.bytes_staged
from staging_job j
cross join lateral (
  select count(*) as packages, count(s.staged_at) as packages_staged, coalesce(sum(p.size_bytes), 0)::bigint as bytes,
         coalesce(sum(p.size_bytes) filter (where s.staged_at is not null), 0)::bigint as bytes_staged
  from staging_job_package s join raw_data_package p on p.id = s.raw_data_package_id
  where s.staging_job_id = j.id
) g
where (sqlc.narg('status')::staging_status is null or j.status = sqlc.narg('status'))
  and (sqlc.narg('requested_by')::text is null or j.requested_by = sqlc.narg('requested_by'))
  and (sqlc.narg('location_id')::integer is null or j.destination_location_id = sqlc.narg('location_id'))
  and (sqlc.narg('raw_data_package_id')::uuid is null or j.id = any (array(
    select s.staging_job_id from staging_job_package s where s.raw_data_package_id = sqlc.narg('raw_data_package_id'))))
  and (j.created_at, j.id) < (@before_at::timestamptz, @before_id::uuid)
order by j.created_at desc, j.id desc
limit @row_limit;

-- name: GetStagingJob :one
select j.*, g.packages, g.packages_staged, g.bytes, g.bytes_staged
from staging_job j
cross join lateral (
  select count(*) as packages, count(s.staged_at) as packages_staged, coalesce(sum(p.size_bytes), 0)::bigint as bytes,
         coalesce(sum(p.size_bytes) filter (where s.staged_at is not null), 0)::bigint as bytes_staged
  from staging_job_package s join raw_data_package p on p.id = s.raw_data_package_id
  where s.staging_job_id = j.id
) g
where j.id = @id;

-- name: ListStagedPackages :many
select s.raw_data_package_id, p.name, p.size_bytes, s.staged_at
from staging_job_package s join raw_data_package p on p.id = s.raw_data_package_id
where s.staging_job_id = @id
order by p.name, p.id;

-- name: PackagesToStage :many
-- What a request names, as far as it is known.
select id, state, size_bytes from raw_data_package where id = any (@ids::uuid[]);
