package buffer_test

import (
	"context"
	"encoding/json"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// A backlog of several full flights: while one is under way, the one before is noted and the next is read. A poison in
// the middle of them changes nothing for the others.
func TestBacklogOfManyFlights(t *testing.T) {
	const writers, each = 16, 350
	f := newFixture(t)
	unit := f.unit()
	var group errgroup.Group
	for range writers {
		group.Go(func() error {
			for range each {
				if _, err := f.Write(f.ctx(), buffer.Request{Operation: "start", Critical: true}, starting(unit)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	_, poison := f.start(999_999, night)
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	f.run(f.Buffer)
	f.await(poison.Transaction, buffer.Parked)
	f.eventually("everything else is replicated", func() bool {
		s := f.Stats(f.ctx())
		return s.Buffered+s.Unreplicated+s.Retrying == 0 && s.Parked == 1
	})
	for query, want := range map[string]int{
		"select count(*) from executed_obs_unit":                              writers * each,
		"select count(*) from buffered_transaction where outcome = 'applied'": writers * each,
	} {
		if n := f.count(query); n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
	if n := f.count("select count(distinct batch) from buffered_transaction"); n < 3 {
		t.Errorf("%d flights carried them: too few for one to be noted while another is under way", n)
	}
}

func starting(unit int32) func(context.Context, *buffer.Transaction) error {
	return func(_ context.Context, t *buffer.Transaction) error {
		t.Add(ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{
			ID: t.RecordID(nil), ObsUnitID: unit, Site: "observatory", StartTime: night,
			Conditions: json.RawMessage("{}"), RecordedAt: night,
		}))
		return nil
	}
}
