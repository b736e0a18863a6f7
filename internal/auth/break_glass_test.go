package auth

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/errs"
)

func TestAnOperatorForEmergencies(t *testing.T) {
	w := newWorld(t)
	sessions := w.sessions("observatory")
	o := NewOperators(sessions)
	_, password, err := o.Create(t.Context(), "night-operator", "opsdb:root", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^([2-9A-HJ-NP-Z]{4}-){5}[2-9A-HJ-NP-Z]{4}$`).MatchString(password) {
		t.Errorf("password of the form %q", regexp.MustCompile(`\w`).ReplaceAllString(password, "x"))
	}
	_, _, err = o.Create(t.Context(), "night-operator", "opsdb:root", nil)
	if errs.KindOf(err) != errs.Conflict {
		t.Errorf("made twice: %v", err)
	}
	if _, _, err = o.Create(t.Context(), "Night Operator", "x", nil); errs.KindOf(err) != errs.Invalid {
		t.Errorf("any name: %v", err)
	}
	session, secret, err := o.SignIn(t.Context(), "night-operator", strings.ToLower(strings.ReplaceAll(password, "-", " ")), "10.0.0.1", "curl")
	if err != nil || session.Name != "break-glass:night-operator" || session.Expires.After(time.Now().Add(breakGlassMax)) {
		t.Fatal(session, err)
	}
	// It needs neither the main site nor the replica.
	v := w.verifier(w.away())
	access := w.accessToken(sessions, session)
	w.refuses(v, access, errs.Unauthenticated, "session-ended") // while the setting is off
	v = w.verifier(w.away())
	v.Admit(o)
	if p := w.accepts(v, access); p.Credential != ByBreakGlass || !p.Can("write:observations") || p.Can("manage:users") || p.Can("act:service") {
		t.Errorf("%+v", p)
	}
	if _, err := v.Renewable(t.Context(), session); err != nil {
		t.Error(err)
	}
	w.run(v)
	if ended, err := o.Remove(t.Context(), "night-operator"); err != nil || len(ended) != 1 {
		t.Fatal(ended, err)
	}
	w.soon("the session is over everywhere", time.Second, func() bool { _, err := v.Verify(t.Context(), access); return err != nil })
	_, err = v.Renewable(t.Context(), session)
	w.refused(err, errs.Unauthenticated, "session-ended")
	if _, _, err := sessions.Renew(t.Context(), secret); err == nil {
		t.Error("it can be renewed")
	}
	if _, err := o.Remove(t.Context(), "night-operator"); errs.KindOf(err) != errs.NotFound {
		t.Errorf("removed twice: %v", err)
	}
	_, _, err = o.SignIn(t.Context(), "night-operator", password, "10.0.0.2", "")
	w.refused(err, errs.Unauthenticated, "break-glass-refused")
}

// Who is removed while he signs in has no session that Remove could not see.
func TestAnOperatorWhoIsRemovedWhileHeSignsIn(t *testing.T) {
	w := newWorld(t)
	sessions := w.sessions("observatory")
	o, others := NewOperators(sessions), NewOperators(w.sessions("observatory"))
	_, password, err := o.Create(t.Context(), "night-operator", "opsdb:root", nil)
	if err != nil {
		t.Fatal(err)
	}
	sessions.now = sync.OnceValue(func() time.Time { // his session is about to begin
		if ended, err := others.Remove(t.Context(), "night-operator"); err != nil || len(ended) > 0 {
			t.Error(ended, err)
		}
		return time.Now()
	})
	_, _, err = o.SignIn(t.Context(), "night-operator", password, "10.0.0.1", "")
	w.refused(err, errs.Unauthenticated, "break-glass-refused")
	if left, err := others.sessions.BreakGlassSessions(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("sessions of nobody: %v %v", left, err)
	}
}

func TestAnOperatorWhoHasExpired(t *testing.T) {
	w := newWorld(t)
	o := NewOperators(w.sessions("observatory"))
	soon := time.Now().Add(time.Hour)
	_, password, err := o.Create(t.Context(), "visitor", "opsdb", &soon)
	if err != nil {
		t.Fatal(err)
	}
	o.now = func() time.Time { return soon.Add(time.Second) }
	_, _, err = o.SignIn(t.Context(), "visitor", password, "", "")
	w.refused(err, errs.Unauthenticated, "break-glass-refused")
}

// guesses is a site with an operator whom somebody tries to be, in two processes whose clock passes when a test says so.
type guesses struct {
	*world
	a, b     *Operators
	now      time.Time
	password string
}

func newGuesses(t *testing.T) *guesses {
	w := newWorld(t)
	g := &guesses{world: w, a: NewOperators(w.sessions("observatory")), b: NewOperators(w.sessions("observatory")), now: time.Now()}
	g.a.now = func() time.Time { return g.now }
	g.b.now = g.a.now
	var err error
	if _, g.password, err = g.a.Create(t.Context(), "night-operator", "opsdb", nil); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *guesses) guess(o *Operators, password, address string) error {
	_, _, err := o.SignIn(g.t.Context(), "night-operator", password, address, "")
	return err
}

// wrong tries once, as if a second had passed since the last time for everybody.
func (g *guesses) wrong(o *Operators, address string) error {
	g.forget("all")
	return g.guess(o, "wrong", address)
}

func (g *guesses) forget(failures string) {
	g.t.Helper()
	client, err := g.a.sessions.redis.Get()
	if err == nil {
		err = client.Do(g.t.Context(), client.B().Del().Key(g.a.sessions.names.Failures(failures)).Build()).Error()
	}
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *guesses) waits(err error, want time.Duration) {
	g.t.Helper()
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Status != http.StatusTooManyRequests || e.Slug != "too-many-requests" || e.RetryAfter != want {
		g.t.Errorf("got %v, want a wait of %s", err, want)
	}
}

func TestFailedSignInsAreSlowedInAllProcesses(t *testing.T) {
	g := newGuesses(t)
	for i := range freeFailures {
		g.refused(g.wrong([]*Operators{g.a, g.b}[i%2], "10.0.0.1"), errs.Unauthenticated, "break-glass-refused")
	}
	pause := time.Second
	for range 12 {
		g.waits(g.wrong(g.a, "10.0.0.1"), pause)
		g.waits(g.wrong(g.b, "10.0.0.1"), pause)
		g.now = g.now.Add(pause)
		g.refused(g.wrong(g.b, "10.0.0.1"), errs.Unauthenticated, "break-glass-refused")
		pause = min(2*pause, longestWait)
	}
	// The network counts, whatever the name.
	_, _, err := g.a.SignIn(t.Context(), "somebody-else", "wrong", "10.0.0.1", "")
	g.waits(err, pause)
	g.refused(g.wrong(g.a, "10.0.0.2"), errs.Unauthenticated, "break-glass-refused")
	// A clock that was set back makes nobody wait for days.
	g.now = g.now.Add(-48 * time.Hour)
	g.waits(g.wrong(g.a, "10.0.0.1"), longestWait)
	g.now = g.now.Add(48 * time.Hour)
	// Who knows the password does not wait for those who do not, and nobody waits for him.
	if err := g.guess(g.a, g.password, "10.0.0.1"); err != nil {
		t.Errorf("locked out: %v", err)
	}
	g.refused(g.wrong(g.a, "10.0.0.1"), errs.Unauthenticated, "break-glass-refused")
}

// Somebody with a line of IPv6 has 2^64 addresses.
func TestFailedSignInsAreCountedByNetwork(t *testing.T) {
	g := newGuesses(t)
	for i := range freeFailures {
		g.refused(g.wrong(g.a, fmt.Sprintf("2001:db8:1:2::%d", i)), errs.Unauthenticated, "break-glass-refused")
	}
	g.waits(g.wrong(g.a, "2001:db8:1:2:9::1"), time.Second)
	g.refused(g.wrong(g.a, "2001:db8:1:3::1"), errs.Unauthenticated, "break-glass-refused")
}

// All the world together can neither fill Redis nor the audit trail, nor keep the operator out.
func TestFailedSignInsOfManyNetworksAreBounded(t *testing.T) {
	g := newGuesses(t)
	began := time.Now()
	counted, told, count := 0, 0, int64(0)
	const attempts = 100
	for i := range attempts {
		err := g.guess(g.b, "wrong", fmt.Sprintf("10.0.%d.1", i))
		refusal, ok := errors.AsType[*RefusedError](err)
		if !ok {
			t.Fatal(err)
		}
		if refusal.Untold > 0 {
			told++
			count += refusal.Untold
		}
		if errs.KindOf(err) == errs.Unauthenticated {
			counted++
		}
	}
	if most := failuresPerSecond * (2 + int(time.Since(began).Seconds())); counted > most || counted < failuresPerSecond {
		t.Errorf("%d networks are remembered", counted)
	}
	if told != 1 || count != 1 {
		t.Errorf("told %d times of %d", told, count)
	}
	g.forget("told") // a minute later
	refusal, ok := errors.AsType[*RefusedError](g.guess(g.a, "wrong", "10.1.0.1"))
	if !ok || refusal.Untold != attempts {
		t.Errorf("told of %+v", refusal)
	}
	if err := g.guess(g.a, g.password, "10.2.0.1"); err != nil {
		t.Errorf("locked out: %v", err)
	}
}

// An operator is moved to the present key when he signs in; who was not is seen.
func TestAnOperatorOutlivesTheKey(t *testing.T) {
	w := newWorld(t)
	operators := func(present, other string) *Operators {
		w.keys = keysOf(t, present, other)
		return NewOperators(w.sessions("observatory"))
	}
	_, password, err := operators(secretKey, "").Create(t.Context(), "night-operator", "opsdb", nil)
	if err != nil {
		t.Fatal(err)
	}
	present := func(o *Operators) bool {
		t.Helper()
		list, err := o.List(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		return o.OnPresentKey(list[0])
	}
	swapped := operators(otherKey, secretKey)
	if present(swapped) {
		t.Error("he is said to be on the present key before he has signed in")
	}
	if _, _, err := swapped.SignIn(t.Context(), "night-operator", password, "10.0.0.1", ""); err != nil {
		t.Fatal(err)
	}
	last := operators(otherKey, "")
	if !present(last) {
		t.Error("he hangs on the old key after he has signed in")
	}
	if _, _, err := last.SignIn(t.Context(), "night-operator", password, "10.0.0.1", ""); err != nil {
		t.Errorf("the right password: %v", err)
	}
	// Who was made anew meanwhile stays as he is.
	old := Operator{Name: "night-operator", Hash: "another", CreatedAt: time.Now()}
	if err := last.rehash(t.Context(), old, "theirs"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := last.SignIn(t.Context(), "night-operator", password, "10.0.0.1", ""); err != nil {
		t.Errorf("replaced by who was there before: %v", err)
	}
}

// Neither the session nor an access token outlives its operator.
func TestTheSessionOfAnOperatorEndsWhenHeExpires(t *testing.T) {
	w := newWorld(t)
	sessions := w.sessions("observatory")
	o := NewOperators(sessions)
	expires := time.Now().Add(10 * time.Minute)
	_, password, err := o.Create(t.Context(), "visitor", "opsdb", &expires)
	if err != nil {
		t.Fatal(err)
	}
	session, _, err := o.SignIn(t.Context(), "visitor", password, "10.0.0.1", "")
	if err != nil || session.Expires.After(expires) {
		t.Fatalf("he expires %s, his session %s: %v", expires, session.Expires, err)
	}
	if _, until, err := sessions.AccessToken(session); err != nil || until.After(expires) {
		t.Errorf("he expires %s, his access token %s: %v", expires, until, err)
	}
}
