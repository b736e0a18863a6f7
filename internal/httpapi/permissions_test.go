package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/site"
)

// breakGlassMay is what the operator for emergencies may do, who is in no database.
var breakGlassMay = []string{
	"configure:system", "delete:observations", "manage:transactions", "read:account", "read:observations", "read:system",
	"read:transactions", "write:observations",
}

// caller is somebody with a credential, or without.
type caller struct {
	name   string
	bearer func() string // a fresh one where a request can use it up
	good   bool          // the credential
	token  bool          // it is one of a script, not of a session
	may    []string
}

// can tells, from what the database says alone, whether he may do what needs this. Nobody gets act by a wildcard, or by
// a session.
func (c caller) can(need string) bool {
	action, resource, _ := strings.Cut(need, ":")
	return slices.ContainsFunc(c.may, func(granted string) bool {
		a, r, _ := strings.Cut(granted, ":")
		if action == "act" {
			return c.token && a == action && (r == resource || r == "*")
		}
		return (a == action || a == "*") && (r == resource || r == "*")
	})
}

// withOperators lets operators for emergencies in.
func withOperators(d *httpapi.Deps) {
	behindProxy(d)
	d.Access.Operators = auth.NewOperators(d.Access.Sessions)
	d.Access.Verifier.Admit(d.Access.Operators)
}

// everyone returns all kinds of callers.
func (s *station) everyone() []caller {
	s.t.Helper()
	always := func(bearer string) func() string { return func() string { return bearer } }
	past, soon := time.Now().Add(-time.Hour), time.Now().Add(time.Second)
	callers := []caller{
		{name: "nobody", bearer: always("-")},
		{name: "somebody with nonsense", bearer: always("nonsense")},
		{name: "somebody with an unknown token", bearer: always(unknownToken(s.t))},
		{name: "somebody with an expired token", bearer: always(s.expired(soon, past))},
		{name: "somebody with a revoked token", bearer: always(s.revoked())},
		{name: "a user who is disabled, with a token", bearer: always(s.disabled())},
		{name: "a user who is disabled, with a session", bearer: func() string { return s.session("disabled-on-duty", auth.BySession) }},
		{name: "somebody with a session that has ended", bearer: s.endedSession},
		{name: "the operator for emergencies", bearer: func() string { return s.session("break-glass:night", auth.ByBreakGlass) }, good: true, may: breakGlassMay},
	}
	for role, may := range s.roles() {
		user := role + "-on-duty"
		callers = append(callers,
			caller{name: role + " with a token", bearer: always(s.issue(role)), good: true, token: true, may: may},
			caller{name: role + " with a session", bearer: func() string { return s.session(user, auth.BySession) }, good: true, may: may},
			caller{name: role + " with a token for something else", bearer: always(s.issue(role, "fly:kites")), good: true, token: true},
		)
	}
	return callers
}

// roles returns what each role may do, as the database has it.
func (w *world) roles() map[string][]string {
	w.t.Helper()
	rows, err := w.db.Query(w.t.Context(), "select r.name || ' ' || p.name from role r join role_permission rp on rp.role_id = r.id join permission p on p.id = rp.permission_id")
	if err != nil {
		w.t.Fatal(err)
	}
	roles := map[string][]string{}
	for _, row := range collect[string](w.t, rows) {
		role, permission, _ := strings.Cut(row, " ")
		roles[role] = append(roles[role], permission)
	}
	if len(roles) != 4 {
		w.t.Fatalf("roles: %v", roles)
	}
	return roles
}

func (w *world) execute(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatal(err)
	}
}

// expired returns a token of an administrator that was good until then.
func (w *world) expired(soon, then time.Time) string {
	w.t.Helper()
	token := w.grant(auth.Grant{User: "admin-on-duty", Role: "admin", Name: "expired", By: "test", Expires: &soon})
	w.execute("update api_token set created_at = $1, expires_at = $2 where name = 'expired'", then.Add(-time.Hour), then)
	return token
}

func (w *world) revoked() string {
	w.t.Helper()
	token := w.grant(auth.Grant{User: "admin-on-duty", Role: "admin", Name: "revoked", By: "test"})
	w.execute("update api_token set revoked_at = clock_timestamp() where name = 'revoked'")
	return token
}

// disabled returns a token of an administrator who is disabled.
func (w *world) disabled() string {
	w.t.Helper()
	token := w.grant(auth.Grant{User: "disabled-on-duty", Role: "admin", Name: "of the disabled", By: "test"})
	w.execute(`update "user" set disabled_at = clock_timestamp() where name = 'disabled-on-duty'`)
	return token
}

// session opens a session and returns its access token.
func (s *station) session(user string, by auth.Credential) string {
	s.t.Helper()
	_, bearer := s.openSession(user, by)
	return bearer
}

func (s *station) openSession(user string, by auth.Credential) (auth.Session, string) {
	s.t.Helper()
	id := uuid.Nil
	var signedOut *time.Time
	if by == auth.BySession {
		if err := s.db.QueryRow(s.t.Context(), `select id, signed_out_at from "user" where name = $1`, user).Scan(&id, &signedOut); err != nil {
			s.t.Fatal(err)
		}
	}
	session, _, err := s.sessions.Open(s.t.Context(), auth.Session{UserID: id, Name: user, Credential: by, Started: auth.AfterSignOut(signedOut)})
	if err != nil {
		s.t.Fatal(err)
	}
	bearer, _, err := s.sessions.AccessToken(session)
	if err != nil {
		s.t.Fatal(err)
	}
	return session, bearer
}

func (s *station) endedSession() string {
	s.t.Helper()
	session, bearer := s.openSession("admin-on-duty", auth.BySession)
	if _, ended, err := s.sessions.End(s.t.Context(), session.ID); err != nil || !ended {
		s.t.Fatal(ended, err)
	}
	return bearer
}

