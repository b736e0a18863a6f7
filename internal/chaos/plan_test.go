package chaos_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ccatobs/opsdb/internal/faults"
	"github.com/ccatobs/opsdb/internal/lab"
)

// victim is a server that is struck.
type victim string

// The victims. Who executes is known only when it is struck.
const (
	holder    victim = "the API that executes"
	other     victim = "the other API"
	ofRedis   victim = siteRedis
	ofMain    victim = mainDatabase
	ofReplica victim = replica
)

// blow is what happens to a server: SIGKILL, after which the lab starts it again, or SIGSTOP until the clients have sent
// so many more requests.
type blow struct {
	victim  victim
	stopped int64 // requests; 0: it is killed
}

// String says what happens.
func (b blow) String() string {
	if b.stopped == 0 {
		return fmt.Sprintf("kill %s", b.victim)
	}
	return fmt.Sprintf("stop %s for %d requests", b.victim, b.stopped)
}

// blows are all combinations, in the order of a seed.
func blows(random *rand.Rand) []blow {
	var all []blow
	for _, v := range []victim{holder, other, ofRedis, ofMain, ofReplica} {
		patience := int64(40)
		if v == ofRedis {
			patience = 8 // each of them hangs
		}
		all = append(all, blow{victim: v}, blow{victim: v, stopped: 4 + random.Int64N(patience)})
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// round is one part of the plan. The link is cut at its beginning.
type round struct {
	point  string // a process dies here, then the blow falls; empty: the blow falls at a random moment
	cut    lab.Cut
	rtt    time.Duration // of the link when it is whole
	stall  float64       // probability of an accident on the link
	blow   blow
	strike int64 // requests before the blow, when there is no point
	heal   int64 // requests before the link heals
}

// String says what happens.
func (r round) String() string {
	when := fmt.Sprintf("after %d requests", r.strike)
	if r.point != "" {
		when = "when a process has died at " + r.point
	}
	return fmt.Sprintf("cut %s %s, %s %s, heal after %d requests, rtt %v, stall %v", r.cut.Mode, r.cut.Direction, r.blow, when, r.heal, r.rtt, r.stall)
}

// planned makes n rounds of a seed: every point and every blow occurs when n allows it.
func planned(seed uint64, n int) []round {
	random := rand.New(rand.NewPCG(seed, 0))
	cuts := []lab.Cut{
		{Mode: lab.Swallow, Direction: lab.Both},
		{Mode: lab.Swallow, Direction: lab.Both},
		{Mode: lab.Swallow, Direction: lab.Up},
		{Mode: lab.Swallow, Direction: lab.Down},
		{Mode: lab.Refuse, Direction: lab.Both},
	}
	var rounds []round
	for len(rounds) < n {
		all := blows(random)
		points := make([]string, len(all))
		copy(points, faults.Points)
		random.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
		for i, b := range all {
			rounds = append(rounds, round{
				point: points[i], cut: pick(random, cuts), blow: b, strike: 1 + random.Int64N(60), heal: 1 + random.Int64N(60),
				rtt: pick(random, []time.Duration{0, 0, 230 * time.Millisecond}), stall: pick(random, []float64{0, 0, 0.02}),
			})
		}
	}
	return rounds[:n]
}
