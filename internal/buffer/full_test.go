package buffer_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
)

// A Redis that is full accepts nothing any more. What it holds is executed all the same: nothing else makes room.
func TestFullRedisStillDrains(t *testing.T) {
	f := newFixture(t)
	execution, started := f.start(f.unit(), night)
	_, bulk := f.files(execution, 400)
	end := f.finish(execution, night.Add(time.Minute), maindb.ObservationStatusCompleted)
	_, poison := f.start(unknownUnit, night)
	f.configure("maxmemory", strconv.Itoa(1<<20))
	if _, err := submit(f.ctx(), f.Buffer, critical, f.params(f.unit())); errs.KindOf(err) != errs.Unavailable {
		t.Fatalf("a write into a full Redis: %v, want unavailable", err)
	}
	f.run(f.Buffer)
	for _, id := range []uuid.UUID{started.Transaction, bulk.Transaction, end.Transaction} {
		f.await(id, buffer.Replicated)
	}
	f.await(poison.Transaction, buffer.Parked)
	if _, err := f.Discard(f.ctx(), poison.Transaction, "operator", "wrong unit", false); err != nil {
		t.Fatal(err)
	}
	f.eventually("nothing left", func() bool { return f.held() == 0 })
}
