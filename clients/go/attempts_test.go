package opsdb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

// attempt is what a server has seen of a request.
type attempt struct{ method, path, key, token, body string }

// front answers the first requests by the steps, one each, and then passes them on.
type front struct {
	t     *testing.T
	steps []http.HandlerFunc
	mu    sync.Mutex
	seen  []attempt
	http.Handler
}

// before puts a front before a handler and returns its address.
func before(t *testing.T, next http.Handler, steps ...http.HandlerFunc) (*front, string) {
	t.Helper()
	f := &front{t: t, steps: steps, Handler: next}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, server.URL
}

// ServeHTTP implements http.Handler.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Error(err)
	}
	f.mu.Lock()
	f.seen = append(f.seen, attempt{r.Method, r.URL.Path, r.Header.Get("Idempotency-Key"), r.Header.Get("Authorization"), string(body)})
	var step http.HandlerFunc
	if len(f.steps) > 0 {
		step, f.steps = f.steps[0], f.steps[1:]
	}
	f.mu.Unlock()
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	if step != nil {
		step(w, r)
		return
	}
	f.Handler.ServeHTTP(w, r)
}

// attempts returns what was seen so far.
func (f *front) attempts() []attempt {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.seen)
}

func answer(status int, retryAfter, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if _, err := io.WriteString(w, body); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

// lose drops a request without a word.
func lose(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// cutShort ends an answer in the middle.
func cutShort(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "1000")
	answer(http.StatusCreated, "", `{"id":`)(w, r)
}

func receipt() http.HandlerFunc {
	return answer(http.StatusCreated, "", fmt.Sprintf(`{"id": %q, "transaction_id": %q, "status": "buffered", "references": "verified", "accepted_at": "2026-07-15T11:20:00Z"}`, uuid.New(), uuid.New()))
}

func open(t *testing.T, address string, options ...opsdb.Option) *opsdb.Client {
	t.Helper()
	api, err := opsdb.New(address, "secret", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return api
}

func TestWritesAreRepeatedWithOneKey(t *testing.T) {
	t.Parallel()
	f, url := before(t, receipt(), lose, answer(http.StatusServiceUnavailable, "0", "{}"), cutShort, answer(http.StatusTooManyRequests, "", "{}"), answer(http.StatusBadGateway, "", ""))
	var notices int
	api := open(t, url+"/below/", opsdb.WithNotice(func(error, time.Duration) { notices++ }))
	if _, err := opsdb.Value[client.WriteReceipt](api.StartExecutedObsUnitWithResponse(t.Context(), nil, client.ExecutedObsUnitStart{ObsUnitID: 7})); err != nil {
		t.Fatal(err)
	}
	if len(f.attempts()) != 6 || notices != 5 {
		t.Fatalf("%d attempts, %d notices", len(f.attempts()), notices)
	}
	for _, a := range f.attempts() {
		if a != f.attempts()[0] || a.key == "" || a.body != `{"obs_unit_id":7}` || a.token != "Bearer secret" || a.path != "/below/executed_obs_units/start" {
			t.Errorf("%+v", a)
		}
	}
	if _, err := api.StartExecutedObsUnitWithResponse(t.Context(), &client.StartExecutedObsUnitParams{IdempotencyKey: new("mine")}, client.ExecutedObsUnitStart{ObsUnitID: 7}); err != nil {
		t.Fatal(err)
	}
	if last := f.attempts()[6].key; last != "mine" {
		t.Errorf("the key of the caller became %q", last)
	}
}

// What may not be done twice is sent once.
func TestOthersAreSentOnce(t *testing.T) {
	t.Parallel()
	f, url := before(t, answer(http.StatusOK, "", "{}"), lose, answer(http.StatusServiceUnavailable, "0", "{}"), answer(http.StatusTooManyRequests, "0", "{}"))
	api := open(t, url)
	create := func() error {
		return opsdb.Check(api.CreateTokenWithResponse(t.Context(), client.TokenCreate{Name: "x"}))
	}
	if _, ok := errors.AsType[*opsdb.UnreachableError](create()); !ok || len(f.attempts()) != 1 {
		t.Errorf("an answer that is lost: %+v", f.attempts())
	}
	if p, ok := errors.AsType[*opsdb.Problem](create()); !ok || p.Status != http.StatusServiceUnavailable || len(f.attempts()) != 2 {
		t.Errorf("not now: %+v", f.attempts())
	}
	if err := create(); err != nil || len(f.attempts()) != 4 || f.attempts()[3].key != "" {
		t.Errorf("refused before anything was done: %v %+v", err, f.attempts())
	}
	// What never left this machine can be sent again.
	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	api = open(t, "http://"+free.Addr().String(), opsdb.WithPatience(time.Second))
	if u, ok := errors.AsType[*opsdb.UnreachableError](create()); !ok || u.Attempts < 2 {
		t.Errorf("nothing listens: %+v", u)
	}
}

func TestPatience(t *testing.T) {
	t.Parallel()
	// A pause that does not fit is not made.
	f, url := before(t, nil, answer(http.StatusServiceUnavailable, "3600", `{"type": "http://x/problems/main-unreachable", "title": "No", "status": 503, "detail": "since noon", "request_id": "r"}`))
	began := time.Now()
	_, err := opsdb.Value[client.Health](open(t, url).GetHealthWithResponse(t.Context()))
	p, ok := errors.AsType[*opsdb.Problem](err)
	if !ok || p.Type != "main-unreachable" || p.RequestID != "r" || p.Detail != "since noon" || p.RetryAfter != time.Hour || len(f.attempts()) != 1 || time.Since(began) > 10*time.Second {
		t.Errorf("%v %+v", err, f.attempts())
	}
	// Retry-After is kept, as a number and as a time of the site.
	for _, after := range []string{"1", time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat)} {
		_, url = before(t, answer(http.StatusOK, "", "{}"), answer(http.StatusServiceUnavailable, after, "{}"))
		began = time.Now()
		if _, err := open(t, url).GetHealthWithResponse(t.Context()); err != nil || time.Since(began) < time.Second {
			t.Errorf("%s: %v after %s", after, err, time.Since(began))
		}
	}
	// Silence has an end.
	released := make(chan struct{})
	silent := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-released:
		}
	}
	_, url = before(t, http.HandlerFunc(silent))
	defer close(released)
	began = time.Now()
	_, err = open(t, url, opsdb.WithPatience(400*time.Millisecond), opsdb.WithAttemptTime(100*time.Millisecond)).GetHealthWithResponse(t.Context())
	if u, ok := errors.AsType[*opsdb.UnreachableError](err); !ok || u.Attempts < 2 || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("the night is over")
	stop := time.AfterFunc(50*time.Millisecond, func() { cancel(cause) })
	defer stop.Stop()
	if _, err = open(t, url).GetHealthWithResponse(ctx); !errors.Is(err, cause) {
		t.Errorf("the context's end: %v", err)
	}
}

