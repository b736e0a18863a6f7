package auth

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/redistest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// world is a database with tokens in it and the Redis of a site.
type world struct {
	t       testing.TB
	address postgres.Address
	db      *maindb.Queries
	key     Key
	redis   *redistest.Redis
	execute func(sql string, args ...any)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	key, err := NewKey("q7Jd0wZr3mXk9bVt2LhGf5YcNs8PaUeI")
	if err != nil {
		t.Fatal(err)
	}
	address := pgtest.New(t)
	conn := pgtest.Connect(t, address)
	return &world{
		t: t, address: address, db: maindb.New(conn), key: key, redis: redistest.New(t),
		execute: func(sql string, args ...any) {
			t.Helper()
			if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func (w *world) issue(g Grant) Issued {
	w.t.Helper()
	if g.User == "" {
		g.User = "observer-on-duty"
	}
	if g.Role == "" {
		g.Role = "observer"
	}
	if g.Name == "" {
		g.Name = "test"
	}
	issued, err := Issue(w.t.Context(), w.db, w.key, g)
	if err != nil {
		w.t.Fatal(err)
	}
	return issued
}

func (w *world) revoke(id uuid.UUID) {
	w.t.Helper()
	if _, err := Revoke(w.t.Context(), w.db, id); err != nil {
		w.t.Fatal(err)
	}
}

// verifier returns a new one, as a restarted process has it; replica says where it looks.
func (w *world) verifier(replica postgres.Address) *Verifier {
	w.t.Helper()
	way, err := postgres.NewReplica(w.t.Context(), replica, "auth test")
	if err != nil {
		w.t.Fatal(err)
	}
	client := redisclient.New(redisclient.Options{Address: w.redis.Address()})
	w.t.Cleanup(func() { client.Close(); way.Close() })
	return NewVerifier(w.key, "observatory", way.Queries, client, slog.New(slog.DiscardHandler))
}

// away is the address of a database that cannot be reached.
func (w *world) away() postgres.Address {
	a := w.address
	a.Port++
	return a
}

// pass lets time pass for a verifier.
func pass(v *Verifier, d time.Duration) {
	before := v.now
	v.now = func() time.Time { return before().Add(d) }
}

func (w *world) accepts(v *Verifier, token string) {
	w.t.Helper()
	if _, err := v.Verify(w.t.Context(), token); err != nil {
		w.t.Errorf("a good token: %v", err)
	}
}

func (w *world) refuses(v *Verifier, token string, kind errs.Kind, slug string) {
	w.t.Helper()
	_, err := v.Verify(w.t.Context(), token)
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != kind || e.Slug != slug {
		w.t.Errorf("got %v, want %s %s", err, kind, slug)
	}
}

func TestVerifyTellsWhoseATokenIs(t *testing.T) {
	w := newWorld(t)
	v := w.verifier(w.address)
	all := w.issue(Grant{User: "night-crew", Role: "observer"})
	some := w.issue(Grant{User: "night-crew", Scopes: []string{"write:*", "manage:users"}})

	for _, tc := range []struct {
		issued Issued
		want   []string
	}{
		{all, []string{"read:observations", "read:system", "read:transactions", "write:observations"}},
		{some, []string{"write:observations"}},
	} {
		got, err := v.Verify(t.Context(), tc.issued.Token)
		if err != nil {
			t.Fatal(err)
		}
		want := Principal{Name: "night-crew", TokenID: tc.issued.ID, Permissions: tc.want}
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
	w.refuses(v, newToken(), errs.Unauthenticated, "token-unknown")

	disabled := w.issue(Grant{User: "former-member"})
	w.execute(`update "user" set disabled_at = clock_timestamp() where name = 'former-member'`)
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
	w.execute("update api_token set token_hash = $2 where id = $1", issued.ID, w.key.hash(issued.Token)) // as if replicated now
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
	revoked, of, kept := w.issue(Grant{}), w.issue(Grant{User: "former-member"}), w.issue(Grant{})
	for _, issued := range []Issued{revoked, of, kept} {
		w.accepts(v, issued.Token)
	}
	w.revoke(revoked.ID)
	w.execute(`update "user" set disabled_at = clock_timestamp() where name = 'former-member'`)
	if err := v.ForgetRevoked(t.Context(), time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	offline := w.verifier(w.away())
	w.refuses(offline, revoked.Token, errs.Unavailable, "token-unverifiable")
	w.refuses(offline, of.Token, errs.Unavailable, "token-unverifiable")
	w.accepts(offline, kept.Token)
	w.refuses(v, revoked.Token, errs.Unauthenticated, "token-revoked")
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
	v.replica = w.verifier(w.away()).replica
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
	v.replica = w.verifier(w.away()).replica
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
	v.put("good", verdict{})
	for i := range 2 * maxRefused {
		v.put(strconv.Itoa(i), verdict{refused: refuse("token-unknown", "")})
	}
	if len(v.refused) != maxRefused || len(v.good) != 1 {
		t.Errorf("%d refused, %d good", len(v.refused), len(v.good))
	}
	for i := range 2 * maxGood {
		v.put(strconv.Itoa(i), verdict{})
	}
	if len(v.good) != maxGood {
		t.Errorf("%d good", len(v.good))
	}
}

func TestIssueRefuses(t *testing.T) {
	w := newWorld(t)
	past := time.Now().Add(-time.Second)
	w.issue(Grant{User: "former-member"})
	w.execute(`update "user" set disabled_at = clock_timestamp() where name = 'former-member'`)
	for _, tc := range []struct {
		name  string
		grant Grant
		want  errs.Kind
	}{
		{"no user", Grant{Name: "x"}, errs.Invalid},
		{"no name", Grant{User: "x"}, errs.Invalid},
		{"scope", Grant{User: "x", Name: "x", Scopes: []string{"everything"}}, errs.Invalid},
		{"expired", Grant{User: "x", Name: "x", Expires: &past}, errs.Invalid},
		{"role", Grant{User: "x", Name: "x", Role: "astronaut"}, errs.NotFound},
		{"disabled", Grant{User: "former-member", Name: "x"}, errs.Forbidden},
	} {
		if _, err := Issue(t.Context(), w.db, w.key, tc.grant); errs.KindOf(err) != tc.want {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
		}
	}
}

func TestRevokeTwiceKeepsTheFirstTime(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{Name: "scheduler"})
	first, err := Revoke(t.Context(), w.db, issued.ID)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Revoke(t.Context(), w.db, issued.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" || first.Name != "scheduler" {
		t.Errorf("%+v %s", first, diff)
	}
	if _, err := Revoke(t.Context(), w.db, uuid.New()); errs.KindOf(err) != errs.NotFound {
		t.Errorf("unknown token: %v", err)
	}
}

func TestTheDatabaseHasNoUsableToken(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	w.execute(`do $$ begin
		if exists (select from api_token where token_hash || token_prefix like '%` + issued.Token[displayLength:] + `%') then
			raise 'a token is stored';
		end if;
	end $$`)
}

func BenchmarkVerifyWarm(b *testing.B) {
	w := newWorld(b)
	token := w.issue(Grant{}).Token
	v := w.verifier(w.address)
	v.now = func() time.Time { return time.Time{} }
	w.accepts(v, token)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}
