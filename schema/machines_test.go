package schema_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// machine is a column with states that a trigger guards.
type machine struct {
	name, table, column, trigger string
	insert                       string // makes a record
	also                         string // what is set beside the state %[1]s
}

// aCopy inserts a copy of the only package, or of the only file.
func aCopy(of string) string {
	return fmt.Sprintf("insert into physical_copy (id, kind, %[1]s_id, data_location_id, path) select gen_random_uuid(), '%[1]s', id, 3, 'x' from %[1]s", of)
}

var machines = []machine{
	{"package", "raw_data_package", "state", "transition", aPackage("a", "complete", "waiting"), ""},
	{"transfer", "data_transfer_package", "status", "transition", "insert into data_transfer_package (id, name, origin_site_id) values (gen_random_uuid(), 'd', 1)", ""},
	{
		"transfer", "data_transfer", "status", "transition", aTransfer("pending"),
		"finished_at = case '%[1]s' when 'completed' then now() end, unpack_status = 'pending'",
	},
	{"transfer", "data_transfer", "unpack_status", "unpack_transition", aTransfer("pending"), "status = 'completed', finished_at = now()"},
	{
		"transfer", "long_term_archive_transfer", "status", "transition",
		aPackage("a", "complete", "waiting") + "; insert into long_term_archive_transfer (id, raw_data_package_id, destination_location_id) select gen_random_uuid(), id, 6 from raw_data_package",
		"finished_at = case '%[1]s' when 'completed' then now() end",
	},
	{
		"staging", "staging_job", "status", "transition",
		"insert into staging_job (id, destination_location_id, requested_by, created_at) values (gen_random_uuid(), 9, 'x', now())",
		"finished_at = case when '%[1]s' in ('completed', 'cancelled') then now() end, cancelled_by = case '%[1]s' when 'cancelled' then 'x' end",
	},
	{
		"copy", "physical_copy", "status", "transition",
		aPackage("a", "complete", "waiting") + "; " + aCopy("raw_data_package"), "deleted_at = case '%[1]s' when 'deleted' then now() end",
	},
	{
		"copy", "physical_copy", "status", "transition",
		aPackage("a", "complete", "waiting") + `; insert into raw_data_file (id, executed_obs_unit_id, raw_data_package_id, instrument_module_id, name, relative_path, size_bytes,
		  checksum, checksum_algorithm, recorded_at) select gen_random_uuid(), executed_obs_unit_id, id, 1, 'f', 'f', 1, 'x', 'md5', now() from raw_data_package; ` + aCopy("raw_data_file"),
		"deleted_at = case '%[1]s' when 'deleted' then now() end",
	},
}

// Each state machine lets every way pass that it has, and no other, from every state to every state; a refusal names where
// the record can go. Every machine of the database is looked at, on every column that has it.
func TestEveryStateMachineLetsItsWaysPassAndNoOther(t *testing.T) {
	conn := pgtest.Connect(t, pgtest.New(t))
	guarded := collect[string](t, conn, `select c.relname || ' ' || t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
		join pg_proc p on p.oid = t.tgfoid where p.proname = 'enforce_transition' order by 1`)
	var tried []string
	for _, m := range machines {
		tried = append(tried, m.table+" "+m.trigger)
	}
	slices.Sort(tried)
	if tried = slices.Compact(tried); !slices.Equal(tried, guarded) {
		t.Fatalf("tried are %q, but guarded %q", tried, guarded)
	}
	for _, m := range machines {
		t.Run(m.table+" "+m.column, func(t *testing.T) {
			states := collect[string](t, conn, fmt.Sprintf(`select unnest(enum_range(null::%s))::text`, columnType(t, conn, m.table, m.column)))
			ways := 0
			for _, from := range states {
				for _, to := range states {
					if from != to && m.try(t, conn, from, to) {
						ways++
					}
				}
			}
			if want := (len(states) - 1) * (len(states) - 2); ways < want {
				t.Errorf("%d ways were tried, want %d: only one state may be one that such a record is never in", ways, want)
			}
		})
	}
}

// try tries to bring a record from one state to another; it returns false when such a record is never in the first one.
func (m machine) try(t *testing.T, conn *pgx.Conn, from, to string) bool {
	t.Helper()
	allowed := collect[string](t, conn, fmt.Sprintf("select to_state from state_transition where machine = '%s' and from_state = '%s' order by 1", m.name, from))
	set := func(state string) string {
		sql := fmt.Sprintf("update %s set %s = '%s'", m.table, m.column, state)
		if m.also != "" {
			sql += ", " + strings.ReplaceAll(m.also, "%[1]s", state)
		}
		return sql
	}
	tx, err := conn.Begin(t.Context())
	check(t, err)
	defer func() { check(t, tx.Rollback(t.Context())) }()
	for _, sql := range []string{
		m.insert,
		fmt.Sprintf("alter table %s disable trigger user", m.table),
		set(from),
		fmt.Sprintf("alter table %s enable trigger user", m.table),
	} {
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			if database, ok := errors.AsType[*pgconn.PgError](err); ok && database.Code == "23514" && database.ConstraintName != "transition" {
				return false
			}
			t.Fatalf("%s: %v", sql, err)
		}
	}
	_, err = tx.Exec(t.Context(), set(to))
	database, refused := errors.AsType[*pgconn.PgError](err)
	switch {
	case err != nil && !refused:
		t.Fatal(err)
	case slices.Contains(allowed, to):
		if refused && database.ConstraintName == "transition" {
			t.Errorf("from %s to %s: %v", from, to, err)
		}
	case !refused:
		t.Errorf("from %s to %s is let pass", from, to)
	case database.ConstraintName != "transition":
		t.Errorf("from %s to %s: %v", from, to, err)
	default:
		var detail struct {
			From, To string
			Allowed  []string
		}
		check(t, json.Unmarshal([]byte(database.Detail), &detail))
		if detail.From != from || detail.To != to || !slices.Equal(detail.Allowed, allowed) {
			t.Errorf("from %s to %s: %+v, want %q", from, to, detail, allowed)
		}
	}
	return true
}

func columnType(t *testing.T, conn *pgx.Conn, table, column string) string {
	t.Helper()
	return collect[string](t, conn, fmt.Sprintf("select atttypid::regtype::text from pg_attribute where attrelid = '%s'::regclass and attname = '%s'", table, column))[0]
}
