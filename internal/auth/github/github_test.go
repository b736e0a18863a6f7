package github_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/ccatobs/opsdb/internal/auth/github"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/lab/fakegithub"
)

// nora may do what members may; tests change a copy.
func nora() fakegithub.Account {
	return fakegithub.Account{
		ID: 42, Login: "Nora-N", Name: "Nora Night", Emails: []fakegithub.Email{{Email: "nora@example.org", Primary: true, Verified: true}},
		Organisations: map[string]string{"CCATobs": "active"}, Teams: []string{"CCATobs/Observers", "elsewhere/admins"},
	}
}

// world is a GitHub and a client of it.
type world struct {
	t      *testing.T
	github *fakegithub.Server
	config github.Config
}

func newWorld(t *testing.T) *world {
	t.Helper()
	server, err := fakegithub.Start(fakegithub.Options{ClientID: "app", ClientSecret: "app-secret", Accounts: []fakegithub.Account{nora()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	server.Choose("nora-n")
	return &world{t: t, github: server, config: github.Config{
		ClientID: "app", ClientSecret: "app-secret", URL: server.URL() + "/", APIURL: server.APIURL() + "/",
		Callback: "http://ops.example/github/callback", Organisation: "ccatobs", Timeout: 2 * time.Second,
	}}
}

// signIn does what a browser does, and asks who it was.
func (w *world) signIn() (github.Profile, error) {
	w.t.Helper()
	verifier := oauth2.GenerateVerifier()
	c := github.New(w.config)
	return c.Profile(w.t.Context(), w.code(c.AuthCodeURL("some-state", verifier)), verifier)
}

// code visits GitHub and returns the code that it sends back.
func (w *world) code(address string) string {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		w.t.Fatal(err)
	}
	back, err := response.Location()
	if err != nil {
		w.t.Fatalf("%s: %v", response.Status, err)
	}
	if back.Host != "ops.example" || back.Path != "/github/callback" || back.Query().Get("state") != "some-state" {
		w.t.Fatalf("GitHub sends the browser to %s", back)
	}
	return back.Query().Get("code")
}

// refused checks that a sign-in fails in one way, and that the error tells no secret. It returns when to try again.
func (w *world) refused(kind errs.Kind, slug string) time.Duration {
	w.t.Helper()
	_, err := w.signIn()
	return w.isRefusal(err, kind, slug)
}

func (w *world) isRefusal(err error, kind errs.Kind, slug string) time.Duration {
	w.t.Helper()
	known, ok := errors.AsType[*errs.Error](err)
	if !ok || known.Kind != kind || known.Slug != slug {
		w.t.Fatalf("got %v, want %s %s", err, kind, slug)
	}
	for _, secret := range append(w.github.Secrets(), w.config.ClientSecret) {
		if strings.Contains(fmt.Sprintf("%v %+v", err, known.Err), secret) {
			w.t.Errorf("a secret in %v", err)
		}
	}
	return known.RetryAfter
}

func TestProfile(t *testing.T) {
	w := newWorld(t)
	got, err := w.signIn()
	if err != nil {
		t.Fatal(err)
	}
	want := github.Profile{
		ID: 42, Login: "nora-n", Name: "Nora Night", Email: "nora@example.org", Teams: []string{"ccatobs/observers", "elsewhere/admins"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEmail(t *testing.T) {
	long := strings.Repeat("x", 250) + "@example.org"
	for name, test := range map[string]struct {
		public string
		all    []fakegithub.Email
		want   string
	}{
		"public":                {"public@example.org", []fakegithub.Email{{Email: "nora@example.org", Primary: true, Verified: true}}, "public@example.org"},
		"primary":               {"", []fakegithub.Email{{Email: "a@example.org", Verified: true}, {Email: "b@example.org", Primary: true, Verified: true}}, "b@example.org"},
		"unverified":            {"", []fakegithub.Email{{Email: "victim@example.org", Primary: true}}, ""},
		"none":                  {"", nil, ""},
		"too long for an entry": {"", []fakegithub.Email{{Email: long, Primary: true, Verified: true}}, ""},
		"no address":            {"nobody", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			account := nora()
			account.Email, account.Emails = test.public, test.all
			w.github.Put(account)
			if got, err := w.signIn(); err != nil || got.Email != test.want {
				t.Errorf("%q, %v; want %q", got.Email, err, test.want)
			}
		})
	}
}

func TestNamesFitAnEntry(t *testing.T) {
	w := newWorld(t)
	account := nora()
	account.Name = " No\x00ra\n" + strings.Repeat("ä", 300)
	w.github.Put(account)
	got, err := w.signIn()
	if want := "Nora" + strings.Repeat("ä", 196); err != nil || got.Name != want {
		t.Errorf("%q, %v", got.Name, err)
	}
}

func TestAllPagesOfTeamsCount(t *testing.T) {
	w := newWorld(t)
	account := nora()
	account.Teams = nil
	for i := range 250 {
		account.Teams = append(account.Teams, fmt.Sprintf("ccatobs/team-%03d", i))
	}
	w.github.Put(account)
	got, err := w.signIn()
	if diff := cmp.Diff(account.Teams, got.Teams); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for i := range 2000 {
		account.Teams = append(account.Teams, fmt.Sprintf("ccatobs/more-%d", i))
	}
	w.github.Put(account)
	w.refused(errs.Internal, "")
}

func TestOnlyActiveMembersAreLetIn(t *testing.T) {
	for name, organisations := range map[string]map[string]string{
		"stranger": nil, "invited": {"ccatobs": "pending"}, "of another": {"ccatobs-fans": "active"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			account := nora()
			account.Organisations = organisations
			w.github.Put(account)
			w.refused(errs.Forbidden, "not-in-organisation")
		})
	}
}

func TestWhatCannotBe(t *testing.T) {
	for name, change := range map[string]func(*fakegithub.Account){
		"no id":     func(a *fakegithub.Account) { a.ID = -1 },
		"odd login": func(a *fakegithub.Account) { a.Login = "nora'; --" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.github.Remove("nora-n")
			account := nora()
			change(&account)
			w.github.Put(account)
			w.github.Choose(account.Login)
			w.refused(errs.Internal, "")
		})
	}
}

func TestCodesAreGoodOnceAndForTheirBrowser(t *testing.T) {
	w := newWorld(t)
	c := github.New(w.config)
	verifier := oauth2.GenerateVerifier()
	code := w.code(c.AuthCodeURL("some-state", verifier))
	if _, err := c.Profile(t.Context(), code, verifier); err != nil {
		t.Fatal(err)
	}
	_, err := c.Profile(t.Context(), code, verifier)
	w.isRefusal(err, errs.Unauthenticated, "sign-in-failed")
	_, err = c.Profile(t.Context(), "made-up", verifier)
	w.isRefusal(err, errs.Unauthenticated, "sign-in-failed")
	_, err = c.Profile(t.Context(), w.code(c.AuthCodeURL("some-state", verifier)), oauth2.GenerateVerifier())
	w.isRefusal(err, errs.Unauthenticated, "sign-in-failed")
}

func TestAppThatGitHubDoesNotKnow(t *testing.T) {
	w := newWorld(t)
	w.config.ClientSecret = "another-secret"
	w.refused(errs.Internal, "")
}

func TestFailures(t *testing.T) {
	const token, api = "/login/oauth/access_token", "/api/"
	for _, test := range []struct {
		failure fakegithub.Failure
		kind    errs.Kind
		slug    string
	}{
		{fakegithub.Failure{How: fakegithub.Down, Path: token}, errs.Unavailable, "github-unreachable"},
		{fakegithub.Failure{How: fakegithub.Down, Path: api}, errs.Unavailable, "github-unreachable"},
		{fakegithub.Failure{How: fakegithub.Swallow, Path: token}, errs.Unavailable, "github-unreachable"},
		{fakegithub.Failure{How: fakegithub.Swallow, Path: api + "user/teams"}, errs.Unavailable, "github-unreachable"},
		{fakegithub.Failure{How: fakegithub.Broken, Path: token}, errs.Unavailable, "github-unreachable"},
		{fakegithub.Failure{How: fakegithub.Broken, Path: api + "user/memberships"}, errs.Unavailable, "github-unreachable"},
		{fakegithub.Failure{How: fakegithub.Limited, Path: api + "user/memberships"}, errs.Unavailable, "github-unreachable"},
		{fakegithub.Failure{How: fakegithub.Limited, Path: api + "user/emails"}, errs.Unavailable, "github-unreachable"},
		{fakegithub.Failure{How: fakegithub.Slow, Delay: time.Minute, Path: token}, errs.Unavailable, "github-unreachable"},
		{fakegithub.Failure{How: fakegithub.Revoked, Path: api}, errs.Unauthenticated, "sign-in-failed"},
	} {
		t.Run(string(test.failure.How)+test.failure.Path, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.config.Timeout = 500 * time.Millisecond
			w.github.Fail(test.failure)
			again := w.refused(test.kind, test.slug)
			if test.kind == errs.Unavailable && again <= 0 {
				t.Error("it does not say when to try again")
			}
			w.github.Heal()
			if _, err := w.signIn(); err != nil {
				t.Errorf("after it: %v", err)
			}
		})
	}
}

func TestSlownessAddsUp(t *testing.T) {
	w := newWorld(t)
	w.config.Timeout = 400 * time.Millisecond
	w.github.Fail(fakegithub.Failure{How: fakegithub.Slow, Delay: 150 * time.Millisecond, Path: "/api/"})
	before := time.Now()
	w.refused(errs.Unavailable, "github-unreachable")
	if took := time.Since(before); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
	w.config.Timeout = 5 * time.Second
	if _, err := w.signIn(); err != nil {
		t.Error(err)
	}
}

func TestNobodyListens(t *testing.T) {
	w := newWorld(t)
	verifier := oauth2.GenerateVerifier()
	code := w.code(github.New(w.config).AuthCodeURL("some-state", verifier))
	w.config.URL = "http://127.0.0.1:1"
	_, err := github.New(w.config).Profile(t.Context(), code, verifier)
	w.isRefusal(err, errs.Unavailable, "github-unreachable")
}

func TestTheBrowserWent(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := github.New(w.config).Profile(ctx, "code", "verifier"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Neither the token nor the secret of the app may follow a redirect to somebody else.
func TestSecretsStayAtGitHub(t *testing.T) {
	w := newWorld(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was asked for", r.URL)
	}))
	defer elsewhere.Close()
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect} {
		redirecting := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
		defer redirecting.Close()
		verifier := oauth2.GenerateVerifier()
		code := w.code(github.New(w.config).AuthCodeURL("some-state", verifier))
		api, token := w.config, w.config
		api.APIURL, token.URL = redirecting.URL, redirecting.URL
		for _, config := range []github.Config{api, token} {
			_, err := github.New(config).Profile(t.Context(), code, verifier)
			w.isRefusal(err, errs.Unavailable, "github-unreachable")
		}
	}
}

func TestAddressAsksForWhatIsNeeded(t *testing.T) {
	w := newWorld(t)
	u, err := url.Parse(github.New(w.config).AuthCodeURL("some-state", "some-verifier"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("scope") != "read:org read:user user:email" || q.Get("code_challenge_method") != "S256" || strings.Contains(u.String(), "some-verifier") {
		t.Errorf("%s", u)
	}
}