// A refusal of which the end never comes is no answer, for streams as for all else.
func TestARefusedStreamIsNotWaitedForWithoutEnd(t *testing.T) {
	t.Parallel()
	hangs := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		answer(http.StatusServiceUnavailable, "", "{")(w, r)
		w.(http.Flusher).Flush() //nolint:errcheck // it can
		<-r.Context().Done()
	}
	_, url := before(t, answer(http.StatusForbidden, "", `{"type": "/problems/forbidden", "title": "no", "status": 403}`), hangs)
	var failures []error
	for _, err := range open(t, url, opsdb.WithAttemptTime(100*time.Millisecond)).Follow(t.Context(), opsdb.Health) {
		failures = append(failures, err)
	}
	if len(failures) != 2 {
		t.Fatal(failures)
	}
	if u, ok := errors.AsType[*opsdb.UnreachableError](failures[0]); !ok || !strings.Contains(u.Error(), "no answer within 100ms") {
		t.Errorf("at first: %v", failures[0])
	}
	if p, ok := errors.AsType[*opsdb.Problem](failures[1]); !ok || p.Type != "forbidden" {
		t.Errorf("then: %v", failures[1])
	}
}

// A stream that breaks off in the middle of a message goes on, from what was whole, and no sooner than the site wants.
func TestAStreamThatBreaksOffInAMessageGoesOn(t *testing.T) {
	t.Parallel()
	said := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			if _, err := io.WriteString(w, text); err != nil {
				t.Error(err)
			}
		}
	}
	var asked string
	const heartbeat = `data: {"type":"heartbeat","epoch":"e","offset":`
	_, url := before(t, nil, said(heartbeat+"7}\r\n\n"+heartbeat+"8"), answer(http.StatusServiceUnavailable, "1", `{"type": "/problems/unavailable", "status": 503}`),
		func(w http.ResponseWriter, r *http.Request) { asked = r.URL.RawQuery; said(heartbeat+"9}\n")(w, r) })
	var offsets []int64
	began := time.Now()
	for m, err := range open(t, url).Follow(t.Context(), opsdb.Health) {
		if err != nil {
			continue
		}
		if offsets = append(offsets, m.Offset); m.Offset == 9 {
			break
		}
	}
	if !slices.Equal(offsets, []int64{7, 9}) || asked != "epoch=e&offset=7" {
		t.Errorf("%v, asked for %q", offsets, asked)
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("it was back after %s", took)
	}
}

