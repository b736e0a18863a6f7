package transfers

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// origin are the places of the site where data are recorded: there the newest source and the best buffer.
const origin = `
	select s.id as site,
	  (select l.id from data_location l where l.site_id = s.id and l.location_type = 'source' order by l.priority desc, l.id desc limit 1) as source,
	  (select l.id from data_location l where l.site_id = s.id and l.location_type = 'buffer' and l.active order by l.priority desc, l.id limit 1) as buffer
	from site s where exists (select from data_location l where l.site_id = s.id and l.location_type = 'source') order by s.id limit 1`

// complete closes the packages that File has made.
func complete(ctx context.Context, m *moment) error {
	return m.do(ctx, `
		update raw_data_package p set status = 'complete', finalized_at = @now, checksum = md5(@seed::text || p.name), checksum_algorithm = 'md5',
		  size_bytes = (select coalesce(sum(f.size_bytes), 0) from raw_data_file f where f.raw_data_package_id = p.id)
		where p.status = 'building' and p.relative_path like 'simulated/%' and p.created_at < @now`)
}

// pack copies what is complete to the source, with its files, and what is there to the buffer.
func pack(ctx context.Context, m *moment) error {
	const waiting = `raw_data_package p, (` + origin + `) o where p.status = 'complete' and p.state = 'waiting' and p.data_transfer_package_id is null`
	const at = `exists (select from physical_copy c where c.raw_data_package_id = p.id and c.data_location_id = o.%s)`
	for _, sql := range []string{
		`insert into physical_copy (id, kind, raw_data_package_id, data_location_id, path, created_at, verified_at)
		 select md5(@seed::text || p.id || o.buffer)::uuid, 'raw_data_package', p.id, o.buffer, p.relative_path, @now, @now
		 from ` + waiting + " and " + fmt.Sprintf(at, "source") + " and not " + fmt.Sprintf(at, "buffer"),
		`insert into physical_copy (id, kind, raw_data_file_id, data_location_id, path, created_at, verified_at)
		 select md5(@seed::text || f.id || o.source)::uuid, 'raw_data_file', f.id, o.source, f.relative_path, @now, @now
		 from raw_data_file f, ` + waiting + " and f.raw_data_package_id = p.id and not " + fmt.Sprintf(at, "source") + `
		 and not exists (select from physical_copy c where c.raw_data_file_id = f.id and c.data_location_id = o.source)`,
		`insert into physical_copy (id, kind, raw_data_package_id, data_location_id, path, created_at, verified_at)
		 select md5(@seed::text || p.id || o.source)::uuid, 'raw_data_package', p.id, o.source, p.relative_path, @now, @now
		 from ` + waiting + " and not " + fmt.Sprintf(at, "source"),
	} {
		if err := m.do(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// bundle closes the transfer packages that are open, and opens new ones for what waits in the buffer.
func bundle(ctx context.Context, m *moment) error {
	err := m.do(ctx, `
		with closed as (
		  update data_transfer_package d set status = 'in_progress' where d.status = 'pending'
		  and not exists (select from data_transfer t where t.data_transfer_package_id = d.id) returning d.id, d.name
		)
		insert into physical_copy (id, kind, data_transfer_package_id, data_location_id, path, created_at, verified_at)
		select md5(@seed::text || c.id || o.buffer)::uuid, 'data_transfer_package', c.id, o.buffer, c.name, @now, @now from closed c, (`+origin+`) o`)
	if err != nil {
		return err
	}
	var ready []uuid.UUID
	err = each(ctx, m, func(p struct{ ID uuid.UUID }) error { ready = append(ready, p.ID); return nil }, `
		select p.id from raw_data_package p, (`+origin+`) o
		where p.status = 'complete' and p.state = 'waiting' and p.data_transfer_package_id is null
		  and exists (select from physical_copy c where c.raw_data_package_id = p.id and c.data_location_id = o.buffer)
		order by p.created_at, p.name, p.id`)
	for err == nil && len(ready) > 0 {
		n := min(m.Bundle, len(ready))
		err = m.do(ctx, `
			with bundled as (
			  insert into data_transfer_package (id, name, origin_site_id, size_bytes, created_at)
			  select md5(@seed::text || n.name)::uuid, n.name, o.site, (select coalesce(sum(p.size_bytes), 0) from raw_data_package p where p.id = any (@ids::uuid[])), @now
			  from (`+origin+`) o, (select 'transfer-' || lpad((count(*) + 1)::text, 6, '0') as name from data_transfer_package) n
			  returning id
			)
			update raw_data_package p set state = 'transferring', data_transfer_package_id = b.id from bundled b where p.id = any (@ids::uuid[])`, pgx.NamedArgs{"ids": ready[:n]})
		ready = ready[n:]
	}
	return err
}

// movement is a transfer that is under way.
type movement struct {
	ID     uuid.UUID
	Name   string
	Retry  int32
	Size   int64
	Moved  int64
	Latest time.Time
}

// transfer moves bytes, begins what is scheduled, schedules what is pending, and sends what is bundled to the next site.
func transfer(ctx context.Context, m *moment) error {
	err := each(ctx, m, func(t movement) error { return m.move(ctx, t) }, `
		select t.id, d.name, t.retry_count, t.size_bytes, t.transferred_bytes, coalesce(t.progress_at, t.started_at)
		from data_transfer t join data_transfer_package d on d.id = t.data_transfer_package_id
		where t.status = 'in_progress' order by t.created_at, d.name`)
	if err != nil {
		return err
	}
	for _, sql := range []string{
		`update data_transfer t set status = 'in_progress', started_at = @now from data_transfer_route r
		 where t.status = 'scheduled' and r.id = t.data_transfer_route_id and r.active`,
		`update data_transfer t set status = 'scheduled' from data_transfer_route r
		 where t.status = 'pending' and r.id = t.data_transfer_route_id and r.active`,
		`with route as (
		   select r.id, row_number() over (order by r.id) - 1 as turn, count(*) over () as turns,
		     (select l.id from data_location l where l.site_id = r.destination_site_id and l.location_type = 'buffer' and l.active
		      order by l.priority desc, l.id limit 1) as destination
		   from data_transfer_route r join (` + origin + `) o on o.site = r.origin_site_id
		   where r.active and exists (select from data_location l where l.site_id = r.destination_site_id and l.location_type = 'long_term_archive')
		 )
		 insert into data_transfer (id, data_transfer_package_id, data_transfer_route_id, origin_location_id, destination_location_id, size_bytes, created_at)
		 select md5(@seed::text || d.name || r.id)::uuid, d.id, r.id, o.buffer, r.destination, d.size_bytes, @now
		 from data_transfer_package d, route r, (` + origin + `) o
		 where d.status = 'in_progress' and r.turn = (substring(d.name from '\d+$')::bigint - 1) % r.turns
		   and not exists (select from data_transfer t where t.data_transfer_package_id = d.id)`,
		// Whoever reset it, the package goes on, too.
		`update data_transfer_package d set status = 'in_progress' where d.status = 'pending'
		 and exists (select from data_transfer t where t.data_transfer_package_id = d.id)`,
	} {
		if err := m.do(ctx, sql); err != nil {
			return err
		}
	}
	return m.retry(ctx, "data_transfer", "status", "transferred_bytes = 0, started_at = null, progress_at = null",
		"p.data_transfer_package_id = t.data_transfer_package_id")
}

// move takes one transfer further, to its end or to where it goes wrong.
func (m *moment) move(ctx context.Context, t movement) error {
	fate, moved := m.Choose(Attempt{3, t.Name, t.Retry}), min(t.Size, t.Moved+int64(m.Bandwidth*m.elapsed.Seconds()))
	half := t.Size / 2
	switch {
	case fate == Stalls && t.Moved >= half && m.StallFor > 0 && m.now.Sub(t.Latest) > m.StallFor:
		return m.fail(ctx, "data_transfer", "status", t.ID, "no progress: given up")
	case fate == Stalls && t.Moved >= half:
		return nil
	case fate == Fails && moved >= half:
		return m.fail(ctx, "data_transfer", "status", t.ID, "bbcp: connection reset by peer")
	case fate == Stalls:
		moved = min(moved, max(half, 1))
	}
	if moved < t.Size {
		return m.do(ctx, `update data_transfer set transferred_bytes = @moved, progress_at = @now where id = @id and status = 'in_progress'`, pgx.NamedArgs{"id": t.ID, "moved": moved})
	}
	return m.do(ctx, `
		with arrived as (
		  update data_transfer t set transferred_bytes = t.size_bytes, progress_at = @now, finished_at = @now, status = 'completed'
		  where t.id = @id and t.status = 'in_progress' returning t.id, t.data_transfer_package_id, t.destination_location_id, t.retry_count
		), logged as (
		  insert into data_transfer_log (id, data_transfer_id, at, path, summary)
		  select md5(@seed::text || a.id || 'log' || a.retry_count)::uuid, a.id, @now, '/var/log/transfer/' || a.id || '.log', 'all bytes arrived' from arrived a
		), done as (
		  update data_transfer_package d set status = 'completed' from arrived a where d.id = a.data_transfer_package_id and d.status = 'in_progress'
		)
		insert into physical_copy (id, kind, data_transfer_package_id, data_location_id, path, created_at, verified_at)
		select md5(@seed::text || a.id || a.destination_location_id)::uuid, 'data_transfer_package', a.data_transfer_package_id, a.destination_location_id, @name, @now, @now
		from arrived a`, pgx.NamedArgs{"id": t.ID, "name": t.Name})
}

// attempt is an unpacking or archiving that is under way.
type attempt struct {
	ID    uuid.UUID
	Name  string
	Retry int32
}

// unpack ends what is being unpacked and begins what has arrived.
func unpack(ctx context.Context, m *moment) error {
	err := each(ctx, m, func(a attempt) error {
		if m.Choose(Attempt{4, a.Name, a.Retry}) == Fails {
			return m.fail(ctx, "data_transfer", "unpack_status", a.ID, "a checksum differs after unpacking")
		}
		return m.do(ctx, `
			with unpacked as (
			  update data_transfer t set unpack_status = 'completed', unpacked_at = @now where t.id = @id and t.unpack_status = 'in_progress'
			  returning t.data_transfer_package_id, t.destination_location_id
			)
			insert into physical_copy (id, kind, raw_data_package_id, data_location_id, path, created_at, verified_at)
			select md5(@seed::text || p.id || u.destination_location_id)::uuid, 'raw_data_package', p.id, u.destination_location_id, p.relative_path, @now, @now
			from unpacked u join raw_data_package p on p.data_transfer_package_id = u.data_transfer_package_id
			where not exists (select from physical_copy c where c.raw_data_package_id = p.id and c.data_location_id = u.destination_location_id)`, pgx.NamedArgs{"id": a.ID})
	}, `select t.id, d.name, t.retry_count from data_transfer t join data_transfer_package d on d.id = t.data_transfer_package_id
		where t.unpack_status = 'in_progress' order by t.created_at, d.name`)
	if err != nil {
		return err
	}
	err = m.do(ctx, `update data_transfer set unpack_status = 'in_progress' where status = 'completed' and unpack_status = 'pending'`)
	if err != nil {
		return err
	}
	return m.retry(ctx, "data_transfer", "unpack_status", "", "p.data_transfer_package_id = t.data_transfer_package_id")
}

// archive closes what the archive has, ends what is under way, and begins what is unpacked.
func archive(ctx context.Context, m *moment) error {
	err := m.do(ctx, `
		with there as (
		  select p.id, p.name from raw_data_package p where p.state = 'transferring'
		  and exists (select from long_term_archive_transfer a where a.raw_data_package_id = p.id and a.status = 'completed')
		), described as (
		  insert into raw_data_package_metadata as d (raw_data_package_id, document, updated_at)
		  select t.id, jsonb_build_object('name', t.name, 'archived_at', @now::timestamptz, 'seed', @seed::text), @now from there t
		  on conflict (raw_data_package_id) do update set updated_at = d.updated_at
		)
		update raw_data_package p set state = 'archived' from there t where p.id = t.id`)
	if err != nil {
		return err
	}
	err = each(ctx, m, func(a attempt) error {
		if m.Choose(Attempt{5, a.Name, a.Retry}) == Fails {
			return m.fail(ctx, "long_term_archive_transfer", "status", a.ID, "the archive refuses the object")
		}
		return m.do(ctx, `
			with done as (
			  update long_term_archive_transfer a set status = 'completed', finished_at = @now where a.id = @id and a.status = 'in_progress'
			  returning a.raw_data_package_id, a.destination_location_id
			)
			insert into physical_copy (id, kind, raw_data_package_id, data_location_id, path, created_at, verified_at)
			select md5(@seed::text || p.id || d.destination_location_id)::uuid, 'raw_data_package', p.id, d.destination_location_id, p.relative_path, @now, @now
			from done d join raw_data_package p on p.id = d.raw_data_package_id`, pgx.NamedArgs{"id": a.ID})
	}, `select a.id, p.name, a.retry_count from long_term_archive_transfer a join raw_data_package p on p.id = a.raw_data_package_id
		where a.status = 'in_progress' order by a.created_at, p.name`)
	if err != nil {
		return err
	}
	for _, sql := range []string{
		`update long_term_archive_transfer set status = 'in_progress', started_at = @now where status = 'pending'`,
		`insert into long_term_archive_transfer (id, raw_data_package_id, destination_location_id, created_at)
		 select md5(@seed::text || p.id || 'archive' || l.id)::uuid, p.id, l.id, @now
		 from raw_data_package p
		 join data_transfer t on t.data_transfer_package_id = p.data_transfer_package_id and t.unpack_status = 'completed'
		 join data_location b on b.id = t.destination_location_id
		 join data_location l on l.site_id = b.site_id and l.location_type = 'long_term_archive' and l.active
		 where p.state = 'transferring'
		   and not exists (select from long_term_archive_transfer a where a.raw_data_package_id = p.id and a.destination_location_id = l.id)`,
	} {
		if err := m.do(ctx, sql); err != nil {
			return err
		}
	}
	return m.retry(ctx, "long_term_archive_transfer", "status", "started_at = null", "p.id = t.raw_data_package_id")
}

// fail ends an attempt.
func (m *moment) fail(ctx context.Context, table, column string, id uuid.UUID, why string) error {
	return m.do(ctx, fmt.Sprintf(`update %s set %s = 'failed', failure = @why where id = @id and %[2]s = 'in_progress'`, table, column), pgx.NamedArgs{"id": id, "why": why})
}

// retry tries what has failed again, and gives its packages up when that was often enough.
func (m *moment) retry(ctx context.Context, table, column, anew, packages string) error {
	if m.Retries == 0 {
		return nil
	}
	if anew != "" {
		anew = ", " + anew
	}
	err := m.do(ctx, fmt.Sprintf(`
		update raw_data_package p set state = 'failed' from %s t
		where t.%s = 'failed' and t.retry_count >= @retries and %s and p.state = 'transferring'`, table, column, packages), pgx.NamedArgs{"retries": m.Retries})
	if err != nil {
		return err
	}
	return m.do(ctx, fmt.Sprintf(`
		update %s t set %s = 'pending', retry_count = t.retry_count + 1, failure = null%s
		where t.%[2]s = 'failed' and t.retry_count < @retries`, table, column, anew), pgx.NamedArgs{"retries": m.Retries})
}
