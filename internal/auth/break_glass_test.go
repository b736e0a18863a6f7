package auth

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
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

func TestFailedSignInsAreSlowedInAllProcesses(t *testing.T) {
	w := newWorld(t)
	a, b := NewOperators(w.sessions("observatory")), NewOperators(w.sessions("observatory"))
	_, password, err := a.Create(t.Context(), "night-operator", "opsdb", nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	clock := func() time.Time { return now }
	a.now, b.now = clock, clock
	guess := func(o *Operators, password, address string) error {
		_, _, err := o.SignIn(t.Context(), "night-operator", password, address, "")
		return err
	}
	waits := func(err error, at time.Duration) {
		t.Helper()
		e, ok := errors.AsType[*errs.Error](err)
		if !ok || e.Status != http.StatusTooManyRequests || e.Slug != "too-many-requests" || e.RetryAfter != at {
			t.Errorf("got %v, want a wait of %s", err, at)
		}
	}
	for i := range freeFailures {
		w.refused(guess([]*Operators{a, b}[i%2], "wrong", "10.0.0.1"), errs.Unauthenticated, "break-glass-refused")
	}
	pause := time.Second
	for range 12 {
		waits(guess(a, password, "10.0.0.1"), pause)
		waits(guess(b, password, "10.0.0.2"), pause) // the name counts, whatever the address
		now = now.Add(pause)
		w.refused(guess(b, "wrong", "10.0.0.1"), errs.Unauthenticated, "break-glass-refused")
		pause = min(2*pause, longestWait)
	}
	// The address counts, whatever the name.
	_, _, err = a.SignIn(t.Context(), "somebody-else", "wrong", "10.0.0.1", "")
	waits(err, pause)
	// A clock that was set back makes nobody wait for days.
	now = now.Add(-48 * time.Hour)
	waits(guess(a, password, "10.0.0.1"), longestWait)
	now = now.Add(48*time.Hour + pause)
	if err := guess(a, password, "10.0.0.1"); err != nil {
		t.Fatal(err)
	}
	w.refused(guess(a, "wrong", "10.0.0.1"), errs.Unauthenticated, "break-glass-refused")
	if err := guess(a, password, "10.0.0.1"); err != nil {
		t.Errorf("a success does not make up for failures: %v", err)
	}
}
