package schema_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/schema"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func collect[T any](t *testing.T, conn *pgx.Conn, sql string) []T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	check(t, err)
	found, err := pgx.CollectRows(rows, pgx.RowTo[T])
	check(t, err)
	return found
}

// catalogue lists what the migrations made.
func catalogue(t *testing.T, a postgres.Address) []string {
	t.Helper()
	return collect[string](t, pgtest.Connect(t, a), `
		select format('%s %s %s', 'column', attrelid::regclass, attname || ' ' || format_type(atttypid, atttypmod))
		  from pg_attribute join pg_class c on c.oid = attrelid
		  where c.relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped and c.relname not like 'goose%'
		union all select format('function %s', oid::regprocedure) from pg_proc where pronamespace = 'public'::regnamespace
		union all select format('type %s', typname) from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e'
		union all select format('constraint %s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint
		  where connamespace = 'public'::regnamespace and conrelid::regclass::text not like 'goose%'
		order by 1`)
}

func TestUpDownUp(t *testing.T) {
	a := pgtest.New(t)
	full := catalogue(t, a)
	if len(full) < 100 {
		t.Fatalf("only %d things in the catalogue", len(full))
	}
	check(t, schema.Rollback(t.Context(), a.ConnString("test")))
	if left := catalogue(t, a); len(left) != 0 {
		t.Errorf("left after the way down: %v", left)
	}
	from, to, err := schema.Migrate(t.Context(), a.ConnString("test"))
	check(t, err)
	if from != 0 || to != schema.Version() {
		t.Errorf("migrated from %d to %d, want from 0 to %d", from, to, schema.Version())
	}
	if diff := cmp.Diff(full, catalogue(t, a)); diff != "" {
		t.Errorf("the second way up leads elsewhere:\n%s", diff)
	}
}

func TestConcurrentMigrationsWaitForEachOther(t *testing.T) {
	a := pgtest.New(t)
	check(t, schema.Rollback(t.Context(), a.ConnString("test")))
	outcomes := make([]error, 3)
	var all sync.WaitGroup
	for i := range outcomes {
		all.Go(func() { _, _, outcomes[i] = schema.Migrate(t.Context(), a.ConnString("test")) })
	}
	all.Wait()
	check(t, errors.Join(outcomes...))
}

func TestADatabaseTellsItsVersion(t *testing.T) {
	a := pgtest.New(t)
	r, err := postgres.NewReplica(t.Context(), a, "test")
	check(t, err)
	t.Cleanup(r.Close)
	got, err := r.SchemaVersion(t.Context())
	check(t, err)
	if got != schema.Version() {
		t.Errorf("version %d, want %d", got, schema.Version())
	}
}

// A conflict must fail its own statement: at COMMIT nobody knows whose it was.
func TestNoConstraintWaitsForTheCommit(t *testing.T) {
	deferred := collect[string](t, pgtest.Connect(t, pgtest.New(t)), "select conname from pg_constraint where condeferrable")
	if len(deferred) != 0 {
		t.Errorf("deferrable: %v", deferred)
	}
}

func TestEveryForeignKeyHasAnIndex(t *testing.T) {
	bare := collect[string](t, pgtest.Connect(t, pgtest.New(t)), `
		select format('%s: %s', conrelid::regclass, pg_get_constraintdef(c.oid)) from pg_constraint c
		where contype = 'f' and not exists (
			select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
			and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)`)
	// A subtype's key is its id with what tells the subtypes apart, and the id alone is its primary key.
	// Where the type of a location is fixed, it stands in the key beside the location and needs no index either.
	bare = slices.DeleteFunc(bare, func(key string) bool {
		return slices.ContainsFunc([]string{"(id, kind)", "(id, storage_type)", "(destination_location_id, destination_type)"}, func(fixed string) bool {
			return strings.Contains(key, fixed)
		})
	})
	if len(bare) != 0 {
		t.Errorf("without an index:\n%s", strings.Join(bare, "\n"))
	}
}

