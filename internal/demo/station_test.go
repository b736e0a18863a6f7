package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
)

const startPath = "/executed_obs_units/start"

// site answers starts of executions, each key once as new and then as known, and remembers the keys.
type site struct {
	mu   sync.Mutex
	keys []string
	seen map[string]bool
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.Header.Get("Idempotency-Key")
	s.keys = append(s.keys, key)
	if s.seen[key] {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	s.seen[key] = true
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, `{"id":"0198f2c4-6a00-7cc3-98c4-dc0c0c07398f","transaction_id":"0198f2c4-6a01-7f2b-8a0e-6a1d7f4b2c10",
		"status":"buffered","references":"verified","accepted_at":"2026-07-15T11:20:00.004211Z"}`)
}

func newStation(t *testing.T, handlers ...http.Handler) *station {
	t.Helper()
	var urls []string
	for _, h := range handlers {
		server := httptest.NewServer(h)
		if h == nil {
			server.Close() // nobody listens there any more
		}
		t.Cleanup(server.Close)
		urls = append(urls, server.URL)
	}
	s, err := openStation(lab.Site{Name: "observatory", URLs: urls, Token: "t"})
	must(t, err)
	t.Cleanup(s.close)
	return s
}

func start(ctx context.Context, s *station, key string) error {
	_, err := send(ctx, s, "start", func(ctx context.Context, api *client.ClientWithResponses) (*client.StartExecutedObsUnitResponse, error) {
		return api.StartExecutedObsUnitWithResponse(ctx, &client.StartExecutedObsUnitParams{IdempotencyKey: &key}, client.ExecutedObsUnitStart{ObsUnitID: 1})
	})
	return err
}

func TestAClientGoesOnWithTheOtherAPI(t *testing.T) {
	there := &site{seen: make(map[string]bool)}
	busy := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	s := newStation(t, nil, busy, there)
	const writes = 2 * loseEvery
	for i := range writes {
		must(t, start(t.Context(), s, fmt.Sprintf("key-%d", i)))
	}
	if got, want := s.lost.Load(), int64(2); got < want {
		t.Errorf("%d answers were lost, want %d", got, want)
	}
	if got := s.known.Load(); got == 0 || got > s.lost.Load() {
		t.Errorf("%d requests were known, want those whose answer was lost: %d", got, s.lost.Load())
	}
	if s.resent.Load() < s.lost.Load() {
		t.Errorf("%d requests were sent again", s.resent.Load())
	}
	if len(there.seen) != writes || len(there.keys) != writes+int(s.known.Load()) {
		t.Errorf("%d keys in %d requests, want %d", len(there.seen), len(there.keys), writes)
	}
}

func TestAClientDoesNotRepeatWhatIsRefused(t *testing.T) {
	asked := 0
	s := newStation(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != startPath || r.Header.Get("Authorization") != "Bearer t" {
			t.Errorf("%s with %q", r.URL, r.Header.Get("Authorization"))
		}
		http.Error(w, "no such unit", http.StatusUnprocessableEntity)
	}))
	err := start(t.Context(), s, "key")
	if err == nil || !strings.Contains(err.Error(), "no such unit") || asked != 1 {
		t.Errorf("%v after %d requests", err, asked)
	}
}

func TestAClientGivesUpWhenInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	s := newStation(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		interrupt()
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	if err := start(ctx, s, "key"); err == nil || ctx.Err() == nil {
		t.Errorf("error %v", err)
	}
}

func TestTheAPIThatHoldsTheLease(t *testing.T) {
	pids := map[string]int{"observatory/api-1": 10, "observatory/api-2": 11, "cologne/api-1": 12, "observatory/redis": 13}
	for holder, want := range map[string]string{
		"host/11/ABC": "observatory/api-2", "host/10/ABC": "observatory/api-1", "host/12/ABC": "", "host/13/ABC": "", "host/1/ABC": "", "": "",
	} {
		if got := apiOf(pids, "observatory", holder); got != want {
			t.Errorf("%q is %q, want %q", holder, got, want)
		}
	}
}
