package schema_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// aPackage inserts a package of a name in a status and a state, with 10 bytes.
func aPackage(name, status, state string) string {
	return fmt.Sprintf(`with e as (insert into executed_obs_unit (id, obs_unit_id, site, start_time, recorded_at) values (gen_random_uuid(), 1, 'x', now(), now()) returning id)
		insert into raw_data_package (id, executed_obs_unit_id, instrument_module_id, name, relative_path, status, state, size_bytes, created_at, finalized_at)
		select gen_random_uuid(), e.id, 1, '%s', 'x', '%s', '%s', 10, '2026-07-15', case '%[2]s' when 'complete' then now() end from e`, name, status, state)
}

// aTransfer inserts a transfer in a status.
func aTransfer(status string) string {
	return fmt.Sprintf(`with d as (insert into data_transfer_package (id, name, origin_site_id) values (gen_random_uuid(), 'd', 1) returning id)
		insert into data_transfer (id, data_transfer_package_id, data_transfer_route_id, origin_location_id, destination_location_id, status, size_bytes)
		select gen_random_uuid(), d.id, 1, 4, 5, '%s', 10 from d`, status)
}

func TestTheDatabaseRefusesWhatNoDataCanDo(t *testing.T) {
	const copied = "insert into physical_copy (id, kind, raw_data_package_id, data_location_id, path, status) select gen_random_uuid(), 'raw_data_package', id, 3, 'x', '%s' from raw_data_package; "
	for what, test := range map[string]struct{ sql, state string }{
		"a package that travels while it is built":     {aPackage("a", "building", "transferring"), "23514"},
		"a package that leaves the archive":            {aPackage("a", "complete", "archived") + "; update raw_data_package set state = 'waiting'", "23514"},
		"a package that is archived without a way":     {aPackage("a", "complete", "waiting") + "; update raw_data_package set state = 'archived'", "23514"},
		"a transfer that ends without having begun":    {aTransfer("pending") + "; update data_transfer set status = 'completed', finished_at = now()", "23514"},
		"a transfer that ends at no time":              {aTransfer("in_progress") + "; update data_transfer set status = 'completed'", "23514"},
		"more bytes than there are":                    {aTransfer("in_progress") + "; update data_transfer set transferred_bytes = 11", "23514"},
		"unpacking before everything has arrived":      {aTransfer("in_progress") + "; update data_transfer set unpack_status = 'in_progress'", "23514"},
		"a transfer to where it comes from":            {aTransfer("pending") + "; update data_transfer set destination_location_id = 4", "23514"},
		"an archive that is none":                      {aPackage("a", "complete", "waiting") + "; insert into long_term_archive_transfer (id, raw_data_package_id, destination_location_id) select gen_random_uuid(), id, 5 from raw_data_package", "23503"},
		"staging into an archive":                      {"insert into staging_job (id, destination_location_id, requested_by, created_at) values (gen_random_uuid(), 6, 'x', now())", "23503"},
		"a job that is cancelled by nobody":            {"insert into staging_job (id, destination_location_id, requested_by, created_at) values (gen_random_uuid(), 9, 'x', now()); update staging_job set status = 'cancelled', finished_at = now()", "23514"},
		"a copy that is deleted and was not to be":     {aPackage("a", "complete", "waiting") + "; " + fmt.Sprintf(copied, "present") + "update physical_copy set status = 'deleted', deleted_at = now()", "23514"},
		"a package that may be deleted like a file":    {aPackage("a", "complete", "waiting") + "; " + fmt.Sprintf(copied, "deletion_possible"), "23514"},
		"two copies of one package in one place":       {aPackage("a", "complete", "waiting") + "; " + fmt.Sprintf(copied, "present") + fmt.Sprintf(copied, "staged"), "23505"},
		"a relay over nothing":                         {"update data_transfer_route set relay_site_id = null where route_type = 'relay'", "23514"},
		"two kinds of storage at one location":         {"insert into tape_data_location (id, library) values (3, 'x')", "23503"},
		"metadata that are no object":                  {aPackage("a", "complete", "waiting") + "; insert into raw_data_package_metadata (raw_data_package_id, document) select id, '[]' from raw_data_package", "23514"},
		"a way that is not asked for in earnest":       {"select refuse_transition('transfer', 'x', 'failed', 'pending')", "23000"},
		"a way that no machine knows":                  {"select refuse_transition('transfer', 'x', 'completed', 'pending')", "23514"},
		"a transfer back to pending that is under way": {aTransfer("in_progress") + "; update data_transfer set status = 'pending'", "23514"},
	} {
		t.Run(what, func(t *testing.T) {
			conn := pgtest.Connect(t, pgtest.New(t))
			_, err := conn.Exec(t.Context(), test.sql)
			database, ok := errors.AsType[*pgconn.PgError](err)
			if !ok || database.Code != test.state {
				t.Errorf("got %v, want SQLSTATE %s", err, test.state)
			}
		})
	}
}

// The refusal tells the client where the record can go.
func TestARefusedTransitionNamesTheAllowedOnes(t *testing.T) {
	conn := pgtest.Connect(t, pgtest.New(t))
	_, err := conn.Exec(t.Context(), aTransfer("scheduled")+"; update data_transfer set status = 'completed', finished_at = now()")
	database, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || database.ConstraintName != "transition" {
		t.Fatalf("got %v", err)
	}
	var detail struct {
		From, To string
		Allowed  []string
	}
	check(t, json.Unmarshal([]byte(database.Detail), &detail))
	if detail.From != "scheduled" || detail.To != "completed" || !slices.Equal(detail.Allowed, []string{"failed", "in_progress", "pending"}) {
		t.Errorf("detail: %+v", detail)
	}
}

// Whatever happens to packages, what is archived is counted right.
func TestWhatIsArchivedIsCounted(t *testing.T) {
	conn := pgtest.Connect(t, pgtest.New(t))
	for _, step := range []struct {
		sql             string
		packages, bytes int
	}{
		{aPackage("a", "complete", "archived"), 1, 10},
		{aPackage("b", "complete", "transferring"), 1, 10},
		{aPackage("c", "building", "waiting"), 1, 10},
		{"update raw_data_package set state = 'archived' where name = 'b'", 2, 20},
		{"update raw_data_package set state = 'archived' where name = 'b'", 2, 20},
		{"update raw_data_package set size_bytes = 15 where name = 'b'", 2, 25},
		{"update raw_data_package set created_at = '2026-08-01' where name = 'a'", 2, 25},
		{"update raw_data_package set name = 'd' where name = 'c'", 2, 25},
		{"delete from raw_data_package where name = 'a'", 1, 15},
		{"delete from raw_data_package", 0, 0},
	} {
		_, err := conn.Exec(t.Context(), step.sql)
		check(t, err)
		packages := collect[int](t, conn, "select coalesce(sum(packages), 0)::integer from archived_packages")[0]
		bytes := collect[int](t, conn, "select coalesce(sum(bytes), 0)::integer from archived_packages")[0]
		if packages != step.packages || bytes != step.bytes {
			t.Fatalf("after %s: %d packages of %d bytes, want %d of %d", step.sql, packages, bytes, step.packages, step.bytes)
		}
	}
}
