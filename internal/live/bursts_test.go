package live_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/internal/errs"
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
	for f.at < first.Offset+many {
		if _, err := f.read(); err != nil {
			t.Fatal(err)
		}
	}
	if f.epoch != first.Epoch || f.snapshots < 2 {
		t.Errorf("%d snapshots, epoch %s, want %s", f.snapshots, f.epoch, first.Epoch)
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

// While more comes than he can read, too, a reader is cut when his credential ends.
func TestReadersAreCutInABurst(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o := p.start()
	f := &follower{t: t}
	f.follow(o, live.Transfer)
	p.publishUnheard(live.HistoryLength, small)
	f.until(1)
	refused := error(errs.New(errs.Unauthenticated, "revoked"))
	o.refuse.Store(&refused)
	next := make(chan struct{})
	close(*o.changed.Swap(&next))
	for messages := 0; ; messages++ {
		p.publish(100, small)
		if _, err := f.read(); err != nil {
			if code := websocket.CloseStatus(err); code != live.CodeEnded {
				t.Errorf("closed with %d: %v", code, err)
			}
			return
		}
		if messages > 1000 {
			t.Fatal("the stream goes on")
		}
	}
}

// A process that ends waits only so long for readers who do not read.
func TestShutdownDoesNotWaitForWhoDoesNotRead(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o := p.start()
	deaf, good := &follower{t: t}, &follower{t: t}
	deaf.follow(o, live.Transfer)
	good.follow(o, live.Transfer)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+"/transfer", nil)
	if err != nil {
		t.Fatal(err)
	}
	events, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()      //nolint:errcheck // of a test
	const batch, batches = 100, 30 // more than the buffers of a connection take
	big := fmt.Sprintf(`{"at":"2026-01-01T00:00:00Z","record":%q,"action":"update"}`, strings.Repeat("x", 4000))
	for n := batch; n <= batch*batches; n += batch {
		p.publish(batch, big)
		good.until(n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	o.hub.Stop(ctx)
	if ctx.Err() != nil {
		t.Errorf("%d streams go on", o.hub.Readers())
	}
}

// Streams that come and go leave nothing behind, however they go.
func TestStreamsThatComeAndGoLeaveNothing(t *testing.T) {
	p := newPlace(t)
	p.client.Close() // it would begin something while the streams come and go
	before := goleak.IgnoreCurrent()
	o := p.start()
	const streams, atOnce = 1000, 40
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range streams {
		if i%100 == 0 {
			p.happen(i, i+1)
		}
		group.Go(func() error {
			if i%3 == 0 {
				return comeAndGo(t.Context(), o)
			}
			conn, _, err := websocket.Dial(t.Context(), fmt.Sprint(o.url, "/observations?who=", i%4), nil) //nolint:bodyclose // the library closes it
			if err != nil {
				return err
			}
			if i%2 == 0 {
				return conn.Close(websocket.StatusNormalClosure, "")
			}
			return conn.CloseNow()
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	o.kill()
	if n := o.hub.Readers(); n != 0 {
		t.Errorf("%d streams are counted, want none", n)
	}
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before)
}

// comeAndGo opens a stream of server-sent events and leaves it.
func comeAndGo(ctx context.Context, o *process) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.url+"/observations?who=events", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("status %d", response.StatusCode), response.Body.Close())
	}
	return response.Body.Close()
}
