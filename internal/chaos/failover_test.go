//go:build faults

package chaos_test

import (
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/lab"
)

// TestFailoverWithALostTail promotes a standby that misses what the observatory has seen replicated, and has cleaned.
func TestFailoverWithALostTail(t *testing.T) {
	t.Parallel()
	const other = "institute"
	r := newRig(t, lab.Options{Secondaries: []string{observatory, other}, APIs: 1, RestartAfter: 100 * time.Millisecond})
	ctx := r.context()
	c := r.crew("failover", 2, 1)
	r.must(c.observe(ctx, 1))
	r.mustSettle()
	r.must(r.Replicated(ctx, other))

	r.must(r.Link(other).Cut(lab.Swallow, lab.Both))
	r.must(c.observe(ctx, 2))
	r.mustSettle()
	i, err := r.inventory(ctx)
	r.must(err)
	if len(i.Transactions) > 0 {
		t.Fatalf("the site still holds %v", i.Transactions)
	}
	// What is lost, what only the old main database has, and what it never got.
	seen, kept := r.executed(), one[int](r, r.Superuser(other), "select count(*)::int from buffered_transaction")
	if kept >= seen {
		t.Fatalf("the standby has %d of %d transactions and misses none", kept, seen)
	}
	r.must(r.Link(observatory).Cut(lab.Swallow, lab.Both))
	r.must(c.observe(ctx, 1))

	r.must(r.Failover(ctx, other))
	r.must(r.Link(other).Heal())
	r.must(r.Link(observatory).Heal())
	if n := r.executed(); n > kept {
		t.Errorf("the new main database has %d transactions, the standby had %d", n, kept)
	}
	r.must(c.observe(ctx, 1))
	r.mustSettle()
	t.Logf("%d of %d transactions were lost and came back", seen-kept, seen)
	r.check(c).whole(t)
}
