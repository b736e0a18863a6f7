package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/site"
)

// createUser makes a user by the example of the document.
func (s *station) createUser(changes map[string]any) api.User {
	s.t.Helper()
	return decode[api.User](s.do(call{op: "createUser", body: s.example("createUser", changes)}).want(http.StatusCreated))
}

func (s *station) getUser(id api.UUID) api.User {
	s.t.Helper()
	return decode[api.User](s.do(call{op: "getUser", id: id.String()}).want(http.StatusOK))
}

func (s *station) change(id api.UUID, body map[string]any) answer {
	s.t.Helper()
	return s.do(call{op: "updateUser", id: id.String(), body: body})
}

// listed walks through all pages of users.
func (s *station) listed(filter string, limit int) []api.User {
	s.t.Helper()
	var all []api.User
	cursor := ""
	for {
		page := decode[api.UserPage](s.do(call{op: "listUsers", query: fmt.Sprintf("limit=%d%s%s", limit, filter, cursor)}).want(http.StatusOK))
		all = append(all, page.Items...)
		next, err := page.NextCursor.Get()
		if err != nil {
			return all
		}
		cursor = "&cursor=" + next
	}
}

// audited walks through all pages of the audit trail.
func (s *station) audited(filter string, limit int) []api.AccessEvent {
	s.t.Helper()
	var all []api.AccessEvent
	cursor := ""
	for {
		page := decode[api.AccessEventPage](s.do(call{op: "listAccessEvents", query: fmt.Sprintf("limit=%d%s%s", limit, filter, cursor)}).want(http.StatusOK))
		all = append(all, page.Items...)
		next, err := page.NextCursor.Get()
		if err != nil {
			return all
		}
		cursor = "&cursor=" + next
	}
}

// admin returns the administrator whose token the tests use.
func (s *station) admin() api.User {
	s.t.Helper()
	return s.listed("&role=admin", 10)[0]
}

// Nobody gets a name by which he looks like another.
func TestNamesCanBeSeen(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	user := decode[api.User](s.do(call{op: "createUser", body: s.example("createUser", nil)}).want(http.StatusCreated))
	for _, name := range []string{"Ada\u202eLovelace", "Ada\u200bLovelace", "Ada\u0085", "\ufeffAda"} {
		for what, a := range map[string]answer{
			"made":    s.do(call{op: "createUser", body: s.example("createUser", map[string]any{"name": "ada", "full_name": name})}),
			"changed": s.change(user.ID, map[string]any{"full_name": name}),
		} {
			if p := a.problem(http.StatusUnprocessableEntity, "invalid"); len(p.Errors) != 1 || p.Errors[0].Pointer != "/full_name" {
				t.Errorf("%s, %q: %+v", what, name, p)
			}
		}
	}
	s.change(user.ID, map[string]any{"full_name": "Ádá Łovelace-O’Neill, 天文"}).want(http.StatusOK)
}

func TestAdministratorsManageUsers(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	created := s.do(call{op: "createUser", body: s.example("createUser", map[string]any{"roles": []string{"service", "observer", "service"}})}).want(http.StatusCreated)
	user := decode[api.User](created)
	if user.Name != "prime-cam-drs" || !slices.Equal(user.Roles, []api.RoleName{"observer", "service"}) || created.header.Get("ETag") != `"1"` ||
		created.header.Get("Location") != "/admin/users/"+user.ID.String() {
		t.Errorf("%v %s", created.header, created.text)
	}
	changed := s.change(user.ID, map[string]any{"full_name": "Data recording", "github_login": "drs-bot", "roles": []string{"viewer"}}).want(http.StatusOK)
	user = decode[api.User](changed)
	if user.FullName != "Data recording" || user.GitHubLogin.MustGet() != "drs-bot" || !slices.Equal(user.Roles, []api.RoleName{"viewer"}) ||
		changed.header.Get("ETag") != `"2"` {
		t.Errorf("%v %s", changed.header, changed.text)
	}
	read := s.do(call{op: "getUser", id: user.ID.String()}).want(http.StatusOK)
	if string(read.text) != string(changed.text) || !ofVersion(read, `"2"`) {
		t.Errorf("changed to %s, read %s", changed.text, read.text)
	}
	s.change(user.ID, map[string]any{"disabled": true, "github_login": ""}).want(http.StatusOK)
	if user = s.getUser(user.ID); user.DisabledAt.IsNull() || !user.GitHubLogin.IsNull() {
		t.Errorf("disabled: %+v", user)
	}
	s.change(user.ID, map[string]any{"disabled": false, "roles": []string{}}).want(http.StatusOK)
	if user = s.getUser(user.ID); !user.DisabledAt.IsNull() || len(user.Roles) != 0 {
		t.Errorf("enabled again: %+v", user)
	}
	roles := decode[api.RoleList](s.do(call{op: "listRoles"}).want(http.StatusOK))
	if len(roles.Items) != 4 || roles.Items[0].Name != "admin" || !slices.Equal(roles.Items[0].Permissions, []string{"*:*"}) {
		t.Errorf("%+v", roles)
	}
}

