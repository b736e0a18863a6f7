package httpapi_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/cache"
	"github.com/ccatobs/opsdb/internal/contract/contracttest"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/live"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/redistest"
	"github.com/ccatobs/opsdb/internal/resolver"
	"github.com/ccatobs/opsdb/internal/site"
	"github.com/ccatobs/opsdb/internal/sky"
	"github.com/ccatobs/opsdb/internal/visibility"
)

func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	if code == 0 && everythingRan() {
		code = reportUnseen(os.Stderr)
	}
	os.Exit(code)
}

// nowhere is an address at which nothing listens.
var nowhere = postgres.Address{Host: "127.0.0.1", Port: 1, User: "nobody", Name: "nothing"}

// world is what the sites of a test share: a main database and who may use it.
type world struct {
	t       testing.TB
	address postgres.Address
	db      *pgx.Conn
	keys    auth.Keys
	token   string // of an administrator
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldAt(t, pgtest.New(t))
}

// newWorldAt is newWorld on a main database that is there.
func newWorldAt(t testing.TB, address postgres.Address) *world {
	t.Helper()
	w := &world{t: t, address: address}
	w.db = pgtest.Connect(t, w.address)
	var err error
	if w.keys, err = auth.NewKeys(strings.Repeat("k", 32), ""); err != nil {
		t.Fatal(err)
	}
	w.token = w.issue("admin")
	return w
}

// issue returns a token of a new user with a role, limited to scopes.
func (w *world) issue(role string, scopes ...string) string {
	w.t.Helper()
	return w.grant(grantOf(role, scopes...))
}

// grant returns a token.
func (w *world) grant(g auth.Grant) string {
	w.t.Helper()
	issued, err := auth.Issue(w.t.Context(), maindb.New(w.db), w.keys, g)
	if err != nil {
		w.t.Fatal(err)
	}
	return issued.Token
}

// setup says what a site is like.
type setup struct {
	kind        site.Type
	mainAway    bool // the main database cannot be reached
	replicaAway bool
	live        bool                // what changes is told
	idle        bool                // nothing executes what is buffered
	main        postgres.Address    // as the site reaches it; zero: without a detour
	replica     postgres.Address    // zero: the main database
	names       resolver.Config     // who is asked for the places of objects; zero: nobody
	log         *slog.Logger        // nil: to the output of the test
	change      func(*httpapi.Deps) // what else is different; nil: nothing
}

// station is a site of a test: the real server on a real Redis. Its replica is the main database itself, so that
// whatever is committed is replayed at once.
type station struct {
	*world
	url      string
	server   *httpapi.Server // of the first process
	sessions *auth.Sessions
	redis    *redistest.Redis
	doc      *openapi3.T
	tries    int // of operations by anybody
}

func (w *world) open(like setup) *station {
	w.t.Helper()
	s := &station{world: w, redis: redistest.New(w.t), doc: document(w.t)}
	s.url = s.process(like)
	return s
}

