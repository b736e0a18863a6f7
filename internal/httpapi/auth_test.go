package httpapi_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
	"github.com/ccatobs/opsdb/internal/site"
)

// person is somebody with a session, and the cookie of his browser.
type person struct {
	*station
	id     uuid.UUID
	cookie string
}

// signedIn opens a session of the user whom issue has made for a role.
func (s *station) signedIn(role string) *person {
	s.t.Helper()
	s.issue(role)
	p := &person{station: s}
	name := role + "-on-duty"
	var signedOut *time.Time
	if err := s.db.QueryRow(s.t.Context(), `select id, signed_out_at from "user" where name = $1`, name).Scan(&p.id, &signedOut); err != nil {
		s.t.Fatal(err)
	}
	_, secret, err := s.sessions.Open(s.t.Context(), auth.Session{
		UserID: p.id, Name: name, Credential: auth.BySession, Started: auth.AfterSignOut(signedOut),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	p.cookie = "opsdb_session=" + secret
	return p
}

// browser sends a request with the cookie and keeps what comes back.
func (p *person) browser(op string, header ...string) answer {
	p.t.Helper()
	h := map[string]string{"Cookie": p.cookie}
	for i := 0; i+1 < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	a := p.do(call{op: op, token: "-", header: h})
	if set := a.header.Get("Set-Cookie"); set != "" {
		p.cookie, _, _ = strings.Cut(set, ";")
	}
	return a
}

func (p *person) access() string {
	p.t.Helper()
	return decode[api.Session](p.browser("refreshSession").want(http.StatusOK)).AccessToken
}

func TestASessionIsRenewedAndEndsAtOnceInAllProcesses(t *testing.T) {
	s := newWorld(t).open(setup{})
	other := *s
	other.url = s.process(setup{})
	p := s.signedIn("observer")
	before := p.cookie
	token := p.access()
	if p.cookie == before {
		t.Error("the cookie stays")
	}
	for _, at := range []*station{s, &other} {
		me := decode[api.Me](at.do(call{op: "getMe", token: token}).want(http.StatusOK))
		if me.Name != "observer-on-duty" || me.Credential != api.CredentialKindSession || !slices.Contains(me.Permissions, "write:observations") {
			t.Errorf("%+v", me)
		}
	}
	list := decode[api.SessionList](s.do(call{op: "listSessions", token: token}).want(http.StatusOK))
	if len(list.Items) != 1 || !list.Items[0].Current {
		t.Errorf("%+v", list)
	}
	p.browser("logout").want(http.StatusNoContent)
	s.do(call{op: "getMe", token: token}).problem(http.StatusUnauthorized, "session-ended")
	eventually(t, "another process has heard of it", func() bool {
		return other.do(call{op: "getMe", token: token}).status == http.StatusUnauthorized
	})
	p.browser("logout").want(http.StatusNoContent)
	p.browser("refreshSession").problem(http.StatusUnauthorized, "session-ended")
}

func TestCookiesOfASessionAreForOwnPages(t *testing.T) {
	s := newWorld(t).open(setup{change: func(d *httpapi.Deps) {
		d.Access.FrontendURL, d.Access.CORSOrigins = "https://Front.example:443/app", []string{"https://dash.example"}
	}})
	p := s.signedIn("viewer")
	for _, origin := range []string{"http://ops.example", "https://front.example", "https://dash.example"} {
		p.browser("refreshSession", "Origin", origin, "Sec-Fetch-Site", "cross-site").want(http.StatusOK)
	}
	for _, header := range [][]string{
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Origin", "https://ops.example"},
		{"Origin", "http://ops.example.evil"},
		{"Sec-Fetch-Site", "cross-site"},
	} {
		for _, op := range []string{"refreshSession", "logout"} {
			p.browser(op, header...).problem(http.StatusForbidden, "origin-refused")
		}
	}
	a := p.browser("refreshSession", "Sec-Fetch-Site", "none").want(http.StatusOK)
	if set := a.header.Get("Set-Cookie"); set != "" && (!strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") || !strings.Contains(set, "Path=/auth")) {
		t.Errorf("cookie %q", set)
	}
}

func TestASessionGoesOnWhileTheSiteIsCutOff(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Secondary})
	p := s.signedIn("observer")
	token := p.access()
	cut := *s
	cut.url = s.process(setup{kind: site.Secondary, mainAway: true, replicaAway: true, idle: true})
	p.station = &cut
	// The user has just been made: what is known of him is asked for once more when the site sees that something changed.
	eventually(t, "the user is known", func() bool {
		s.do(call{op: "getMe", token: token}).want(http.StatusOK)
		return p.browser("refreshSession").status == http.StatusOK
	})
	token = p.access()
	cut.do(call{op: "getMe", token: token}).want(http.StatusOK)
	cut.do(call{op: "endSessions", token: token}).want(http.StatusServiceUnavailable)
	cut.do(call{op: "getMe", token: token}).want(http.StatusOK) // none has ended
}