// counts returns the number of rows of each table.
func counts(t *testing.T, conn *pgx.Conn) map[string]int {
	t.Helper()
	found := make(map[string]int)
	for _, table := range collect[string](t, conn, "select quote_ident(relname) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace") {
		found[table] = collect[int](t, conn, "select count(*)::integer from "+table)[0]
	}
	return found
}

func TestSeedAddsOnlyWhatIsMissing(t *testing.T) {
	a := pgtest.New(t)
	conn := pgtest.Connect(t, a)
	full := counts(t, conn)
	_, err := conn.Exec(t.Context(), `
		delete from obs_unit where name = 'Jupiter';
		delete from constant_elevation_source;
		update instrument set available = false where name = 'CHAI'`)
	check(t, err)
	for range 2 {
		check(t, schema.Seed(t.Context(), a.ConnString("test")))
		if diff := cmp.Diff(full, counts(t, conn)); diff != "" {
			t.Errorf("other rows than before:\n%s", diff)
		}
	}
	if got := collect[bool](t, conn, "select available from instrument where name = 'CHAI'"); !slices.Equal(got, []bool{false}) {
		t.Error("seeding undid a change")
	}
}

func TestSeedIsComplete(t *testing.T) {
	conn := pgtest.Connect(t, pgtest.New(t))
	for what, sql := range map[string]string{
		"units without a module": `select name from obs_unit u
			where not exists (select from obs_unit_module_configuration c where c.obs_unit_id = u.id)`,
		"instruments without a module": `select name from instrument i
			where not exists (select from instrument_module m where m.instrument_id = i.id)`,
		"modules without a configuration": `select name from instrument_module m
			where not exists (select from instrument_module_configuration c where c.instrument_module_id = m.id)`,
		"sources without coordinates": `select name from source s where not exists (
			select id from fixed_source where id = s.id union all select id from solar_system_object where id = s.id
			union all select id from constant_elevation_source where id = s.id)`,
		"programs without a unit": `select name from observing_program p
			where not exists (select from obs_unit u where u.observing_program_id = p.id)`,
	} {
		if found := collect[string](t, conn, sql); len(found) != 0 {
			t.Errorf("%s: %v", what, found)
		}
	}
	// Scripts, tests and the demo know the first units by number.
	first := collect[string](t, conn, "select id || ' ' || name from obs_unit where id <= 2 order by id")
	if diff := cmp.Diff([]string{"1 Orion A", "2 Jupiter"}, first); diff != "" {
		t.Error(diff)
	}
}

func TestConcurrentSeedsAddOnce(t *testing.T) {
	a := pgtest.New(t)
	conn := pgtest.Connect(t, a)
	full := counts(t, conn)
	_, err := conn.Exec(t.Context(), "delete from obs_unit; delete from instrument_module_configuration")
	check(t, err)
	var all sync.WaitGroup
	outcomes := make([]error, 3)
	for i := range outcomes {
		all.Go(func() { outcomes[i] = schema.Seed(context.WithoutCancel(t.Context()), a.ConnString("test")) })
	}
	all.Wait()
	check(t, errors.Join(outcomes...))
	if diff := cmp.Diff(full, counts(t, conn)); diff != "" {
		t.Errorf("other rows than before:\n%s", diff)
	}
}

