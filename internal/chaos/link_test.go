//go:build faults

package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/lab"
)

// resumeTime is how soon after the end of an outage the first write must be executed.
const resumeTime = 10 * time.Second

// executed returns how many transactions the main database has executed.
func (r *rig) executed() int {
	r.t.Helper()
	return one[int](r, r.Superuser(cologne), "select count(*)::int from buffered_transaction")
}

// resumes waits until the main database has executed more than it had, which must be soon.
func (r *rig) resumes(had int) {
	r.t.Helper()
	began := time.Now()
	ctx := r.within(resumeTime)
	r.until(ctx, "the backlog moves", func(ctx context.Context) error {
		n, err := queryColumn[int](ctx, r, r.Superuser(cologne), "select count(*)::int from buffered_transaction")
		if err == nil && n[0] <= had {
			err = fmt.Errorf("%d executed", n[0])
		}
		return err
	})
	r.t.Logf("the backlog moved after %v", time.Since(began).Round(time.Millisecond))
}

// sessions returns the processes of the main database that serve an executor and of which the condition is true.
func (r *rig) sessions(ctx context.Context, condition string) ([]int, error) {
	return queryColumn[int](ctx, r, r.Superuser(cologne),
		"select pid from pg_stat_activity where application_name = '"+executorName+"' and "+condition)
}

// testSwallowedFlight cuts the link in the middle of a flight, so that a session with an open transaction waits for the
// rest of it for ever.
func testSwallowedFlight(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	c := r.crew("swallowed", 2, 1)
	link := r.Link(observatory)
	r.must(link.Cut(lab.Swallow, lab.Both))
	r.must(c.observe(ctx, 1))
	r.must(link.Heal())
	fired := link.CutAfter(30_000, lab.Up, lab.Both)
	select {
	case <-fired:
	case <-ctx.Done():
		t.Fatal("no flight was cut")
	}
	var blocked []int
	r.until(ctx, "a session waits for the rest of its flight", func(ctx context.Context) (err error) {
		if blocked, err = r.sessions(ctx, "xact_start is not null and wait_event = 'ClientRead'"); err == nil && len(blocked) == 0 {
			err = errors.New("there is none")
		}
		return err
	})
	had := r.executed()
	r.must(link.Heal())
	r.resumes(had)
	left, err := r.sessions(ctx, "true")
	r.must(err)
	for _, pid := range blocked {
		if slices.Contains(left, pid) {
			t.Errorf("the blocked session %d is still there", pid)
		}
	}
	r.mustSettle()
	r.check(c).whole(t)
}

// testUnknownCommit cuts the way back while a flight is on its way: it is committed, and nobody at the site knows.
func testUnknownCommit(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	c := r.crew("unknown", 1, 1)
	script := c.clients[0]
	committed := false
	for range 5 {
		r.executor()
		r.mustSettle()
		had := r.executed()
		r.must(r.Link(observatory).Cut(lab.Swallow, lab.Down))
		_, err := script.start(ctx)
		r.must(err)
		// The executor may just be asking for something else: then nothing is sent before it has given that up.
		committed = lab.Until(r.within(time.Second), "the flight is committed", func(context.Context) error {
			if n := r.executed(); n == had {
				return errors.New("it is not")
			}
			return nil
		}) == nil
		if committed {
			break
		}
		r.must(r.Link(observatory).Heal())
	}
	if !committed {
		t.Fatal("no flight was committed whose answer was lost")
	}
	i, err := r.inventory(ctx)
	r.must(err)
	if len(i.Buffer) == 0 {
		t.Error("the site knows of a commit whose answer was lost")
	}
	r.must(c.observe(ctx, 1))
	had := r.executed()
	r.must(r.Link(observatory).Heal())
	r.resumes(had)
	r.mustSettle()
	r.check(c).whole(t)
}

// testFlapping cuts and heals the link again and again, at any byte and in any direction, while clients write.
func testFlapping(t *testing.T, shared *rig) {
	const flaps = 10
	r := shared.begin(t)
	ctx := r.context()
	c := r.crew("flapping", 2, 1)
	random := rand.New(rand.NewPCG(1, 1))
	done := make(chan struct{})
	var failed error
	go func() {
		defer close(done)
		failed = c.observe(ctx, 4)
	}()
	link := r.Link(observatory)
	for range flaps {
		fired := link.CutAfter(random.Int64N(60_000), lab.Up, pick(random, []lab.Direction{lab.Both, lab.Up, lab.Down}))
		r.must(c.awaitTried(ctx, 1+random.Int64N(8), done))
		select {
		case <-fired:
		default:
			r.must(link.Cut(pick(random, []lab.Mode{lab.Swallow, lab.Refuse}), lab.Both))
		}
		r.must(c.awaitTried(ctx, 1+random.Int64N(8), done))
		r.must(link.Heal())
	}
	<-done
	r.must(failed)
	r.mustSettle()
	r.check(c).whole(t)
}

// testThinLink drains over a link that is slow, thin and stalls.
func testThinLink(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	c := r.crew("thin", 1, 1)
	link := r.Link(observatory)
	link.Slow(230*time.Millisecond, 64_000)
	link.Stall(0.05)
	r.must(c.observe(ctx, 1))
	began := time.Now()
	r.until(ctx, "everything is executed", func(ctx context.Context) error {
		i, err := r.inventory(ctx)
		if n := len(i.Buffer) + len(i.Retrying); err == nil && n > 0 {
			err = fmt.Errorf("%d are not", n)
		}
		return err
	})
	t.Logf("drained %d transactions in %v", c.acked.Load(), time.Since(began).Round(time.Millisecond))
	r.must(link.Reset())
	r.mustSettle()
	r.check(c).whole(t)
}

// testFullLink lets people change things at both APIs while a backlog fills a thin link: they wait, and are not told that
// the main site is away.
func testFullLink(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	c := r.crew("full", 2, 1)
	link := r.Link(observatory)
	r.must(link.Cut(lab.Swallow, lab.Both))
	r.must(c.observe(ctx, 10))
	link.Slow(230*time.Millisecond, 64_000)
	r.must(link.Heal())
	admin := r.at(observatory)
	admin.http = &http.Client{Timeout: 15 * time.Second, Transport: r.transport()}
	var (
		people    sync.WaitGroup
		meanwhile atomic.Int64
	)
	draining, drained := context.WithCancel(ctx)
	for api := range admin.urls {
		people.Go(func() {
			for draining.Err() == nil {
				a, err := admin.send(ctx, api, post("/api/tokens/", fields{"name": "meanwhile"}))
				switch {
				case err == nil && a.status == http.StatusCreated:
					meanwhile.Add(1)
				case err != nil || a.status != http.StatusTooManyRequests:
					t.Errorf("API %d: %v %d %s", api, err, a.status, a.text)
				}
			}
		})
	}
	r.until(ctx, "everything is executed", func(ctx context.Context) error {
		i, err := r.inventory(ctx)
		if n := len(i.Buffer); err == nil && n > 0 {
			err = fmt.Errorf("%d are not", n)
		}
		return err
	})
	drained()
	people.Wait()
	if meanwhile.Load() == 0 {
		t.Error("nothing was changed meanwhile")
	}
	t.Logf("%d changes beside %d transactions", meanwhile.Load(), c.acked.Load())
	r.must(link.Reset())
	r.mustSettle()
	r.check(c).whole(t)
}
