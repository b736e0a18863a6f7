package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/rediskeys"
	"github.com/ccatobs/opsdb/internal/site"
)

// A token that manages users is not that of an administrator.
func TestNobodyGrantsMoreThanHisCredentialMay(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	manager := w.issue("admin", "manage:users", "*:account")
	knowing := w.issue("admin", "manage:users", "*:account", "read:*")
	chief := s.admin()
	refused := func(role string, a answer) {
		t.Helper()
		if p := a.problem(http.StatusForbidden, "scope-exceeded"); !strings.Contains(*p.Detail, "role "+role) {
			t.Errorf("the role %s is not named: %s", role, *p.Detail)
		}
	}
	create := func(as string, changes map[string]any) answer {
		return s.do(call{op: "createUser", body: s.example("createUser", changes), token: as})
	}
	change := func(as string, u api.User, body map[string]any) answer {
		return s.do(call{op: "updateUser", id: u.ID.String(), body: body, token: as})
	}
	for _, role := range []string{"admin", "observer", "viewer", "service"} {
		refused(role, create(manager, map[string]any{"name": "new-" + role, "roles": []string{role}}))
	}
	refused("service", create(knowing, map[string]any{"name": "new", "roles": []string{"service", "viewer"}}))
	user := decode[api.User](create(knowing, map[string]any{"name": "new-viewer", "roles": []string{"viewer"}}).want(http.StatusCreated))
	refused("admin", change(knowing, user, map[string]any{"roles": []string{"admin", "viewer"}}))
	// What somebody had before is not given to him.
	change(manager, user, map[string]any{"roles": []string{"viewer"}, "full_name": "New"}).want(http.StatusOK)
	// Whoever signs in by the account has the user's roles, those by teams, too.
	refused("viewer", change(manager, user, map[string]any{"github_login": "mallory"}))
	refused("admin", change(knowing, chief, map[string]any{"github_login": "mallory"}))
	w.execute(`insert into user_role (user_id, role_id, source) select $1, id, 'github' from role where name = 'observer'`, user.ID)
	refused("observer", change(knowing, user, map[string]any{"github_login": "mallory"}))
	s.change(user.ID, map[string]any{"github_login": "nora-n"}).want(http.StatusOK)
	change(manager, user, map[string]any{"github_login": "nora-n", "email": "n@ops.example"}).want(http.StatusOK)
	change(manager, user, map[string]any{"github_login": ""}).want(http.StatusOK)
	// To take is not to give.
	second := s.createUser(map[string]any{"name": "second-chief", "roles": []string{"admin"}})
	s.do(call{op: "signOutUser", id: second.ID.String(), token: manager}).want(http.StatusOK)
	change(manager, second, map[string]any{"disabled": true}).want(http.StatusOK)
	change(manager, second, map[string]any{"roles": []string{}}).want(http.StatusOK)
}

// What only the observatory's systems may do is not for whoever asks.
func TestDemoTokensAreOfNoSystem(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main, change: func(d *httpapi.Deps) { d.Access.DemoTokens = true }})
	tried := 0
	for _, role := range []string{"viewer", "observer", "service"} {
		demo := decode[api.DemoToken](s.do(call{op: "createDemoToken", body: map[string]any{"role": role}, token: "-"}).want(http.StatusCreated))
		if s.reads(demo.Token) != http.StatusOK {
			t.Errorf("a demo token of %s is not let in", role)
		}
		for _, item := range s.doc.Paths.Map() {
			for _, o := range item.Operations() {
				_, permissions := needs(t, o)
				if !slices.ContainsFunc(permissions, auth.OfSystems) {
					continue
				}
				id := o.OperationID
				s.do(call{op: id, id: s.pathParameter(id), body: s.exampleOf(id), token: demo.Token}).problem(http.StatusForbidden, "forbidden")
				tried++
			}
		}
	}
	if tried == 0 {
		t.Error("there is nothing that only systems may do")
	}
}

// Of two sites that make the same change at once the second has nothing to write, and must not go on as before.
func TestAChangeThatWasMadeAlreadyIsLookedAtAnew(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	user := s.createUser(nil)
	heard := s.hears(rediskeys.Site("cologne").AccessChanged())
	s.change(user.ID, map[string]any{"full_name": user.FullName}).want(http.StatusOK)
	if _, ok := <-heard; !ok {
		t.Error("what is remembered is not dropped")
	}
	if events := s.audited("&action=user.updated", 10); len(events) != 0 {
		t.Errorf("the audit trail has %+v", events)
	}
}

// Whoever has many tokens changes no more with them than with one, and reads on; others are not held up.
func TestChangesOfAccessAreFew(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main, change: func(d *httpapi.Deps) { d.Access.RateLimit = 1000 }})
	var tokens []string // of one user; they are made before, for his share grows again with time
	for range 40 {
		tokens = append(tokens, w.issue("viewer"))
	}
	answers := map[int]int{}
	for _, token := range tokens {
		answers[s.make(token, map[string]any{"scopes": []string{"read:observations"}}).status]++
	}
	if answers[http.StatusCreated] < 20 || answers[http.StatusTooManyRequests] == 0 {
		t.Errorf("%v", answers)
	}
	if got := s.reads(w.issue("viewer")); got != http.StatusOK {
		t.Errorf("reads are refused: %d", got)
	}
	s.made(w.issue("observer"), map[string]any{})
}
