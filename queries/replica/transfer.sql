-- name: PipelineCounts :many
-- How many raw data packages are at each stage, and how each stage stands; of those that are archived their sums.
select p.stage, p.stage_status, count(*) as packages, coalesce(sum(p.size_bytes), 0)::bigint as bytes
from raw_data_package_pipeline p
where p.state <> 'archived'
group by p.stage, p.stage_status
union all
select 5::smallint, 'completed'::transfer_status, coalesce(sum(a.packages), 0)::bigint, coalesce(sum(a.bytes), 0)::bigint
from archived_packages a;

-- name: StagingCounts :many
-- The packages that jobs have still to bring back, by the status of the job.
select j.status, count(*) as packages, coalesce(sum(p.size_bytes), 0)::bigint as bytes
from staging_job j
join staging_job_package s on s.staging_job_id = j.id and s.staged_at is null
join raw_data_package p on p.id = s.raw_data_package_id
where j.status in ('pending', 'scheduled', 'in_progress', 'failed')
group by j.status;

-- name: StagedSince :one
-- Each package is looked up by itself: they are few beside those of a join.
select count(*) as packages, coalesce(sum((select p.size_bytes from raw_data_package p where p.id = s.raw_data_package_id)), 0)::bigint as bytes
from staging_job_package s
where s.staged_at > @since::timestamptz;

-- name: DeletionCounts :many
-- The copies of packages that are to be deleted.
select c.status, count(*) as packages, coalesce(sum((select p.size_bytes from raw_data_package p where p.id = c.raw_data_package_id)), 0)::bigint as bytes
from physical_copy c
where c.kind = 'raw_data_package' and c.status in ('deletion_scheduled', 'deletion_in_progress', 'deletion_failed')
group by c.status;

-- name: DeletedSince :one
select count(*) as packages, coalesce(sum((select p.size_bytes from raw_data_package p where p.id = c.raw_data_package_id)), 0)::bigint as bytes
from physical_copy c
where c.kind = 'raw_data_package' and c.status = 'deleted' and c.deleted_at > @since::timestamptz;

-- name: TransferTotals :one
select
  (select count(*) from data_transfer t where t.status = 'in_progress') as active,
  (select count(*) from data_transfer t where t.status = 'in_progress'
    and coalesce(t.progress_at, t.started_at, t.created_at) < @stalled_before::timestamptz) as stalled,
  (select coalesce(sum(t.size_bytes - t.transferred_bytes), 0) from data_transfer t where t.status in ('pending', 'scheduled', 'in_progress'))::bigint as remaining_bytes,
  (select coalesce(sum(t.transferred_bytes / greatest(date_part('epoch', @at::timestamptz) - date_part('epoch', t.started_at), 0.001)), 0)
    from data_transfer t where t.status = 'in_progress' and coalesce(t.progress_at, t.started_at) >= @stalled_before::timestamptz)::double precision as bandwidth,
  (select coalesce(sum(t.size_bytes), 0) from data_transfer t where t.status = 'completed' and t.finished_at > @since::timestamptz)::bigint as transferred_bytes,
  (select coalesce(min(p.created_at), to_timestamp(0)) from raw_data_package p where p.state <> 'archived')::timestamptz as oldest_unarchived,
  (select count(*) from raw_data_package p where p.state = 'failed') as failed_packages,
  (select count(*) from data_transfer t where t.status = 'failed') as failed_transfers,
  (select count(*) from data_transfer t where t.unpack_status = 'failed') as failed_unpackings,
  (select count(*) from long_term_archive_transfer t where t.status = 'failed') as failed_archive_transfers,
  (select count(*) from staging_job j where j.status = 'failed') as failed_staging_jobs,
  (select count(*) from physical_copy c where c.status = 'deletion_failed') as failed_deletions;

-- name: ListActiveTransfers :many
select * from data_transfer t where t.status = 'in_progress' order by t.started_at, t.id limit @row_limit;

-- name: GetPipelinePackages :many
select * from raw_data_package_pipeline where id = any (@ids::uuid[]);

