package live_test

import (
	"sync"
	"testing"

	"github.com/ccatobs/opsdb/internal/live"
)

// small is an event of the topic of the transfers.
const small = `{"at":"2026-01-01T00:00:00Z","record":"data_transfer","action":"update"}`

// A process that finds a whole history behind where it was, when it reaches Redis again, hands all of it out: to each reader
// once and in order, and cuts nobody.
func TestReadersGetAWholeHistoryAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o := p.start()
	var readers []*follower
	for range 5 {
		f := &follower{t: t}
		f.follow(o, live.Transfer)
		readers = append(readers, f)
	}
	p.publishUnheard(live.HistoryLength, small)
	for i, f := range readers {
		f.until(live.HistoryLength)
		if f.snapshots != 1 {
			t.Errorf("reader %d got %d snapshots", i, f.snapshots)
		}
	}
}

// More than a history at once cannot be handed out. The readers get a new snapshot and go on in the same stream.
func TestReadersGoOnBehindMoreThanAHistory(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o := p.start()
	f := &follower{t: t}
	first := f.follow(o, live.Transfer)
	const many = 2 * live.HistoryLength
	p.publishUnheard(many, small)
	for f.snapshots < 2 {
		if _, err := f.read(); err != nil {
			t.Fatal(err)
		}
	}
	if f.epoch != first.Epoch || f.at != first.Offset+many {
		t.Errorf("the snapshot is of %s %d, want %s %d", f.epoch, f.at, first.Epoch, first.Offset+many)
	}
	n := len(f.seen)
	p.publish(10, small)
	f.until(n + 10)
}

// After a long outage of the main database everything that others have changed meanwhile arrives at once. Whoever reads on
// gets to its end, with every event in order, or a snapshot in place of what the site has no longer.
func TestReadersGetThroughALongOutage(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	processes := []*process{p.start(), p.start()}
	var readers []*follower
	for i := range 4 {
		f := &follower{t: t}
		f.follow(processes[i%2], live.Observations)
		readers = append(readers, f)
	}
	const many = 3 * live.HistoryLength
	// By turns, so that none is joined with the one before.
	p.execute(`insert into event_outbox (topic, action, ids)
		select 'executed_obs_unit', (array['insert', 'update'])[1 + n % 2], array[$1::uuid] from generate_series(1, $2) n`, id(1), many)
	p.happen(2, 3)
	var reading sync.WaitGroup
	for i, f := range readers {
		reading.Go(func() {
			epoch := f.epoch
			for f.at <= many {
				if _, err := f.read(); err != nil {
					t.Errorf("reader %d, at %d: %v", i, f.at, err)
					return
				}
			}
			if f.epoch != epoch {
				t.Errorf("reader %d is in another epoch", i)
			}
		})
	}
	reading.Wait()
}
