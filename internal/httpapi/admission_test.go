package httpapi_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/lab/fakegithub"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/site"
)

// change changes what GitHub says of nora.
func (c *community) change(change func(*fakegithub.Account)) {
	account := nora()
	change(&account)
	c.github.Put(account)
}

// callback returns where GitHub sends a browser that begins to sign in, without following it.
func (b *browser) callback() string {
	b.t.Helper()
	follow := b.http.CheckRedirect
	defer func() { b.http.CheckRedirect = follow }()
	b.http.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/github/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	end, _ := b.visit("http://ops.example/github/login")
	return end
}

func TestASignInBelongsToOneBrowserAndIsGoodOnce(t *testing.T) {
	c := newCommunity(t)
	s := c.open(setup{kind: site.Main})
	if to := s.do(call{op: "startGitHubSignIn", token: "-"}).want(http.StatusFound).header.Get("Location"); !strings.HasPrefix(to, c.github.URL()) {
		t.Errorf("a sign-in goes to %s", to)
	}
	if to := s.do(call{op: "finishGitHubSignIn", token: "-", query: "code=a&state=b"}).want(http.StatusFound).header.Get("Location"); to != frontEnd+"?sign_in=sign-in-failed" {
		t.Errorf("a sign-in that was not begun ends at %s", to)
	}
	fails := func(b *browser, address, why string) {
		t.Helper()
		if end, _ := b.visit(address); end != frontEnd+"?sign_in=sign-in-failed" || b.secret() != "" {
			t.Errorf("%s: the browser ends at %s", why, end)
		}
	}
	mine := s.browser()
	fails(s.browser(), mine.callback(), "somebody who follows my link")
	victim := s.browser()
	victim.callback()
	fails(victim, mine.callback(), "somebody who follows my link while signing in himself")

	link := mine.callback()
	before := mine.jar.Cookies(callbackURL)
	if end, _ := mine.visit(link + "&iss=https://github.com"); end != frontEnd || mine.secret() == "" {
		t.Fatalf("the browser ends at %s", end)
	}
	redis := s.redisClient()
	if n, err := redis.Do(t.Context(), redis.B().Exists().Key(keyOfSignIn(t, link)).Build()).AsInt64(); n != 0 || err != nil {
		t.Errorf("a sign-in that is over is still there: %d, %v", n, err)
	}
	again := s.browser()
	again.jar.SetCookies(callbackURL, before)
	fails(again, link, "a link that was used")

	for _, query := range []string{"", "code=a", "state=b", "error=access_denied&state=b", "code=a&state=b"} {
		b := s.browser()
		b.callback()
		fails(b, "http://ops.example/github/callback?"+query, query)
	}

	late := s.browser()
	link = late.callback()
	key := keyOfSignIn(t, link)
	if ttl, err := redis.Do(t.Context(), redis.B().Pttl().Key(key).Build()).AsInt64(); err != nil || ttl <= 0 || ttl > 600_000 {
		t.Errorf("a sign-in is kept for %d ms, %v", ttl, err)
	}
	if err := redis.Do(t.Context(), redis.B().Pexpire().Key(key).Milliseconds(0).Build()).Error(); err != nil {
		t.Fatal(err)
	}
	fails(late, link, "after ten minutes")

	// The code of another sign-in does not fit the verifier of this one.
	one, two := s.browser(), s.browser()
	code, err := url.Parse(one.callback())
	if err != nil {
		t.Fatal(err)
	}
	own, err := url.Parse(two.callback())
	if err != nil {
		t.Fatal(err)
	}
	mixed := own.Query()
	mixed.Set("code", code.Query().Get("code"))
	fails(two, "http://ops.example/github/callback?"+mixed.Encode(), "somebody else's code")
}

// callbackURL is where browsers bring the cookie of a sign-in.
var callbackURL = &url.URL{Scheme: "http", Host: "ops.example", Path: "/github/callback"}

// keyOfSignIn returns the key under which the main site keeps the sign-in of a link.
func keyOfSignIn(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return "site:cologne:sign_in:" + u.Query().Get("state")
}

// redisClient returns a client of the site's Redis.
func (s *station) redisClient() rueidis.Client {
	s.t.Helper()
	client := redisclient.New(redisclient.Options{Address: s.redis.Address()})
	s.t.Cleanup(client.Close)
	connected, err := client.Get()
	if err != nil {
		s.t.Fatal(err)
	}
	return connected
}

