package buffer_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// awayWithin is how soon after a cut who waits for the main database hears of it, on a busy machine.
const awayWithin = 4 * time.Second

var sinceWhen = regexp.MustCompile(`cannot be reached since ([^ ;]+)`)

// away checks an answer that the main database cannot be reached: it came soon after the cut, and names its moment.
func away(t *testing.T, err error, cut time.Time) (detail string) {
	t.Helper()
	if took := time.Since(cut); took > awayWithin {
		t.Errorf("it took %v", took)
	}
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind != errs.Unavailable || e.Slug != "main-unreachable" || e.RetryAfter == 0 {
		t.Fatalf("got %v", err)
	}
	said := sinceWhen.FindStringSubmatch(e.Detail)
	if said == nil {
		t.Fatalf("it does not say since when: %s", e.Detail)
	}
	since, err := time.Parse(time.RFC3339, said[1])
	if err != nil {
		t.Fatal(err)
	}
	// Signs of life come once in a second at least.
	if since.Before(cut.Add(-3*time.Second)) || since.After(time.Now()) {
		t.Errorf("away since %v, cut at %v", since, cut)
	}
	return e.Detail
}

// distant makes a process that reaches the main database by a line.
func (f *fixture) distant(delay time.Duration) (*buffer.Buffer, *line) {
	f.t.Helper()
	f.settings.DirectTimeout = 20 * time.Second
	l := newLine(f.t, f.address, delay)
	return f.process(f.settings, &ops.Registry, l.address()), l
}

// block keeps everybody from the executions until unblock is called.
func (f *fixture) block() (unblock func()) {
	f.t.Helper()
	conn := pgtest.Connect(f.t, f.address)
	if _, err := conn.Exec(f.ctx(), "begin; lock table executed_obs_unit"); err != nil {
		f.t.Fatal(err)
	}
	return func() {
		if _, err := conn.Exec(f.ctx(), "commit"); err != nil {
			f.t.Error(err)
		}
	}
}

const waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"

// Writes that wait for a busy main database learn soon that the link was cut. They share the questions.
func TestACutIsNoticedWhileWritesWait(t *testing.T) {
	f := newFixture(t)
	b, l := f.distant(0)
	defer f.block()()
	const writes = 6
	failed := make(chan error, writes)
	for range writes {
		go func() {
			_, err := submit(f.ctx(), b, uncritical, f.params(1))
			failed <- err
		}()
	}
	f.eventually("all wait", func() bool { return f.count(waiting) == writes })
	before := l.connections()
	l.swallow()
	cut := time.Now()
	for range writes {
		away(t, <-failed, cut)
	}
	// Each connection that is given up dials to have its statement cancelled.
	if asked := l.connections() - before; asked > writes+6 {
		t.Errorf("%d connections were made to find out", asked)
	}
	// The next is told at once.
	away(t, ask(f.ctx(), b), cut)
}

func ask(ctx context.Context, b *buffer.Buffer) error {
	return b.Ask(ctx, func(ctx context.Context, q *maindb.Queries) error { return q.Beat(ctx) })
}

// A main database that is slow is waited for as long as it can be heard, also when all connections to it wait, half the
// world away.
func TestASlowMainDatabaseIsWaitedFor(t *testing.T) {
	f := newFixture(t)
	b, _ := f.distant(115 * time.Millisecond)
	blocker := pgtest.Connect(t, f.address)
	if _, err := blocker.Exec(t.Context(), "begin; lock table executed_obs_unit"); err != nil {
		t.Fatal(err)
	}
	var writes sync.WaitGroup
	const writers = 12
	for i := range writers {
		p := f.params(f.unit())
		p.StartTime = night.Add(time.Duration(i) * time.Minute)
		writes.Go(func() {
			if receipt, err := submit(f.ctx(), b, uncritical, p); err != nil || receipt.State != buffer.Committed {
				t.Errorf("%+v, %v", receipt, err)
			}
		})
	}
	if _, err := blocker.Exec(t.Context(), "select pg_sleep(6); commit"); err != nil {
		t.Fatal(err)
	}
	writes.Wait()
	if n := f.count("select count(*) from executed_obs_unit"); n != writers {
		t.Errorf("%d rows, want %d", n, writers)
	}
}

func TestAMainDatabaseThatIsTooSlowIsNotSaidToBeAway(t *testing.T) {
	f := newFixture(t)
	f.settings.DirectTimeout = 700 * time.Millisecond
	l := newLine(t, f.address, 0)
	b := f.process(f.settings, &ops.Registry, l.address())
	// The server's own limit is longer than that of the client who waits.
	ctx, cancel := context.WithTimeout(f.ctx(), 600*time.Millisecond)
	defer cancel()
	defer f.block()()
	err := b.Ask(ctx, func(ctx context.Context, q *maindb.Queries) error {
		p := f.params(1)
		return q.CreateExecutedObsUnit(ctx, p)
	})
	var e *errs.Error
	if !errors.As(err, &e) || e.Slug != "database-busy" {
		t.Errorf("got %v", err)
	}
}

// Whether a write whose answer was lost has happened is not claimed, and sending it again does not double it.
func TestTheAnswerToACommitIsSwallowed(t *testing.T) {
	f := newFixture(t)
	b, l := f.distant(0)
	keyed := uncritical
	keyed.Key = "once"
	p := f.params(f.unit())
	l.swallowAfter("commit; select pg_current_wal_lsn()")
	cut := time.Now()
	_, err := submit(f.ctx(), b, keyed, p)
	if detail := away(t, err, cut); !strings.Contains(detail, "is not known yet") {
		t.Errorf("it says %q", detail)
	}
	f.eventually("it was executed all the same", func() bool { return f.count("select count(*) from executed_obs_unit") == 1 })
	l.heal()
	f.eventually("sent again it is known", func() bool {
		receipt, err := submit(f.ctx(), b, keyed, p)
		return err == nil && receipt.Replayed
	})
	if n := f.count("select count(*) from executed_obs_unit"); n != 1 {
		t.Errorf("%d rows", n)
	}
	if n := f.count("select count(*) from buffered_transaction"); n != 1 {
		t.Errorf("%d in the ledger", n)
	}
}

// A write that waits for buffered ones of its record is told as soon that they cannot arrive.
func TestACutIsNoticedWhileEarlierWritesArePending(t *testing.T) {
	f := newFixture(t)
	b, l := f.distant(0)
	id, _ := f.start(f.unit(), night)
	l.swallow()
	cut := time.Now()
	_, err := b.Write(f.ctx(), uncritical, func(_ context.Context, tx *buffer.Transaction) error {
		tx.Add(ops.Finish(nil, maindb.FinishExecutedObsUnitParams{ID: id, Status: "completed", EndTime: night.Add(time.Minute)}))
		return nil
	})
	if detail := away(t, err, cut); !strings.Contains(detail, "nothing was sent") {
		t.Errorf("it says %q", detail)
	}
}
