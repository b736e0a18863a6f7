package httpapi_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
	"github.com/ccatobs/opsdb/internal/site"
)

// renewedBefore lets time pass since somebody's session was renewed last, and returns it.
func (p *person) renewedBefore(site string, d time.Duration) auth.Session {
	p.t.Helper()
	sessions, err := p.sessions.List(p.t.Context(), p.id)
	if err != nil || len(sessions) != 1 {
		p.t.Fatalf("%v %v", sessions, err)
	}
	redis := redisclient.New(redisclient.Options{Address: p.redis.Address()})
	p.t.Cleanup(redis.Close)
	client, err := redis.Get()
	if err != nil {
		p.t.Fatal(err)
	}
	key := rediskeys.Site(site).Session(sessions[0].ID.String())
	if err := client.Do(p.t.Context(), client.B().Hincrby().Key(key).Field("renewed").Increment(-d.Microseconds()).Build()).Error(); err != nil {
		p.t.Fatal(err)
	}
	return sessions[0]
}

// Whoever comes with a cookie that was replaced long ago has copied it, or it was copied from him: the session is over,
// and an administrator can see it.
func TestAnOldCookieEndsTheSessionAndIsAudited(t *testing.T) {
	s := newWorld(t).open(setup{})
	p := s.signedIn("observer")
	thief := *p // has the first cookie
	token := p.access()
	thief.access() // a moment ago is no theft
	if events := s.audited("&action=session.reused", 10); len(events) != 0 {
		t.Errorf("%+v", events)
	}
	thief.cookie = p.cookie
	session := p.renewedBefore("cologne", time.Hour)
	p.browser("refreshSession").want(http.StatusOK)
	p.renewedBefore("cologne", time.Hour)
	p.browser("refreshSession").want(http.StatusOK)
	p.renewedBefore("cologne", time.Hour)
	a := thief.browser("refreshSession")
	a.problem(http.StatusUnauthorized, "session-ended")
	if set := a.header.Get("Set-Cookie"); !strings.Contains(set, "Max-Age=0") {
		t.Errorf("the browser keeps the cookie: %q", set)
	}
	s.do(call{op: "getMe", token: token}).problem(http.StatusUnauthorized, "session-ended")
	p.browser("refreshSession").problem(http.StatusUnauthorized, "session-ended")
	events := s.audited("&action=session.reused", 10)
	if len(events) != 1 {
		t.Fatalf("%+v", events)
	}
	e := events[0]
	if user, err := e.UserID.Get(); err != nil || user != p.id || e.Actor != "observer-on-duty" || e.Address == "" || e.Site != "cologne" || !strings.Contains(string(e.Detail), session.ID.String()) {
		t.Errorf("%+v", e)
	}
}

// The sign-ins of operators for emergencies are seen at once where they happened, and reach the main database.
func TestSignInsOfOperatorsAreAudited(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Secondary, change: withOperators})
	_, password, err := auth.NewOperators(s.sessions).Create(t.Context(), "night-operator", "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	body := map[string]any{"name": "night-operator", "password": "wrong"}
	s.do(call{op: "signInBreakGlass", token: "-", body: body}).problem(http.StatusUnauthorized, "break-glass-refused")
	eventually(t, "guesses have to wait", func() bool { // and are told together a minute later
		return s.do(call{op: "signInBreakGlass", token: "-", body: body}).status == http.StatusTooManyRequests
	})
	body["password"] = password
	s.do(call{op: "signInBreakGlass", token: "-", body: body}).want(http.StatusOK)

	refused, let := s.audited("&action=break_glass.refused", 10), s.audited("&action=break_glass.signed_in", 10)
	if len(refused) != 1 || !strings.Contains(string(refused[0].Detail), `"night-operator"`) || !regexp.MustCompile(`"count": ?1\b`).Match(refused[0].Detail) || refused[0].Site != "observatory" || refused[0].Address == "" {
		t.Errorf("%+v", refused)
	}
	if len(let) != 1 || let[0].Actor != "break-glass:night-operator" || !strings.Contains(string(let[0].Detail), "session_id") || !let[0].UserID.IsNull() {
		t.Errorf("%+v", let)
	}
	eventually(t, "the main database has both", func() bool {
		rows, err := s.db.Query(t.Context(), "select action from access_event where action ~ '^break_glass' order by at")
		if err != nil {
			t.Fatal(err)
		}
		return slices.Equal(collect[string](t, rows), []string{"break_glass.refused", "break_glass.signed_in"})
	})
}

// What the document calls an action the database takes: an entry that it refuses is lost, and nobody is told.
func TestTheDatabaseTakesEveryActionOfTheDocument(t *testing.T) {
	w := newWorld(t)
	actions := document(t).Components.Schemas["AccessAction"].Value.Enum
	if len(actions) < 13 {
		t.Fatalf("the document has %v", actions)
	}
	for _, action := range actions {
		if _, err := w.db.Exec(t.Context(), `insert into access_event (id, at, site, actor, address, action) values ($1, now(), 'cologne', 'test', '', $2)`,
			uuid.New(), action); err != nil {
			t.Errorf("%s: %v", action, err)
		}
	}
}

// Who asks whether a token is good must not take a site that cannot tell for a no.
func TestIntrospectionThatCannotTellSaysSo(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Secondary})
	service, stranger := s.issue("service"), s.issue("observer")
	cut := *s
	cut.url = s.process(setup{kind: site.Secondary, mainAway: true, replicaAway: true, idle: true})
	ask := func(token string) answer {
		return cut.do(call{op: "introspectToken", token: service, body: map[string]any{"token": token}})
	}
	eventually(t, "who asks is known", func() bool {
		s.do(call{op: "getMe", token: service}).want(http.StatusOK)
		return cut.do(call{op: "getMe", token: service}).status == http.StatusOK
	})
	if a := ask(stranger); a.problem(http.StatusServiceUnavailable, "token-unverifiable").RequestID == "" || a.header.Get("Retry-After") == "" {
		t.Errorf("%v", a.header)
	}
	if got := decode[api.Introspection](ask("nonsense").want(http.StatusOK)); got.Active {
		t.Errorf("%+v", got)
	}
	if got := decode[api.Introspection](ask(service).want(http.StatusOK)); !got.Active {
		t.Errorf("%+v", got)
	}
}

// A page of another origin can read why it was refused, whatever the reason.
func TestPagesOfOtherOriginsSeeFailures(t *testing.T) {
	s := newWorld(t).open(setup{idle: true, change: func(d *httpapi.Deps) {
		withOrigins(d)
		d.Access.RateLimit = 1
		d.Access.Sessions = nil // what needs them panics
	}})
	readable := func(a answer) {
		t.Helper()
		if a.header.Get("Access-Control-Allow-Origin") != page || a.header.Get("Access-Control-Allow-Credentials") != "true" ||
			!strings.Contains(a.header.Get("Access-Control-Expose-Headers"), "Retry-After") {
			t.Errorf("%d is kept from the page: %v", a.status, a.header)
		}
	}
	readable(s.cross(http.MethodGet, "/auth/me", page, "", nil).want(http.StatusUnauthorized))
	readable(s.cross(http.MethodGet, "/auth/sessions", page, s.token, nil).want(http.StatusInternalServerError))
	eventually(t, "the budget is used up", func() bool {
		a := s.cross(http.MethodGet, "/auth/me", page, s.token, nil)
		readable(a)
		return a.status == http.StatusTooManyRequests
	})
}
