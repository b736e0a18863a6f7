package httpapi_test

import (
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/site"
)

// behindProxy makes a server believe what the tests say about addresses.
func behindProxy(d *httpapi.Deps) {
	d.Access.TrustedProxies = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0), Mask: net.CIDRMask(8, 32)}}
}

func from(address string) map[string]string { return map[string]string{"X-Forwarded-For": address} }

// unknownToken returns one that is well formed and nobody's.
func unknownToken(t testing.TB) string {
	t.Helper()
	other, err := auth.NewKeys("another site's key, which has 32 bytes", "")
	if err != nil {
		t.Fatal(err)
	}
	token, _ := other.Mint(maindb.CreateAPITokenParams{})
	return token
}

// A principal has a share of his own. What must succeed without the network is never refused for it.
func TestShares(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary, idle: true, change: func(d *httpapi.Deps) { d.Access.RateLimit = 0.01 }})
	read := call{op: "listExecutedObsUnits"}
	s.do(read).want(http.StatusOK)
	refused := s.do(read)
	refused.problem(http.StatusTooManyRequests, "too-many-requests")
	if wait, err := strconv.Atoi(refused.header.Get("Retry-After")); err != nil || wait < 1 || wait > 100 {
		t.Errorf("Retry-After %q", refused.header.Get("Retry-After"))
	}
	// Neither the address nor the user, but the token.
	s.do(call{op: "listExecutedObsUnits", token: s.issue("admin")}).want(http.StatusOK)
	for range 20 {
		s.start(nil)
	}
	s.do(read).problem(http.StatusTooManyRequests, "too-many-requests")
	// An operation that is refused for another reason counts, too.
	viewer := s.issue("viewer")
	s.do(call{op: "listUsers", token: viewer}).problem(http.StatusForbidden, "forbidden")
	s.do(call{op: "listUsers", token: viewer}).problem(http.StatusTooManyRequests, "too-many-requests")
	for range 20 {
		s.do(call{op: "getHealth", token: "-"}).want(http.StatusOK)
	}
}

func TestNoLimit(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, idle: true, change: func(d *httpapi.Deps) { d.Access.RateLimit = 0 }})
	for range 200 {
		s.do(call{op: "listRoles"}).want(http.StatusOK)
	}
}

// Who guesses is slowed. Who comes from the same address with a good token does not notice, the first time neither.
func TestGuessing(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, idle: true, change: behindProxy})
	guess := func(address string) answer {
		return s.do(call{op: "startExecutedObsUnit", body: s.exampleOf("startExecutedObsUnit"), token: unknownToken(t), header: from(address)})
	}
	const most = 200
	told := 0
	for guess("198.51.100.7").status == http.StatusUnauthorized {
		if told++; told > most {
			t.Fatalf("%d guesses were answered", told)
		}
	}
	if told < 10 {
		t.Errorf("after %d mistakes an address is refused", told)
	}
	a := guess("198.51.100.7")
	a.problem(http.StatusTooManyRequests, "too-many-requests")
	if a.header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
	guess("198.51.100.8").problem(http.StatusUnauthorized, "token-unknown")
	s.do(call{op: "getMe", header: from("198.51.100.7")}).want(http.StatusOK)
	s.do(call{op: "getMe", token: s.issue("viewer"), header: from("198.51.100.7")}).want(http.StatusOK)
	// To have none is not a guess.
	s.do(call{op: "getMe", token: "-", header: from("198.51.100.7")}).problem(http.StatusUnauthorized, "unauthenticated")
}

var pathPattern = regexp.MustCompile(`\{[^}]*\}`)

const page = "https://ops.example.org"

func withOrigins(d *httpapi.Deps) { d.Access.CORSOrigins = []string{page, "http://localhost:3000"} }

// cross sends a request as a browser does for a page of that origin.
func (s *station) cross(method, path, origin, token string, header map[string]string) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader("{}"))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Origin", origin)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return send(s.t, r)
}