// process starts another process of the site and returns its address.
func (s *station) process(like setup) string {
	w := s.world
	w.t.Helper()
	name := "cologne"
	if like.kind == site.Secondary {
		name = "observatory"
	}
	here := site.Site{Name: name, Type: like.kind, BufferCritical: true}
	log := like.log
	if log == nil {
		log = slog.New(slog.NewTextHandler(w.t.Output(), nil))
	}
	main, replica := w.databases(like)
	client := redisclient.New(redisclient.Options{Address: s.redis.Address()})
	w.t.Cleanup(client.Close)
	b := buffer.New(buffer.Config{
		Site: here, BufferSize: 1000, RetryAttempts: 1, RetryDelay: 10 * time.Millisecond, Interval: 50 * time.Millisecond,
		LSNTracking: true, LSNCheckInterval: 10 * time.Millisecond, LSNTimeout: 30 * time.Second,
		ReferenceFreshness: 10 * time.Second, JournalKeep: time.Hour, JournalMaxBytes: 16 << 20,
		LedgerKeep: 9600 * time.Hour, DirectTimeout: 5 * time.Second,
	}, client, main, replica, &ops.Registry, log)
	if !like.idle {
		w.background(b.Run)
	}
	hub := live.NewHub(name, client, 100, log)
	deps := httpapi.Deps{
		Site: here, Buffer: b, Replica: replica, Live: hub, Log: log, PublicURL: "http://ops.example", MainHost: "db.cologne", LocalHost: "db.here",
		Access: w.access(here, b, replica, client, log), Version: "test",
	}
	kept := cache.New(client, name, log)
	deps.Cache, deps.Sky = kept, visibility.New(sky.FYST, kept, cache.NewBoard(client, name), log)
	deps.Names = resolver.New(like.names, kept, log)
	w.background(deps.Sky.Run)
	if like.change != nil {
		like.change(&deps)
	}
	server, err := httpapi.New(deps)
	if err != nil {
		w.t.Fatal(err)
	}
	if like.live {
		w.background(hub.Run)
		w.background(live.NewPublisher(name, client, replica, server.Condition, log).Run)
	}
	if s.server == nil {
		s.server, s.sessions = server, deps.Access.Sessions
	}
	listener := httptest.NewServer(server.Handler())
	w.t.Cleanup(listener.Close)
	return listener.URL
}

// access is what a process knows of who may do what; it keeps up with changes until the test ends.
func (w *world) access(here site.Site, b *buffer.Buffer, replica *postgres.Replica, client *redisclient.Client, log *slog.Logger) httpapi.Access {
	w.t.Helper()
	var pending auth.Overlay
	if here.Type == site.Secondary {
		pending = b
	}
	sessions, err := auth.NewSessions(w.keys, here.Name, client, time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	directory := auth.NewDirectory(replica, pending)
	a := httpapi.Access{
		Keys: w.keys, Directory: directory, Sessions: sessions, Verifier: auth.NewVerifier(w.keys, directory, sessions, log),
		Usage:         auth.NewUsage(w.keys, here.Name, b, log),
		TokenLifetime: time.Hour, TokenLifetimeMax: 24 * time.Hour, TokensPerUser: 100,
	}
	w.background(a.Verifier.Run)
	return a
}

func (w *world) databases(s setup) (*postgres.Main, *postgres.Replica) {
	w.t.Helper()
	at := func(away bool, a postgres.Address) postgres.Address {
		if away {
			return nowhere
		}
		return cmp.Or(a, w.address)
	}
	main, err := postgres.NewMain(w.t.Context(), at(s.mainAway, s.main), "test", 5*time.Second)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(main.Close)
	replica, err := postgres.NewReplica(w.t.Context(), at(s.replicaAway, s.replica), "test")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(replica.Close)
	return main, replica
}

// background runs a part until the test ends.
func (w *world) background(run func(context.Context) error) {
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("a part of the site ended: %v", err)
		}
	})
}

// readDocument reads the document once; no test changes it.
var readDocument = sync.OnceValues(func() (*openapi3.T, error) {
	text, err := api.GetSpecJSON()
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(text)
})

