//go:build faults

package chaos_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	contract "github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/fakegithub"
	"github.com/ccatobs/opsdb/internal/redisclient"
)

// TestCutOff plays what people and scripts need of a site that reaches neither GitHub nor the main site.
func TestCutOff(t *testing.T) {
	t.Parallel()
	r := newRig(t, lab.Options{APIs: 2, RestartAfter: 200 * time.Millisecond}, "BREAK_GLASS=true")
	for _, scenario := range []struct {
		name string
		play func(*testing.T, *rig)
	}{
		{"sessions renew and tokens verify", testCutOffCredentials},
		{"known revocations hold", testCutOffRevocations},
		{"changes of users and tokens fail clearly", testCutOffChanges},
		{"changes are in force here while the replica lags", testChangesAheadOfTheReplica},
		{"break-glass", testBreakGlass},
		{"uses are counted", testCutOffUses},
	} {
		if !t.Run(scenario.name, func(t *testing.T) { scenario.play(t, r.begin(t)) }) {
			t.Fatal("the lab may not be as it was")
		}
	}
}

// cutOff takes GitHub and the main site away from the observatory until the test ends.
func (r *rig) cutOff() {
	r.GitHub().Fail(fakegithub.Failure{How: fakegithub.Swallow})
	r.must(r.Link(observatory).Cut(lab.Swallow, lab.Both))
	r.t.Cleanup(r.connect)
}

func (r *rig) connect() {
	r.GitHub().Heal()
	r.must(r.Link(observatory).Heal())
}

// visitor is a person with a browser.
type visitor struct {
	*station
	browser *http.Client
}

// visit lets a person of the lab's GitHub sign in at the observatory.
func (r *rig) visit(login string) *visitor {
	r.t.Helper()
	v := r.stranger()
	r.GitHub().Choose(login)
	response, err := v.browser.Do(r.request(http.MethodGet, v.urls[0]+"/github/login"))
	r.must(err)
	r.must(response.Body.Close())
	if response.StatusCode != http.StatusOK || !strings.HasSuffix(response.Request.URL.Path, "/docs") {
		r.t.Fatalf("the sign-in ended with %d at %s", response.StatusCode, response.Request.URL.Path)
	}
	r.must(v.refresh(r, 0))
	return v
}

// stranger is a person who has not signed in.
func (r *rig) stranger() *visitor {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	r.must(err)
	return &visitor{station: r.at(observatory), browser: &http.Client{
		Timeout: requestTimeout, Jar: jar, Transport: r.transport(),
	}}
}

func (r *rig) request(method, address string) *http.Request {
	q, err := http.NewRequestWithContext(r.context(), method, address, nil)
	r.must(err)
	return q
}

// refresh gets an access token from one of the APIs. The jar keeps cookies for a host, whatever its port.
func (v *visitor) refresh(r *rig, api int) error {
	response, err := v.browser.Do(r.request(http.MethodPost, v.urls[api]+"/auth/refresh"))
	if err != nil {
		return err
	}
	var s contract.Session
	err = errors.Join(json.NewDecoder(response.Body).Decode(&s), response.Body.Close())
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("refresh: status %d", response.StatusCode)
	}
	v.token = s.AccessToken
	return err
}

// with is the observatory for who has another credential.
func (r *rig) with(token string) *station {
	s := r.at(observatory)
	s.token = token
	return s
}

// both asks both APIs of the site and fails the test unless both answer with that status.
func (r *rig) both(s *station, status int, q request) {
	r.t.Helper()
	for api := range s.urls {
		a, err := s.send(r.context(), api, q)
		r.must(err)
		if a.status != status {
			r.t.Errorf("%s %s at API %d: status %d, want %d: %s", q.method, q.path, api, a.status, status, a.text)
		}
	}
}

// newToken makes a token at a site and returns it with its id.
func newToken(t testing.TB, s *station, name string) contract.IssuedToken {
	t.Helper()
	var issued contract.IssuedToken
	a := s.must(t, http.StatusCreated, post("/api/tokens/", fields{"name": name, "scopes": []string{"read:*", "write:observations"}}))
	if err := json.Unmarshal(a.text, &issued); err != nil {
		t.Fatal(err)
	}
	return issued
}

func testCutOffCredentials(t *testing.T, r *rig) {
	person := r.visit("otto")
	script := newToken(t, r.at(cologne), "made at the main site")
	r.must(r.Replicated(r.context(), observatory))
	unused := r.with(script.Token)
	r.cutOff()
	r.both(unused, http.StatusOK, get("/auth/me"))
	for round := range 4 {
		r.must(person.refresh(r, round%2))
		r.both(person.station, http.StatusOK, get("/auth/me"))
	}
	r.both(person.station, http.StatusCreated, post("/executed_obs_units/start", fields{"obs_unit_id": r.plan.units[0]}))
	// A process that starts now has nothing in its memory.
	r.must(r.Kill(observatory + "/api-2"))
	r.must(r.WaitReady(r.context(), observatory+"/api-2"))
	r.must(person.refresh(r, 1))
	r.both(person.station, http.StatusOK, get("/auth/me"))
	r.both(unused, http.StatusOK, get("/auth/me"))
}

