package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/auth/github"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/lab/fakegithub"
	"github.com/ccatobs/opsdb/internal/site"
)

// frontEnd is where browsers go after a sign-in; nothing is there.
const frontEnd = "http://ui.example/app"

// nora is an observer; tests change a copy.
func nora() fakegithub.Account {
	return fakegithub.Account{
		ID: 42, Login: "Nora-N", Name: "Nora Night", Email: "nora@example.org",
		Organisations: map[string]string{"ccatobs": "active"}, Teams: []string{"ccatobs/Observers", "ccatobs/others"},
	}
}

// community is a GitHub whose members sign in at the sites of a world.
type community struct {
	*world
	github *fakegithub.Server
	rules  auth.RoleRules
}

func newCommunity(t *testing.T) *community {
	t.Helper()
	server, err := fakegithub.Start(fakegithub.Options{ClientID: "app", ClientSecret: "app-secret-of-a-test", Accounts: []fakegithub.Account{nora()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	server.Choose("nora-n")
	return &community{world: newWorld(t), github: server, rules: auth.RoleRules{
		Teams: map[string]string{"ccatobs/observers": "observer", "ccatobs/admins": "admin"}, Default: "viewer",
	}}
}

// club is a site at which members can sign in.
type club struct {
	*station
	access httpapi.Access
}

// open starts a site.
func (c *community) open(like setup) *club {
	c.t.Helper()
	s := &club{}
	also := like.change
	like.change = func(d *httpapi.Deps) {
		client := github.New(github.Config{
			ClientID: "app", ClientSecret: "app-secret-of-a-test", URL: c.github.URL(), APIURL: c.github.APIURL(),
			Callback: d.PublicURL + "/github/callback", Organisation: "ccatobs", Timeout: time.Second,
		})
		d.Access.SignIn = auth.NewSignIn(client, c.rules, d.Access.Directory, d.Access.Sessions)
		d.Access.FrontendURL = frontEnd
		if also != nil {
			also(d)
		}
		s.access = d.Access
	}
	s.station = c.world.open(like)
	return s
}

// browser keeps cookies and follows redirects, but for those to a front end.
type browser struct {
	t    testing.TB
	http *http.Client
	jar  http.CookieJar
}

// browser returns a new one, for which the site's public address leads to the site.
func (s *club) browser() *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "ops.example:80" {
			address = strings.TrimPrefix(s.url, "http://")
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &browser{t: s.t, jar: jar, http: &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "ui.example" {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

// visit goes to an address and returns where it ended, and with what.
func (b *browser) visit(address string) (string, answer) {
	b.t.Helper()
	return b.send(http.MethodGet, address)
}

func (b *browser) send(method, address string) (string, answer) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		b.t.Fatal(err)
	}
	end := response.Request.URL.String()
	if response.StatusCode == http.StatusFound {
		end = response.Header.Get("Location")
	}
	return end, answer{t: b.t, status: response.StatusCode, header: response.Header, text: text}
}

// signIn signs the person in whom GitHub has chosen, and returns where the browser ends.
func (b *browser) signIn() string {
	b.t.Helper()
	end, _ := b.visit("http://ops.example/github/login")
	return end
}

// secret returns what the browser has of a session, empty for none.
func (b *browser) secret() string {
	for _, c := range b.jar.Cookies(&url.URL{Scheme: "http", Host: "ops.example", Path: "/auth/refresh"}) {
		if c.Name == "opsdb_session" {
			return c.Value
		}
	}
	return ""
}

// accessToken returns an access token of the browser's session.
func (s *club) accessToken(b *browser) string {
	s.t.Helper()
	session, err := s.access.Sessions.Of(s.t.Context(), b.secret())
	if err != nil {
		s.t.Fatal(err)
	}
	token, _, err := s.access.Sessions.AccessToken(session)
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// principal returns who the browser's session makes it, in force now.
func (s *club) principal(b *browser) auth.Principal {
	s.t.Helper()
	p, err := s.access.Verifier.Verify(s.t.Context(), s.accessToken(b))
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// letIn checks that a new browser is signed in, and returns as whom.
func (s *club) letIn() auth.Principal {
	s.t.Helper()
	b := s.browser()
	if end := b.signIn(); end != frontEnd {
		s.t.Fatalf("the browser ends at %s", end)
	}
	return s.principal(b)
}

// refused checks that a new browser is sent to the front end with a reason and without a session.
func (s *club) refused(reason api.ProblemSlug) {
	s.t.Helper()
	b := s.browser()
	if end := b.signIn(); end != frontEnd+"?sign_in="+string(reason) || b.secret() != "" {
		s.t.Fatalf("the browser ends at %s, want %s; with the session %q", end, reason, b.secret())
	}
}

func TestPeopleSignInByGitHub(t *testing.T) {
	for _, kind := range []site.Type{site.Main, site.Secondary} {
		t.Run(string(kind), func(t *testing.T) {
			s := newCommunity(t).open(setup{kind: kind})
			b := s.browser()
			end, _ := b.visit("http://ops.example/github/login?return_to=" + url.QueryEscape("/nights/42?unit=7&x=%2F#log"))
			if end != frontEnd+"/nights/42?unit=7&x=%2F#log" {
				t.Errorf("the browser ends at %s", end)
			}
			p := s.principal(b)
			if p.Name != "nora-n" || p.FullName != "Nora Night" || p.Email != "nora@example.org" || !slices.Equal(p.Roles, []string{"observer"}) || p.Credential != auth.BySession {
				t.Errorf("it is %+v", p)
			}
			_, refreshed := b.send(http.MethodPost, "http://ops.example/auth/refresh")
			me := s.do(call{op: "getMe", token: decode[api.Session](refreshed.want(http.StatusOK)).AccessToken}).want(http.StatusOK)
			if decode[api.Me](me).Name != "nora-n" {
				t.Errorf("the page learns that it is %s", me.text)
			}
			for path, want := range map[string]string{"/auth/refresh": "opsdb_session", "/github/callback": "", "/executed_obs_units": ""} {
				var got []string
				for _, c := range b.jar.Cookies(&url.URL{Scheme: "http", Host: "ops.example", Path: path}) {
					got = append(got, c.Name)
				}
				if strings.Join(got, " ") != want {
					t.Errorf("%s gets the cookies %q", path, got)
				}
			}
			created := s.audited("&action=user.created", 10)
			started := s.audited("&action=session.started", 10)
			if len(created) != 1 || len(started) != 1 || started[0].Actor != "nora-n" || started[0].Address != "127.0.0.1" || !strings.Contains(string(started[0].Detail), "github") {
				t.Errorf("the audit trail has %+v, %+v", created, started)
			}
			if session, err := s.access.Sessions.Of(t.Context(), b.secret()); err != nil || session.UserAgent != "Go-http-client/1.1" || session.Address != "127.0.0.1" {
				t.Errorf("the session is %+v, %v", session, err)
			}
		})
	}
}

// Who ends all his sessions and comes back at once is let in.
func TestPeopleSignInAgainAtOnce(t *testing.T) {
	s := newCommunity(t).open(setup{kind: site.Main})
	b := s.browser()
	token := func() string {
		t.Helper()
		b.signIn()
		_, refreshed := b.send(http.MethodPost, "http://ops.example/auth/refresh")
		return decode[api.Session](refreshed.want(http.StatusOK)).AccessToken
	}
	first := token()
	s.do(call{op: "endSessions", token: first}).want(http.StatusNoContent)
	s.do(call{op: "getMe", token: first}).problem(http.StatusUnauthorized, "session-ended")
	s.do(call{op: "getMe", token: token()}).want(http.StatusOK)
}

func TestWithoutAFrontEnd(t *testing.T) {
	c := newCommunity(t)
	s := c.open(setup{kind: site.Main, change: func(d *httpapi.Deps) { d.Access.FrontendURL, d.Access.TokenInURL = "", true }})
	end, docs := s.browser().visit("http://ops.example/github/login?return_to=/nights")
	if end != "http://ops.example/docs" || docs.status != http.StatusOK {
		t.Errorf("the browser ends at %s: %d", end, docs.status)
	}
	account := nora()
	account.Organisations = nil
	c.github.Put(account)
	_, refused := s.browser().visit("http://ops.example/github/login")
	refused.problem(http.StatusForbidden, "not-in-organisation")
}

func TestTheTokenStandsInTheAddressOnlyWhenASettingSaysSo(t *testing.T) {
	s := newCommunity(t).open(setup{kind: site.Main, change: func(d *httpapi.Deps) { d.Access.TokenInURL = true }})
	end, _ := s.browser().visit("http://ops.example/github/login?return_to=/nights?x=1")
	u, err := url.Parse(end)
	if err != nil || u.Path != "/app/nights" || u.Query().Get("x") != "1" {
		t.Fatalf("the browser ends at %s", end)
	}
	s.do(call{op: "getSiteInfo", token: u.Query().Get("token")}).want(http.StatusOK)
	if _, err := s.access.Verifier.Verify(t.Context(), u.Query().Get("token")); err != nil {
		t.Error(err)
	}
}

func TestSignInIsOffWithoutAnApp(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	s.do(call{op: "startGitHubSignIn", token: "-", query: "return_to=/"}).problem(http.StatusNotFound, "sign-in-off")
	s.do(call{op: "finishGitHubSignIn", token: "-", query: "code=a&state=b"}).problem(http.StatusNotFound, "sign-in-off")
}

func TestReturnToLeadsNowhereElse(t *testing.T) {
	s := newCommunity(t).open(setup{kind: site.Main})
	for _, to := range []string{
		"https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "nights", "/a\r\nSet-Cookie: x=y",
		"/%zz", " /a", "/\n/evil.example", "/\t/evil.example",
		"/..//x", "/../../evil.example", "/a/../..", "/./a", "/%2e%2E/a", "/a/%2e%2e%2F..", "/a//b", "/%2F%2Fevil.example", "/a//",
	} {
		s.do(call{op: "startGitHubSignIn", token: "-", query: "return_to=" + url.QueryEscape(to)}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	for to, want := range map[string]string{
		"/": "/app/", "/@evil.example": "/app/@evil.example", "/a/b/": "/app/a/b/", "/a%2Fb/...": "/app/a%2Fb/...",
		"/.evil.example": "/app/.evil.example", "/a?next=//evil.example": "/app/a?next=//evil.example",
	} {
		end, _ := s.browser().visit("http://ops.example/github/login?return_to=" + url.QueryEscape(to))
		if end != "http://ui.example"+want {
			t.Errorf("%q leads to %s", to, end)
		}
	}
}

// A stranger who begins sign-ins all the time keeps nobody out but those of his own network.
func TestSignInsAreLimitedByNetwork(t *testing.T) {
	s := newCommunity(t).open(setup{kind: site.Main, change: func(d *httpapi.Deps) {
		d.Access.TrustedProxies = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 1), Mask: net.CIDRMask(32, 32)}}
	}})
	start := func(address string) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/github/login", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-For", address)
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode
	}
	i := 0
	eventually(t, "the stranger has to wait", func() bool {
		i++
		return start(fmt.Sprintf("2001:db8:1:2::%x", i)) == http.StatusTooManyRequests
	})
	if got := start("2001:db8:1:3::1"); got != http.StatusFound {
		t.Errorf("somebody else gets %d after %d sign-ins of the stranger", got, i)
	}
	if got := start("2001:db8:1:2::1"); got != http.StatusTooManyRequests {
		t.Errorf("the stranger gets %d", got)
	}
}

func TestCookiesOfASignIn(t *testing.T) {
	for public, want := range map[string]string{
		"http://ops.example": "Path=/github; Max-Age=600; HttpOnly; SameSite=Lax", "https://ops.example/api": "Path=/api/github; Max-Age=600; HttpOnly; Secure; SameSite=Lax",
	} {
		s := newCommunity(t).open(setup{kind: site.Main, change: func(d *httpapi.Deps) { d.PublicURL = public }})
		start, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/github/login", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultTransport.RoundTrip(start)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		name, rest, _ := strings.Cut(response.Header.Get("Set-Cookie"), "=")
		_, attributes, _ := strings.Cut(rest, "; ")
		if name != "opsdb_sign_in" || attributes != want {
			t.Errorf("%s: %s=…; %s", public, name, attributes)
		}
	}
}
