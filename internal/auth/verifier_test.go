package auth

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ccatobs/opsdb/internal/errs"
)

func TestVerifyTellsWhoseATokenIs(t *testing.T) {
	w := newWorld(t)
	v := w.verifier(w.address)
	observer := []string{"manage:transfers", "read:account", "read:observations", "read:system", "read:transactions", "write:account", "write:observations", "write:plan"}
	all := w.issue(Grant{User: "night-crew", Role: "observer"})
	some := w.issue(Grant{User: "night-crew", Scopes: []string{"write:obs_nothing", "write:observations", "manage:users"}})

	for _, tc := range []struct {
		issued Issued
		want   []string
	}{
		{all, observer},
		{some, []string{"write:observations"}},
	} {
		got, err := v.Verify(t.Context(), tc.issued.Token)
		if err != nil {
			t.Fatal(err)
		}
		want := Principal{
			UserID: w.user("night-crew").ID, Name: "night-crew", Roles: []string{"observer"}, Credential: ByToken, TokenID: tc.issued.ID,
			Permissions: tc.want, Limited: len(tc.issued.Scopes) > 0,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	w := newWorld(t)
	v := w.verifier(w.address)
	w.refuses(v, "", errs.Unauthenticated, "token-malformed")
	w.refuses(v, "ops_api_token_mistyped", errs.Unauthenticated, "token-malformed")
	w.refuses(v, newToken(tokenPrefix), errs.Unauthenticated, "token-unknown")

	disabled := w.issue(Grant{User: "former-member"})
	w.disable("former-member")
	w.refuses(v, disabled.Token, errs.Unauthenticated, "user-disabled")

	tomorrow := time.Now().Add(24 * time.Hour)
	expiring := w.issue(Grant{Expires: &tomorrow})
	w.accepts(v, expiring.Token)
	v2 := w.verifier(w.away())
	pass(v, 25*time.Hour)
	pass(v2, 25*time.Hour)
	w.refuses(v, expiring.Token, errs.Unauthenticated, "token-expired")
	w.refuses(v2, expiring.Token, errs.Unauthenticated, "token-expired")
}

func TestANewTokenIsSeenSoon(t *testing.T) {
	w := newWorld(t)
	v := w.verifier(w.address)
	issued := w.issue(Grant{})
	w.execute("update api_token set token_hash = repeat('0', 64) where id = $1", issued.ID)
	w.refuses(v, issued.Token, errs.Unauthenticated, "token-unknown")
	w.execute("update api_token set token_hash = $2 where id = $1", issued.ID, w.keys.present.hash(issued.Token)) // as if replicated now
	pass(v, refusedFor)
	w.accepts(v, issued.Token)
}

func TestARevokedTokenIsRefusedAndForgotten(t *testing.T) {
	w := newWorld(t)
	v := w.verifier(w.address)
	issued := w.issue(Grant{})
	w.accepts(v, issued.Token)
	w.accepts(w.verifier(w.away()), issued.Token)

	w.revoke(issued.ID)
	w.accepts(v, issued.Token)
	pass(v, goodFor)
	w.refuses(v, issued.Token, errs.Unauthenticated, "token-revoked")
	w.refuses(w.verifier(w.away()), issued.Token, errs.Unavailable, "token-unverifiable")
}

func TestRevocationsAreHonouredForTokensNobodyUses(t *testing.T) {
	w := newWorld(t)
	v := w.verifier(w.address)
	revoked, of, kept := w.issue(Grant{}), w.issue(Grant{User: "former-member"}), w.issue(Grant{User: "steady"})
	w.execute(`update "user" set changed_at = now() - interval '10 hours' where name = 'steady'`)
	w.execute(`update "user" set changed_at = now() - interval '8 hours' where name <> 'steady'`)
	w.sweeps(v)
	for _, issued := range []Issued{revoked, of, kept} {
		w.accepts(v, issued.Token)
	}
	// The site learns of it hours later, and sweeps in vain until then.
	w.sweeps(v)
	w.execute("update api_token set revoked_at = now() - interval '5 hours' where id = $1", revoked.ID)
	w.execute(`update "user" set disabled_at = now(), changed_at = now() - interval '4 hours' where name = 'former-member'`)
	w.sweeps(v)
	offline := w.verifier(w.away())
	w.refuses(offline, revoked.Token, errs.Unavailable, "token-unverifiable")
	w.refuses(offline, of.Token, errs.Unavailable, "token-unverifiable")
	w.accepts(offline, kept.Token)
}

func (w *world) sweeps(v *Verifier) {
	w.t.Helper()
	version, err := v.directory.replica.AccessVersion(w.t.Context())
	if err == nil {
		err = v.sweep(w.t.Context(), version)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestARevocationThatCouldNotBeStoredIsHonouredByThisProcess(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	v := w.verifier(w.address)
	w.accepts(v, issued.Token)
	w.revoke(issued.ID)
	w.redis.Kill()
	pass(v, goodFor)
	w.refuses(v, issued.Token, errs.Unauthenticated, "token-revoked")
	w.redis.Start()
	w.cut(v)
	pass(v, time.Hour)
	w.refuses(v, issued.Token, errs.Unauthenticated, "token-revoked")
}

func TestATokenUsedBeforeIsGoodAfterTheSiteRebooted(t *testing.T) {
	w := newWorld(t)
	used, unused := w.issue(Grant{}), w.issue(Grant{})
	online := w.verifier(w.address)
	before, err := online.Verify(t.Context(), used.Token)
	if err != nil {
		t.Fatal(err)
	}
	w.redis.Restart()

	offline := w.verifier(w.away())
	after, err := offline.Verify(t.Context(), used.Token)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	w.refuses(offline, unused.Token, errs.Unavailable, "token-unverifiable")
	w.refuses(offline, "nonsense", errs.Unauthenticated, "token-malformed")
}

func TestRedisIsNotNeededWhileTheReplicaAnswers(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	v := w.verifier(w.address)
	w.redis.Kill()
	w.accepts(v, issued.Token)

	w.redis.Start()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for copied := false; !copied; {
		pass(v, goodFor)
		w.accepts(v, issued.Token)
		_, err := w.verifier(w.away()).Verify(ctx, issued.Token)
		copied = err == nil
		if ctx.Err() != nil {
			t.Fatalf("the copy was not made up for: %v", err)
		}
	}
}

func TestMemoryServesWhenNobodyAnswers(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	v := w.verifier(w.address)
	w.accepts(v, issued.Token)
	w.redis.Kill()
	w.cut(v)
	pass(v, time.Hour)
	w.accepts(v, issued.Token)
	w.refuses(v, w.issue(Grant{}).Token, errs.Unavailable, "token-unverifiable")
}

func TestManyRequestsWithOneToken(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	v := w.verifier(w.address)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() { w.accepts(v, issued.Token) })
	}
	wg.Wait()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Verify(ctx, w.issue(Grant{}).Token); !errors.Is(err, context.Canceled) {
		t.Errorf("a client that has gone: %v", err)
	}
}

func TestGuessingFillsNoMemoryAndPushesNobodyOut(t *testing.T) {
	v := newVerdicts()
	v.put("good", verdict{}, 0)
	for i := range 2 * maxRefused {
		v.put(strconv.Itoa(i), verdict{refused: refuse("token-unknown", "")}, 0)
	}
	if len(v.refused) != maxRefused || len(v.good) != 1 {
		t.Errorf("%d refused, %d good", len(v.refused), len(v.good))
	}
	for i := range 2 * maxGood {
		v.put(strconv.Itoa(i), verdict{}, 0)
	}
	if len(v.good) != maxGood {
		t.Errorf("%d good", len(v.good))
	}
}

func BenchmarkVerifyWarm(b *testing.B) {
	w := newWorld(b)
	token := w.issue(Grant{}).Token
	v := w.verifier(w.address)
	_, _, access := w.signIn(v.sessions, w.user("observer-on-duty"))
	at := time.Now()
	v.now = func() time.Time { return at }
	for name, bearer := range map[string]string{"token": token, "session": access} {
		b.Run(name, func(b *testing.B) {
			w.accepts(v, bearer)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(b.Context(), bearer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
