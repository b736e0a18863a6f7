package httpapi

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/auth"
)

// clock is a time that passes when the test says so.
type clock struct{ now time.Time }

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

func newTestBudgets(perSecond float64, burst int) (*budgets, *clock) {
	c := &clock{now: time.Date(2026, 7, 15, 4, 0, 0, 0, time.UTC)}
	b := newBudgets(perSecond, burst)
	b.now = func() time.Time { return c.now }
	return b, c
}

func TestBudgets(t *testing.T) {
	b, clock := newTestBudgets(2, 4)
	for i := range 4 {
		if wait := b.take("a"); wait != 0 {
			t.Fatalf("request %d has to wait %s", i, wait)
		}
	}
	// Who is refused has not used anything up: the wait does not grow.
	for range 10 {
		if wait := b.take("a"); wait != 500*time.Millisecond {
			t.Fatalf("wait %s, want 500ms", wait)
		}
	}
	if wait := b.take("b"); wait != 0 {
		t.Errorf("another caller has to wait %s", wait)
	}
	clock.pass(500 * time.Millisecond)
	if wait := b.take("a"); wait != 0 {
		t.Errorf("after the wait: %s", wait)
	}
	if wait := b.take("a"); wait == 0 {
		t.Error("one was saved up, two were given")
	}
}

// However many callers come, memory has a bound, and those who are there all the time do not get anything by it.
func TestBudgetsAreForgotten(t *testing.T) {
	b, clock := newTestBudgets(0.001, 1)
	b.take("regular")
	for i := range 10 * budgetsMax {
		b.take(strconv.Itoa(i))
		if i%1000 == 0 && b.take("regular") == 0 {
			t.Fatalf("after %d others an exhausted budget is full again", i)
		}
		if n := len(b.young) + len(b.old); n > 2*budgetsMax {
			t.Fatalf("%d budgets are remembered", n)
		}
	}
	for range 2 {
		clock.pass(budgetsKeep)
		b.take("somebody")
	}
	for caller := range b.old {
		if caller != "somebody" {
			t.Fatalf("%s is gone and remembered", caller)
		}
	}
	// What is forgotten by time alone was full: nobody gains by it.
	for _, perSecond := range []float64{0.1, 1, 1e6} {
		if l := newLimits(perSecond).requests; float64(l.burst)/float64(l.rate) > budgetsKeep.Seconds() {
			t.Errorf("%v a second: a budget of %d is forgotten before it is full", perSecond, l.burst)
		}
	}
	if failuresAtOnce/failuresPerSecond > budgetsKeep.Seconds() || signInsAtOnce/signInsPerSecond > budgetsKeep.Seconds() {
		t.Error("failures are forgotten too early")
	}
}

func TestWhoseBudget(t *testing.T) {
	token, user := uuid.New(), uuid.New()
	callers := map[string]bool{}
	for _, p := range []auth.Principal{
		{Credential: auth.ByToken, TokenID: token, UserID: user, Name: "ada"},
		{Credential: auth.ByToken, TokenID: uuid.New(), UserID: user, Name: "ada"},
		{Credential: auth.BySession, SessionID: uuid.New(), UserID: user, Name: "ada"},
		{Credential: auth.ByBreakGlass, SessionID: uuid.New(), Name: "ada"},
		{Credential: auth.BySession, SessionID: uuid.New(), Name: "ben"},
	} {
		callers[callerOf(p)] = true
	}
	if len(callers) != 5 {
		t.Errorf("budgets: %v", callers)
	}
	again := auth.Principal{Credential: auth.BySession, SessionID: uuid.New(), UserID: user, Name: "ada"}
	if !callers[callerOf(again)] {
		t.Error("every session of a user has a budget of its own")
	}
}