func TestWhoIsNotLetIn(t *testing.T) {
	c := newCommunity(t)
	s := c.open(setup{kind: site.Main})
	for _, state := range []string{"pending", ""} {
		c.change(func(a *fakegithub.Account) { a.Organisations["ccatobs"] = state })
		s.refused("not-in-organisation")
	}
	c.github.Choose("-")
	s.refused("sign-in-failed")
	c.github.Choose("nora-n")
	c.change(func(*fakegithub.Account) {})
	for how, reason := range map[fakegithub.How]api.ProblemSlug{
		fakegithub.Down: "github-unreachable", fakegithub.Swallow: "github-unreachable", fakegithub.Broken: "github-unreachable",
		fakegithub.Limited: "github-unreachable", fakegithub.Revoked: "sign-in-failed",
	} {
		c.github.Fail(fakegithub.Failure{How: how, Path: "/api/"})
		s.refused(reason)
	}
	c.github.Heal()
	if users := s.listed("", 10); len(users) != 1 {
		t.Errorf("users were made: %+v", users)
	}
	p := s.letIn()

	s.do(call{op: "updateUser", id: p.UserID.String(), body: map[string]any{"disabled": true}}).want(http.StatusOK)
	s.refused("user-disabled")
	s.do(call{op: "updateUser", id: p.UserID.String(), body: map[string]any{"disabled": false}}).want(http.StatusOK)
	s.letIn()
}

func TestRolesFollowTheTeams(t *testing.T) {
	c := newCommunity(t)
	s := c.open(setup{kind: site.Secondary})
	p := s.letIn()
	s.do(call{op: "updateUser", id: p.UserID.String(), body: map[string]any{"roles": []string{"service"}}}).want(http.StatusOK)
	for _, step := range []struct{ teams, roles []string }{
		{[]string{"ccatobs/observers", "CCATobs/Admins"}, []string{"admin", "observer", "service"}},
		{[]string{"ccatobs/observers"}, []string{"observer", "service"}},
		{nil, []string{"service", "viewer"}},
	} {
		c.change(func(a *fakegithub.Account) { a.Teams = step.teams })
		if now := s.letIn(); !slices.Equal(now.Roles, step.roles) || now.UserID != p.UserID {
			t.Errorf("with the teams %q: %+v", step.teams, now)
		}
	}
	before := len(s.audited("&action=user.updated", 10))
	s.letIn()
	if events := s.audited("&action=user.updated", 10); len(events) != before || !strings.Contains(string(events[0].Detail), `"github_roles"`) {
		t.Errorf("the audit trail has %+v", events)
	}
}

// Whom the organisation has removed keeps what administrators granted him, and makes no user of a stranger.
func TestWhoLeavesTheOrganisationLosesWhatItGaveHim(t *testing.T) {
	c := newCommunity(t)
	s := c.open(setup{kind: site.Main})
	b := s.browser()
	b.signIn()
	p := s.principal(b)
	s.change(p.UserID, map[string]any{"roles": []string{"viewer"}}).want(http.StatusOK)
	c.change(func(a *fakegithub.Account) { a.Organisations["ccatobs"] = "" })
	s.refused("not-in-organisation")
	if p := s.principal(b); !slices.Equal(p.Roles, []string{"viewer"}) {
		t.Errorf("an older session has %q", p.Roles)
	}
	if u := s.getUser(p.UserID); len(u.GitHubRoles) != 0 || u.GitHubLogin.MustGet() != "nora-n" || u.FullName != "Nora Night" {
		t.Errorf("the user is %+v", u)
	}
	if e := s.audited("&action=user.updated", 10)[0]; e.Actor != "nora-n" || !strings.Contains(string(e.Detail), `"github_roles":[]`) {
		t.Errorf("the audit trail has %+v", e)
	}
	events := len(s.audited("", 100))
	s.refused("not-in-organisation")
	c.github.Put(fakegithub.Account{ID: 43, Login: "newcomer"})
	c.github.Choose("newcomer")
	s.refused("not-in-organisation")
	if now := s.audited("", 100); len(now) != events {
		t.Errorf("the audit trail has %+v", now)
	}
}

func TestWhoHasNoRoleIsRefusedAndLosesWhatHeHad(t *testing.T) {
	c := newCommunity(t)
	c.rules.Default = ""
	s := c.open(setup{kind: site.Main})
	b := s.browser()
	b.signIn()
	c.change(func(a *fakegithub.Account) { a.Teams = nil })
	s.refused("no-role")
	if p := s.principal(b); len(p.Roles) != 0 {
		t.Errorf("an older session still has %q", p.Roles)
	}
	c.github.Put(fakegithub.Account{ID: 43, Login: "newcomer", Organisations: map[string]string{"ccatobs": "active"}})
	c.github.Choose("newcomer")
	s.refused("no-role")
	if users := s.listed("", 10); len(users) != 2 {
		t.Errorf("a user without any role was made: %+v", users)
	}
	c.github.Choose("nora-n")
	s.do(call{op: "updateUser", id: s.principal(b).UserID.String(), body: map[string]any{"roles": []string{"viewer"}}}).want(http.StatusOK)
	if p := s.letIn(); !slices.Equal(p.Roles, []string{"viewer"}) {
		t.Errorf("with a granted role: %q", p.Roles)
	}
}

