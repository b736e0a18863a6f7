package httpapi_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/site"
)

// twoSites are a main site and a secondary one, which reads a real standby that lags when it is told to, and reaches the
// main database by a link that can be cut.
type twoSites struct {
	lab         *lab.Lab
	cologne     *station
	observatory *station
	standby     *pgx.Conn
}

func newTwoSites(t *testing.T) twoSites {
	t.Helper()
	l := labtest.Start(t, lab.Options{NoFsync: true})
	address := func(text string) postgres.Address {
		c, err := pgx.ParseConfig(text)
		if err != nil {
			t.Fatal(err)
		}
		return postgres.Address{Host: c.Host, Port: int(c.Port), User: c.User, Password: c.Password, Name: c.Database}
	}
	here := l.Site("observatory")
	w := newWorldAt(t, address(l.Site(lab.MainSite).Database))
	// The administrator that each lab comes with.
	if _, err := w.db.Exec(t.Context(), `delete from api_token where user_id in (select id from "user" where name = 'lab'); delete from "user" where name = 'lab'`); err != nil {
		t.Fatal(err)
	}
	standby, err := pgx.Connect(t.Context(), l.Superuser("observatory"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := standby.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	s := twoSites{lab: l, standby: standby, cologne: w.open(setup{kind: site.Main})}
	s.replicated(t)
	s.observatory = w.open(setup{kind: site.Secondary, main: address(here.Main), replica: address(here.Database)})
	for _, at := range []*station{s.cologne, s.observatory} {
		if users := at.listed("", 10); len(users) != 1 || users[0].ID != at.admin().ID {
			t.Fatalf("the test begins with users of its own: %+v", users)
		}
	}
	return s
}

func (s twoSites) replicated(t *testing.T) {
	t.Helper()
	if err := s.lab.Replicated(labtest.Context(t), "observatory"); err != nil {
		t.Fatal(err)
	}
}

// lag holds the replica back, or lets it go on.
func (s twoSites) lag(t *testing.T, held bool) {
	t.Helper()
	what := map[bool]string{true: "pg_wal_replay_pause", false: "pg_wal_replay_resume"}[held]
	if _, err := s.standby.Exec(t.Context(), "select "+what+"()"); err != nil {
		t.Fatal(err)
	}
	if !held {
		s.replicated(t)
		return
	}
	eventually(t, "the replica stands still", func() bool {
		var state string
		if err := s.standby.QueryRow(t.Context(), "select pg_get_wal_replay_pause_state()").Scan(&state); err != nil {
			t.Fatal(err)
		}
		return state == "paused"
	})
}

// What a secondary site has changed shows there at once and is in force, though its replica knows nothing of it yet.
func TestASecondarySiteShowsItsChangesOfUsersAtOnce(t *testing.T) {
	sites := newTwoSites(t)
	far, near := sites.observatory, sites.cologne
	token := far.issueFor("night-crew", "observer")
	sites.replicated(t)
	crew := far.listed("&role=observer", 10)[0]
	session := far.signIn(crew)
	reads := func(at *station, credential string) int {
		return at.do(call{op: "listExecutedObsUnits", token: credential}).status
	}
	eventually(t, "both are let in", func() bool {
		return reads(far, token) == 200 && reads(far, session) == 200 && reads(near, token) == 200
	})

	sites.lag(t, true)
	user := far.createUser(map[string]any{"roles": []string{"viewer"}})
	if user.Sync != api.SyncStateCommitted || far.getUser(user.ID).Sync != api.SyncStateCommitted {
		t.Errorf("how far it has travelled: %s", user.Sync)
	}
	if a := far.change(user.ID, map[string]any{"full_name": "first"}).want(http.StatusOK); a.header.Get("ETag") != `"2"` {
		t.Errorf("%v", a.header)
	}
	far.change(user.ID, map[string]any{"full_name": "second", "roles": []string{"observer"}}).want(http.StatusOK)
	if got := far.getUser(user.ID); got.FullName != "second" || !slices.Equal(got.Roles, []api.RoleName{"observer"}) {
		t.Errorf("%+v", got)
	}
	if got := far.audited("&user_id="+user.ID.String(), 2); len(got) != 3 || got[0].Sync != api.SyncStateCommitted || got[0].Site != "observatory" {
		t.Errorf("%+v", got)
	}
	far.do(call{op: "createUser", body: far.example("createUser", nil)}).problem(http.StatusConflict, "name-taken")
	far.change(far.admin().ID, map[string]any{"roles": []string{}}).problem(http.StatusConflict, "last-admin")

	far.put(`{"theme":"dark"}`, "", `"0"`).want(http.StatusOK)
	sameText(t, []byte(`{"theme":"dark"}`), far.do(call{op: "getPreferences"}).text)
	far.put(`{"theme":"light"}`, "", `"0"`).problem(http.StatusPreconditionFailed, "precondition-failed")

	far.change(crew.ID, map[string]any{"disabled": true}).want(http.StatusOK)
	if reads(far, token) != 401 || reads(far, session) != 401 {
		t.Error("who is disabled is let in where he was disabled")
	}
	eventually(t, "the main site knows it", func() bool { return reads(near, token) == 401 })

	// What another site has changed is not overwritten by who does not know of it.
	near.change(user.ID, map[string]any{"full_name": "third"}).want(http.StatusOK)
	far.change(user.ID, map[string]any{"email": "a@b"}).problem(http.StatusConflict, "record-differs")
	far.do(call{op: "updateUser", id: user.ID.String(), body: `{"email":"a@b"}`, header: map[string]string{"If-Match": `"3"`}}).
		problem(http.StatusPreconditionFailed, "precondition-failed")
	near.put(`{"theme":"system"}`, "", "").want(http.StatusOK)
	far.put(`{"theme":"light"}`, "", far.do(call{op: "getPreferences"}).header.Get("ETag")).problem(http.StatusPreconditionFailed, "precondition-failed")

	sites.lag(t, false)
	eventually(t, "all is replicated", func() bool {
		return far.getUser(user.ID).FullName == "third" && far.getUser(user.ID).Sync == api.SyncStateReplicated
	})
	far.change(user.ID, map[string]any{"email": "a@b"}).want(http.StatusOK)
}

// What the main site changes is in force at a secondary one as soon as it is replicated.
func TestReplicationBringsChangesOfUsersIntoForce(t *testing.T) {
	sites := newTwoSites(t)
	far, near := sites.observatory, sites.cologne
	token := far.issueFor("night-crew", "observer")
	sites.replicated(t)
	crew := far.listed("&role=observer", 10)[0]
	session := far.signIn(crew)
	lets := func(token, session string, status int) func() bool {
		return func() bool {
			return far.do(call{op: "listExecutedObsUnits", token: token}).status == status &&
				far.do(call{op: "listExecutedObsUnits", token: session}).status == status
		}
	}
	eventually(t, "both are let in", lets(token, session, http.StatusOK))
	near.change(crew.ID, map[string]any{"disabled": true}).want(http.StatusOK)
	eventually(t, "who is disabled is refused", lets(token, session, http.StatusUnauthorized))
	near.change(crew.ID, map[string]any{"disabled": false}).want(http.StatusOK)
	eventually(t, "who is enabled is let in", lets(token, session, http.StatusOK))
	near.do(call{op: "signOutUser", id: crew.ID.String()}).want(http.StatusOK)
	eventually(t, "the session has ended", func() bool {
		return far.do(call{op: "listExecutedObsUnits", token: session}).status == http.StatusUnauthorized
	})
	known := decode[api.User](far.do(call{op: "getUser", id: crew.ID.String()}).want(http.StatusOK))
	eventually(t, "the token stays good", lets(token, far.signIn(known), http.StatusOK))
}

// Without the link users cannot be changed, and the answer says so; what is known stays readable.
func TestWithoutTheLinkUsersCannotBeChanged(t *testing.T) {
	w := newWorld(t)
	user := w.open(setup{kind: site.Main}).createUser(nil)
	s := w.open(setup{kind: site.Secondary, mainAway: true})
	s.do(call{op: "createUser", body: s.example("createUser", map[string]any{"name": "other"})}).problem(http.StatusServiceUnavailable, "main-unreachable")
	s.change(user.ID, map[string]any{"disabled": true}).problem(http.StatusServiceUnavailable, "main-unreachable")
	s.do(call{op: "signOutUser", id: user.ID.String()}).problem(http.StatusServiceUnavailable, "main-unreachable")
	s.put(`{"theme":"dark"}`, "", "").problem(http.StatusServiceUnavailable, "main-unreachable")
	if got := s.getUser(user.ID); got.DisabledAt.IsNull() != true || got.Name != user.Name {
		t.Errorf("%+v", got)
	}
	if events := s.audited("", 10); len(events) != 1 || len(s.listed("", 10)) != 2 {
		t.Errorf("%+v", events)
	}
}

// Walks page by page while a lagging site makes and changes users: each shows once, in order, as it was left.
func TestPagesOfUsersAndEventsShowEachOnce(t *testing.T) {
	sites := newTwoSites(t)
	s := sites.observatory
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	roles := []string{"observer", "viewer", "service"}
	model := map[string]api.User{s.admin().Name: s.admin()}
	held, changes := false, 0
	for step := range 60 {
		switch n := random.IntN(10); {
		case n < 5 || len(model) < 3:
			name := fmt.Sprintf("%c%c-%d", 'a'+random.IntN(26), "-._0z"[random.IntN(5)], step)
			model[name] = s.createUser(map[string]any{"name": name, "roles": roles[:random.IntN(3)]})
			changes++
		case n < 9:
			names := slices.Sorted(func(yield func(string) bool) {
				for name := range model {
					if name != "admin-on-duty" && !yield(name) {
						return
					}
				}
			})
			u := model[names[random.IntN(len(names))]]
			body := map[string]any{"disabled": u.DisabledAt.IsNull(), "roles": []string{roles[random.IntN(3)]}}
			model[u.Name] = decode[api.User](s.change(u.ID, body).want(http.StatusOK))
			changes++
		default:
			held = !held
			sites.lag(t, held)
		}
		role, disabled := roles[random.IntN(3)], random.IntN(2) == 0
		limit := 1 + random.IntN(7)
		s.compareUsers(model, "", limit, func(api.User) bool { return true })
		s.compareUsers(model, "&role="+role, limit, func(u api.User) bool { return slices.Contains(u.Roles, api.RoleName(role)) })
		s.compareUsers(model, fmt.Sprint("&disabled=", disabled), limit, func(u api.User) bool { return u.DisabledAt.IsNull() != disabled })
	}
	events := s.audited("", 7)
	if len(events) != changes {
		t.Errorf("%d events of %d changes", len(events), changes)
	}
	seen := map[api.UUID]bool{}
	for i, e := range events {
		if seen[e.ID] || i > 0 && events[i-1].At.Before(e.At) {
			t.Errorf("event %d: %+v", i, e)
		}
		seen[e.ID] = true
	}
	sites.lag(t, false)
}

func (s *station) compareUsers(model map[string]api.User, filter string, limit int, fits func(api.User) bool) {
	s.t.Helper()
	var want []api.User
	for _, u := range model {
		if fits(u) {
			want = append(want, u)
		}
	}
	slices.SortFunc(want, func(a, b api.User) int { return cmp.Compare(a.Name, b.Name) })
	got := s.listed(filter, limit)
	line := func(users []api.User) (lines []string) {
		for _, u := range users {
			lines = append(lines, fmt.Sprint(u.Name, " ", u.Roles, " ", u.DisabledAt.IsNull()))
		}
		return lines
	}
	if !slices.Equal(line(want), line(got)) {
		s.t.Fatalf("%s, %d a page:\nwant %q\ngot  %q", filter, limit, line(want), line(got))
	}
}
