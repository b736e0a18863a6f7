-- name: ResetDataTransfer :exec
-- A failed transfer, seen with so many retries, is tried again, and what failed with it goes on.
with reset as (
  update data_transfer t
  set status = 'pending', retry_count = t.retry_count + 1, failure = null, transferred_bytes = 0, started_at = null, progress_at = null
  where t.id = @id and t.status = 'failed' and t.retry_count = @retry_count
  returning t.data_transfer_package_id
), bundle as (
  update data_transfer_package d set status = 'pending' from reset r where d.id = r.data_transfer_package_id and d.status = 'failed'
), packages as (
  update raw_data_package p set state = 'transferring' from reset r where p.data_transfer_package_id = r.data_transfer_package_id and p.state = 'failed'
)
select expect_rows(count(*), 1, 'data_transfer', case when count(*) = 0 then (
  select refuse_transition('transfer', 'data_transfer ' || t.id, t.status::text, 'pending') from data_transfer t where t.id = @id) end)
from reset;

-- name: ResetUnpacking :exec
-- As ResetDataTransfer, for the unpacking of what has arrived.
with reset as (
  update data_transfer t
  set unpack_status = 'pending', retry_count = t.retry_count + 1, failure = null
  where t.id = @id and t.unpack_status = 'failed' and t.retry_count = @retry_count
  returning t.data_transfer_package_id
), packages as (
  update raw_data_package p set state = 'transferring' from reset r where p.data_transfer_package_id = r.data_transfer_package_id and p.state = 'failed'
)
select expect_rows(count(*), 1, 'data_transfer', case when count(*) = 0 then (
  select refuse_transition('transfer', 'data_transfer ' || t.id, t.unpack_status::text, 'pending') from data_transfer t where t.id = @id) end)
from reset;

-- name: ResetArchiveTransfer :exec
with reset as (
  update long_term_archive_transfer t
  set status = 'pending', retry_count = t.retry_count + 1, failure = null, started_at = null
  where t.id = @id and t.status = 'failed' and t.retry_count = @retry_count
  returning t.raw_data_package_id
), packages as (
  update raw_data_package p set state = 'transferring' from reset r where p.id = r.raw_data_package_id and p.state = 'failed'
)
select expect_rows(count(*), 1, 'long_term_archive_transfer', case when count(*) = 0 then (
  select refuse_transition('transfer', 'long_term_archive_transfer ' || t.id, t.status::text, 'pending')
  from long_term_archive_transfer t where t.id = @id) end)
from reset;

-- name: ReadRoute :one
select * from data_transfer_route where id = @id;

-- name: SetRouteActive :exec
with changed as (
  update data_transfer_route r set active = @active, version = r.version + 1 where r.id = @id and r.version = @version
  returning 1
)
select expect_rows(count(*), 1, 'data_transfer_route',
  case when count(*) = 0 then (select to_jsonb(r) from data_transfer_route r where r.id = @id) end) from changed;

-- name: ReadPackageMetadata :one
select * from raw_data_package_metadata where raw_data_package_id = @id;

-- name: PutPackageMetadata :exec
-- Over the version that the writer saw; 0: none was there.
with put as (
  insert into raw_data_package_metadata as m (raw_data_package_id, document, updated_at)
  values (@raw_data_package_id, @document, @updated_at)
  on conflict (raw_data_package_id) do update set document = excluded.document, updated_at = excluded.updated_at, version = m.version + 1
  where m.version = @version::integer
  returning 1
)
select expect_rows(count(*), 1, 'raw_data_package_metadata', case when count(*) = 0 then (
  select to_jsonb(m) from raw_data_package_metadata m where m.raw_data_package_id = @raw_data_package_id) end)
from put;
