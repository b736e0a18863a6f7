package transfers

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// stage brings one more package of each job back.
func stage(ctx context.Context, m *moment) error {
	err := m.do(ctx, `
		update staging_job j set status = 'completed', finished_at = @now where j.status = 'in_progress'
		and not exists (select from staging_job_package s where s.staging_job_id = j.id and s.staged_at is null)`)
	if err != nil {
		return err
	}
	if err := each(ctx, m, func(s staging) error { return m.bringBack(ctx, s) }, `
		select distinct on (j.id) j.id, p.name, j.retry_count, p.id
		from staging_job j join staging_job_package s on s.staging_job_id = j.id and s.staged_at is null
		join raw_data_package p on p.id = s.raw_data_package_id
		where j.status = 'in_progress' order by j.id, p.id`); err != nil {
		return err
	}
	for _, sql := range []string{
		`update staging_job set status = 'in_progress', started_at = @now where status = 'scheduled'`,
		`update staging_job set status = 'scheduled' where status = 'pending'`,
	} {
		if err := m.do(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// staging is the next package of a job.
type staging struct {
	attempt
	Package uuid.UUID
}

// bringBack ends the staging of a package; when that fails the job does.
func (m *moment) bringBack(ctx context.Context, s staging) error {
	if m.Choose(Attempt{6, s.Name, s.Retry}) == Fails {
		return m.fail(ctx, "staging_job", "status", s.ID, "the archive does not give the object back")
	}
	return m.do(ctx, `
		with staged as (
		  update staging_job_package s set staged_at = @now where s.staging_job_id = @job and s.raw_data_package_id = @package
		)
		insert into physical_copy as c (id, kind, raw_data_package_id, data_location_id, path, status, created_at, verified_at)
		select md5(@seed::text || p.id || j.destination_location_id)::uuid, 'raw_data_package', p.id, j.destination_location_id, p.relative_path, 'staged', @now, @now
		from staging_job j, raw_data_package p where j.id = @job and p.id = @package
		on conflict (raw_data_package_id, data_location_id) do update set verified_at = excluded.verified_at`,
		pgx.NamedArgs{"job": s.ID, "package": s.Package})
}

// remove deletes what lies at the observatory of packages that are archived and have two verified copies elsewhere, and
// the transfer packages that are unpacked.
func remove(ctx context.Context, m *moment) error {
	const here = `c.data_location_id in (select l.id from data_location l join (` + origin + `) o on o.site = l.site_id)`
	const elsewhere = `(select count(*) from physical_copy e join data_location l on l.id = e.data_location_id join (` + origin + `) o on o.site <> l.site_id
		where e.raw_data_package_id = %s and e.status = 'present' and e.verified_at is not null) >= 2`
	for _, sql := range []string{
		`update physical_copy set status = 'deleted', deleted_at = @now where status = 'deletion_in_progress'`,
		`update physical_copy set status = 'deletion_in_progress' where status = 'deletion_scheduled'`,
		`update physical_copy set status = 'deleted', deleted_at = @now where status = 'deletion_possible'`,
		`update physical_copy c set status = 'deletion_possible' from raw_data_file f
		 where c.status = 'present' and c.kind = 'raw_data_file' and f.id = c.raw_data_file_id and ` + here + `
		   and exists (select from physical_copy g where g.raw_data_package_id = f.raw_data_package_id and g.data_location_id = c.data_location_id and g.status = 'deleted')`,
		`update physical_copy c set status = 'deletion_scheduled' from raw_data_package p
		 where c.status = 'present' and c.kind = 'raw_data_package' and p.id = c.raw_data_package_id and p.state = 'archived' and ` + here + ` and ` +
			fmt.Sprintf(elsewhere, "p.id") + ``,
		`update physical_copy c set status = 'deletion_scheduled' from data_transfer t
		 where c.status = 'present' and c.kind = 'data_transfer_package' and t.data_transfer_package_id = c.data_transfer_package_id
		   and t.unpack_status = 'completed'`,
	} {
		if err := m.do(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// filesInPackage is how many files File puts into a package.
const filesInPackage = 4

// File records an execution of the first planned unit with so many packages of a size, as the instruments do by the API.
// They are complete after the next step.
func (p *Pipeline) File(ctx context.Context, packages int, size int64) error {
	_, err := p.db.Exec(ctx, `
		with number as (
		  select count(*) as made from raw_data_package where relative_path like 'simulated/%'
		), execution as (
		  insert into executed_obs_unit (id, obs_unit_id, site, status, start_time, end_time, observer, recorded_at)
		  select md5($1 || 'execution' || n.made)::uuid, (select min(id) from obs_unit), 'observatory', 'completed', $2::timestamptz - interval '10 minutes', $2, 'simulator', $2
		  from number n returning id
		), package as (
		  insert into raw_data_package (id, executed_obs_unit_id, instrument_module_id, name, relative_path, created_at)
		  select md5($1 || 'package' || n.made + i)::uuid, e.id, m.id, 'simulated-' || lpad((n.made + i)::text, 6, '0') || '.tar', 'simulated/' || n.made + i || '.tar', $2
		  from execution e, number n, (select min(id) as id from instrument_module) m, generate_series(1, $3::integer) i
		  returning id, executed_obs_unit_id, instrument_module_id, name
		)
		insert into raw_data_file (id, executed_obs_unit_id, raw_data_package_id, instrument_module_id, name, relative_path, file_type, size_bytes,
		                           checksum, checksum_algorithm, recorded_at)
		select md5($1 || p.name || i)::uuid, p.executed_obs_unit_id, p.id, p.instrument_module_id, p.name || '-' || i, 'simulated/' || p.name || '/' || i,
		       'g3', $4::bigint / $5::integer, md5(p.name || i), 'md5', $2
		from package p, generate_series(1, $5::integer) i`,
		fmt.Sprint(p.options.Seed), p.options.Now().UTC(), packages, size, filesInPackage)
	return err
}