// Pages of the configured origins can use every operation, see every answer, and read the headers that it has.
func TestPagesOfOtherOrigins(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, idle: true, change: withOrigins})
	for path, item := range s.doc.Paths.Map() {
		concrete := pathPattern.ReplaceAllString(path, someID)
		for method, o := range item.Operations() {
			a := s.cross(http.MethodOptions, concrete, page, "", map[string]string{
				"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type",
			})
			if a.status != http.StatusNoContent || a.header.Get("Access-Control-Allow-Origin") != page || a.header.Get("Access-Control-Allow-Credentials") != "true" {
				t.Errorf("%s: preflight %d %v", o.OperationID, a.status, a.header)
			}
			if allowed := strings.Split(a.header.Get("Access-Control-Allow-Methods"), ", "); !slices.Contains(allowed, method) || len(allowed) != len(item.Operations()) {
				t.Errorf("%s: methods %v", o.OperationID, allowed)
			}
			takes := strings.Split(a.header.Get("Access-Control-Allow-Headers"), ", ")
			for _, p := range o.Parameters {
				if p.Value.In == "header" && !slices.Contains(takes, p.Value.Name) {
					t.Errorf("%s: the header %s cannot be sent", o.OperationID, p.Value.Name)
				}
			}
			for _, name := range []string{"Authorization", "Content-Type", "X-Request-ID"} {
				if !slices.Contains(takes, name) {
					t.Errorf("%s: the header %s cannot be sent", o.OperationID, name)
				}
			}
		}
	}
	for _, want := range []struct {
		method, path, token string
		status              int
	}{
		{http.MethodGet, "/auth/me", s.token, 200},
		{http.MethodGet, "/auth/me", "", 401},
		{http.MethodGet, "/health/live", "", 200},
		{http.MethodGet, "/admin/users", s.issue("viewer"), 403},
		{http.MethodGet, "/nowhere", s.token, 404},
		{http.MethodPut, "/health", "", 405},
		{http.MethodPost, "/executed_obs_units/start", s.token, 415},
	} {
		a := s.cross(want.method, want.path, page, want.token, nil).want(want.status)
		if a.header.Get("Access-Control-Allow-Origin") != page || a.header.Get("Access-Control-Allow-Credentials") != "true" {
			t.Errorf("%d is kept from the page: %v", want.status, a.header)
		}
		exposed := strings.Split(a.header.Get("Access-Control-Expose-Headers"), ", ")
		for _, name := range []string{"ETag", "Idempotency-Replayed", "Location", "Ops-As-Of", "Ops-Degraded", "Ops-Next-Cursor", "Ops-Pending", "Ops-Position", "Retry-After", "X-Request-ID"} {
			if !slices.Contains(exposed, name) {
				t.Errorf("%s is kept from the page: %v", name, exposed)
			}
		}
	}
}

// No other origin gets anything, whatever it looks like.
func TestPagesOfStrangers(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, idle: true, change: withOrigins})
	for _, origin := range []string{
		"https://evil.example", "null", "https://ops.example.org.evil.example", "http://ops.example.org", "https://ops.example.org:444", "https://evil.ops.example.org",
		"https://OPS.example.org", "*", "", "https://ops.example.org, https://evil.example", "http://localhost", "https://ops.example.org/",
	} {
		for _, method := range []string{http.MethodGet, http.MethodOptions} {
			a := s.cross(method, "/health", origin, "", map[string]string{"Access-Control-Request-Method": "GET"})
			for name := range a.header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s with origin %q: %s: %v", method, origin, name, a.header[name])
				}
			}
			if !slices.Contains(a.header.Values("Vary"), "Origin") {
				t.Errorf("%s with origin %q: Vary %v", method, origin, a.header.Values("Vary"))
			}
		}
	}
	a := newWorld(t).open(setup{kind: site.Main, idle: true}).cross(http.MethodGet, "/health", page, "", nil)
	if got := a.header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("without the setting: %q", got)
	}
}

// Every answer says that it is not to be kept, framed or guessed about, those that never reach a handler included.
func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main, idle: true, change: func(d *httpapi.Deps) { d.PublicURL = "https://ops.example/" }})
	for _, a := range []answer{
		s.raw(http.MethodGet, "/health", ""), s.raw(http.MethodGet, "/docs", ""), s.raw(http.MethodGet, "/nowhere", ""), s.raw(http.MethodPut, "/health", ""),
		s.raw(http.MethodOptions, "/health", ""), s.raw(http.MethodPost, "/executed_obs_units/start", "{"), s.do(call{op: "getMe", token: "-"}),
		s.raw(http.MethodGet, "/metrics", ""), s.raw(http.MethodGet, "/openapi.json", ""),
	} {
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%d: %s: %q, want %q", a.status, name, got, want)
			}
		}
		if policy := a.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%d: Content-Security-Policy: %q", a.status, policy)
		}
		if a.header.Get("Server") != "" {
			t.Errorf("%d: Server: %q", a.status, a.header.Get("Server"))
		}
	}
	if got := w.open(setup{kind: site.Main, idle: true}).raw(http.MethodGet, "/health", "").header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("a server without TLS asks for TLS: %q", got)
	}
}

// What the public operations say of failures names neither hosts nor users.
func TestFailuresTellNoStranger(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary, mainAway: true, replicaAway: true})
	eventually(t, "the failures are noticed", func() bool {
		h := decode[api.Health](s.do(call{op: "getHealth", token: "-"}))
		return h.Main.Error != nil && h.Replica.Error != nil && h.Executor.State == "backing off"
	})
	for _, op := range []string{"getHealth", "getBufferStats", "getReadiness", "getMetrics"} {
		text := string(s.do(call{op: op, token: "-"}).text)
		for _, private := range []string{nowhere.Host, nowhere.User, "user=", "database=", "dial "} {
			if strings.Contains(text, private) {
				t.Errorf("%s says %q: %s", op, private, text)
			}
		}
	}
}
