package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
)

const someID = "0198f2c4-6a00-7cc3-98c4-dc0c0c07398f"

// pathParameter returns what fits the parameters in an operation's path.
func (s *station) pathParameter(op string) string {
	s.t.Helper()
	var values []string
	for _, p := range s.route(op).Operation.Parameters {
		switch schema := p.Value.Schema.Value; {
		case p.Value.In != openapi3.ParameterInPath:
		case schema.Type.Is(openapi3.TypeInteger):
			values = append(values, "1")
		case len(schema.Enum) > 0:
			values = append(values, "conflict")
		default:
			values = append(values, someID)
		}
	}
	return strings.Join(values, "/")
}

// exampleOf returns the body that the document gives as an example, nil when the operation takes none.
func (s *station) exampleOf(op string) any {
	body := s.route(op).Operation.RequestBody
	if body == nil {
		return nil
	}
	return body.Value.Content.Get("application/json").Example
}

// The enums of the document that stand for enums of the database have the same values, in the same order.
func TestEnumsEqualTheDatabases(t *testing.T) {
	w := newWorld(t)
	compared := 0
	for name, schema := range document(t).Components.Schemas {
		enum, ok := schema.Value.Extensions["x-database-enum"].(string)
		if !ok {
			continue
		}
		rows, err := w.db.Query(t.Context(), "select e.enumlabel::text from pg_enum e where e.enumtypid = $1::regtype order by e.enumsortorder", enum)
		if err != nil {
			t.Fatal(err)
		}
		var documented []string
		for _, v := range schema.Value.Enum {
			documented = append(documented, fmt.Sprint(v))
		}
		if got := collect[string](t, rows); !slices.Equal(got, documented) {
			t.Errorf("%s: the document says %v, the database %v", name, documented, got)
		}
		compared++
	}
	if compared < 6 {
		t.Errorf("only %d enums were compared", compared)
	}
}

// A wrong method is answered with those that the path has, also where another path with a parameter would fit.
func TestWrongMethods(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	for _, want := range []struct{ path, method, allow string }{
		{"/executed_obs_units/start", http.MethodGet, "POST"},
		{"/executed_obs_units/", http.MethodPost, "GET"},
		{"/raw_data_files/bulk", http.MethodDelete, "POST"},
		{"/transactions/retry", http.MethodPut, "POST"},
		{"/health", http.MethodPost, "GET"},
		{"/health/live", http.MethodTrace, "GET"},
		{"/metrics", "BREW", "GET"},
		{"/raw_data_files/" + someID, http.MethodPut, "OPTIONS, DELETE, GET"},
		{"/executed_obs_units/" + someID + "/finish", http.MethodPost, "OPTIONS, PUT"},
	} {
		a := s.raw(want.method, want.path, "")
		a.problem(http.StatusMethodNotAllowed, "method-not-allowed")
		if got := a.header.Get("Allow"); got != want.allow {
			t.Errorf("%s %s: Allow %q, want %q", want.method, want.path, got, want.allow)
		}
	}
	s.raw(http.MethodGet, "/nowhere", "").problem(http.StatusNotFound, "not-found")
	if a := s.raw(http.MethodOptions, "/executed_obs_units/start", ""); a.status != http.StatusNoContent || a.header.Get("Allow") != "POST" {
		t.Errorf("OPTIONS: %d, Allow %q", a.status, a.header.Get("Allow"))
	}
	if a := s.raw(http.MethodHead, "/health/live", ""); a.status != http.StatusOK || len(a.text) > 0 || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("HEAD: %d %v %q", a.status, a.header, a.text)
	}
	for _, path := range []string{"/live/health", "/live/health/", "/api/transfer/ws/overview"} {
		if a := s.raw(http.MethodHead, path, ""); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "GET" {
			t.Errorf("HEAD of the stream %s: %d, Allow %q", path, a.status, a.header.Get("Allow"))
		}
	}
}

// raw sends a request that the document does not have.
func (s *station) raw(method, path, body string) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	return send(s.t, r)
}

// Collections are found with and without the slash at their end.
func TestSlashAtTheEnd(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	for _, path := range []string{"/executed_obs_units", "/executed_obs_units/", "/health", "/health/", "/transactions/"} {
		s.raw(http.MethodGet, path, "").want(http.StatusOK)
	}
	s.raw(http.MethodPost, "/raw_data_files", "{}").problem(http.StatusUnprocessableEntity, "invalid")
}

func TestRequestIDs(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	given := call{op: "getLiveness", header: map[string]string{"X-Request-ID": "night-42/7"}}
	if got := s.do(given).header.Get("X-Request-ID"); got != "night-42/7" {
		t.Errorf("a good id became %q", got)
	}
	given.header["X-Request-ID"] = strings.Repeat("x", 500)
	if got := s.do(given).header.Get("X-Request-ID"); len(got) != 36 {
		t.Errorf("a long id became %q", got)
	}
}

// Every kind of problem that the code can answer with is described, and every described one can be asked about.
func TestProblemsAreDescribed(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	slugs := document(t).Components.Schemas["ProblemSlug"].Value.Enum
	for _, slug := range slugs {
		a := s.do(call{op: "getProblem", id: fmt.Sprint(slug), token: "-"}).want(http.StatusOK)
		if m := decode[api.ProblemMeaning](a); m.Title == "" || m.Meaning == "" || m.Status < 400 {
			t.Errorf("%v: %s", slug, a.text)
		}
	}
	for _, used := range slugsInTheCode(t) {
		if !slices.Contains(slugs, any(used)) {
			t.Errorf("the code answers with %s, which the document does not have", used)
		}
	}
	s.do(call{op: "getProblem", id: "unheard-of", token: "-"}).problem(http.StatusUnprocessableEntity, "invalid")
}