func TestTheDatabaseRefuses(t *testing.T) {
	conn := pgtest.Connect(t, pgtest.New(t))
	for what, test := range map[string]struct{ sql, state string }{
		"a source in the table of another kind": {
			"insert into fixed_source (id, ra_deg, dec_deg) select id, 1, 1 from source where name = 'Jupiter'", "23503",
		},
		"a kind that is not the table's": {
			"insert into fixed_source (id, kind, ra_deg, dec_deg) values (1, 'solar_system_object', 1, 1)", "428C9",
		},
		"a change of kind": {"update source set kind = 'fixed' where name = 'Jupiter'", "23503"},
		"a sub-program of another program": {
			`update obs_unit set sub_observing_program_id = (select id from sub_observing_program where short_name = 'MW') where name = 'Orion A'`, "23503",
		},
		"a direction that is none":                  {"update fixed_source set ra_deg = 360", "23514"},
		"an end without a finish":                   {execution("'running'", "now()"), "23514"},
		"a finish without an end":                   {execution("'completed'", "null"), "23514"},
		"an end before the start":                   {execution("'completed'", "'2020-01-01'"), "23514"},
		"a module that units use":                   {"delete from instrument_module_configuration where name = 'standard'", "23503"},
		"a token that is not hashed":                {token("'ops_api_token_x'", "null"), "23514"},
		"a token that has expired before it is":     {token("repeat('0', 64)", "'2020-01-01'"), "23514"},
		"a token of nobody":                         {token("repeat('0', 64)", "null") + "; update api_token set user_id = gen_random_uuid()", "23503"},
		"a login name in capitals":                  {account("'Observer'", "null, null"), "23514"},
		"a login name twice":                        {account("'x'", "null, null") + "; " + account("'x'", "null, null"), "23505"},
		"a GitHub account in capitals":              {account("'x'", "null, 'Observer'"), "23514"},
		"a number of no GitHub account":             {account("'x'", "1, null"), "23514"},
		"a GitHub account of two users":             {account("'x'", "1, 'x'") + "; " + account("'y'", "null, 'x'"), "23505"},
		"two GitHub accounts of one number":         {account("'x'", "1, 'x'") + "; " + account("'y'", "1, 'y'"), "23505"},
		"an event that is not what.happened":        {"insert into access_event (id, at, site, actor, address, action) values (gen_random_uuid(), now(), '', '', '', 'hello')", "23514"},
		"preferences that are no object":            {preferences("'[]'"), "23514"},
		"preferences without end":                   {preferences(`jsonb_build_object('x', repeat('x', 65536))`), "23514"},
		"a permission that is not action:resource":  {"insert into permission (name, description) values ('everything', '')", "23514"},
		"two files in one place of one module":      {file + "; " + file, "23505"},
		"a size below nothing":                      {strings.Replace(file, "1, 'x', 'md5'", "-1, 'x', 'md5'", 1), "23514"},
		"a package with a checksum of unknown kind": {"insert into raw_data_package (id, executed_obs_unit_id, instrument_module_id, name, relative_path, created_at, checksum) values (gen_random_uuid(), gen_random_uuid(), 1, 'x', 'x', now(), 'x')", "23514"},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := conn.Exec(t.Context(), test.sql)
			database, ok := errors.AsType[*pgconn.PgError](err)
			if !ok || database.Code != test.state {
				t.Errorf("got %v, want SQLSTATE %s", err, test.state)
			}
		})
	}
}

func execution(status, end string) string {
	return "insert into executed_obs_unit (id, obs_unit_id, site, status, start_time, end_time, recorded_at) values (gen_random_uuid(), 1, 'x', " +
		status + ", '2026-07-15', " + end + ", now())"
}

func account(name, github string) string {
	return `insert into "user" (id, name, github_id, github_login) values (gen_random_uuid(), ` + name + ", " + github + ")"
}

func token(hash, expires string) string {
	return `with u as (insert into "user" (id, name) values (gen_random_uuid(), 'x') returning id) ` +
		"insert into api_token (id, user_id, name, token_hash, key_id, token_prefix, created_by, expires_at) " +
		"select gen_random_uuid(), id, 'x', " + hash + ", 'x', 'ops', 'x', " + expires + "::timestamptz from u"
}

func preferences(document string) string {
	return `with u as (insert into "user" (id, name) values (gen_random_uuid(), 'x') returning id) ` +
		"insert into user_preferences (user_id, document, updated_at) select id, " + document + "::jsonb, now() from u"
}

const file = `with e as (` +
	`insert into executed_obs_unit (id, obs_unit_id, site, start_time, recorded_at) values (gen_random_uuid(), 1, 'x', now(), now()) returning id) ` +
	`insert into raw_data_file (id, executed_obs_unit_id, instrument_module_id, name, relative_path, size_bytes, checksum, checksum_algorithm, recorded_at) ` +
	`select gen_random_uuid(), id, 1, 'x', 'x', 1, 'x', 'md5', now() from e`