func TestWhoIsDisabledOrSignedOutIsNotRenewed(t *testing.T) {
	s := newWorld(t).open(setup{})
	p, q := s.signedIn("observer"), s.signedIn("viewer")
	token := p.access()
	s.do(call{op: "endSessions", token: token}).want(http.StatusNoContent)
	s.do(call{op: "getMe", token: token}).problem(http.StatusUnauthorized, "session-ended")
	p.browser("refreshSession").problem(http.StatusUnauthorized, "session-ended")
	q.access()
	if _, err := s.db.Exec(t.Context(), `update "user" set disabled_at = now(), changed_at = now(), version = version + 1 where id = $1`, q.id); err != nil {
		t.Fatal(err)
	}
	q.browser("refreshSession").problem(http.StatusUnauthorized, "user-disabled")
}

func TestIntrospection(t *testing.T) {
	s := newWorld(t).open(setup{})
	service, observer := s.issue("service"), s.issue("observer")
	ask := func(token string) api.Introspection {
		return decode[api.Introspection](s.do(call{op: "introspectToken", token: service, body: map[string]any{"token": token}}).want(http.StatusOK))
	}
	if got := ask(observer); !got.Active || got.Identity == nil || got.Identity.Name != "observer-on-duty" {
		t.Errorf("%+v", got)
	}
	if got := ask("nonsense"); got.Active || got.Identity != nil {
		t.Errorf("%+v", got)
	}
	s.do(call{op: "introspectToken", token: observer, body: map[string]any{"token": observer}}).problem(http.StatusForbidden, "forbidden")
}

