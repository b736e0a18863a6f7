package auth

import (
	"context"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/errs"
)

// While guesses take all the lookups there are for tokens that nobody has seen, the tokens that are in use are good as
// ever: after a restart of the process, too, and when what it remembers is out of date.
func TestGuessingHoldsUpOnlyStrangers(t *testing.T) {
	w := newWorld(t)
	known, restarted, fresh := w.issue(Grant{}), w.issue(Grant{}), w.issue(Grant{})
	w.accepts(w.verifier(w.address), restarted.Token) // by a process before
	v := w.verifier(w.address)
	w.accepts(v, known.Token)
	for range strangersAtOnce {
		v.strangers <- struct{}{}
	}
	pass(v, goodFor)
	w.accepts(v, known.Token)
	w.accepts(v, restarted.Token)

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := v.Verify(ctx, fresh.Token); err == nil {
		t.Error("a token that nobody has seen was looked up all the same")
	}
	<-v.strangers
	w.accepts(v, fresh.Token)
	if len(v.strangers) != strangersAtOnce-1 {
		t.Errorf("%d lookups are under way", len(v.strangers))
	}
	v.strangers <- struct{}{}
	w.refuses(v, newToken(tokenPrefix), errs.Unavailable, "token-unverifiable")
}
