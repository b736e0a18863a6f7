package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/site"
)

// make asks for a token as somebody.
func (s *station) make(as string, body map[string]any) answer {
	s.t.Helper()
	if _, named := body["name"]; !named {
		body["name"] = "script"
	}
	return s.do(call{op: "createToken", body: body, token: as})
}

func (s *station) made(as string, body map[string]any) api.IssuedToken {
	s.t.Helper()
	return decode[api.IssuedToken](s.make(as, body).want(http.StatusCreated))
}

// tokens walks through all pages of tokens.
func (s *station) tokens(as, filter string, limit int) []api.Token {
	s.t.Helper()
	var all []api.Token
	cursor := ""
	for {
		page := decode[api.TokenPage](s.do(call{op: "listTokens", query: fmt.Sprintf("limit=%d%s%s", limit, filter, cursor), token: as}).want(http.StatusOK))
		all = append(all, page.Items...)
		next, err := page.NextCursor.Get()
		if err != nil {
			return all
		}
		cursor = "&cursor=" + next
	}
}

func (s *station) getToken(id api.UUID) api.Token {
	s.t.Helper()
	return decode[api.Token](s.do(call{op: "getToken", id: id.String()}).want(http.StatusOK))
}

// reads is the status that a credential gets for a read.
func (s *station) reads(credential string) int {
	s.t.Helper()
	return s.do(call{op: "listExecutedObsUnits", token: credential}).status
}

func TestATokenIsShownOnceAndGoodAtOnce(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	crew := s.issue("observer")
	created := s.make(crew, map[string]any{"name": "pointing", "scopes": []string{"write:observations", "read:observations", "write:observations"}}).want(http.StatusCreated)
	token := decode[api.IssuedToken](created)
	if !slices.Equal(token.Scopes, []string{"read:observations", "write:observations"}) || token.User != "observer-on-duty" || token.CreatedBy != "observer-on-duty" ||
		created.header.Get("Location") != "/api/tokens/"+token.ID.String() || token.ExpiresAt.MustGet().Sub(token.CreatedAt) != time.Hour || !strings.HasPrefix(token.Token, token.Prefix) {
		t.Errorf("%v %s", created.header, created.text)
	}
	if s.reads(token.Token) != http.StatusOK {
		t.Error("a new token is refused")
	}
	s.do(call{op: "listTokens", token: token.Token}).problem(http.StatusForbidden, "forbidden")
	for _, a := range []answer{
		s.do(call{op: "getToken", id: token.ID.String(), token: crew}), s.do(call{op: "listTokens", token: crew}),
		s.do(call{op: "listTokenHistory", token: crew}), s.do(call{op: "listAccessEvents"}), s.do(call{op: "revokeToken", id: token.ID.String(), token: crew}),
	} {
		a.want(http.StatusOK)
		if strings.Contains(string(a.text), token.Token) || strings.Contains(string(a.text), "hash") {
			t.Errorf("the token is shown again: %s", a.text)
		}
	}
}

