package buffer_test

import (
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/internal/buffer"
)

// A backlog of several full flights: while one is under way, the one before is noted and the next is read. A poison in
// the middle of one of them changes nothing for the others.
func TestBacklogOfManyFlights(t *testing.T) {
	const writers, each = 16, 350
	f := newFixture(t)
	unit := f.unit()
	var group errgroup.Group
	for range writers {
		group.Go(func() error {
			for range each {
				f.start(unit, night)
			}
			return nil
		})
	}
	_, poison := f.start(999_999, night)
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	_, last := f.start(unit, night)
	f.run(f.Buffer)
	f.await(poison.Transaction, buffer.Parked)
	f.await(last.Transaction, buffer.Replicated)
	if s := f.Stats(f.ctx()); s.Buffered+s.Unreplicated+s.Retrying != 0 || s.Parked != 1 {
		f.eventually("everything else is replicated", func() bool {
			s = f.Stats(f.ctx())
			return s.Buffered+s.Unreplicated+s.Retrying == 0 && s.Parked == 1
		})
	}
	const all = writers*each + 1
	if n := f.count("select count(*) from executed_obs_unit"); n != all {
		t.Errorf("%d executions in the main database, want %d", n, all)
	}
	if n := f.count("select count(*) from buffered_transaction where outcome = 'applied'"); n != all {
		t.Errorf("%d ledger rows, want %d", n, all)
	}
	if n := f.count("select count(distinct batch) from buffered_transaction"); n < 3 {
		t.Errorf("%d flights carried them, too few to tell", n)
	}
	const disorder = `select count(*) from (select batch, lag(batch) over (order by accepted_at) as before from buffered_transaction
		where site = 'observatory') b where batch < before - 1`
	if n := f.count(disorder); n != 0 {
		t.Errorf("%d transactions went ahead of older ones", n)
	}
}
