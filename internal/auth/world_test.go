package auth

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/redistest"
	"github.com/ccatobs/opsdb/internal/site"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const (
	secretKey = "q7Jd0wZr3mXk9bVt2LhGf5YcNs8PaUeI"
	otherKey  = "Wb4Tn1xKz8Rq6Ym3Ds0Hv7Lf9Jc2Gp5E"
)

// world is a database with tokens in it and the Redis of a site.
type world struct {
	t       testing.TB
	address postgres.Address
	db      *maindb.Queries
	keys    Keys
	redis   *redistest.Redis
	execute func(sql string, args ...any)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	address := pgtest.New(t)
	conn := pgtest.Connect(t, address)
	return &world{
		t: t, address: address, db: maindb.New(conn), keys: keysOf(t, secretKey, ""), redis: redistest.New(t),
		execute: func(sql string, args ...any) {
			t.Helper()
			if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func keysOf(t testing.TB, present, previous string) Keys {
	t.Helper()
	keys, err := NewKeys(present, previous)
	if err != nil {
		t.Fatal(err)
	}
	return keys
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
	issued, err := Issue(w.t.Context(), w.db, w.keys, g)
	if err != nil {
		w.t.Fatal(err)
	}
	return issued
}

func (w *world) revoke(id uuid.UUID) {
	w.t.Helper()
	if _, err := Revoke(w.t.Context(), w.db, id, false); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) disable(user string) {
	w.t.Helper()
	w.execute(`update "user" set disabled_at = clock_timestamp(), changed_at = clock_timestamp(), version = version + 1 where name = $1`, user)
}

// client returns a new connection to the site's Redis.
func (w *world) client() *redisclient.Client {
	client := redisclient.New(redisclient.Options{Address: w.redis.Address()})
	w.t.Cleanup(client.Close)
	return client
}

func (w *world) sessions(site string) *Sessions {
	w.t.Helper()
	sessions, err := NewSessions(w.keys, site, w.client(), time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	return sessions
}

func (w *world) replica(a postgres.Address) *postgres.Replica {
	w.t.Helper()
	replica, err := postgres.NewReplica(w.t.Context(), a, "auth test")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(replica.Close)
	return replica
}

// verifier returns a new one, as a restarted process of the main site has it; a says where it looks.
func (w *world) verifier(a postgres.Address) *Verifier {
	w.t.Helper()
	return NewVerifier(w.keys, NewDirectory(w.replica(a), nil), w.sessions("observatory"), slog.New(slog.DiscardHandler))
}

// away is the address of a database that cannot be reached.
func (w *world) away() postgres.Address {
	a := w.address
	a.Port++
	return a
}

// cut takes the replica away from a verifier.
func (w *world) cut(v *Verifier) {
	v.directory = NewDirectory(w.replica(w.away()), v.directory.overlay)
}

// run keeps a verifier up to date until the test ends, or stop is called.
func (w *world) run(v *Verifier) (stop func()) {
	before := w.listeners(v)
	stop = w.start(v)
	w.soon("the verifier listens", 10*time.Second, func() bool { return w.listeners(v) > before })
	return stop
}

// start is run without waiting until the verifier listens.
func (w *world) start(v *Verifier) (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := v.Run(ctx); err != nil {
			w.t.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	w.t.Cleanup(stop)
	return stop
}

// listeners returns how many verifiers listen to changes of rights.
func (w *world) listeners(v *Verifier) int64 {
	w.t.Helper()
	client, err := v.copies.redis.Get()
	if err != nil {
		w.t.Fatal(err)
	}
	channel := v.copies.keys.AccessChanged()
	answer, err := client.Do(w.t.Context(), client.B().PubsubNumsub().Channel(channel).Build()).AsIntMap()
	if err != nil {
		w.t.Fatal(err)
	}
	return answer[channel]
}

func (w *world) soon(what string, within time.Duration, holds func() bool) {
	w.t.Helper()
	deadline := time.After(within)
	for !holds() {
		select {
		case <-time.After(2 * time.Millisecond):
		case <-deadline:
			w.t.Fatalf("not within %s: %s", within, what)
		}
	}
}

// secondary is a secondary site whose replica has stopped: what it shows of later changes it has from its own overlay.
type secondary struct {
	*world
	buffer  *buffer.Buffer
	stopped postgres.Address
}

// lag makes a secondary site whose replica has what the main database has now, and gets nothing more.
func (w *world) lag() *secondary {
	w.t.Helper()
	s := &secondary{world: w, stopped: pgtest.New(w.t)}
	main, err := postgres.NewMain(w.t.Context(), w.address, "auth test", 5*time.Second)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(main.Close)
	s.replicate()
	s.buffer = buffer.New(buffer.Config{
		Site: site.Site{Name: "observatory", Type: site.Secondary, BufferCritical: true}, BufferSize: 1000, RetryAttempts: 1,
		LSNTracking: true, LSNTimeout: 30 * time.Second, DirectTimeout: 5 * time.Second,
	}, w.client(), main, w.replica(s.stopped), &ops.Registry, slog.New(slog.DiscardHandler))
	return s
}

// replicate brings users and tokens of the main database to the site.
func (s *secondary) replicate() {
	s.t.Helper()
	from, to := pgtest.Connect(s.t, s.address), pgtest.Connect(s.t, s.stopped)
	var text []byte
	err := from.QueryRow(s.t.Context(), `select jsonb_build_object('users', (select jsonb_agg(u) from "user" u),
		'roles', (select jsonb_agg(r) from user_role r), 'tokens', (select jsonb_agg(t) from api_token t))`).Scan(&text)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, sql := range []string{
		`delete from api_token where $1::jsonb is not null`, `delete from user_role where $1::jsonb is not null`, `delete from "user" where $1::jsonb is not null`,
		`insert into "user" select r.* from jsonb_populate_recordset(null::"user", $1::jsonb->'users') r`,
		`insert into user_role select r.* from jsonb_populate_recordset(null::user_role, $1::jsonb->'roles') r`,
		`insert into api_token select r.* from jsonb_populate_recordset(null::api_token, $1::jsonb->'tokens') r`,
	} {
		if _, err := to.Exec(s.t.Context(), sql, string(text)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// process returns the verifier of another process of the site.
func (s *secondary) process() *Verifier {
	s.t.Helper()
	v := NewVerifier(s.keys, NewDirectory(s.replica(s.stopped), s.buffer), s.sessions("observatory"), slog.New(slog.DiscardHandler))
	s.run(v)
	return v
}

// write makes a change at the site.
func (s *secondary) write(steps ...buffer.Step) {
	s.t.Helper()
	_, err := s.buffer.Write(s.t.Context(), buffer.Request{Operation: "test", Principal: "test"}, func(_ context.Context, tx *buffer.Transaction) error {
		tx.Add(steps...)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// user returns a user as the main database has him.
func (w *world) user(name string) replicadb.UserAccount {
	w.t.Helper()
	users, err := w.replica(w.address).FindUsersByName(w.t.Context(), replicadb.FindUsersByNameParams{Name: name})
	if err != nil || len(users) != 1 {
		w.t.Fatalf("%d users %s, %v", len(users), name, err)
	}
	return users[0]
}

func (w *world) account(id uuid.UUID) replicadb.APITokenAccount {
	w.t.Helper()
	tokens, err := w.replica(w.address).GetAPITokens(w.t.Context(), replicadb.GetAPITokensParams{IDs: []uuid.UUID{id}})
	if err != nil || len(tokens) != 1 {
		w.t.Fatalf("%d tokens, %v", len(tokens), err)
	}
	return tokens[0]
}

// signIn opens a session of a user and returns it with its secret and an access token.
func (w *world) signIn(s *Sessions, u replicadb.UserAccount) (Session, string, string) {
	w.t.Helper()
	session, secret, err := s.Open(w.t.Context(), Session{UserID: u.ID, Name: u.Name, Credential: BySession})
	if err != nil {
		w.t.Fatal(err)
	}
	return session, secret, w.accessToken(s, session)
}

func (w *world) accessToken(s *Sessions, session Session) string {
	w.t.Helper()
	token, _, err := s.AccessToken(session)
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

// pass lets time pass for a verifier.
func pass(v *Verifier, d time.Duration) {
	before := v.now
	v.now = func() time.Time { return before().Add(d) }
}

func (w *world) accepts(v *Verifier, token string) Principal {
	w.t.Helper()
	p, err := v.Verify(w.t.Context(), token)
	if err != nil {
		w.t.Errorf("a good token: %v", err)
	}
	return p
}

func (w *world) refuses(v *Verifier, token string, kind errs.Kind, slug string) {
	w.t.Helper()
	_, err := v.Verify(w.t.Context(), token)
	w.refused(err, kind, slug)
}

func (w *world) refused(err error, kind errs.Kind, slug string) {
	w.t.Helper()
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != kind || e.Slug != slug {
		w.t.Errorf("got %v, want %s %s", err, kind, slug)
	}
}