func TestNobodyMakesATokenThatMayMoreThanHe(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	viewer, observer, service := w.issue("viewer"), w.issue("observer"), w.issue("service")
	limited := w.issue("observer", "write:account", "read:*")
	own := w.issue("observer", "*:account", "*:observations", "read:*")
	user := func(role string) string { return s.listed("&role="+role, 10)[0].ID.String() }
	list := func(scopes ...string) []string { return scopes }
	for _, tc := range []struct {
		what   string
		as     string
		body   map[string]any
		status int
		slug   string
	}{
		{"what he may", observer, map[string]any{"scopes": list("write:observations")}, 201, ""},
		{"all he may", observer, map[string]any{}, 201, ""},
		{"what he may not", viewer, map[string]any{"scopes": list("read:observations", "write:observations")}, 403, "scope-exceeded"},
		{"a wildcard of his own", observer, map[string]any{"scopes": list("*:observations", "read:*")}, 201, ""},
		{"a wildcard that meets nothing he may", observer, map[string]any{"scopes": list("configure:*")}, 403, "scope-exceeded"},
		{"a wildcard that no system has", observer, map[string]any{"scopes": list("act:*")}, 403, "scope-exceeded"},
		{"a wildcard by a limited token", limited, map[string]any{"scopes": list("read:*")}, 403, "scope-exceeded"},
		{"every wildcard by a limited token", limited, map[string]any{"scopes": list("*:*")}, 403, "scope-exceeded"},
		{"a wildcard for another by an administrator", "", map[string]any{"user_id": user("viewer"), "scopes": list("read:*")}, 201, ""},
		{"a wildcard that the other has nothing of", "", map[string]any{"user_id": user("viewer"), "scopes": list("delete:*")}, 403, "scope-exceeded"},
		{"what his token may not", limited, map[string]any{"scopes": list("write:observations")}, 403, "scope-exceeded"},
		{"what his token may", limited, map[string]any{"scopes": list("read:observations")}, 201, ""},
		{"without limits by a limited token", limited, map[string]any{}, 403, "scope-exceeded"},
		{"without limits by a token limited to all that there is", own, map[string]any{}, 403, "scope-exceeded"},
		{"no system", observer, map[string]any{"scopes": list("act:service")}, 403, "scope-exceeded"},
		{"a system", service, map[string]any{"scopes": list("act:service")}, 201, ""},
		{"for another", observer, map[string]any{"user_id": user("viewer")}, 403, "forbidden"},
		{"for himself by name", observer, map[string]any{"user_id": user("observer")}, 201, ""},
		{"for another by an administrator", "", map[string]any{"user_id": user("viewer"), "scopes": list("read:observations")}, 201, ""},
		{"all of another by an administrator", "", map[string]any{"user_id": user("viewer")}, 201, ""},
		{"a system by an administrator", "", map[string]any{"user_id": user("service")}, 201, ""},
		{"no system by an administrator", "", map[string]any{"user_id": user("viewer"), "scopes": list("act:service")}, 403, "scope-exceeded"},
		{"an administrator is no system", "", map[string]any{"scopes": list("act:service")}, 403, "scope-exceeded"},
		{"more than the other may", "", map[string]any{"user_id": user("viewer"), "scopes": list("write:observations")}, 403, "scope-exceeded"},
		{"without a name that is seen", observer, map[string]any{"name": " "}, 422, "invalid"},
		{"with a name that turns", observer, map[string]any{"name": "a\u202eb"}, 422, "invalid"},
		{"for nobody", "", map[string]any{"user_id": uuid.NewString()}, 404, "not-found"},
		{"in the past", observer, map[string]any{"expires_at": time.Now().Add(-time.Minute)}, 422, "invalid"},
		{"for too long", observer, map[string]any{"expires_at": time.Now().Add(25 * time.Hour)}, 422, "invalid"},
		{"for long", observer, map[string]any{"expires_at": time.Now().Add(23 * time.Hour)}, 201, ""},
	} {
		a := s.make(tc.as, tc.body)
		if a.status != tc.status {
			t.Errorf("%s: %d, want %d: %s", tc.what, a.status, tc.status, a.text)
		} else if tc.status != http.StatusCreated {
			a.problem(tc.status, tc.slug)
		}
	}
	if p := s.make(viewer, map[string]any{"scopes": list("write:observations")}).problem(403, "scope-exceeded"); !strings.Contains(*p.Detail, "write:observations") {
		t.Errorf("%+v", p)
	}
	manager := w.issue("admin", "manage:users", "*:account")
	s.make(manager, map[string]any{"user_id": user("viewer"), "scopes": list("read:observations")}).problem(403, "scope-exceeded")
	id := user("viewer")
	s.do(call{op: "updateUser", id: id, body: `{"disabled":true}`}).want(http.StatusOK)
	s.make("", map[string]any{"user_id": id}).problem(http.StatusUnprocessableEntity, "invalid")
}

// Who is let in for emergencies is no user.
func TestTheOperatorForEmergenciesHasNoTokens(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main, change: withOperators})
	operator := s.session("break-glass:night", auth.ByBreakGlass)
	if got := s.tokens(operator, "", 10); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	s.make(operator, map[string]any{}).problem(http.StatusForbidden, "forbidden")
	if got := decode[api.ScopeList](s.do(call{op: "listScopes", token: operator}).want(http.StatusOK)); len(got.Items) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestOthersTokensAreUnknown(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	crew, viewer := w.issue("observer"), w.issue("viewer")
	token := s.made(crew, map[string]any{})
	for _, op := range []string{"getToken", "revokeToken", "rotateToken"} {
		c := call{op: op, id: token.ID.String(), token: viewer}
		if op == "rotateToken" {
			c.body = "{}"
		}
		s.do(c).problem(http.StatusNotFound, "not-found")
		c.id = uuid.NewString()
		s.do(c).problem(http.StatusNotFound, "not-found")
	}
	if got := s.tokens(viewer, "", 10); len(got) != 1 || got[0].User != "viewer-on-duty" {
		t.Errorf("%+v", got)
	}
	s.do(call{op: "listTokens", query: "user_id=" + token.UserID.String(), token: viewer}).problem(http.StatusForbidden, "forbidden")
	if got := s.tokens("", "&user_id="+token.UserID.String(), 10); len(got) != 2 {
		t.Errorf("%+v", got)
	}
	if got := s.tokens("", "", 2); len(got) != 4 {
		t.Errorf("an administrator sees %d tokens", len(got))
	}
	history := func(as, query string) []api.AccessEvent {
		return decode[api.AccessEventPage](s.do(call{op: "listTokenHistory", query: query, token: as}).want(http.StatusOK)).Items
	}
	if len(history(viewer, "")) != 0 || len(history(viewer, "token_id="+token.ID.String())) != 0 || len(history(crew, "")) != 1 || len(history("", "token_id="+token.ID.String())) != 1 {
		t.Error("the history of tokens is not that of the caller's")
	}
}

