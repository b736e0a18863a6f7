package httpapi_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/site"
)

// hurry is how many times faster than in earnest the servers of these tests lose their patience.
const hurry = 25

// serveInHurry starts the server as it runs in earnest and returns its address.
func (s *station) serveInHurry() string {
	s.t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	server := s.server.HTTPServer(listener.Addr().String())
	for name, limit := range map[string]*time.Duration{
		"header": &server.ReadHeaderTimeout, "request": &server.ReadTimeout, "answer": &server.WriteTimeout, "idle": &server.IdleTimeout,
	} {
		if *limit <= 0 || *limit > 3*time.Minute {
			s.t.Errorf("a client may take %s for the %s", *limit, name)
		}
		*limit /= hurry
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	s.t.Cleanup(func() {
		if err := server.Close(); err != nil {
			s.t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			s.t.Error(err)
		}
	})
	return listener.Addr().String()
}

// talk sends a text, goes on by more for as long as the server listens, and returns what it says until it hangs up.
func talk(t *testing.T, address, text string, more func(io.Writer) error) string {
	t.Helper()
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := connection.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := connection.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, text); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1)
	go func() {
		answer, err := io.ReadAll(bufio.NewReader(connection))
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() { //nolint:errorlint // net gives it as it is
			said <- "the server does not hang up: " + string(answer)
			return
		}
		said <- string(answer)
	}()
	for more != nil {
		select {
		case answer := <-said:
			return answer
		case <-time.After(10 * time.Millisecond):
			if err := more(connection); err != nil {
				more = nil
			}
		}
	}
	return <-said
}

func status(answer string) string {
	line, _, _ := strings.Cut(answer, "\r\n")
	line, _, _ = strings.Cut(line, ":")
	return line
}

// A client that is slow, or that sends without end, is not listened to for long, and what it is told tells it nothing.
func TestPatience(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	address := s.serveInHurry()
	drip := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	post := "POST /executed_obs_units/start HTTP/1.1\r\nHost: ops.example\r\nAuthorization: Bearer " + s.token + "\r\nContent-Type: application/json\r\n"
	for name, test := range map[string]struct {
		text string
		more func(io.Writer) error
		want string // status line; "": an end without an answer
	}{
		"nothing":              {"", nil, ""},
		"slow headers":         {"GET /health/live HTTP/1.1\r\nHost: ops.example\r\nX-Slow: ", drip("x"), ""},
		"a slow body":          {post + "Content-Length: 1000\r\n\r\n{", drip(" "), "HTTP/1.1 400 Bad Request"},
		"a slow chunk":         {post + "Transfer-Encoding: chunked\r\n\r\n", drip("1\r\n \r\n"), "HTTP/1.1 400 Bad Request"},
		"large headers":        {"GET /health/live HTTP/1.1\r\nHost: ops.example\r\nX-Large: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", nil, "HTTP/1.1 431 Request Header Fields Too Large"},
		"many headers":         {"GET /health/live HTTP/1.1\r\nHost: ops.example\r\n" + strings.Repeat("X-Many: x\r\n", 5000) + "\r\n", nil, "HTTP/1.1 431 Request Header Fields Too Large"},
		"a long path":          {"GET /" + strings.Repeat("x", 64<<10) + " HTTP/1.1\r\nHost: ops.example\r\n\r\n", nil, "HTTP/1.1 431 Request Header Fields Too Large"},
		"nonsense":             {"\x16\x03\x01 hello\r\n\r\n", nil, "HTTP/1.1 400 Bad Request"},
		"two lengths":          {post + "Content-Length: 2\r\nTransfer-Encoding: gzip\r\n\r\n{}", nil, "HTTP/1.1 501 Not Implemented"},
		"no host":              {"GET /health/live HTTP/1.1\r\n\r\n", nil, "HTTP/1.1 400 Bad Request"},
		"a header in a header": {"GET /health/live HTTP/1.1\r\nHost: ops.example\r\nX-Bad\x00: " + s.token + "\r\n\r\n", nil, "HTTP/1.1 400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			answer := talk(t, address, test.text, test.more)
			if status(answer) != test.want {
				t.Errorf("%q, want %q", answer, test.want)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
			for _, private := range []string{s.token, "Server:", "golang", "opsdb", "127.0.0.1"} {
				if strings.Contains(answer, private) {
					t.Errorf("it tells %q: %s", private, answer)
				}
			}
		})
	}
}

// A body is read no further than the operation needs, whether it says how long it is or not.
func TestEndlessBodies(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	address := s.serveInHurry()
	for _, known := range []bool{true, false} {
		var sent atomic.Int64
		endless := readerFunc(func(p []byte) (int, error) {
			for i := range p {
				p[i] = ' '
			}
			if sent.Add(int64(len(p))) > 20<<20 {
				return 0, io.EOF
			}
			return len(p), nil
		})
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/executed_obs_units/start", endless)
		if err != nil {
			t.Fatal(err)
		}
		if known {
			r.ContentLength = 20 << 20
		}
		r.Header.Set("Authorization", "Bearer "+s.token)
		r.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			// The server hangs up on who goes on sending; then the answer may be lost on the way.
			if sent.Load() > 10<<20 {
				t.Errorf("length known %t: %d bytes were taken: %v", known, sent.Load(), err)
			}
			continue
		}
		if response.StatusCode != http.StatusRequestEntityTooLarge || sent.Load() > 10<<20 {
			t.Errorf("length known %t: %s after %d bytes", known, response.Status, sent.Load())
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	// Nobody's body is not read at all.
	answer := talk(t, address, fmt.Sprintf("POST /executed_obs_units/start HTTP/1.1\r\nHost: ops.example\r\nContent-Length: %d\r\n\r\n", 20<<20), nil)
	if status(answer) != "HTTP/1.1 401 Unauthorized" {
		t.Errorf("without a token: %q", answer)
	}
}

type readerFunc func([]byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