func testCutOffRevocations(t *testing.T, r *rig) {
	person := r.visit("vera")
	script := newToken(t, r.at(cologne), "revoked before the cut")
	r.must(r.Replicated(r.context(), observatory))
	r.both(r.with(script.Token), http.StatusOK, get("/auth/me"))
	var successor contract.IssuedToken
	r.must(json.Unmarshal(r.at(cologne).must(t, http.StatusCreated,
		post("/api/tokens/"+script.ID.String()+"/rotate", fields{"grace_seconds": 3600})).text, &successor))
	r.at(cologne).must(t, http.StatusOK, request{method: http.MethodDelete, path: "/api/tokens/" + script.ID.String()})
	r.at(cologne).must(t, http.StatusOK, post("/admin/users/"+me(t, person.station).UserID.MustGet().String()+"/sign-out", nil))
	r.must(r.Replicated(r.context(), observatory))
	r.cutOff()
	for api := range 2 {
		// The change is seen at the next look at the replica. What is refused is not sent again: it counts as guessing.
		for _, token := range []string{script.Token, successor.Token, person.token} {
			r.until(r.context(), "the revocation is known", func(ctx context.Context) error {
				a, err := r.with(token).send(ctx, api, get("/auth/me"))
				if err != nil || a.status != http.StatusUnauthorized {
					return fmt.Errorf("status %d, %w", a.status, err)
				}
				return nil
			})
		}
	}
	if err := person.refresh(r, 0); err == nil {
		t.Error("a session that was ended at the main site was renewed")
	}
	r.must(r.Kill(observatory + "/api-1"))
	r.must(r.WaitReady(r.context(), observatory+"/api-1"))
	r.both(r.with(script.Token), http.StatusUnauthorized, get("/auth/me"))
}

func me(t testing.TB, s *station) (who contract.Me) {
	t.Helper()
	if err := json.Unmarshal(s.must(t, http.StatusOK, get("/auth/me")).text, &who); err != nil {
		t.Fatal(err)
	}
	return who
}

func testCutOffChanges(t *testing.T, r *rig) {
	admin := r.visit("ada")
	script := newToken(t, r.at(cologne), "revoked while cut off")
	r.must(r.Replicated(r.context(), observatory))
	r.cutOff()
	impatient := *admin.station
	// Who is cut off hears of it after some seconds, not when the deadline of a write is over.
	impatient.http = &http.Client{Timeout: 6 * time.Second, Transport: r.transport()}
	for _, q := range []request{
		post("/api/tokens/", fields{"name": "cut off"}),
		post("/admin/users", fields{"name": "cut-off", "roles": []string{"viewer"}}),
		{method: http.MethodDelete, path: "/api/tokens/" + script.ID.String()},
	} {
		a, err := impatient.send(r.context(), 0, q)
		r.must(err)
		if !a.unavailable() || !a.problem("main-unreachable") || a.header.Get("Retry-After") == "" || !bytes.Contains(a.text, []byte("cannot be reached since 20")) {
			t.Errorf("%s: %d %s", q.path, a.status, a.text)
		}
	}
	if n := column[int](r, r.Superuser(cologne), `select count(*)::int from "user" where name = 'cut-off'`)[0]; n != 0 {
		t.Errorf("%d users were made all the same", n)
	}
	// A revocation that is refused is in force nowhere, and nobody is told that it is.
	r.both(r.with(script.Token), http.StatusOK, get("/auth/me"))
	r.connect()
	r.awaitChanges(r.at(observatory))
}

// awaitChanges waits until every API of a site makes changes in the main database again. What each has learnt of a
// cut it forgets in a moment.
func (r *rig) awaitChanges(site *station) {
	r.t.Helper()
	for api := range site.urls {
		r.until(r.context(), "changes are made", func(ctx context.Context) error {
			a, err := site.send(ctx, api, post("/api/tokens/", fields{"name": "after a cut"}))
			if err == nil && a.status != http.StatusCreated {
				err = fmt.Errorf("status %d: %s", a.status, a.text)
			}
			return err
		})
	}
}

// replay stops or resumes what replication brings to the observatory.
func (r *rig) replay(what string) {
	r.t.Helper()
	// The context of the test is over when it puts the replay right again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.t.Context()), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, r.Superuser(observatory))
	r.must(err)
	_, err = conn.Exec(ctx, "select pg_wal_replay_"+what+"()")
	r.must(errors.Join(err, conn.Close(ctx)))
}

