//go:build faults

package chaos_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ccatobs/opsdb/internal/lab"
)

// testHolderKilled lets another process execute when the one that does is gone for good.
func testHolderKilled(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	c := r.crew("lease", 1, 1)
	r.must(r.Link(observatory).Cut(lab.Swallow, lab.Both))
	r.must(c.observe(ctx, 1))
	killed := r.executor()
	r.must(r.PowerOff(killed))
	had := r.executed()
	r.must(r.Link(observatory).Heal())
	r.resumes(had)
	if now := r.executor(); now == killed {
		t.Errorf("%s executes", now)
	}
	r.mustSettle()
	r.must(r.BringUp(ctx, killed))
	r.check(c).whole(t)
}

// testMainStopped stops the main database where it is, until the site has noticed. The backlog goes on when the database
// does, without another write to remind anybody.
func testMainStopped(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	c := r.crew("stopped", 1, 1)
	site := r.at(observatory)
	r.executor()
	r.mustSettle()
	had := r.executed()
	r.must(r.Pause(mainDatabase))
	r.must(c.observe(ctx, 1))
	r.until(ctx, "the site notices", func(ctx context.Context) error {
		h, err := site.health(ctx)
		if err == nil && h.Main.Reachable {
			err = errors.New("it has not")
		}
		return err
	})
	r.must(r.Continue(mainDatabase))
	r.resumes(had)
	r.mustSettle()
	r.check(c).whole(t)
}
