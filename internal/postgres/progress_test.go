package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

func takeOver(t *testing.T, m *postgres.Main, incarnation uuid.UUID) maindb.TakeOverRow {
	t.Helper()
	row, err := m.TakeOver(t.Context(), maindb.TakeOverParams{Site: "observatory", Incarnation: incarnation})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func TestOnlyTheLastToTakeOverAdvancesAndByOneBatch(t *testing.T) {
	m := newMain(t, pgtest.New(t), time.Minute)
	advance := func(fence, batch int64) error {
		return m.Advance(t.Context(), maindb.AdvanceParams{Site: "observatory", Fence: fence, Batch: batch})
	}
	redis, newRedis := uuid.New(), uuid.New()
	if got, want := takeOver(t, m, redis), (maindb.TakeOverRow{Fence: 1, Batch: 0, PreviousIncarnation: redis}); got != want {
		t.Fatalf("first: %+v, want %+v", got, want)
	}
	expectState(t, "next batch", advance(1, 1), "")
	expectState(t, "the same batch", advance(1, 1), "OD001")
	expectState(t, "a batch left out", advance(1, 3), "OD001")
	if got, want := takeOver(t, m, newRedis), (maindb.TakeOverRow{Fence: 2, Batch: 1, PreviousIncarnation: redis}); got != want {
		t.Fatalf("second: %+v, want %+v", got, want)
	}
	expectState(t, "a fence that was taken over", advance(1, 2), "OD001")
	expectState(t, "a fence nobody has", advance(3, 2), "OD001")
	expectState(t, "next batch of the second", advance(2, 2), "")
	expectState(t, "another site", m.Advance(t.Context(), maindb.AdvanceParams{Site: "cologne", Fence: 2, Batch: 3}), "OD001")
	if got := takeOver(t, m, newRedis).PreviousIncarnation; got != newRedis {
		t.Errorf("incarnation %s before, want %s", got, newRedis)
	}
}

func TestTakingOverWaitsForTheFlightOfTheOther(t *testing.T) {
	a := pgtest.New(t)
	m, watcher := newMain(t, a, time.Minute), pgtest.Connect(t, a)
	incarnation := uuid.New()
	takeOver(t, m, incarnation)

	taken := make(chan maindb.TakeOverRow, 1)
	_, err := m.InTx(t.Context(), func(_ context.Context, q *maindb.Queries) error {
		if err := q.Advance(t.Context(), maindb.AdvanceParams{Site: "observatory", Fence: 1, Batch: 1}); err != nil {
			return err
		}
		go func() {
			row, err := m.TakeOver(t.Context(), maindb.TakeOverParams{Site: "observatory", Incarnation: incarnation})
			check(t, err)
			taken <- row
		}()
		eventually(t, "the other waits", func() bool {
			var waiting bool
			err := watcher.QueryRow(t.Context(), `select exists (select from pg_stat_activity
				where datname = current_database() and wait_event_type = 'Lock' and query like '%take_over%')`).Scan(&waiting)
			check(t, err)
			return waiting
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := <-taken; got.Fence != 2 || got.Batch != 1 {
		t.Errorf("taken over at %+v, want fence 2 and batch 1", got)
	}
}

func TestOfTwoFlightsWithOneFenceOneLands(t *testing.T) {
	m := newMain(t, pgtest.New(t), time.Minute)
	takeOver(t, m, uuid.New())
	outcomes := make(chan error)
	for range 2 {
		go func() {
			outcomes <- m.Advance(t.Context(), maindb.AdvanceParams{Site: "observatory", Fence: 1, Batch: 1})
		}()
	}
	one, other := <-outcomes, <-outcomes
	if one != nil {
		one, other = other, one
	}
	expectState(t, "one", one, "")
	expectState(t, "the other", other, "OD001")
}

func TestLeftoversOfOneNameAreEnded(t *testing.T) {
	a := pgtest.New(t)
	m, watcher := newMain(t, a, time.Minute), pgtest.Connect(t, a)
	left, err := postgres.NewMain(t.Context(), a, "executor of observatory", time.Minute)
	check(t, err)
	t.Cleanup(left.Close)
	spared, err := postgres.NewMain(t.Context(), a, "executor of cologne", time.Minute)
	check(t, err)
	t.Cleanup(spared.Close)
	check(t, left.Ping(t.Context()))
	check(t, spared.Ping(t.Context()))

	check(t, m.EndLeftovers(t.Context(), maindb.EndLeftoversParams{ApplicationName: "executor of observatory"}))
	var names []string
	check(t, watcher.QueryRow(t.Context(), `select coalesce(array_agg(application_name), '{}') from pg_stat_activity
		where datname = current_database() and application_name like 'executor of %'`).Scan(&names))
	if len(names) != 1 || names[0] != "executor of cologne" {
		t.Errorf("still connected: %v", names)
	}
}