-- name: ListPipelinePackagesAscending :many
-- The view has to look where each package is. What is archived is at one place, so that this is done, along the index of the
-- others, for what is on its way only.
select * from raw_data_package_pipeline p
where (sqlc.narg('state')::package_state is null or p.state = sqlc.narg('state'))
  and (sqlc.narg('status')::package_status is null or p.status = sqlc.narg('status'))
  and (sqlc.narg('stage')::integer is null
    or sqlc.narg('stage') = 5 and p.state = 'archived' or p.state <> 'archived' and p.stage = sqlc.narg('stage'))
  and (sqlc.narg('stage_status')::transfer_status is null
    or sqlc.narg('stage_status') = 'completed' and p.state = 'archived' or p.state <> 'archived' and p.stage_status = sqlc.narg('stage_status'))
  and (sqlc.narg('instrument_module_id')::integer is null or p.instrument_module_id = sqlc.narg('instrument_module_id'))
  and (sqlc.narg('executed_obs_unit_id')::uuid is null or p.executed_obs_unit_id = sqlc.narg('executed_obs_unit_id'))
  and (sqlc.narg('data_transfer_package_id')::uuid is null or p.data_transfer_package_id = sqlc.narg('data_transfer_package_id'))
  and (sqlc.narg('observing_program_id')::integer is null or exists (
    select 1 from executed_obs_unit e join obs_unit u on u.id = e.obs_unit_id
    where e.id = p.executed_obs_unit_id and u.observing_program_id = sqlc.narg('observing_program_id')))
  and p.created_at < @created_before::timestamptz and (p.created_at, p.id) > (@after_at::timestamptz, @after_id::uuid)
order by p.created_at, p.id
limit @row_limit;

-- name: ListPipelinePackagesDescending :many
-- As ListPipelinePackagesAscending, the newest first.
select * from raw_data_package_pipeline p
where (sqlc.narg('state')::package_state is null or p.state = sqlc.narg('state'))
  and (sqlc.narg('status')::package_status is null or p.status = sqlc.narg('status'))
  and (sqlc.narg('stage')::integer is null
    or sqlc.narg('stage') = 5 and p.state = 'archived' or p.state <> 'archived' and p.stage = sqlc.narg('stage'))
  and (sqlc.narg('stage_status')::transfer_status is null
    or sqlc.narg('stage_status') = 'completed' and p.state = 'archived' or p.state <> 'archived' and p.stage_status = sqlc.narg('stage_status'))
  and (sqlc.narg('instrument_module_id')::integer is null or p.instrument_module_id = sqlc.narg('instrument_module_id'))
  and (sqlc.narg('executed_obs_unit_id')::uuid is null or p.executed_obs_unit_id = sqlc.narg('executed_obs_unit_id'))
  and (sqlc.narg('data_transfer_package_id')::uuid is null or p.data_transfer_package_id = sqlc.narg('data_transfer_package_id'))
  and (sqlc.narg('observing_program_id')::integer is null or exists (
    select 1 from executed_obs_unit e join obs_unit u on u.id = e.obs_unit_id
    where e.id = p.executed_obs_unit_id and u.observing_program_id = sqlc.narg('observing_program_id')))
  and p.created_at >= @created_from::timestamptz and (p.created_at, p.id) < (@before_at::timestamptz, @before_id::uuid)
order by p.created_at desc, p.id desc
limit @row_limit;

-- name: ListTransferPackages :many
-- The newest first; so are all lists that follow.
select d.*, (select count(*) from raw_data_package p where p.data_transfer_package_id = d.id) as raw_packages
from data_transfer_package d
where (sqlc.narg('status')::transfer_status is null or d.status = sqlc.narg('status'))
  and (sqlc.narg('origin_site_id')::integer is null or d.origin_site_id = sqlc.narg('origin_site_id'))
  and d.created_at >= @created_from::timestamptz and (d.created_at, d.id) < (@before_at::timestamptz, @before_id::uuid)
order by d.created_at desc, d.id desc
limit @row_limit;

-- name: GetTransferPackage :one
select d.*, (select count(*) from raw_data_package p where p.data_transfer_package_id = d.id) as raw_packages
from data_transfer_package d where d.id = @id;

-- name: GetTransfer :one
select * from data_transfer where id = @id;

-- name: ListTransfers :many
select * from data_transfer t
where (sqlc.narg('status')::transfer_status is null or t.status = sqlc.narg('status'))
  and (sqlc.narg('unpack_status')::transfer_status is null or t.unpack_status = sqlc.narg('unpack_status'))
  and (sqlc.narg('stalled')::boolean is null
    or (t.status = 'in_progress' and coalesce(t.progress_at, t.started_at, t.created_at) < @stalled_before::timestamptz) = sqlc.narg('stalled'))
  and (sqlc.narg('route_id')::integer is null or t.data_transfer_route_id = sqlc.narg('route_id'))
  and (sqlc.narg('origin_location_id')::integer is null or t.origin_location_id = sqlc.narg('origin_location_id'))
  and (sqlc.narg('destination_location_id')::integer is null or t.destination_location_id = sqlc.narg('destination_location_id'))
  and (sqlc.narg('data_transfer_package_id')::uuid is null or t.data_transfer_package_id = sqlc.narg('data_transfer_package_id'))
  and t.created_at >= @created_from::timestamptz and (t.created_at, t.id) < (@before_at::timestamptz, @before_id::uuid)
