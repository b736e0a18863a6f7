package serve_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/config"
	"github.com/ccatobs/opsdb/internal/contract/contracttest"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
	"github.com/ccatobs/opsdb/internal/redistest"
	"github.com/ccatobs/opsdb/internal/serve"
)

func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

const secret = "q7Jd0wZr3mXk9bVt2LhGf5YcNs8PaUeI"

// world is what a site stands on: a database, which is its main database and its replica in one, and a Redis.
type world struct {
	t     *testing.T
	main  postgres.Address
	local postgres.Address
	redis *redistest.Redis
	token string
}

func newWorld(t *testing.T, redisSettings ...string) *world {
	t.Helper()
	t.Chdir(t.TempDir())
	address := pgtest.New(t)
	keys, err := auth.NewKeys(secret, "")
	if err != nil {
		t.Fatal(err)
	}
	issued, err := auth.Issue(t.Context(), maindb.New(pgtest.Connect(t, address)), keys, auth.Grant{User: "test", Role: "admin", Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, main: address, local: address, redis: redistest.New(t, redisSettings...), token: issued.Token}
}

// away returns where no database is.
func away(a postgres.Address) postgres.Address {
	a.Port++
	return a
}

func (w *world) environ(more ...string) []string {
	host, port, err := net.SplitHostPort(w.redis.Address())
	if err != nil {
		w.t.Fatal(err)
	}
	return append([]string{
		"SITE_NAME=observatory", "SITE_TYPE=secondary", "SECRET_KEY=" + secret, "LISTEN_ADDRESS=127.0.0.1:0",
		"MAIN_DB_HOST=" + w.main.Host, "MAIN_DB_PORT=" + strconv.Itoa(w.main.Port), "MAIN_DB_USER=" + w.main.User, "MAIN_DB_NAME=" + w.main.Name,
		"LOCAL_DB_HOST=" + w.local.Host, "LOCAL_DB_PORT=" + strconv.Itoa(w.local.Port), "LOCAL_DB_USER=" + w.local.User, "LOCAL_DB_NAME=" + w.local.Name,
		"REDIS_HOST=" + host, "REDIS_PORT=" + port,
	}, more...)
}

// server is a running one.
type server struct {
	t     *testing.T
	url   string
	token string
	stop  context.CancelFunc
	ended chan error
}

// logs passes on the address that the server says it listens on.
type logs struct {
	mu      sync.Mutex
	text    bytes.Buffer
	address chan string
}

func (l *logs) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var entry struct{ Msg, Address string }
	if err := json.Unmarshal(line, &entry); err != nil {
		return 0, err
	}
	if entry.Msg == "serving" {
		l.address <- entry.Address
	}
	return l.text.Write(line)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// start runs a server until the test ends, at the latest.
func (w *world) start(more ...string) *server {
	w.t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	out := &logs{address: make(chan string, 1)}
	s := &server{t: w.t, token: w.token, stop: stop, ended: make(chan error, 1)}
	environ := w.environ(more...)
	go func() { s.ended <- serve.Run(ctx, environ, out) }()
	select {
	case address := <-out.address:
		s.url = "http://" + address
	case err := <-s.ended:
		w.t.Fatalf("it ended: %v\n%s", err, out)
	}
	w.t.Cleanup(func() {
		stop()
		if err := s.wait(); err != nil && errs.KindOf(err) != errs.Invalid {
			w.t.Errorf("it ended with %v", err)
		}
		if w.t.Failed() {
			w.t.Log(out)
		}
	})
	return s
}

// wait returns how the server ended.
func (s *server) wait() error {
	err := <-s.ended
	s.ended <- err
	return err
}

// do returns the status of the answer and its body.
func (s *server) do(ctx context.Context, method, path, body string) (int, string, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Close = true
	request.Header.Set("Authorization", "Bearer "+s.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := contracttest.Transport(s.t, http.DefaultTransport).RoundTrip(request)
	if err != nil {
		return 0, "", err
	}
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, string(answer), errors.Join(err, response.Body.Close())
}

const observation = `{"obs_unit_id": 1, "start_time": "2026-11-20T03:00:00Z"}`

// becomes waits until a request is answered with a status.
func (s *server) becomes(status int, method, path, body string) string {
	s.t.Helper()
	var answer string
	labtest.Eventually(s.t, fmt.Sprintf("%s %s answers %d", method, path, status), func(ctx context.Context) error {
		got, text, err := s.do(ctx, method, path, body)
		if err != nil {
			return err
		}
		if got != status {
			return fmt.Errorf("%d: %s", got, text)
		}
		answer = text
		return nil
	})
	return answer
}

func (s *server) answers(status int, method, path, body string) string {
	s.t.Helper()
	got, text, err := s.do(s.t.Context(), method, path, body)
	if err != nil || got != status {
		s.t.Errorf("%s %s: %d %v, want %d: %s", method, path, got, err, status, text)
	}
	return text
}

func TestAWriteFromAcceptedToReplicated(t *testing.T) {
	w := newWorld(t)
	s := w.start()
	var accepted struct {
		Transaction string `json:"transaction_id"`
	}
	if err := json.Unmarshal([]byte(s.becomes(http.StatusCreated, http.MethodPost, "/executed_obs_units/start", observation)), &accepted); err != nil {
		t.Fatal(err)
	}
	answer := s.answers(http.StatusOK, http.MethodGet, "/transactions/"+accepted.Transaction+"?wait=replicated&timeout=20s", "")
	if !strings.Contains(answer, `"replicated"`) {
		t.Error(answer)
	}
}

func TestRefusesARedisThatLosesWhatItAcknowledged(t *testing.T) {
	for _, setting := range [][]string{{"maxmemory-policy", "allkeys-lru"}, {"appendfsync", "everysec"}, {"appendonly", "no"}} {
		w := newWorld(t, setting...)
		err := serve.Run(t.Context(), w.environ(), io.Discard)
		if errs.KindOf(err) != errs.Invalid || !strings.Contains(err.Error(), setting[0]) || !strings.Contains(err.Error(), "CONFIG SET") {
			t.Errorf("%v: %v", setting, err)
		}
	}
}

func TestRefusesARedisThatComesUpLaterAndLosesWhatItAcknowledged(t *testing.T) {
	w := newWorld(t, "appendfsync", "no")
	w.redis.Kill()
	s := w.start()
	s.becomes(http.StatusServiceUnavailable, http.MethodGet, "/health/ready", "")
	w.redis.Start()
	if err := s.wait(); errs.KindOf(err) != errs.Invalid {
		t.Errorf("it ended with %v", err)
	}
}

func TestStartsWithoutRedisAndServesReads(t *testing.T) {
	w := newWorld(t)
	w.redis.Kill()
	s := w.start()
	s.becomes(http.StatusOK, http.MethodGet, "/executed_obs_units/1", "")
	s.answers(http.StatusServiceUnavailable, http.MethodPost, "/executed_obs_units/start", observation)
	s.answers(http.StatusServiceUnavailable, http.MethodGet, "/health/ready", "")
	s.answers(http.StatusOK, http.MethodGet, "/health/live", "")
	w.redis.Start()
	s.becomes(http.StatusCreated, http.MethodPost, "/executed_obs_units/start", observation)
	s.becomes(http.StatusOK, http.MethodGet, "/health/ready", "")
}

func TestStartsWithRedisAlone(t *testing.T) {
	w := newWorld(t)
	// The token is used once while the databases are there.
	w.start().becomes(http.StatusOK, http.MethodGet, "/executed_obs_units/1", "")
	w.main, w.local = away(w.main), away(w.local)
	s := w.start()
	s.becomes(http.StatusOK, http.MethodGet, "/health/ready", "")
	s.answers(http.StatusCreated, http.MethodPost, "/executed_obs_units/start", observation)
	if health := s.answers(http.StatusOK, http.MethodGet, "/health", ""); !strings.Contains(health, `"degraded"`) {
		t.Errorf("health: %s", health)
	}
}

func TestFinishesWhatIsUnderWay(t *testing.T) {
	w := newWorld(t)
	s := w.start("SHUTDOWN_PAUSE=500ms")
	s.becomes(http.StatusOK, http.MethodGet, "/health/ready", "")
	finish := s.begin(http.MethodPost, "/executed_obs_units/start", observation)

	s.stop()
	s.becomes(http.StatusServiceUnavailable, http.MethodGet, "/health/ready", "")
	s.answers(http.StatusCreated, http.MethodPost, "/executed_obs_units/start", observation)
	labtest.Eventually(t, "no more requests are taken", func(ctx context.Context) error {
		if _, _, err := s.do(ctx, http.MethodGet, "/health/live", ""); err == nil {
			return errors.New("one was answered")
		}
		return nil
	})
	if status, err := finish(); err != nil || status != http.StatusCreated {
		t.Errorf("the request under way: %d %v", status, err)
	}
	if err := s.wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if w.holdsLease() {
		t.Error("the executor's lease was not given up")
	}
}

// begin sends a request but for its body and returns when its handler waits for that. The returned function sends the
// rest and returns the status of the answer.
func (s *server) begin(method, path, body string) (finish func() (int, error)) {
	s.t.Helper()
	reader, writer := io.Pipe()
	handled := make(chan struct{})
	ctx := httptrace.WithClientTrace(context.WithoutCancel(s.t.Context()), &httptrace.ClientTrace{Got100Continue: func() { close(handled) }})
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, reader)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Close = true
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Expect", "100-continue")
	type answer struct {
		status int
		err    error
	}
	answered := make(chan answer, 1)
	go func() {
		response, err := (&http.Transport{ExpectContinueTimeout: time.Minute}).RoundTrip(request)
		if err != nil {
			answered <- answer{err: err}
			return
		}
		answered <- answer{response.StatusCode, response.Body.Close()}
	}()
	<-handled
	return func() (int, error) {
		if _, err := io.WriteString(writer, body); err != nil {
			return 0, err
		}
		if err := writer.Close(); err != nil {
			return 0, err
		}
		a := <-answered
		return a.status, a.err
	}
}

func (w *world) holdsLease() bool {
	w.t.Helper()
	client := redisclient.New(redisclient.Options{Address: w.redis.Address()})
	defer client.Close()
	c, err := client.Get()
	if err != nil {
		w.t.Fatal(err)
	}
	held, err := c.Do(w.t.Context(), c.B().Exists().Key(rediskeys.Site("observatory").Lease()).Build()).AsBool()
	if err != nil {
		w.t.Fatal(err)
	}
	return held
}

func TestRefusesSettings(t *testing.T) {
	w := newWorld(t)
	for _, setting := range []string{"SECRET_KEY=your-secret-key-here", "SITE_TYPE=primary", "LISTEN_ADDRESS=8000"} {
		if err := serve.Run(t.Context(), w.environ(setting), io.Discard); !errors.Is(err, config.ErrInvalid) {
			t.Errorf("%s: %v", setting, err)
		}
	}
	other, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := serve.Run(t.Context(), w.environ("LISTEN_ADDRESS="+other.Addr().String()), io.Discard); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("an address in use: %v", err)
	}
}
