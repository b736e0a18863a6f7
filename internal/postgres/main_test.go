package postgres_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/lsn"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func newMain(t *testing.T, a postgres.Address, limit time.Duration) *postgres.Main {
	t.Helper()
	m, err := postgres.NewMain(t.Context(), a, "test", limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("never true: %s", what)
		}
	}
}

func TestInTxReturnsAPositionThatCoversItsCommit(t *testing.T) {
	a := pgtest.New(t)
	m, conn := newMain(t, a, time.Minute), pgtest.Connect(t, a)
	position, err := m.InTx(t.Context(), func(ctx context.Context, q *maindb.Queries) error { return q.Beat(ctx) })
	if err != nil {
		t.Fatal(err)
	}
	var inside, now lsn.LSN
	if err := conn.QueryRow(t.Context(), "select lsn, pg_current_wal_lsn() from heartbeat").Scan(&inside, &now); err != nil {
		t.Fatal(err)
	}
	if position <= inside || position > now {
		t.Errorf("position %s, want above %s of the transaction and up to %s of now", position, inside, now)
	}
}

func TestInTxWritesNothingOnError(t *testing.T) {
	a := pgtest.New(t)
	m, conn := newMain(t, a, time.Minute), pgtest.Connect(t, a)
	failure := errors.New("changed my mind")
	canceled, cancel := context.WithCancel(t.Context())
	for name, run := range map[string]struct {
		ctx  context.Context
		f    func(*maindb.Queries) error
		want error
	}{
		"its own error": {t.Context(), func(*maindb.Queries) error { return failure }, failure},
		"a statement's error that it hides": {t.Context(), func(q *maindb.Queries) error {
			err := q.Advance(t.Context(), maindb.AdvanceParams{Site: "nowhere"})
			if err == nil {
				t.Error("a site that is not there has advanced")
			}
			return nil
		}, pgx.ErrTxCommitRollback},
		"the end of its context": {canceled, func(*maindb.Queries) error { cancel(); return canceled.Err() }, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := m.InTx(run.ctx, func(_ context.Context, q *maindb.Queries) error {
				if err := q.Beat(t.Context()); err != nil {
					return err
				}
				return run.f(q)
			})
			if !errors.Is(err, run.want) {
				t.Errorf("got %v, want %v", err, run.want)
			}
			var written int
			if err := conn.QueryRow(t.Context(), "select count(*) from heartbeat").Scan(&written); err != nil {
				t.Fatal(err)
			}
			if written != 0 {
				t.Error("the transaction was committed")
			}
			if err := m.Ping(t.Context()); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func TestInTxSurvivesAPanic(t *testing.T) {
	a := pgtest.New(t)
	m := newMain(t, a, time.Minute)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		_, err := m.InTx(t.Context(), func(_ context.Context, q *maindb.Queries) error {
			if err := q.Beat(t.Context()); err != nil {
				return err
			}
			panic("bug")
		})
		t.Errorf("returned %v", err)
	}()
	if _, err := pgtest.Connect(t, a).Exec(t.Context(), "set lock_timeout = '5s'; alter table heartbeat add column x integer"); err != nil {
		t.Errorf("the transaction is still open: %v", err)
	}
}

func TestAStatementThatTakesTooLongIsUnavailable(t *testing.T) {
	a := pgtest.New(t)
	m, blocker := newMain(t, a, 100*time.Millisecond), pgtest.Connect(t, a)
	if _, err := blocker.Exec(t.Context(), "begin; lock table heartbeat"); err != nil {
		t.Fatal(err)
	}
	err := m.Beat(t.Context())
	if errs.KindOf(err) != errs.Unavailable || postgres.SQLState(err) != "57014" {
		t.Errorf("got %v", err)
	}
	if err := m.Ping(t.Context()); err != nil {
		t.Errorf("the database is taken for unreachable: %v", err)
	}
}

func TestTimesAreUTC(t *testing.T) {
	m := newMain(t, pgtest.New(t), time.Minute)
	got, err := m.WALPosition(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.At.Location() != time.UTC {
		t.Errorf("times are in %s", got.At.Location())
	}
}