func testChangesAheadOfTheReplica(t *testing.T, r *rig) {
	admin := r.visit("ada")
	before := newToken(t, admin.station, "known everywhere")
	r.both(r.with(before.Token), http.StatusOK, get("/auth/me"))
	r.must(r.Replicated(r.context(), observatory))
	r.replay("pause")
	t.Cleanup(func() { r.replay("resume") })
	fresh := newToken(t, admin.station, "ahead of the replica")
	r.both(r.with(fresh.Token), http.StatusOK, get("/auth/me"))
	r.both(admin.station, http.StatusOK, get("/api/tokens/"+fresh.ID.String()))
	admin.must(t, http.StatusOK, request{method: http.MethodDelete, path: "/api/tokens/" + before.ID.String()})
	r.both(r.with(before.Token), http.StatusUnauthorized, get("/auth/me"))
	made := admin.must(t, http.StatusCreated, post("/admin/users", fields{"name": "ahead", "roles": []string{"viewer"}}))
	user, err := made.object()
	r.must(err)
	r.both(admin.station, http.StatusOK, get(fmt.Sprintf("/admin/users/%v", user["id"])))
	admin.must(t, http.StatusOK, request{method: http.MethodDelete, path: "/api/tokens/" + fresh.ID.String()})
	r.both(r.with(fresh.Token), http.StatusUnauthorized, get("/auth/me"))
}

// operator makes an operator for emergencies, as "opsdb user break-glass create" does on the machine of the site.
func (r *rig) operator(name string) string {
	r.t.Helper()
	settings := make(map[string]string)
	for _, entry := range r.Settings(observatory) {
		key, value, _ := strings.Cut(entry, "=")
		settings[key] = value
	}
	keys, err := auth.NewKeys(settings["SECRET_KEY"], "")
	r.must(err)
	redis := redisclient.New(redisclient.Options{Address: settings["REDIS_HOST"] + ":" + settings["REDIS_PORT"]})
	defer redis.Close()
	sessions, err := auth.NewSessions(keys, observatory, redis, time.Hour)
	r.must(err)
	_, password, err := auth.NewOperators(sessions).Create(r.context(), name, "test", nil)
	r.must(err)
	return password
}

func testBreakGlass(t *testing.T, r *rig) {
	password := r.operator("night-operator")
	r.cutOff()
	site := r.stranger().station
	site.token = "none"
	if a := site.must(t, http.StatusUnauthorized, post("/auth/break-glass", fields{"name": "night-operator", "password": "AAAA-AAAA"})); !a.problem("break-glass-refused") {
		t.Errorf("%s", a.text)
	}
	var s contract.Session
	r.must(json.Unmarshal(site.must(t, http.StatusOK, post("/auth/break-glass", fields{"name": "night-operator", "password": password})).text, &s))
	operator := r.with(s.AccessToken)
	start := operator.must(t, http.StatusCreated, post("/executed_obs_units/start", fields{"obs_unit_id": r.plan.units[0]}))
	r.both(operator, http.StatusForbidden, get("/admin/users"))
	h, err := operator.health(r.context())
	r.must(err)
	if !h.Identity.BreakGlass || h.Identity.BreakGlassSessions != 1 || h.Status != contract.HealthStatusDegraded {
		t.Errorf("health does not say it: %+v %v", h.Identity, h.Status)
	}
	r.connect()
	receipt, err := start.object()
	r.must(err)
	_, err = operator.await(r.context(), http.StatusOK, get(fmt.Sprintf("/transactions/%v?wait=replicated&timeout=3s", receipt["transaction_id"])))
	r.must(err)
	r.until(r.context(), "the audit trail is at the main site", func(context.Context) error {
		actions := column[string](r, r.Superuser(cologne), "select action from access_event where action like 'break_glass.%' and site = 'observatory' order by at")
		if got := strings.Join(actions, " "); got != "break_glass.refused break_glass.signed_in" {
			return fmt.Errorf("it has %s", got)
		}
		return nil
	})
}

func testCutOffUses(t *testing.T, r *rig) {
	script := newToken(t, r.at(cologne), "counted")
	r.must(r.Replicated(r.context(), observatory))
	r.cutOff()
	const uses = 7
	for range uses {
		r.with(script.Token).must(t, http.StatusOK, get("/auth/me"))
	}
	// What is counted is written at the latest when the process ends.
	r.must(r.TakeDown(r.context(), observatory+"/api-1"))
	r.must(r.BringUp(r.context(), observatory+"/api-1"))
	r.connect()
	r.until(r.context(), "the uses are at the main site", func(context.Context) error {
		counts := column[int](r, r.Superuser(cologne), "select usage_count::int from api_token_usage where token_id = $1", script.ID)
		if len(counts) != 1 || counts[0] != uses {
			return fmt.Errorf("%v", counts)
		}
		return nil
	})
}
