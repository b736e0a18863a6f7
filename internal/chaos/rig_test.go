package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

const (
	observatory = "observatory"
	cologne     = lab.MainSite
)

// Servers by the names of the lab.
const (
	mainDatabase = cologne + "/postgres"
	replica      = observatory + "/postgres"
	siteRedis    = observatory + "/redis"
)

// rig is a lab with what chaos needs beside it: points at which its APIs die, a history beside its tables, and a file
// of everything that its clients were promised.
type rig struct {
	*lab.Lab
	t       testing.TB
	points  string // directory that arms points
	answers *answers
	former  map[string]bool // ids of records that are none of this scenario's
	plan    plannedRecords
}

// plannedRecords are ids of the observatory's own data that observations refer to.
type plannedRecords struct{ units, modules []int }

// newRig starts a lab for as long as the test. settings are those of its APIs, as NAME=value.
func newRig(t testing.TB, options lab.Options, settings ...string) *rig {
	t.Helper()
	r := &rig{t: t, points: t.TempDir()}
	options.Env = append([]string{
		"OPSDB_FAULT_POINTS=" + r.points, "TRANSACTION_RETRY_DELAY=0.5", "REFERENCE_FRESHNESS=2s", "SHUTDOWN_PAUSE=0s",
	}, settings...)
	r.Lab = labtest.Start(t, options)
	r.answers = newAnswers(t)
	r.keepHistory()
	r.plan.units = column[int](r, r.Superuser(cologne), "select id from obs_unit order by id")
	r.plan.modules = column[int](r, r.Superuser(cologne), "select id from instrument_module order by id")
	return r
}

// begin forgets what was promised before: a new scenario begins in the same lab.
func (r *rig) begin(t testing.TB) *rig {
	t.Helper()
	scenario := *r
	scenario.t = t
	scenario.answers = newAnswers(t)
	rows, err := r.rows(scenario.context(), r.Superuser(cologne))
	scenario.must(err)
	scenario.former = make(map[string]bool)
	for id := range rows {
		scenario.former[id] = true
	}
	return &scenario
}

// context bounds whatever a test waits for.
func (r *rig) context() context.Context { return labtest.Context(r.t) }

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// until waits until try returns nil, at most as long as ctx lasts.
func (r *rig) until(ctx context.Context, what string, try func(context.Context) error) {
	r.t.Helper()
	r.must(lab.Until(ctx, what, try))
}

// APIs of the observatory, by the names of the lab.
func (r *rig) apis() []string {
	names := make([]string, len(r.Site(observatory).URLs))
	for i := range names {
		names[i] = observatory + "/api-" + strconv.Itoa(i+1)
	}
	return names
}

// arm lets the next process that passes a point die there.
func (r *rig) arm(point string) {
	r.t.Helper()
	r.must(os.WriteFile(filepath.Join(r.points, point), nil, 0o600))
}

// awaitHit waits until a process has died at an armed point.
func (r *rig) awaitHit(point string) {
	r.t.Helper()
	r.until(r.context(), "a process dies at "+point, func(context.Context) error { return r.hit(point) })
	r.must(os.Remove(filepath.Join(r.points, point+".hit")))
}

// hit returns an error as long as nobody has died at an armed point.
func (r *rig) hit(point string) error {
	_, err := os.Stat(filepath.Join(r.points, point+".hit"))
	return err
}

// holder returns the API that executes for the observatory, which the lease names; an error when nobody does.
func (r *rig) holder(ctx context.Context) (string, error) {
	var lease string
	err := r.redis(func(c rueidis.Client) (err error) {
		lease, err = c.Do(ctx, c.B().Get().Key(rediskeys.Site(observatory).Lease()).Build()).ToString()
		return err
	})
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(lease, "/")
	number, _, _ := strings.Cut(rest, "/")
	for _, name := range r.apis() {
		if strconv.Itoa(r.PIDs()[name]) == number {
			return name, nil
		}
	}
	return "", fmt.Errorf("the lease is of %s, which is no process of the lab", lease)
}

// awaitHolder waits until an API executes that the condition lets through, and returns it.
func (r *rig) awaitHolder(what string, good func(name string) bool) (name string) {
	r.t.Helper()
	r.until(r.context(), what, func(ctx context.Context) (err error) {
		if name, err = r.holder(ctx); err == nil && !good(name) {
			err = errors.New("it is " + name)
		}
		return err
	})
	return name
}

// executor waits until somebody executes, and returns who.
func (r *rig) executor() string {
	r.t.Helper()
	return r.awaitHolder("somebody executes", func(string) bool { return true })
}

// awaitReady waits until every server is up again.
func (r *rig) awaitReady() {
	r.t.Helper()
	names := append([]string{mainDatabase, replica, siteRedis, cologne + "/redis", cologne + "/api-1"}, r.apis()...)
	r.must(r.WaitReady(r.context(), names...))
}

// redis calls use with a connection to the observatory's Redis.
func (r *rig) redis(use func(rueidis.Client) error) error {
	address, err := url.Parse(r.Site(observatory).Redis)
	if err != nil {
		return err
	}
	c, err := rueidis.NewClient(rueidis.ClientOption{
		InitAddress: []string{address.Host}, ForceSingleClient: true, DisableCache: true, DisableRetry: true,
	})
	if err != nil {
		return err
	}
	defer c.Close()
	return use(c)
}

// database calls use with a connection, which may be gone while its server is.
func (r *rig) database(ctx context.Context, address string, use func(*pgx.Conn) error) (err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	return use(conn)
}

// execute runs SQL.
func (r *rig) execute(address, sql string) {
	r.t.Helper()
	ctx := r.context()
	r.must(r.database(ctx, address, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sql)
		return err
	}))
}

// column returns the values of a query with one column.
func column[T any](r *rig, address, sql string, args ...any) []T {
	r.t.Helper()
	values, err := queryColumn[T](r.context(), r, address, sql, args...)
	r.must(err)
	return values
}

// queryColumn is column for servers that may be away.
func queryColumn[T any](ctx context.Context, r *rig, address, sql string, args ...any) (values []T, err error) {
	err = r.database(ctx, address, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		values, err = pgx.CollectRows(rows, pgx.RowTo[T])
		return err
	})
	return values, err
}

// one returns the only value of a query.
func one[T any](r *rig, address, sql string, args ...any) T {
	r.t.Helper()
	values := column[T](r, address, sql, args...)
	if len(values) != 1 {
		r.t.Fatalf("%d rows of %s", len(values), sql)
	}
	return values[0]
}

// keepHistory lets the main database note every version of every record that is written through the buffer.
func (r *rig) keepHistory() {
	r.t.Helper()
	sql := `
create table chaos_history (
  n        bigint generated always as identity primary key,
  relation text not null,
  id       uuid not null,
  action   text not null,
  version  jsonb not null
);
create function chaos_note() returns trigger language plpgsql security definer as $$
begin
  if tg_op = 'DELETE' then
    insert into public.chaos_history (relation, id, action, version) values (tg_table_name, old.id, 'delete', to_jsonb(old));
  else
    insert into public.chaos_history (relation, id, action, version) values (tg_table_name, new.id, lower(tg_op), to_jsonb(new));
  end if;
  return null;
end
$$;`
	for _, table := range tables {
		sql += fmt.Sprintf(`
create trigger chaos_made after insert or delete on %[1]s for each row execute function chaos_note();
create trigger chaos_changed after update on %[1]s for each row when (old is distinct from new) execute function chaos_note();`, table)
	}
	r.execute(r.Superuser(cologne), sql)
	r.must(r.Replicated(r.context(), observatory))
}