// Another account than the one that has signed in is another person, or the same with another number.
func TestAnotherGitHubAccountHasAnotherNumber(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	user := s.createUser(map[string]any{"github_login": "orion"})
	number := func() (n *int64) {
		if err := w.db.QueryRow(t.Context(), `select github_id from "user" where id = $1`, user.ID).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if _, err := w.db.Exec(t.Context(), `update "user" set github_id = 42 where id = $1`, user.ID); err != nil {
		t.Fatal(err)
	}
	s.change(user.ID, map[string]any{"github_login": "orion", "full_name": "x"}).want(http.StatusOK)
	if number() == nil {
		t.Error("the same account has lost its number")
	}
	s.change(user.ID, map[string]any{"github_login": "rigel"}).want(http.StatusOK)
	if number() != nil {
		t.Error("another account has the number of the one before")
	}
}

func TestAUserIsCreatedOnce(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	body := s.example("createUser", map[string]any{"github_login": "drs-bot"})
	create := func(body map[string]any, key string) answer {
		return s.do(call{op: "createUser", body: body, key: key})
	}
	user := decode[api.User](create(body, "one").want(http.StatusCreated))
	s.change(user.ID, map[string]any{"full_name": "changed since"}).want(http.StatusOK)
	again := create(body, "one").want(http.StatusCreated)
	if got := decode[api.User](again); got.ID != user.ID || got.FullName != "changed since" || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%v %s", again.header, again.text)
	}
	create(s.example("createUser", map[string]any{"name": "other"}), "one").problem(http.StatusUnprocessableEntity, "idempotency-key-reused")
	create(body, "").problem(http.StatusConflict, "name-taken")
	create(s.example("createUser", map[string]any{"name": "other", "github_login": "drs-bot"}), "").problem(http.StatusConflict, "name-taken")

	own := s.example("createUser", map[string]any{"name": "own", "id": uuid.NewString()})
	first := create(own, "").want(http.StatusCreated)
	for _, key := range []string{"", "another"} {
		if repeated := create(own, key).want(http.StatusCreated); string(repeated.text) != string(first.text) {
			t.Errorf("key %q: %s, then %s", key, first.text, repeated.text)
		}
	}
	own["roles"] = []string{"viewer"}
	if p := create(own, "").problem(http.StatusConflict, "record-differs"); p.Recorded == nil || p.Requested == nil {
		t.Errorf("%+v", p)
	}
	if events := s.audited("&action=user.created", 10); len(events) != 2 {
		t.Errorf("%d users were created: %+v", len(events), events)
	}
}