func TestTheLastAdministratorStaysOne(t *testing.T) {
	c := newCommunity(t)
	c.change(func(a *fakegithub.Account) { a.Teams = []string{"ccatobs/admins"} })
	s := c.open(setup{kind: site.Main})
	s.letIn()
	if _, err := c.db.Exec(t.Context(), `delete from user_role ur using "user" u where u.id = ur.user_id and u.name = 'admin-on-duty'`); err != nil {
		t.Fatal(err)
	}
	c.change(func(a *fakegithub.Account) { a.Teams = nil })
	s.refused("last-admin")
}

func TestAnAccountKeepsItsUser(t *testing.T) {
	c := newCommunity(t)
	s := c.open(setup{kind: site.Secondary})
	p := s.letIn()
	c.change(func(a *fakegithub.Account) { a.Login, a.Name, a.Email = "Nora-Dawn", "Nora Dawn", "dawn@example.org" })
	c.github.Choose("nora-dawn")
	now := s.letIn()
	if now.UserID != p.UserID || now.Name != "nora-n" || now.FullName != "Nora Dawn" || now.Email != "dawn@example.org" {
		t.Errorf("the renamed account is %+v", now)
	}
	if login, err := s.getUser(p.UserID).GitHubLogin.Get(); err != nil || login != "nora-dawn" {
		t.Errorf("its login is %q, %v", login, err)
	}

	// Whoever takes the login that has become free is somebody else.
	c.github.Put(fakegithub.Account{ID: 43, Login: "nora-n", Organisations: map[string]string{"ccatobs": "active"}})
	c.github.Choose("nora-n")
	s.refused("name-taken")

	// What GitHub does not say stays, and a login that another user waits for is left to him.
	s.createUser(map[string]any{"name": "waiting", "github_login": "nora-dusk", "roles": []string{}})
	c.change(func(a *fakegithub.Account) { a.Login, a.Name, a.Email = "nora-dusk", "", "" })
	c.github.Choose("nora-dusk")
	if now := s.letIn(); now.UserID != p.UserID || now.FullName != "Nora Dawn" || now.Email != "dawn@example.org" {
		t.Errorf("it is %+v", now)
	}
}

func TestNamesAreNotTakenOver(t *testing.T) {
	c := newCommunity(t)
	s := c.open(setup{kind: site.Main})
	c.grant(auth.Grant{User: "nora-n", Role: "service", Name: "a script's", By: "test"})
	s.refused("name-taken")

	script := s.listed("&role=service", 10)[0]
	s.do(call{op: "updateUser", id: script.ID.String(), body: map[string]any{"github_login": "nora-n"}}).want(http.StatusOK)
	if p := s.letIn(); p.UserID != script.ID || !slices.Equal(p.Roles, []string{"observer", "service"}) {
		t.Errorf("joined by an administrator it is %+v", p)
	}
	joined := s.createUser(map[string]any{"name": "maria", "github_login": "mm-77", "roles": []string{"viewer"}})
	c.github.Put(fakegithub.Account{ID: 44, Login: "MM-77", Organisations: map[string]string{"ccatobs": "active"}, Teams: []string{"ccatobs/observers"}})
	c.github.Choose("mm-77")
	if p := s.letIn(); p.UserID != joined.ID || p.Name != "maria" || !slices.Equal(p.Roles, []string{"observer", "viewer"}) {
		t.Errorf("joined in advance it is %+v", p)
	}
}

func TestSignInWhileTheMainSiteIsAway(t *testing.T) {
	c := newCommunity(t)
	p := c.open(setup{kind: site.Main}).letIn()
	away := c.open(setup{kind: site.Secondary, mainAway: true})
	if now := away.letIn(); now.UserID != p.UserID || !slices.Equal(now.Roles, p.Roles) {
		t.Errorf("as before it is %+v", now)
	}
	if events := away.audited("&action=session.started", 10); len(events) != 2 || events[0].Sync != api.SyncStateBuffered {
		t.Errorf("the audit trail has %+v", events)
	}
	c.change(func(a *fakegithub.Account) { a.Name = "Nora Noon" })
	if now := away.letIn(); now.FullName != "Nora Night" {
		t.Errorf("with another name it is %+v", now)
	}
	c.change(func(a *fakegithub.Account) { a.Teams = nil })
	away.refused("main-unreachable")
	c.github.Put(fakegithub.Account{ID: 43, Login: "newcomer", Organisations: map[string]string{"ccatobs": "active"}})
	c.github.Choose("newcomer")
	away.refused("main-unreachable")
}