order by t.created_at desc, t.id desc
limit @row_limit;

-- name: ListTransferLogs :many
-- In the order of time.
select * from data_transfer_log l
where l.data_transfer_id = @data_transfer_id and (l.at, l.id) > (@after_at::timestamptz, @after_id::uuid)
order by l.at, l.id
limit @row_limit;

-- name: GetArchiveTransfer :one
select * from long_term_archive_transfer where id = @id;

-- name: ListArchiveTransfers :many
select * from long_term_archive_transfer t
where (sqlc.narg('status')::transfer_status is null or t.status = sqlc.narg('status'))
  and (sqlc.narg('destination_location_id')::integer is null or t.destination_location_id = sqlc.narg('destination_location_id'))
  and (sqlc.narg('raw_data_package_id')::uuid is null or t.raw_data_package_id = sqlc.narg('raw_data_package_id'))
  and t.created_at >= @created_from::timestamptz and (t.created_at, t.id) < (@before_at::timestamptz, @before_id::uuid)
order by t.created_at desc, t.id desc
limit @row_limit;

-- name: ListPhysicalCopies :many
select * from physical_copy c
where (sqlc.narg('location_id')::integer is null or c.data_location_id = sqlc.narg('location_id'))
  and (sqlc.narg('status')::physical_copy_status is null or c.status = sqlc.narg('status'))
  and (sqlc.narg('kind')::physical_copy_kind is null or c.kind = sqlc.narg('kind'))
  and (c.created_at, c.id) < (@before_at::timestamptz, @before_id::uuid)
order by c.created_at desc, c.id desc
limit @row_limit;

-- name: CopiesOfFile :many
-- By itself, in its package, and in the transfer package which that travels in.
select c.* from physical_copy c where c.raw_data_file_id = @id
union all
select c.* from physical_copy c
where c.raw_data_package_id = (select f.raw_data_package_id from raw_data_file f where f.id = @id)
union all
select c.* from physical_copy c
where c.data_transfer_package_id = (
  select p.data_transfer_package_id from raw_data_file f join raw_data_package p on p.id = f.raw_data_package_id where f.id = @id)
order by 9, 1;

-- name: CopiesOfPackage :many
select c.* from physical_copy c where c.raw_data_package_id = @id
union all
select c.* from physical_copy c
where c.data_transfer_package_id = (select p.data_transfer_package_id from raw_data_package p where p.id = @id)
order by 9, 1;

-- name: CopiesOfTransferPackage :many
select c.* from physical_copy c where c.data_transfer_package_id = @id order by c.created_at, c.id;

-- name: SafetyOfFile :one
-- How safe a file is, of what counts: copies of it or of its package that are present, verified, and not where data are
-- recorded, one for each location. A package that was complete before the file was registered is without it.
select f.id, (p.id is not null)::boolean as packed, coalesce(p.state = 'archived', false)::boolean as archived,
  count(distinct c.data_location_id) as copies,
  coalesce(bool_or(c.location_type = 'long_term_archive'), false)::boolean as in_long_term_archive
from raw_data_file f
left join raw_data_package p on p.id = f.raw_data_package_id and (p.finalized_at is null or p.finalized_at >= f.recorded_at)
left join lateral (
  select c.data_location_id, l.location_type
  from (
    select c.* from physical_copy c where c.raw_data_file_id = f.id
    union all
    select c.* from physical_copy c where c.raw_data_package_id = p.id
  ) c
  join data_location l on l.id = c.data_location_id
  where c.status = 'present' and c.verified_at is not null and l.location_type <> 'source'
) c on true
where f.id = @id
group by f.id, p.id;

-- name: GetPackageMetadata :one
select * from raw_data_package_metadata where raw_data_package_id = @id;

-- name: ListDataSites :many
select * from site order by id;

-- name: ListLocations :many
select l.id, l.site_id, l.name, l.location_type, l.storage_type, l.priority, l.active,
  coalesce(d.host || ':' || d.path, s.endpoint || '/' || s.bucket || '/' || s.prefix, t.library || ':' || t.pool, '')::text as place
from data_location l
left join disk_data_location d on d.id = l.id
left join s3_data_location s on s.id = l.id
left join tape_data_location t on t.id = l.id
order by l.id;

-- name: ListRoutes :many
select * from data_transfer_route order by id;

-- name: GetRoutes :many
select * from data_transfer_route where id = any (@ids::integer[]);
