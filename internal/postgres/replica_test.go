package postgres_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/servers"
	"github.com/ccatobs/opsdb/schema"
)

func newReplica(t *testing.T, a postgres.Address) *postgres.Replica {
	t.Helper()
	r, err := postgres.NewReplica(t.Context(), a, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func execute(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

const beat = "insert into heartbeat values (true, 1, now(), '0/1') on conflict (only_row) do update set beat = heartbeat.beat + 1"

func TestReplicaCannotWriteEvenToTheMainDatabase(t *testing.T) {
	r := newReplica(t, pgtest.New(t))
	_, err := r.Any().Exec(t.Context(), beat)
	if got := postgres.SQLState(err); got != "25006" {
		t.Errorf("SQLSTATE %q of %v, want 25006", got, err)
	}
}

func TestReplicaCompilesNoPlans(t *testing.T) {
	rows, err := newReplica(t, pgtest.New(t)).Any().Query(t.Context(), "explain select count(*) from generate_series(1, 100000000)")
	check(t, err)
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	check(t, err)
	if slices.Contains(plan, "JIT:") {
		t.Errorf("the plan is compiled:\n%s", strings.Join(plan, "\n"))
	}
}

func TestSnapshotDoesNotMove(t *testing.T) {
	a := pgtest.New(t)
	r, conn := newReplica(t, a), pgtest.Connect(t, a)
	execute(t, conn, beat)
	err := r.Snapshot(t.Context(), func(ctx context.Context, q *replicadb.Queries) error {
		before, err := q.Heartbeat(ctx)
		if err != nil {
			return err
		}
		execute(t, conn, beat)
		after, err := q.Heartbeat(ctx)
		if before.Beat != after.Beat {
			t.Errorf("read %d and then %d", before.Beat, after.Beat)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSnapshotReturnsTheErrorOfItsFunction(t *testing.T) {
	r := newReplica(t, pgtest.New(t))
	runs, failure := 0, errors.New("not today")
	err := r.Snapshot(t.Context(), func(context.Context, *replicadb.Queries) error { runs++; return failure })
	if !errors.Is(err, failure) || runs != 1 {
		t.Errorf("%d runs: %v", runs, err)
	}
}

func TestSnapshotSurvivesAMigration(t *testing.T) {
	a := pgtest.New(t)
	r, conn := newReplica(t, a), pgtest.Connect(t, a)
	execute(t, conn, beat)
	runs := 0
	read := func(ctx context.Context, q *replicadb.Queries) error {
		runs++
		_, err := q.Heartbeat(ctx)
		return err
	}
	for range 3 {
		if err := r.Snapshot(t.Context(), read); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, conn, "alter table heartbeat alter column beat type integer")
	if err := r.Snapshot(t.Context(), read); err != nil {
		t.Errorf("after the migration: %v", err)
	}
	if runs != 5 {
		t.Errorf("%d runs, want 3 before the migration and 2 after", runs)
	}
}

func TestSnapshotSurvivesALostConnection(t *testing.T) {
	a := pgtest.New(t)
	r, conn := newReplica(t, a), pgtest.Connect(t, a)
	runs := 0
	err := r.Snapshot(t.Context(), func(ctx context.Context, q *replicadb.Queries) error {
		if runs++; runs == 1 {
			execute(t, conn, "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'test'")
		}
		_, err := q.SchemaVersion(ctx)
		return err
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs: %v", runs, err)
	}
}

// A server that stops behind the beginning of a snapshot is waited for no longer than one that stops before it.
func TestASnapshotOfAServerThatStopsEnds(t *testing.T) {
	dir, err := servers.NewDir()
	check(t, err)
	t.Cleanup(func() { check(t, dir.Remove()) })
	check(t, servers.InitDB(t.Context(), dir.Path))
	server := startServer(t, dir.Path, nil)
	r := newReplica(t, superuser(server))
	ctx, cancel := context.WithTimeoutCause(t.Context(), 15*time.Second, errors.New("nobody has ended it"))
	defer cancel()
	err = r.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		check(t, server.Pause())
		_, err := q.ServerInfo(ctx)
		return err
	})
	check(t, server.Continue())
	if errs.KindOf(err) != errs.Unavailable || ctx.Err() != nil {
		t.Errorf("got %v, %v", err, context.Cause(ctx))
	}
}

// A database that many keep busy is not taken for one that is away: who stood in line in vain is told so, and all else goes
// on.
func TestABusyReplicaIsNotAway(t *testing.T) {
	r := newReplica(t, pgtest.New(t))
	var (
		calls sync.WaitGroup
		late  atomic.Int64
	)
	for range 40 {
		calls.Go(func() {
			_, err := r.Any().Exec(t.Context(), "select pg_sleep(2.5)")
			busy, refused := errors.AsType[*errs.Error](err)
			switch {
			case err == nil:
			case refused && busy.Slug == "database-busy":
				late.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if late.Load() == 0 {
		t.Error("nobody stood in line")
	}
	if err := r.Ping(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// Replay on a standby removes row versions that a snapshot still needs: the reader is cancelled with 40001.
func TestSnapshotSurvivesReplay(t *testing.T) {
	primary, standby := replicated(t)
	conn := pgtest.Connect(t, superuser(primary))
	execute(t, conn, beat)
	r := newReplica(t, superuser(standby))
	eventually(t, "the heartbeat has arrived", func() bool { _, err := r.Heartbeat(t.Context()); return err == nil })

	runs := 0
	err := r.Snapshot(t.Context(), func(ctx context.Context, q *replicadb.Queries) error {
		runs++
		if _, err := q.Heartbeat(ctx); err != nil {
			return err
		}
		if runs == 1 {
			execute(t, conn, beat)
			execute(t, conn, "vacuum heartbeat")
			replay(t, conn)
		}
		_, err := q.Heartbeat(ctx)
		return err
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs: %v", runs, err)
	}
}

// replicated starts a main database, migrated, and a standby on which replay never waits for a reader.
func replicated(t *testing.T) (primary, standby *servers.PostgreSQL) {
	t.Helper()
	dir, err := servers.NewDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, dir.Remove()) })
	check(t, servers.InitDB(t.Context(), dir.Path))
	primary = startServer(t, dir.Path, nil)
	if _, _, err := schema.Migrate(t.Context(), primary.ConnectionString("postgres")); err != nil {
		t.Fatal(err)
	}
	check(t, servers.BaseBackup(t.Context(), dir.Path+"/standby", primary.ConnectionString("postgres"), "observatory"))
	return primary, startServer(t, dir.Path+"/standby", map[string]string{"max_standby_streaming_delay": "0"})
}

func startServer(t *testing.T, dir string, settings map[string]string) *servers.PostgreSQL {
	t.Helper()
	port, err := servers.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	server, err := servers.StartPostgreSQL(t.Context(), dir, port, settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, server.Crash()) })
	return server
}

func superuser(p *servers.PostgreSQL) postgres.Address {
	return postgres.Address{Host: p.Dir, Port: p.Port, User: servers.Superuser, Name: "postgres"}
}

// replay waits until the standby has replayed all that was written.
func replay(t *testing.T, primary *pgx.Conn) {
	t.Helper()
	eventually(t, "the standby has caught up", func() bool {
		var caughtUp bool
		err := primary.QueryRow(t.Context(),
			"select count(*) = 1 and coalesce(bool_and(replay_lsn >= pg_current_wal_lsn()), false) from pg_stat_replication").Scan(&caughtUp)
		check(t, err)
		return caughtUp
	})
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
