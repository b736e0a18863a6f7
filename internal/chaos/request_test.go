package chaos_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	contract "github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/contract/contracttest"
	"github.com/ccatobs/opsdb/internal/lab"
)

// requestTimeout is when a client gives an API up that does not answer.
const requestTimeout = 4 * time.Second

// station is a site as its clients see it.
type station struct {
	urls  []string
	token string
	http  *http.Client
}

// at returns a site. Connections are not kept: they would outlive the processes that the test kills.
func (r *rig) at(site string) *station {
	s := r.Site(site)
	return &station{
		urls: s.URLs, token: s.Token,
		http: &http.Client{Timeout: requestTimeout, Transport: r.transport()},
	}
}

// transport compares every answer with the document.
func (r *rig) transport() http.RoundTripper {
	return contracttest.Transport(r.t, &http.Transport{DisableKeepAlives: true})
}

// without returns the site without one of its APIs.
func (s *station) without(api int) *station {
	rest := *s
	rest.urls = slices.Delete(slices.Clone(s.urls), api, api+1)
	return &rest
}

// request is what a client sends.
type request struct {
	method string
	path   string
	key    string // Idempotency-Key; empty: none
	body   any
}

func post(path string, body any) request {
	return request{method: http.MethodPost, path: path, body: body}
}

func put(path string, body any) request {
	return request{method: http.MethodPut, path: path, body: body}
}
func get(path string) request { return request{method: http.MethodGet, path: path} }

func (r request) keyed(key string) request {
	r.key = key
	return r
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   []byte
}

// object returns the body, which is a JSON object.
func (a answer) object() (f fields, err error) {
	if err := json.Unmarshal(a.text, &f); err != nil {
		return nil, fmt.Errorf("%w: %s", err, a.text)
	}
	return f, nil
}

// ok tells whether the answer is a promise.
func (a answer) ok() bool { return a.status == http.StatusOK || a.status == http.StatusCreated }

// unavailable tells whether the client is to try again.
func (a answer) unavailable() bool { return a.status == http.StatusServiceUnavailable }

// send sends a request to one of the site's APIs.
func (s *station) send(ctx context.Context, api int, q request) (a answer, err error) {
	var body io.Reader
	if q.body != nil {
		text, err := json.Marshal(q.body)
		if err != nil {
			return a, err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, q.method, s.urls[api%len(s.urls)]+q.path, body)
	if err != nil {
		return a, err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	if q.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if q.key != "" {
		r.Header.Set("Idempotency-Key", q.key)
	}
	response, err := s.http.Do(r)
	if err != nil {
		return a, err
	}
	text, err := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, header: response.Header, text: text}, errors.Join(err, response.Body.Close())
}

// must sends a request to the first API and fails the test unless the answer has that status.
func (s *station) must(t testing.TB, status int, q request) answer {
	t.Helper()
	a, err := s.send(t.Context(), 0, q)
	if err != nil {
		t.Fatalf("%s %s: %v", q.method, q.path, err)
	}
	if a.status != status {
		t.Fatalf("%s %s: status %d, want %d: %s", q.method, q.path, a.status, status, a.text)
	}
	return a
}

// await sends a request until the answer has that status.
func (s *station) await(ctx context.Context, status int, q request) (last answer, err error) {
	err = lab.Until(ctx, fmt.Sprintf("%s %s has status %d", q.method, q.path, status), func(ctx context.Context) (err error) {
		if last, err = s.send(ctx, 0, q); err == nil && last.status != status {
			err = fmt.Errorf("status %d: %s", last.status, last.text)
		}
		return err
	})
	return last, err
}

// available sends a request until it is not put off: a process that has just lost a server remembers that for a moment.
func (s *station) available(ctx context.Context, api int, q request) (a answer, err error) {
	err = lab.Until(ctx, q.method+" "+q.path+" is answered", func(ctx context.Context) (err error) {
		if a, err = s.send(ctx, api, q); err == nil && a.unavailable() {
			err = fmt.Errorf("%s", a.text)
		}
		return err
	})
	return a, err
}

// problem tells whether an answer is a problem of that kind.
func (a answer) problem(slug string) bool {
	f, err := a.object()
	if err != nil {
		return false
	}
	kind, ok := f["type"].(string)
	return ok && strings.HasSuffix(kind, "/"+slug)
}

// health is what the first API says about its site.
func (s *station) health(ctx context.Context) (h contract.Health, err error) {
	a, err := s.send(ctx, 0, get("/health"))
	if err != nil {
		return h, err
	}
	return h, json.Unmarshal(a.text, &h)
}