// needs returns what the document says of who may call an operation.
func needs(t testing.TB, o *openapi3.Operation) (bearer bool, permissions []string) {
	t.Helper()
	list, ok := o.Extensions["x-permissions"].([]any)
	if !ok {
		t.Fatalf("%s: x-permissions is %T", o.OperationID, o.Extensions["x-permissions"])
	}
	for _, p := range list {
		permissions = append(permissions, fmt.Sprint(p))
	}
	bearer = slices.ContainsFunc(*o.Security, func(way openapi3.SecurityRequirement) bool { _, ok := way["bearerAuth"]; return ok })
	return bearer, permissions
}

// judge returns what is wrong with an answer, empty for nothing.
func judge(bearer bool, permissions []string, c caller, a answer) string {
	slug := ""
	if a.status >= http.StatusBadRequest {
		kind := decode[api.Problem](a).Type
		slug = kind[strings.LastIndex(kind, "/")+1:]
	}
	refused := a.status == http.StatusForbidden && slug == "forbidden"
	switch {
	case !bearer:
		// It reads the cookie, or a password, itself: nothing of what this caller has may be asked about.
		if refused || a.status == http.StatusUnauthorized && (slug == "unauthenticated" || strings.HasPrefix(slug, "token-") || slug == "user-disabled") {
			return "is public and refuses"
		}
	case !c.good:
		if a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") != "Bearer" {
			return "lets in"
		}
	case slices.ContainsFunc(permissions, func(p string) bool { return !c.can(p) }):
		if !refused {
			return "lets do what he may not"
		}
	case refused || a.status == http.StatusUnauthorized:
		return "refuses"
	}
	return ""
}

// try calls an operation and returns what is wrong with the answer.
func (s *station) try(o *openapi3.Operation, c caller, ask func(call) answer) string {
	s.t.Helper()
	id := o.OperationID
	bearer, permissions := needs(s.t, o)
	// Each comes from an address of his own: mistakes of one are not counted against another.
	address := "10.0." + fmt.Sprint(s.tries/250) + "." + fmt.Sprint(s.tries%250+1)
	s.tries++
	a := ask(call{op: id, id: s.pathParameter(id), body: s.exampleOf(id), token: c.bearer(), header: from(address)})
	if wrong := judge(bearer, permissions, c, a); wrong != "" {
		return fmt.Sprintf("%s (needs %v) %s %s: %d %.300s", id, permissions, wrong, c.name, a.status, a.text)
	}
	return ""
}

// Every operation of the document is tried by everybody: it asks who calls, and for the permissions that the document
// names, and for nothing else.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, change: withOperators})
	callers := s.everyone()
	refused := 0
	for _, item := range s.doc.Paths.Map() {
		for _, o := range item.Operations() {
			for _, c := range callers {
				if wrong := s.try(o, c, s.do); wrong != "" {
					t.Error(wrong)
				}
			}
			if bearer, _ := needs(t, o); bearer {
				refused++
			}
		}
	}
	if refused < 30 {
		t.Errorf("only %d operations ask who calls", refused)
	}
}

// The test above would notice if one operation were not protected.
func TestNegligenceIsNoticed(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, change: withOperators})
	callers := s.everyone()
	tested := 0
	for _, item := range s.doc.Paths.Map() {
		for _, o := range item.Operations() {
			bearer, permissions := needs(t, o)
			if !bearer {
				continue
			}
			tested++
			for _, way := range []struct{ unknown, unasked bool }{{true, true}, {false, true}} {
				if !way.unknown && len(permissions) == 0 {
					continue
				}
				handler, err := s.server.Careless(o.OperationID, way.unknown, way.unasked)
				if err != nil {
					t.Fatal(err)
				}
				careless := *s
				listener := httptest.NewServer(handler)
				careless.url = listener.URL
				noticed := slices.ContainsFunc(callers, func(c caller) bool { return careless.try(o, c, careless.unchecked) != "" })
				listener.Close()
				if !noticed {
					t.Errorf("%s without %+v: nobody notices", o.OperationID, way)
				}
			}
		}
	}
	if tested < 30 {
		t.Errorf("only %d operations were tested", tested)
	}
}

// What the document asks for exists, and somebody can have it. People find each role described.
func TestEveryPermissionIsHeldBySomebody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main, idle: true})
	rows, err := w.db.Query(t.Context(), "select name from permission")
	if err != nil {
		t.Fatal(err)
	}
	exist, roles := collect[string](t, rows), w.roles()
	for _, item := range s.doc.Paths.Map() {
		for _, o := range item.Operations() {
			_, permissions := needs(t, o)
			for _, p := range permissions {
				if !slices.Contains(exist, p) {
					t.Errorf("%s needs %s, which does not exist", o.OperationID, p)
				}
				held := false
				for _, may := range roles {
					held = held || caller{token: true, may: may}.can(p)
				}
				if !held {
					t.Errorf("%s needs %s, which no role has", o.OperationID, p)
				}
			}
		}
	}
	page := string(s.do(call{op: "getDocs", token: "-"}).text)
	described, err := w.db.Query(t.Context(), "select '<code>' || name || '</code> (' || description || ')' from role")
	if err != nil {
		t.Fatal(err)
	}
	prose := strings.Join(strings.Fields(page), " ")
	for _, role := range collect[string](t, described) {
		if !strings.Contains(prose, role) {
			t.Errorf("the docs do not have: %s", role)
		}
	}
	for _, p := range exist {
		if !strings.Contains(page, "<code>"+p+"</code>") {
			t.Errorf("the docs do not name the permission %s", p)
		}
	}
}