// A wildcard is what its user may do when it is used, and not what he might have done when it was made.
func TestAWildcardFollowsItsUser(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	viewer := w.issueFor("vera", "viewer")
	token := s.made(viewer, map[string]any{"scopes": []string{"*:observations", "*:account"}}).Token
	start := func() int {
		return s.do(call{op: "startExecutedObsUnit", body: s.exampleOf("startExecutedObsUnit"), token: token}).status
	}
	if got := start(); got != http.StatusForbidden {
		t.Errorf("a viewer's wildcard writes: %d", got)
	}
	id := s.listed("&role=viewer", 10)[0].ID
	s.change(id, map[string]any{"roles": []string{"observer"}}).want(http.StatusOK)
	if got := start(); got != http.StatusCreated {
		t.Errorf("an observer's wildcard does not write: %d", got)
	}
	known := s.tokens(token, "", 10)
	own := slices.IndexFunc(known, func(t api.Token) bool { return len(t.Scopes) > 0 })
	s.do(call{op: "rotateToken", id: known[own].ID.String(), body: map[string]any{"grace_seconds": 60}, token: token}).want(http.StatusCreated)
}

func TestScopesThatOneMayGive(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	for token, want := range map[string][]string{
		w.issue("viewer"):                        {"*:account", "read:*", "read:account", "read:observations", "read:system", "read:transactions", "write:account"},
		w.issue("admin", "read:*", "*:account"):  {"*:account", "read:*", "read:account", "read:observations", "read:system", "read:transactions", "write:account"},
		w.issue("service", "*:*", "act:service"): {"act:service", "manage:transfers", "read:account", "read:observations", "read:system", "read:transactions", "write:account", "write:observations"},
	} {
		var got []string
		for _, item := range decode[api.ScopeList](s.do(call{op: "listScopes", token: token}).want(http.StatusOK)).Items {
			got = append(got, item.Scope)
			if item.Description == "" {
				t.Errorf("%s is not described", item.Scope)
			}
			s.make(token, map[string]any{"scopes": []string{item.Scope}}).want(http.StatusCreated)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRotation(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	crew := w.issue("observer")
	rotate := func(as string, id api.UUID, body string) answer {
		return s.do(call{op: "rotateToken", id: id.String(), body: body, token: as})
	}
	first := s.made(crew, map[string]any{"name": "pointing", "scopes": []string{"read:observations"}, "expires_at": time.Now().Add(5 * time.Hour)})
	second := decode[api.IssuedToken](rotate(crew, first.ID, `{"grace_seconds":3600}`).want(http.StatusCreated))
	lives := second.ExpiresAt.MustGet().Sub(second.CreatedAt) - first.ExpiresAt.MustGet().Sub(first.CreatedAt)
	if second.Name != "pointing" || !slices.Equal(second.Scopes, first.Scopes) || second.RotatedFrom.MustGet() != first.ID || lives.Abs() > time.Millisecond {
		t.Errorf("%+v, then %+v", first, second)
	}
	if s.reads(first.Token) != 200 || s.reads(second.Token) != 200 || time.Until(s.getToken(first.ID).ExpiresAt.MustGet()).Round(time.Minute) != time.Hour {
		t.Error("both are good for the grace period")
	}
	rotate(crew, first.ID, "{}").problem(http.StatusConflict, "token-ended")
	third := decode[api.IssuedToken](rotate(crew, second.ID, `{"grace_seconds":0}`).want(http.StatusCreated))
	if s.reads(second.Token) != 401 || s.reads(third.Token) != 200 {
		t.Error("without a grace period the old one is good no more")
	}
	rotate(crew, second.ID, "{}").problem(http.StatusConflict, "token-ended")
	// Whose answer got lost can be revoked, and another asked for.
	s.do(call{op: "revokeToken", id: second.ID.String(), token: crew}).want(http.StatusOK)
	rotate(crew, first.ID, "{}").want(http.StatusCreated)

	// It is no way to more rights, nor to a longer life than there is.
	unlimited := s.made(crew, map[string]any{})
	rotate(w.issue("observer", "write:account"), unlimited.ID, "{}").problem(http.StatusForbidden, "scope-exceeded")
	forever, err := auth.Issue(t.Context(), maindb.New(w.db), w.keys, grantOf("observer"))
	if err != nil {
		t.Fatal(err)
	}
	if mortal := decode[api.IssuedToken](rotate(crew, forever.ID, "{}").want(http.StatusCreated)); mortal.ExpiresAt.MustGet().Sub(mortal.CreatedAt) != 24*time.Hour {
		t.Errorf("%+v", mortal)
	}
	var actions []string
	for _, e := range s.audited("&token_id="+third.ID.String(), 10) {
		actions = append(actions, string(e.Action)+" by "+e.Actor)
	}
	if !slices.Equal(actions, []string{"token.revoked by observer-on-duty", "token.rotated by observer-on-duty"}) {
		t.Error(actions)
	}
}

func TestOfManyRotationsAtOnceOneSucceeds(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	for _, grace := range []int{0, 3600} {
		token := s.made("", map[string]any{})
		var all sync.WaitGroup
		answers := make([]answer, 8)
		for i := range answers {
			all.Go(func() {
				answers[i] = s.do(call{op: "rotateToken", id: token.ID.String(), body: map[string]any{"grace_seconds": grace}})
			})
		}
		all.Wait()
		succeeded := 0
		for _, a := range answers {
			if a.status == http.StatusCreated {
				succeeded++
			} else {
				a.problem(http.StatusConflict, "token-ended")
			}
		}
		var live int
		if err := w.db.QueryRow(t.Context(), "select count(*) from api_token where rotated_from = $1 and revoked_at is null", token.ID).Scan(&live); err != nil {
			t.Fatal(err)
		}
		if succeeded != 1 || live != 1 {
			t.Errorf("grace %d: %d succeeded, %d live", grace, succeeded, live)
		}
	}
}

func TestRevocationIsInForceInEveryProcessAtOnce(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	other := &station{world: w, redis: s.redis, doc: s.doc, url: s.process(setup{kind: site.Main})}
	token := s.made("", map[string]any{})
	eventually(t, "it is good in both", func() bool { return s.reads(token.Token) == 200 && other.reads(token.Token) == 200 })
	began := time.Now()
	for range 2 {
		if got := decode[api.Token](s.do(call{op: "revokeToken", id: token.ID.String()}).want(http.StatusOK)); got.RevokedAt.IsNull() {
			t.Errorf("%+v", got)
		}
		if s.reads(token.Token) != http.StatusUnauthorized {
			t.Error("a revoked token is let in")
		}
	}
	eventually(t, "the other process refuses it", func() bool { return other.reads(token.Token) == http.StatusUnauthorized })
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the other process took %s", took)
	}
	if events := s.audited("&action=token.revoked", 10); len(events) != 1 {
		t.Errorf("%+v", events)
	}
	if listed := s.tokens("", "", 10); slices.ContainsFunc(listed, func(t api.Token) bool { return t.ID == token.ID }) {
		t.Error("a revoked token is in the list")
	}
	if listed := s.tokens("", "&ended=true", 10); !slices.ContainsFunc(listed, func(t api.Token) bool { return t.ID == token.ID }) {
		t.Error("it is not in the list of all")
	}
}

func TestTheDatabaseHoldsNoUsableToken(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	token := s.made("", map[string]any{})
	rows, err := w.db.Query(t.Context(), "select to_jsonb(t)::text from api_token t union all select to_jsonb(e)::text from access_event e")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range collect[string](t, rows) {
		if strings.Contains(row, token.Token) || strings.Contains(row, token.Token[len(token.Prefix):]) {
			t.Errorf("the token is in the database: %s", row)
		}
	}
	var hash string
	if err := w.db.QueryRow(t.Context(), "select token_hash from api_token where id = $1", token.ID).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	if s.reads(hash) != 401 || s.reads("ops_api_token_"+hash[:49]) != 401 {
		t.Error("a hash is taken for a token")
	}
}

func TestDemoTokens(t *testing.T) {
	w := newWorld(t)
	demo := func(s *station, body any) answer { return s.do(call{op: "createDemoToken", body: body, token: "-"}) }
	demo(w.open(setup{kind: site.Main}), nil).problem(http.StatusNotFound, "demo-off")
	s := w.open(setup{kind: site.Main, change: func(d *httpapi.Deps) { d.Access.DemoTokens = true }})
	for _, role := range []string{"", "viewer", "service", "observer", "observer"} {
		var body any
		if role != "" {
			body = map[string]any{"role": role}
		} else {
			role = "observer"
		}
		token := decode[api.DemoToken](demo(s, body).want(http.StatusCreated))
		user := s.getUser(token.UserID)
		if string(token.Role) != role || user.Name != "demo-"+role || !slices.Equal(user.Roles, []api.RoleName{api.RoleName(role)}) || time.Until(token.ExpiresAt).Round(time.Minute) != 24*time.Hour || !strings.HasPrefix(token.Token, "demo_token_") {
			t.Errorf("%+v of %+v", token, user)
		}
		// Not more than its role, whatever its user gets; and no tokens that live longer.
		s.change(user.ID, map[string]any{"roles": []string{role, "admin"}}).want(http.StatusOK)
		if s.reads(token.Token) != 200 || s.do(call{op: "listUsers", token: token.Token}).status != 403 {
			t.Error("a demo token is not what its role is")
		}
		s.make(token.Token, map[string]any{}).problem(http.StatusForbidden, "forbidden")
		s.change(user.ID, map[string]any{"roles": []string{role}}).want(http.StatusOK)
	}
	demo(s, map[string]any{"role": "admin"}).problem(http.StatusUnprocessableEntity, "invalid")
	answers := map[int]int{}
	for range 10 {
		answers[demo(s, nil).status]++
	}
	if answers[http.StatusTooManyRequests] < 4 {
		t.Errorf("%v", answers)
	}
}

// Uses are counted in memory, and once each, however often a site has to say them.
func TestUsesAddUp(t *testing.T) {
	w := newWorld(t)
	var usages []*auth.Usage
	keep := func(d *httpapi.Deps) { usages = append(usages, d.Access.Usage) }
	near := w.open(setup{kind: site.Main, change: keep})
	far := w.open(setup{kind: site.Secondary, change: keep})
	token := near.made("", map[string]any{})
	use := func(s *station, times int) {
		for range times {
			if s.reads(token.Token) != 200 {
				t.Fatal("the token is refused")
			}
		}
	}
	use(near, 3)
	use(far, 4)
	if got := near.getToken(token.ID); got.UsageCount != 0 || !got.LastUsedAt.IsNull() {
		t.Errorf("a request writes: %+v", got)
	}
	flush := func(ctx context.Context) {
		t.Helper()
		for _, u := range usages {
			if err := u.Flush(ctx); err != nil {
				t.Error(err)
			}
		}
	}
	flush(t.Context())
	flush(t.Context())
	eventually(t, "all uses are added up", func() bool { return near.getToken(token.ID).UsageCount == 7 })
	got := near.getToken(token.ID)
	if got.LastUsedFrom.MustGet() != "127.0.0.1" || got.LastUsedSite.MustGet() != "observatory" || time.Since(got.LastUsedAt.MustGet()) > time.Minute {
		t.Errorf("%+v", got)
	}
	// What could not be written is written later.
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	use(near, 2)
	use(far, 1)
	for _, u := range usages {
		if u.Flush(ended) == nil {
			t.Log("written all the same")
		}
	}
	use(near, 1)
	flush(t.Context())
	flush(t.Context())
	eventually(t, "nothing is lost or doubled", func() bool { return near.getToken(token.ID).UsageCount == 11 })
}

// A hash of the previous key is replaced when the token is used, so that the previous key can be forgotten.
func TestUseMovesATokenToThePresentKey(t *testing.T) {
	const before, after = "the previous secret of thirty-two", "the present secret of thirty-two b"
	w := newWorldAt(t, pgtest.New(t))
	var err error
	if w.keys, err = auth.NewKeys(before, ""); err != nil {
		t.Fatal(err)
	}
	w.token = w.issue("admin")
	if w.keys, err = auth.NewKeys(after, before); err != nil {
		t.Fatal(err)
	}
	var usage *auth.Usage
	s := w.open(setup{kind: site.Main, change: func(d *httpapi.Deps) { usage = d.Access.Usage }})
	if s.reads("") != 200 {
		t.Fatal("the token is refused")
	}
	if err := usage.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.keys, err = auth.NewKeys(after, ""); err != nil {
		t.Fatal(err)
	}
	if status := w.open(setup{kind: site.Main}).reads(""); status != 200 {
		t.Errorf("status %d without the previous key", status)
	}
}
