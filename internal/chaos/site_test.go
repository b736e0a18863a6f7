//go:build faults

package chaos_test

import (
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/lab"
)

// TestSite plays the faults that leave a lab as good as new, one after the other in one lab.
func TestSite(t *testing.T) {
	t.Parallel()
	r := newRig(t, lab.Options{APIs: 2, RestartAfter: 200 * time.Millisecond})
	for _, scenario := range []struct {
		name string
		play func(*testing.T, *rig)
	}{
		{"link swallows a flight", testSwallowedFlight},
		{"link swallows the answer to a commit", testUnknownCommit},
		{"link flaps", testFlapping},
		{"link is thin, slow and stalls", testThinLink},
		{"link is full", testFullLink},
		{"holder of the lease is killed", testHolderKilled},
		{"main database is stopped", testMainStopped},
		{"main database is down", testMainDown},
		{"Redis is down", testRedisDown},
		{"Redis hangs", testRedisHangs},
		{"replica is down", testReplicaDown},
		{"clients have wrong clocks", testWrongClocks},
		{"two APIs contradict each other", testContradiction},
		{"start is repeated after the finish", testRepeatedStart},
		{"site reboots", testReboot},
		{"guards", testGuards},
	} {
		if !t.Run(scenario.name, func(t *testing.T) { scenario.play(t, r) }) {
			t.Fatal("the lab may not be as it was")
		}
	}
}