// A site whose replica is behind knows its own writes, and waits for those of others.
func TestSignInBeforeReplication(t *testing.T) {
	c := newCommunity(t)
	behind := c.open(setup{kind: site.Secondary, replica: pgtest.New(t)})
	b := behind.browser()
	b.signIn()
	p := behind.principal(b)
	if again := behind.letIn(); again.UserID != p.UserID {
		t.Errorf("it has become %+v", again)
	}
	c.change(func(a *fakegithub.Account) { a.Teams = nil })
	token := behind.accessToken(b)
	if before, err := behind.access.Verifier.Verify(t.Context(), token); err != nil || !slices.Equal(before.Roles, []string{"observer"}) {
		t.Errorf("before it signs in again it is %+v, %v", before, err)
	}
	if now := behind.letIn(); now.UserID != p.UserID || !slices.Equal(now.Roles, []string{"viewer"}) {
		t.Errorf("without its team it is %+v", now)
	}
	if older, err := behind.access.Verifier.Verify(t.Context(), token); err != nil || !slices.Equal(older.Roles, []string{"viewer"}) {
		t.Errorf("its older session is %+v, %v", older, err)
	}
	other := c.open(setup{kind: site.Secondary, replica: pgtest.New(t)})
	other.refused("contended")
}

func TestManySignInsOfOnePerson(t *testing.T) {
	s := newCommunity(t).open(setup{kind: site.Secondary})
	var all sync.WaitGroup
	for range 5 {
		b := s.browser()
		all.Go(func() {
			if end := b.signIn(); end != frontEnd {
				t.Errorf("the browser ends at %s", end)
			}
		})
	}
	all.Wait()
	if users := s.listed("&role=observer", 10); len(users) != 1 {
		t.Errorf("%d users", len(users))
	}
}

func TestSignInsTellNoSecrets(t *testing.T) {
	c := newCommunity(t)
	var log lockedBuffer
	s := c.open(setup{kind: site.Secondary, log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	secrets := []string{"app-secret-of-a-test"}
	b := s.browser()
	link := b.callback()
	for _, cookie := range b.jar.Cookies(callbackURL) {
		secrets = append(secrets, cookie.Value)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	secrets = append(secrets, u.Query().Get("state"))
	b.visit(link)
	b.visit(link)
	for _, how := range []fakegithub.How{fakegithub.Down, fakegithub.Broken, fakegithub.Revoked, fakegithub.Limited} {
		c.github.Fail(fakegithub.Failure{How: how, Path: "/api/"})
		s.browser().signIn()
		c.github.Fail(fakegithub.Failure{How: how, Path: "/login/oauth/access_token"})
		s.browser().signIn()
	}
	secrets = append(append(secrets, b.secret()), c.github.Secrets()...)
	text := log.String()
	for _, secret := range secrets {
		if len(secret) < 8 || strings.Contains(text, secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	if !strings.Contains(text, "github-unreachable") {
		t.Error("the log does not say why a sign-in failed")
	}
}

// lockedBuffer takes what several goroutines log.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

func TestNobodyFillsTheMemoryWithSignIns(t *testing.T) {
	s := newCommunity(t).open(setup{kind: site.Main, change: func(d *httpapi.Deps) { d.Access.RateLimit = 0 }})
	limited := 0
	for range 300 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/github/login", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if response.StatusCode == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited == 0 {
		t.Error("nobody was told to wait")
	}
	eventually(t, "people can sign in again", func() bool { return s.browser().signIn() == frontEnd })
}

func TestSignInWithoutRedis(t *testing.T) {
	s := newCommunity(t).open(setup{kind: site.Main})
	b := s.browser()
	link := b.callback()
	s.redis.Kill()
	s.do(call{op: "startGitHubSignIn", token: "-"}).problem(http.StatusServiceUnavailable, "buffer-unavailable")
	before := time.Now()
	if end, _ := b.visit(link); end != frontEnd+"?sign_in=buffer-unavailable" || time.Since(before) > 10*time.Second {
		t.Errorf("after %s the browser ends at %s", time.Since(before), end)
	}
	s.redis.Start()
}