func TestBreakGlass(t *testing.T) {
	w := newWorld(t)
	body := map[string]any{"name": "night-operator", "password": "wrong"}
	w.open(setup{}).do(call{op: "signInBreakGlass", token: "-", body: body}).problem(http.StatusNotFound, "break-glass-off")

	var operators *auth.Operators
	s := w.open(setup{kind: site.Secondary, mainAway: true, replicaAway: true, idle: true, change: func(d *httpapi.Deps) {
		operators = auth.NewOperators(d.Access.Sessions)
		d.Access.Operators = operators
		d.Access.Verifier.Admit(operators)
	}})
	_, password, err := operators.Create(t.Context(), "night-operator", "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	s.do(call{op: "signInBreakGlass", token: "-", body: body}).problem(http.StatusUnauthorized, "break-glass-refused")
	body["password"] = password
	a := s.do(call{op: "signInBreakGlass", token: "-", body: body}).want(http.StatusOK)
	token := decode[api.Session](a).AccessToken
	me := decode[api.Me](s.do(call{op: "getMe", token: token}).want(http.StatusOK))
	if me.Name != "break-glass:night-operator" || me.Credential != api.CredentialKindBreakGlass || !me.UserID.IsNull() {
		t.Errorf("%+v", me)
	}
	h := decode[api.Health](s.do(call{op: "getHealth", token: "-"}).want(http.StatusOK))
	if !h.Identity.BreakGlass || h.Identity.BreakGlassSessions != 1 || h.Status != api.HealthStatusDegraded || !strings.Contains(strings.Join(h.Remarks, " "), "BREAK_GLASS is on") {
		t.Errorf("%+v %s %v", h.Identity, h.Status, h.Remarks)
	}
	body["password"] = "wrong"
	eventually(t, "guesses have to wait", func() bool {
		return s.do(call{op: "signInBreakGlass", token: "-", body: body}).status == http.StatusTooManyRequests
	})
	body["password"] = password
	s.do(call{op: "signInBreakGlass", token: "-", body: body}).want(http.StatusOK) // whoever guesses locks nobody out
}

// A process that does not let operators in leaves their sessions to those that do.
func TestASessionOfAnOperatorOutlivesAProcessWithoutThem(t *testing.T) {
	s := newWorld(t).open(setup{change: withOperators})
	other := *s
	other.url = s.process(setup{})
	_, password, err := auth.NewOperators(s.sessions).Create(t.Context(), "night-operator", "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	a := s.do(call{op: "signInBreakGlass", token: "-", body: map[string]any{"name": "night-operator", "password": password}}).want(http.StatusOK)
	cookie, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	p := &person{station: &other, cookie: cookie}
	refused := p.browser("refreshSession")
	refused.problem(http.StatusNotFound, "break-glass-off")
	if set := refused.header.Get("Set-Cookie"); set != "" {
		t.Errorf("the browser loses its cookie: %q", set)
	}
	p.station = s
	p.browser("refreshSession").want(http.StatusOK)
}

// A sign-out takes the cookie from the browser and is heard of in all processes, though Redis cannot be asked any more.
func TestSigningOutReachesTheBrowserAndAllProcesses(t *testing.T) {
	s := newWorld(t).open(setup{})
	other := *s
	other.url = s.process(setup{})
	cleared := func(a answer) bool {
		return strings.Contains(a.want(http.StatusNoContent).header.Get("Set-Cookie"), "opsdb_session=; Path=/auth; Max-Age=0")
	}
	p := s.signedIn("observer")
	if first := p.access(); !cleared(s.do(call{op: "endSessions", token: first})) {
		t.Error("the browser keeps the cookie of sessions that have all ended")
	}
	if p = s.signedIn("observer"); !cleared(p.browser("logout")) {
		t.Error("the browser keeps the cookie after the sign-out")
	}
	p = s.signedIn("observer")
	mine, another := p.access(), s.signedIn("observer").access()
	list := decode[api.SessionList](s.do(call{op: "listSessions", token: mine}).want(http.StatusOK))
	for _, session := range list.Items {
		a := s.do(call{op: "endSession", id: session.ID.String(), token: mine})
		if session.Current {
			if !cleared(a) {
				t.Error("the browser keeps the cookie of the session it has ended")
			}
			break
		}
		if a.want(http.StatusNoContent).header.Get("Set-Cookie") != "" {
			t.Error("the browser loses its cookie with another session")
		}
	}
	s.do(call{op: "getMe", token: another})
	if a := s.do(call{op: "endSessions", token: s.issue("observer")}).want(http.StatusNoContent); a.header.Get("Set-Cookie") != "" {
		t.Error("a script takes a cookie away")
	}

	p = s.signedIn("viewer")
	token := p.access()
	for _, at := range []*station{s, &other} {
		at.do(call{op: "getMe", token: token}).want(http.StatusOK)
	}
	sessions, err := s.sessions.List(t.Context(), p.id)
	if err != nil || len(sessions) != 1 {
		t.Fatal(sessions, err)
	}
	heard := s.hears(rediskeys.Site("cologne").AccessChanged())
	s.do(call{op: "signOutUser", id: p.id.String()}).want(http.StatusOK)
	told := false
	for message := range heard {
		if told = message == sessions[0].ID.String(); told {
			break
		}
	}
	if !told {
		t.Error("the other processes are not told that the session has ended")
	}
	eventually(t, "the other process refuses it", func() bool {
		return other.do(call{op: "getMe", token: token}).status == http.StatusUnauthorized
	})
	if left, err := s.sessions.List(t.Context(), p.id); err != nil || len(left) != 0 {
		t.Errorf("%v %v", left, err)
	}
	s.redis.Kill()
	for _, at := range []*station{s, &other} {
		at.do(call{op: "getMe", token: token}).problem(http.StatusUnauthorized, "session-ended")
	}
}

// hears returns what the processes of the site tell one another on a channel, for at most some seconds.
func (s *station) hears(channel string) <-chan string {
	s.t.Helper()
	redis := redisclient.New(redisclient.Options{Address: s.redis.Address()})
	s.t.Cleanup(redis.Close)
	client, err := redis.Get()
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	s.t.Cleanup(cancel)
	heard, ready := make(chan string, 100), make(chan struct{})
	go func() {
		defer close(heard)
		listening := rueidis.WithOnSubscriptionHook(ctx, func(rueidis.PubSubSubscription) { close(ready) })
		//nolint:errcheck // it ends with the test, or when the time is over
		client.Receive(listening, client.B().Subscribe().Channel(channel).Build(), func(m rueidis.PubSubMessage) { heard <- m.Message })
	}()
	<-ready
	return heard
}
