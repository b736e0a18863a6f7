//go:build faults

package chaos_test

import (
	"cmp"
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/faults"
	"github.com/ccatobs/opsdb/internal/lab"
)

// Settings of the test: the seed of everything that is random in the plan and in what clients write, and the number of
// rounds. Without a seed a new one is taken.
const (
	settingSeed   = "OPSDB_CHAOS_SEED"
	settingRounds = "OPSDB_CHAOS_ROUNDS"
)

// shortRounds is enough for every point and every blow.
const shortRounds = 10

func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(cmp.Or(os.Getenv(name), strconv.FormatUint(otherwise, 10)), 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestChaos lets clients record observations at a site with two APIs while the link is cut and everything dies in turn.
func TestChaos(t *testing.T) {
	t.Parallel()
	seed := setting(t, settingSeed, rand.Uint64N(1e6))
	rounds := planned(seed, int(setting(t, settingRounds, shortRounds)))
	t.Logf("seed %d, %d rounds: repeat with make chaos SEED=%[1]d", seed, len(rounds))
	r := newRig(t, lab.Options{APIs: 2, RestartAfter: 200 * time.Millisecond})
	clients := r.crew("chaos", 4, seed)
	hits := make(map[string]int)
	meanwhile := newVerdict()
	for i, round := range rounds {
		began := time.Now()
		r.play(clients, round)
		r.inOneState(meanwhile)
		if round.point != "" {
			hits[round.point]++
		}
		t.Logf("round %d: %s: %d of %d requests acknowledged, %v", i+1, round, clients.acked.Load(), clients.tried.Load(), time.Since(began).Round(time.Millisecond))
	}
	for _, point := range faults.Points {
		if hits[point] == 0 {
			t.Errorf("no process has died at %s", point)
		}
	}
	began := time.Now()
	r.must(r.Link(observatory).Reset())
	r.awaitReady()
	r.mustSettle()
	t.Logf("settled %v after the last blow", time.Since(began).Round(time.Millisecond))
	v := r.check(clients)
	v.add(meanwhile)
	t.Logf("seed %d, points %v:%s", seed, hits, v)
	if len(v.found) > 0 {
		t.Errorf("seed %d: %d violations", seed, len(v.found))
	}
}

// play plays one round. When it returns every server is up and every client has got its answers.
func (r *rig) play(clients *crew, round round) {
	r.t.Helper()
	ctx := r.context()
	link := r.Link(observatory)
	link.Slow(round.rtt, 0)
	link.Stall(round.stall)
	r.must(link.Cut(round.cut.Mode, round.cut.Direction))
	if round.point != "" {
		r.arm(round.point)
	}
	done := make(chan struct{})
	var failed error
	go func() {
		defer close(done)
		failed = clients.observe(ctx, 2)
	}()
	heal := func() {
		r.must(clients.awaitTried(ctx, round.heal, done))
		r.must(link.Heal())
	}
	strike := func() {
		r.must(clients.awaitTried(ctx, round.strike, done))
		r.strike(clients, round.blow, done)
	}
	switch {
	case round.point == "" && round.strike%2 == 0:
		strike()
		heal()
	case round.point == "":
		heal()
		strike()
	case slices.Contains([]string{faults.BeforeEnqueue, faults.AfterEnqueue}, round.point):
		r.awaitHit(round.point)
		r.strike(clients, round.blow, done)
		heal()
	default: // nobody passes it as long as nothing can be sent
		heal()
		r.awaitHit(round.point)
		r.strike(clients, round.blow, done)
	}
	<-done
	r.must(failed)
	r.awaitReady()
}

// strike strikes a server, which may just be starting again.
func (r *rig) strike(clients *crew, b blow, done <-chan struct{}) {
	r.t.Helper()
	ctx := r.context()
	name := string(b.victim)
	if b.victim == holder || b.victim == other {
		name = r.executor()
		if apis := r.apis(); b.victim == other {
			name = apis[(slices.Index(apis, name)+1)%len(apis)]
		}
	}
	// A server that is on its way up is struck when it is there.
	r.until(ctx, b.String(), func(context.Context) error {
		if b.stopped > 0 {
			return r.Pause(name)
		}
		return r.Kill(name)
	})
	if b.stopped > 0 {
		process := r.PIDs()[name]
		r.must(clients.awaitTried(ctx, b.stopped, done))
		// It may have been on its way to die at a point when it was stopped.
		if r.PIDs()[name] == process {
			r.must(r.Continue(name))
		}
	}
}

// inOneState checks that no transaction is in limbo, in the middle of everything.
func (r *rig) inOneState(v *verdict) {
	r.t.Helper()
	i, err := r.inventory(r.context())
	r.must(err)
	v.states(i)
}