// The token goes nowhere else.
func TestRedirections(t *testing.T) {
	t.Parallel()
	other, url := before(t, answer(http.StatusOK, "", "{}"))
	_, url = before(t, http.RedirectHandler(url+"/health", http.StatusTemporaryRedirect))
	_, err := opsdb.Value[client.Health](open(t, url).GetHealthWithResponse(t.Context()))
	if p, ok := errors.AsType[*opsdb.Problem](err); !ok || p.Status != http.StatusTemporaryRedirect || !strings.Contains(p.Error(), "another address") || len(other.attempts()) > 0 {
		t.Errorf("%v %+v", err, other.attempts())
	}
	if _, err := opsdb.Value[client.Health](open(t, url).GetBufferStatsWithResponse(t.Context())); err == nil {
		t.Error("no error")
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "ops.example.org", "ftp://x", "http://", "http://user:password@x", "http://x?y", "http://x#y"} {
		if _, err := opsdb.New(address, ""); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
	if _, err := opsdb.New("http://x", "two\nlines"); err == nil || strings.Contains(err.Error(), "lines") {
		t.Errorf("a token of two lines: %v", err)
	}
	for _, option := range []opsdb.Option{opsdb.WithPatience(0), opsdb.WithAttemptTime(-1)} {
		if _, err := opsdb.New("http://x", "", option); err == nil {
			t.Error("no time is taken")
		}
	}
	if text := fmt.Sprintf("%v %+v", open(t, "http://x"), open(t, "http://x")); strings.Contains(text, "secret") {
		t.Error(text)
	}
}

// Which operations take a key is what the document says.
func TestKeyedOperations(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, url := before(t, answer(http.StatusOK, "", "{}"))
	api, err := opsdb.New(url, "", opsdb.WithTransport(http.DefaultTransport))
	if err != nil {
		t.Fatal(err)
	}
	doer, ok := api.ClientInterface.(*client.Client)
	if !ok {
		t.Fatal("the client is another")
	}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			request, err := http.NewRequestWithContext(t.Context(), method, url+strings.NewReplacer("{", "", "}", "").Replace(path), nil)
			if err != nil {
				t.Fatal(err)
			}
			response, err := doer.Client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			if err := response.Body.Close(); err != nil {
				t.Fatal(err)
			}
			seen := f.attempts()
			takes := operation.Parameters.GetByInAndName("header", "Idempotency-Key") != nil
			switch has := seen[len(seen)-1].key != ""; {
			case takes && !has:
				t.Errorf("%s %s takes a key: add it to keyedOperations", method, path)
			case has && !takes:
				t.Errorf("%s %s takes no key: remove it from keyedOperations", method, path)
			}
		}
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections() //nolint:errcheck // its type is documented
}