func TestWhatIsWrongWithAUser(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	user, nobody := s.createUser(nil), uuid.NewString()
	s.do(call{op: "getUser", id: nobody}).problem(http.StatusNotFound, "not-found")
	s.do(call{op: "updateUser", id: nobody, body: `{"disabled":true}`}).problem(http.StatusNotFound, "not-found")
	s.do(call{op: "signOutUser", id: nobody}).problem(http.StatusNotFound, "not-found")
	for _, body := range []string{
		`{}`, `{"roles":["astronaut"]}`, `{"roles":null}`, `{"name":"other"}`, `{"github_roles":["admin"]}`, `{"email":"nowhere"}`,
		`{"full_name":"a\u0000b"}`, `{"github_login":"Upper"}`, `{"disabled":"yes"}`,
	} {
		s.do(call{op: "updateUser", id: user.ID.String(), body: body}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	for _, name := range []string{"", "Upper", "two words", "-x", "é", "a/b"} {
		s.do(call{op: "createUser", body: map[string]any{"name": name}}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	for _, cursor := range []string{"x", "Li4v", "QQ"} {
		s.do(call{op: "listUsers", query: "cursor=" + cursor}).problem(http.StatusUnprocessableEntity, "invalid")
		s.do(call{op: "listAccessEvents", query: "cursor=" + cursor}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	if now := s.getUser(user.ID); now.FullName != user.FullName || len(s.audited("&user_id="+user.ID.String(), 10)) != 1 {
		t.Errorf("something was changed: %+v", now)
	}
}

func TestIfMatchIsTheVersionThatWasRead(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	user := s.createUser(nil)
	change := func(tag, name string) answer {
		return s.do(call{op: "updateUser", id: user.ID.String(), body: map[string]any{"full_name": name}, header: map[string]string{"If-Match": tag}})
	}
	for _, tag := range []string{`"2"`, `W/"1"`, `1`, `"x"`} {
		change(tag, "a").problem(http.StatusPreconditionFailed, "precondition-failed")
	}
	change(`"1"`, "b").want(http.StatusOK)
	change(`"1"`, "b").problem(http.StatusPreconditionFailed, "precondition-failed")
	change(`"7", "2"`, "c").want(http.StatusOK)
	change(`*`, "d").want(http.StatusOK)
	// The roles are part of the version.
	s.change(user.ID, map[string]any{"roles": []string{"viewer"}}).want(http.StatusOK)
	change(`"4"`, "e").problem(http.StatusPreconditionFailed, "precondition-failed")

	// Of many who have read the same version one writes.
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for i := range 8 {
		all.Go(func() {
			role := []string{"viewer", "observer", "service", "admin"}[i%4]
			a := s.do(call{op: "updateUser", id: user.ID.String(), body: map[string]any{"roles": []string{role, "service"}}, header: map[string]string{"If-Match": `"5"`}})
			mu.Lock()
			defer mu.Unlock()
			statuses[a.status]++
		})
	}
	all.Wait()
	if statuses[http.StatusOK] != 1 || statuses[http.StatusPreconditionFailed] != 7 {
		t.Errorf("statuses: %v", statuses)
	}
}

// Who changes one thing does not undo what another changes at the same time.
func TestChangesAtTheSameTimeAllStay(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	for range 5 {
		user := s.createUser(map[string]any{"name": "u" + uuid.NewString()[:8]})
		var all sync.WaitGroup
		for _, body := range []map[string]any{{"full_name": "A"}, {"email": "a@b"}, {"roles": []string{"viewer"}}} {
			all.Go(func() { s.change(user.ID, body).want(http.StatusOK) })
		}
		all.Wait()
		now := s.do(call{op: "getUser", id: user.ID.String()}).want(http.StatusOK)
		got := decode[api.User](now)
		if got.FullName != "A" || got.Email != "a@b" || !slices.Equal(got.Roles, []api.RoleName{"viewer"}) || !ofVersion(now, `"4"`) {
			t.Fatalf("something is lost: %s", now.text)
		}
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	admin := s.admin()
	for _, body := range []map[string]any{{"roles": []string{}}, {"disabled": true}, {"roles": []string{"observer"}}} {
		s.change(admin.ID, body).problem(http.StatusConflict, "last-admin")
	}
	second := s.createUser(map[string]any{"roles": []string{"admin"}})
	s.change(second.ID, map[string]any{"disabled": true}).want(http.StatusOK)
	s.change(admin.ID, map[string]any{"roles": []string{}}).problem(http.StatusConflict, "last-admin")
	s.change(second.ID, map[string]any{"disabled": false}).want(http.StatusOK)
	s.change(admin.ID, map[string]any{"roles": []string{}}).want(http.StatusOK)
	s.do(call{op: "getUser", id: admin.ID.String()}).problem(http.StatusForbidden, "forbidden")
}

func TestOfTwoAdministratorsWhoRemoveEachOtherOneStays(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	first := s.admin()
	for round := range 6 {
		issued := w.issueFor("second-in-command", "admin")
		second := s.listed("&role=admin", 10)
		second = slices.DeleteFunc(second, func(u api.User) bool { return u.ID == first.ID })
		removal := []map[string]any{{"roles": []string{}}, {"disabled": true}}[round%2]
		start := make(chan struct{})
		var answers [2]answer
		var all sync.WaitGroup
		all.Go(func() { <-start; answers[0] = s.change(second[0].ID, removal) })
		all.Go(func() {
			<-start
			answers[1] = s.do(call{op: "updateUser", id: first.ID.String(), body: removal, token: issued})
		})
		close(start)
		all.Wait()
		var admins int
		if err := w.db.QueryRow(t.Context(), `select count(*) from user_account where 'admin' = any (granted_roles) and disabled_at is null`).Scan(&admins); err != nil {
			t.Fatal(err)
		}
		if admins != 1 {
			t.Fatalf("round %d: %d administrators are left; answered %s and %s", round, admins, answers[0].text, answers[1].text)
		}
		// The first is put back for the next round, whoever won.
		if _, err := w.db.Exec(t.Context(), `insert into user_role (user_id, role_id) select $1, id from role where name = 'admin' on conflict do nothing`, first.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.db.Exec(t.Context(), `update "user" set disabled_at = null, version = version + 1, changed_at = clock_timestamp()`); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the first administrator is let in again", func() bool {
			return s.do(call{op: "listRoles"}).status == http.StatusOK
		})
	}
}

// issueFor returns a token of a user with a role.
func (w *world) issueFor(name, role string) string {
	w.t.Helper()
	return w.grant(auth.Grant{User: name, Role: role, Name: "test", By: "test"})
}

// signIn opens a session of a user and returns its access token.
func (s *station) signIn(user api.User) string {
	s.t.Helper()
	var signedOut *time.Time
	if at, err := user.SignedOutAt.Get(); err == nil {
		signedOut = &at
	}
	return s.signInAt(user, auth.AfterSignOut(signedOut))
}

// signInAt opens a session that begins at a time, if that is not over.
func (s *station) signInAt(user api.User, at time.Time) string {
	s.t.Helper()
	session, _, err := s.sessions.Open(s.t.Context(), auth.Session{UserID: user.ID, Name: user.Name, Credential: auth.BySession, Started: at})
	if err != nil {
		s.t.Fatal(err)
	}
	token, _, err := s.sessions.AccessToken(session)
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// What an administrator changes is in force with the next request, in every process of the site.
func TestChangesAreInForceAtOnce(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	other := &station{world: w, redis: s.redis, doc: s.doc, url: s.process(setup{kind: site.Main})}
	token := w.issueFor("night-crew", "observer")
	user := s.listed("&role=observer", 10)[0]
	session := s.signIn(user)
	read := func(at *station, credential string) int {
		return at.do(call{op: "listExecutedObsUnits", token: credential}).status
	}
	want := func(what string, token, session string, tokenStatus, sessionStatus int) {
		t.Helper()
		if got := read(s, token); got != tokenStatus {
			t.Errorf("%s: the token gets %d, want %d", what, got, tokenStatus)
		}
		if got := read(s, session); got != sessionStatus {
			t.Errorf("%s: the session gets %d, want %d", what, got, sessionStatus)
		}
		eventually(t, what+", in the other process", func() bool { return read(other, token) == tokenStatus && read(other, session) == sessionStatus })
	}
	want("in the beginning", token, session, http.StatusOK, http.StatusOK)
	s.change(user.ID, map[string]any{"disabled": true}).want(http.StatusOK)
	want("disabled", token, session, http.StatusUnauthorized, http.StatusUnauthorized)
	s.change(user.ID, map[string]any{"disabled": false}).want(http.StatusOK)
	want("enabled", token, session, http.StatusOK, http.StatusOK)
	s.change(user.ID, map[string]any{"roles": []string{}}).want(http.StatusOK)
	want("without roles", token, session, http.StatusForbidden, http.StatusForbidden)
	s.change(user.ID, map[string]any{"roles": []string{"viewer"}}).want(http.StatusOK)
	want("with a role", token, session, http.StatusOK, http.StatusOK)
	s.do(call{op: "signOutUser", id: user.ID.String()}).want(http.StatusOK)
	want("signed out", token, session, http.StatusOK, http.StatusUnauthorized)
	want("signed in again", token, s.signIn(s.getUser(user.ID)), http.StatusOK, http.StatusOK)
}

func grantOf(role string, scopes ...string) auth.Grant {
	return auth.Grant{User: role + "-on-duty", Role: role, Name: "test", Scopes: scopes, By: "test"}
}
