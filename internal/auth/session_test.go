package auth

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
)

// later lets time pass for sessions; Redis itself keeps its own.
func later(s *Sessions, d time.Duration) {
	before := s.now
	s.now = func() time.Time { return before().Add(d) }
}

var somebody = replicadb.UserAccount{ID: uuid.MustParse("0198f2c4-6a00-7cc3-98c4-dc0c0c07398f"), Name: "night-crew"}

func renewed(t *testing.T, s *Sessions, secret string) string {
	t.Helper()
	_, next, err := s.Renew(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestASecretIsReplacedAndTheOldOneIsNoMoreUse(t *testing.T) {
	w := newWorld(t)
	s := w.sessions("observatory")
	session, first, _ := w.signIn(s, somebody)
	second := renewed(t, s, first)
	if second == first {
		t.Fatal("the secret stays")
	}
	// Two pages at once, an answer that got lost, a page that renews all the time: all end up with the same secret.
	for _, secret := range []string{first, second, first, second} {
		if got := renewed(t, s, secret); got != second {
			t.Errorf("got another secret")
		}
	}
	later(s, 2*reuseGrace)
	third := renewed(t, s, second)
	if third == second || renewed(t, s, second) != third {
		t.Error("it was not replaced again")
	}
	_, _, err := s.Renew(t.Context(), first)
	w.refused(err, errs.Unauthenticated, "session-ended")
	if !errors.Is(err, ErrReused) {
		t.Errorf("it does not say why: %v", err)
	}
	if alive, err := s.alive(t.Context(), session.ID); alive || err != nil {
		t.Error("the session goes on", err)
	}
	if _, _, err := s.Renew(t.Context(), third); errors.Is(err, ErrReused) || err == nil {
		t.Errorf("got %v", err)
	}
	if list, err := s.List(t.Context(), somebody.ID); len(list) > 0 || err != nil {
		t.Error(list, err)
	}
}

func TestManyPagesRenewAtOnce(t *testing.T) {
	w := newWorld(t)
	s := w.sessions("observatory")
	_, secret, _ := w.signIn(s, somebody)
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		seen = map[string]bool{}
	)
	for range 16 {
		wg.Go(func() {
			_, next, err := s.Renew(t.Context(), secret)
			mu.Lock()
			defer mu.Unlock()
			seen[next] = true
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(seen) != 1 {
		t.Errorf("%d secrets", len(seen))
	}
}

// Who knows the id of a session, which access tokens tell, can neither renew nor end it.
func TestAForgedSecretDoesNothing(t *testing.T) {
	w := newWorld(t)
	s := w.sessions("observatory")
	session, secret, _ := w.signIn(s, somebody)
	forged := keysOf(t, otherKey, "").present.newSecret(session.ID)
	for range 3 {
		if _, _, err := s.Renew(t.Context(), forged); err == nil || errors.Is(err, ErrReused) {
			t.Fatalf("got %v", err)
		}
	}
	if renewed(t, s, secret) == secret {
		t.Error("the session was touched")
	}
	other, _, err := w.sessions("cologne").Renew(t.Context(), secret)
	if err == nil {
		t.Errorf("another site renewed %v", other)
	}
}

func TestASessionEnds(t *testing.T) {
	w := newWorld(t)
	s := w.sessions("observatory")
	session, secret, _ := w.signIn(s, somebody)
	if left := time.Until(session.Expires); left > time.Hour || left < 59*time.Minute {
		t.Errorf("it lasts %s", left)
	}
	w.signIn(s, somebody)
	if list, err := s.List(t.Context(), somebody.ID); err != nil || len(list) != 2 || list[1].ID != session.ID || list[1].Name != somebody.Name {
		t.Fatal(list, err)
	}
	later(s, 30*time.Minute)
	secret = renewed(t, s, secret)
	if got, err := s.Of(t.Context(), secret); err != nil || !got.Expires.After(session.Expires) {
		t.Error(got, err)
	}
	if got, ended, err := s.End(t.Context(), session.ID); err != nil || !ended || got.UserID != somebody.ID {
		t.Error(got, ended, err)
	}
	if _, ended, err := s.End(t.Context(), session.ID); err != nil || ended {
		t.Error(ended, err)
	}
	_, err := s.Of(t.Context(), secret)
	w.refused(err, errs.Unauthenticated, "session-ended")
	if err := s.EndAll(t.Context(), somebody.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(t.Context(), somebody.ID); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
	w.redis.Kill()
	_, err = s.Of(t.Context(), secret)
	w.refused(err, errs.Unavailable, "buffer-unavailable")
}

func TestNoSessionIsRenewedForever(t *testing.T) {
	w := newWorld(t)
	until := time.Now().Add(3 * time.Hour)
	for name, test := range map[string]struct {
		open     Session
		lifetime time.Duration
		most     time.Duration // since it began
	}{
		"a user":                         {Session{UserID: somebody.ID, Name: "night-crew", Credential: BySession}, sessionMax, sessionMax},
		"an operator":                    {Session{Name: "break-glass:a", Credential: ByBreakGlass}, 8 * time.Hour, breakGlassMax},
		"an operator with a long life":   {Session{Name: "break-glass:a", Credential: ByBreakGlass}, 24 * time.Hour, breakGlassMax},
		"an operator who expires before": {Session{Name: "break-glass:a", Credential: ByBreakGlass, Until: until}, 2 * time.Hour, 3 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			s := w.sessions("observatory")
			s.lifetime = test.lifetime
			session, secret, err := s.Open(t.Context(), test.open)
			if err != nil {
				t.Fatal(err)
			}
			most := session.Started.Add(test.most)
			later(s, min(test.lifetime, test.most)-time.Minute)
			secret = renewed(t, s, secret)
			got, err := s.Of(t.Context(), secret)
			if err != nil || got.Expires.After(most) || got.Expires.Before(most.Add(-2*time.Second)) {
				t.Errorf("expires %s, started %s: %v", got.Expires, session.Started, err)
			}
			later(s, most.Sub(s.now())-time.Minute)
			if _, expires, err := s.AccessToken(got); err != nil || expires.After(most) {
				t.Errorf("the access token expires %s, the session %s: %v", expires, most, err)
			}
		})
	}
}

// An answer that got lost ends no session, however much later the page comes again with what it has.
func TestASecretIsGoodUntilItsSuccessorHasBeenUsed(t *testing.T) {
	w := newWorld(t)
	s := w.sessions("observatory")
	_, first, _ := w.signIn(s, somebody)
	second := renewed(t, s, first)
	later(s, 10*reuseGrace)
	if got := renewed(t, s, first); got != second {
		t.Fatal("another secret than in the answer that got lost")
	}
	later(s, 2*reuseGrace)
	if got := renewed(t, s, first); got != second {
		t.Fatal("another secret than in the second answer that got lost")
	}
	if got := renewed(t, s, second); got != second {
		t.Error("it is replaced a moment after it was handed out")
	}
	later(s, 2*reuseGrace)
	if _, _, err := s.Renew(t.Context(), first); !errors.Is(err, ErrReused) {
		t.Errorf("a secret whose successor was used: %v", err)
	}
}

// While keys are being changed, processes make the next secret by different keys: a page gets the one that is in force
// from whichever it asks.
func TestSessionsGoOnWhileKeysAreSwapped(t *testing.T) {
	w := newWorld(t)
	w.keys = keysOf(t, secretKey, otherKey)
	old := w.sessions("observatory")
	w.keys = keysOf(t, otherKey, secretKey)
	swapped := w.sessions("observatory")
	_, secret, _ := w.signIn(old, somebody)
	for i := range 6 {
		ask, other := old, swapped
		if i%2 > 0 {
			ask, other = swapped, old
		}
		next := renewed(t, ask, secret)
		if next == secret {
			t.Fatal("the secret stays")
		}
		for _, s := range []*Sessions{other, ask} {
			for _, sent := range []string{secret, next} {
				if got := renewed(t, s, sent); got != next {
					t.Fatalf("round %d: not the secret in force", i)
				}
			}
		}
		secret = next
		later(old, 2*reuseGrace)
		later(swapped, 2*reuseGrace)
	}
}