func document(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := readDocument()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// call is a request to an operation.
type call struct {
	op     string
	id     string // for the parameter of the path; for several, with a slash between them
	query  string
	body   any // string and []byte go as they are, all else as JSON
	key    string
	token  string // "-": none; empty: the administrator's
	header map[string]string
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	text   []byte
}

// do sends a request and compares the answer with the document, whatever it is.
func (s *station) do(c call) answer {
	s.t.Helper()
	route, r := s.request(c)
	a := send(s.t, r)
	a.match(route, r)
	return a
}

// unchecked sends a request.
func (s *station) unchecked(c call) answer {
	s.t.Helper()
	_, r := s.request(c)
	return send(s.t, r)
}

func (s *station) request(c call) (*routers.Route, *http.Request) {
	s.t.Helper()
	route := s.route(c.op)
	path, id, rest := route.Path, c.id, ""
	for {
		before, name, ok := strings.Cut(path, "{")
		if !ok {
			break
		}
		_, after, _ := strings.Cut(name, "}")
		if strings.Contains(after, "{") {
			id, rest, _ = strings.Cut(id, "/")
		}
		path, id, rest = before+id+after, rest, ""
	}
	r, err := http.NewRequestWithContext(s.t.Context(), route.Method, s.url+path+"?"+c.query, bytes.NewReader(encoded(s.t, c.body)))
	if err != nil {
		s.t.Fatal(err)
	}
	if c.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	switch c.token {
	case "-":
	case "":
		r.Header.Set("Authorization", "Bearer "+s.token)
	default:
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.key != "" {
		r.Header.Set("Idempotency-Key", c.key)
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	return route, r
}

// client goes nowhere else: a redirect is an answer.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func send(t testing.TB, r *http.Request) answer {
	t.Helper()
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return answer{t: t, status: response.StatusCode, header: response.Header, text: text}
}

func encoded(t testing.TB, body any) []byte {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return []byte(b)
	case []byte:
		return b
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (s *station) route(op string) *routers.Route {
	s.t.Helper()
	for path, item := range s.doc.Paths.Map() {
		for method, o := range item.Operations() {
			if o.OperationID == op {
				return &routers.Route{Spec: s.doc, Path: path, PathItem: item, Method: method, Operation: o}
			}
		}
	}
	s.t.Fatalf("the document has no operation %s", op)
	return nil
}

// match compares an answer with what the document says about it.
func (a answer) match(route *routers.Route, r *http.Request) {
	a.t.Helper()
	if err := contracttest.Check(route, r, a.status, a.header, a.text); err != nil {
		a.t.Error(err)
		return
	}
	validated.note(route.Operation, a.status)
}

// want fails the test at once when the status is another.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.text)
	}
	return a
}

// problem checks that the answer is a problem of that status and kind, and returns it.
func (a answer) problem(status int, slug string) api.Problem {
	a.t.Helper()
	a.want(status)
	p := decode[api.Problem](a)
	if !strings.HasSuffix(p.Type, "/problems/"+slug) || int(p.Status) != status {
		a.t.Fatalf("want the problem %s: %s", slug, a.text)
	}
	if p.RequestID == "" || p.RequestID != a.header.Get("X-Request-ID") {
		a.t.Errorf("request id %q, in the header %q", p.RequestID, a.header.Get("X-Request-ID"))
	}
	return p
}

func decode[T any](a answer) T {
	a.t.Helper()
	var v T
	if err := json.Unmarshal(a.text, &v); err != nil {
		a.t.Fatalf("%v: %s", err, a.text)
	}
	return v
}

// example returns the body that the document gives as an example, with changes.
func (s *station) example(op string, changes map[string]any) map[string]any {
	s.t.Helper()
	body, ok := s.route(op).Operation.RequestBody.Value.Content.Get("application/json").Example.(map[string]any)
	if !ok {
		s.t.Fatalf("the example of %s is no object", op)
	}
	body = maps.Clone(body)
	maps.Copy(body, changes)
	return body
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// start records the start of an execution and returns its receipt.
func (s *station) start(changes map[string]any) api.WriteReceipt {
	s.t.Helper()
	return decode[api.WriteReceipt](s.do(call{op: "startExecutedObsUnit", body: s.example("startExecutedObsUnit", changes)}).want(http.StatusCreated))
}

// replicated waits until a transaction is replicated.
func (s *station) replicated(transaction string) {
	s.t.Helper()
	a := s.do(call{op: "getTransaction", id: transaction, query: "wait=replicated&timeout=20s"}).want(http.StatusOK)
	if state := decode[api.Transaction](a).State; state != api.TransactionStateReplicated {
		s.t.Fatalf("the transaction is %s: %s", state, a.text)
	}
}
