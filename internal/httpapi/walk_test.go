package httpapi_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/lab/transfers"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/site"
)

// existing says, for each path that names a record, where a record of it is found. A new path needs an entry.
var existing = map[string]string{
	"/executed_obs_units/executions/{id}":                   "select id::text from executed_obs_unit limit 1",
	"/executed_obs_units/{id}/finish":                       "select id::text from executed_obs_unit limit 1",
	"/executed_obs_units/{obs_unit_id}":                     "select id::text from obs_unit limit 1",
	"/raw_data_files/{id}":                                  "select id::text from raw_data_file limit 1",
	"/raw_data_package/{id}":                                "select id::text from raw_data_package limit 1",
	"/raw_data_package/{id}/finalize":                       "select id::text from raw_data_package limit 1",
	"/admin/users/{id}":                                     `select id::text from "user" where name = 'admin-on-duty'`,
	"/admin/users/{id}/sign-out":                            `select id::text from "user" where name = 'admin-on-duty'`,
	"/api/tokens/{id}":                                      "select id::text from api_token limit 1",
	"/api/tokens/{id}/rotate":                               "select id::text from api_token limit 1",
	"/api/transfer/archive-transfers/{id}":                  "select id::text from long_term_archive_transfer limit 1",
	"/api/transfer/archive-transfers/{id}/reset":            "select id::text from long_term_archive_transfer limit 1",
	"/api/transfer/data-transfer/{id}/reset":                "select id::text from data_transfer limit 1",
	"/api/transfer/files/{id}/copies":                       "select id::text from raw_data_file limit 1",
	"/api/transfer/files/{id}/safe-to-delete":               "select id::text from raw_data_file limit 1",
	"/api/transfer/packages/{id}":                           "select id::text from data_transfer_package limit 1",
	"/api/transfer/packages/{id}/copies":                    "select id::text from data_transfer_package limit 1",
	"/api/transfer/raw-packages/{id}":                       "select id::text from raw_data_package limit 1",
	"/api/transfer/raw-packages/{id}/copies":                "select id::text from raw_data_package limit 1",
	"/api/transfer/raw-packages/{id}/metadata":              "select raw_data_package_id::text from raw_data_package_metadata limit 1",
	"/api/transfer/routes/{id}":                             "select id::text from data_transfer_route limit 1",
	"/api/transfer/transfers/{id}":                          "select id::text from data_transfer limit 1",
	"/api/transfer/transfers/{id}/logs":                     "select id::text from data_transfer limit 1",
	"/auth/sessions/{id}":                                   "select gen_random_uuid()::text", // sessions are in no database
	"/instrument_module_configurations/{id}":                "select id::text from instrument_module_configuration limit 1",
	"/instruments/{id}":                                     "select id::text from instrument limit 1",
	"/instruments/{id}/modules":                             "select id::text from instrument limit 1",
	"/obs_unit/{id}":                                        "select id::text from obs_unit limit 1",
	"/obs_unit/{id}/progress":                               "select id::text from obs_unit limit 1",
	"/observation_configurations/{id}":                      "select id::text from observation_configuration limit 1",
	"/observing_program/{id}":                               "select id::text from observing_program limit 1",
	"/observing_program/{id}/progress":                      "select id::text from observing_program limit 1",
	"/observing_program/{id}/sub_programs":                  "select id::text from observing_program limit 1",
	"/observing_program/{id}/sub_programs/{sub_program_id}": "select observing_program_id || '/' || id from sub_observing_program limit 1",
	"/problems/{slug}":                                      "select 'conflict'",
	"/sources/{id}":                                         "select id::text from source limit 1",
	"/sources/{id}/chip":                                    "select id::text from source limit 1",
	"/sources/{id}/details":                                 "select id::text from source limit 1",
	"/staging/{id}":                                         "select id::text from staging_job limit 1",
	"/staging/{id}/cancel":                                  "select id::text from staging_job limit 1",
	"/staging/{id}/reset":                                   "select id::text from staging_job limit 1",
	"/transactions/{id}":                                    "select id::text from buffered_transaction limit 1",
	"/transactions/{id}/discard":                            "select id::text from buffered_transaction limit 1",
	"/transactions/{id}/retry":                              "select id::text from buffered_transaction limit 1",
	"/visibility/jobs/{id}":                                 "select gen_random_uuid()::text", // jobs are in no database
	"/visibility/{source_id}":                               "select id::text from fixed_source limit 1",
}

// furnish fills a main database with a record for every path.
func (w *world) furnish() {
	w.t.Helper()
	s := w.open(setup{kind: site.Main})
	p := w.pipeline(transfers.Options{})
	p.file(1)
	p.steps(20)
	s.do(call{op: "createStagingJob", body: s.toStage(nil)}).want(http.StatusCreated)
}

// there returns a call of an operation with a record that exists, and the example of its body.
func (s *station) there(op string) call {
	s.t.Helper()
	route := s.route(op)
	c := call{op: op, body: s.exampleOf(op)}
	if !strings.Contains(route.Path, "{") {
		c.query = requiredQuery(route.Operation)
		return c
	}
	sql, ok := existing[route.Path]
	if !ok {
		s.t.Fatalf("where is a record of %s?", route.Path)
	}
	c.id, c.query = one[string](s.world, sql), requiredQuery(route.Operation)
	return c
}

// requiredQuery gives the parameters that a request must have.
func requiredQuery(o *openapi3.Operation) string {
	day := time.Now().UTC().Format(time.DateOnly)
	var query []string
	for _, p := range o.Parameters {
		if p.Value.In == openapi3.ParameterInQuery && p.Value.Required {
			query = append(query, p.Value.Name+"="+day)
		}
	}
	return strings.Join(query, "&")
}

// operations returns the operations of the document that a condition holds for, in order of their names.
func (s *station) operations(holds func(method string, o *openapi3.Operation) bool) []string {
	var found []string
	for _, item := range s.doc.Paths.Map() {
		for method, o := range item.Operations() {
			if holds(method, o) {
				found = append(found, o.OperationID)
			}
		}
	}
	slices.Sort(found)
	return found
}

func has(o *openapi3.Operation, status int) bool {
	return o.Responses.Value(strconv.Itoa(status)) != nil
}

func takes(o *openapi3.Operation, header string) bool {
	return o.Parameters.GetByInAndName(openapi3.ParameterInHeader, header) != nil
}

// A parameter that an operation does not have is a mistake, and answered as such.
func TestNoOperationTakesStrangeParameters(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, change: withOperators})
	service := s.issue("service")
	for _, op := range s.operations(func(string, *openapi3.Operation) bool { return true }) {
		o := s.route(op).Operation
		query, pointer := "strange=1", "query:strange"
		if _, foreign := o.Extensions["x-foreign-query"]; foreign {
			query, pointer = "code=", "query:code"
		}
		c := call{op: op, id: s.pathParameter(op), query: query, body: s.exampleOf(op)}
		if _, permissions := needs(t, o); slices.Contains(permissions, "act:service") {
			c.token = service // which no wildcard gives
		}
		p := s.do(c).problem(http.StatusUnprocessableEntity, "invalid")
		if !slices.ContainsFunc(p.Errors, func(e api.ProblemField) bool { return e.Pointer == pointer }) {
			t.Errorf("%s does not name the parameter: %+v", op, p.Errors)
		}
		if o.RequestBody != nil {
			c.query, c.header = "", map[string]string{"Content-Type": "text/plain"}
			s.do(c).problem(http.StatusUnsupportedMediaType, "unsupported-media-type")
		}
	}
}

// Who has an answer of the database does not get it again. Every read of the database takes the tag of its answer.
func TestReadsAreConditional(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.furnish()
	s := w.open(setup{kind: site.Main})
	reads := s.operations(func(method string, o *openapi3.Operation) bool {
		return method == http.MethodGet && (takes(o, "Ops-Position") || takes(o, "If-None-Match"))
	})
	if len(reads) < 50 {
		t.Errorf("only %d reads", len(reads))
	}
	for _, op := range reads {
		o := s.route(op).Operation
		if !takes(o, "Ops-Position") || !takes(o, "If-None-Match") || !has(o, http.StatusNotModified) || o.Responses.Status(http.StatusOK).Value.Headers["ETag"] == nil {
			t.Errorf("%s: a read of the database takes Ops-Position and If-None-Match, and answers with an ETag", op)
		}
		c := s.there(op)
		tag := func(c call) string {
			a := s.do(c)
			if a.status == http.StatusOK && a.header.Get("ETag") == "" {
				t.Errorf("%s has no ETag", op)
			}
			return a.header.Get("ETag")
		}
		c.header = map[string]string{"If-None-Match": tag(c)}
		if a := s.do(c); a.status != http.StatusNotModified {
			// It shows a time, and has changed since: then the other answer has another tag.
			if before := c.header["If-None-Match"]; a.status != http.StatusOK || a.header.Get("ETag") == before {
				t.Errorf("%s: %d %s", op, a.status, a.text)
			}
			c.header["If-None-Match"] = "*"
			s.do(c).want(http.StatusNotModified)
		}
		c.header["If-None-Match"] = `"another", "still-another"`
		s.do(c).want(http.StatusOK)
	}
}

// What a read shows beside the record is in its tag, though it does not count for who changes the record.
func TestTagsTellMoreThanVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	unit := one[string](w, "select obs_unit_id::text from obs_unit_module_configuration limit 1")
	before := s.do(call{op: "getObsUnit", id: unit}).want(http.StatusOK).header.Get("ETag")
	w.execute("delete from obs_unit_module_configuration where obs_unit_id = $1", unit)
	after := s.do(call{op: "getObsUnit", id: unit, header: map[string]string{"If-None-Match": before}}).want(http.StatusOK)
	if after.header.Get("ETag") == before {
		t.Errorf("two answers have the tag %s", before)
	}
	c := call{op: "updateObsUnit", id: unit, body: map[string]any{"priority": 77}, header: ifMatch(before)}
	s.do(c).want(http.StatusOK)
	c.body = map[string]any{"priority": 78}
	s.do(c).problem(http.StatusPreconditionFailed, "precondition-failed")
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	for _, op := range s.operations(func(_ string, o *openapi3.Operation) bool { return has(o, http.StatusNotFound) }) {
		route := s.route(op)
		if !strings.Contains(route.Path, "{") {
			continue
		}
		id := strings.ReplaceAll(s.pathParameter(op), "1/1", "999999/999999")
		if id == "1" {
			id = "999999"
		}
		s.do(call{op: op, id: id, query: requiredQuery(route.Operation), body: s.exampleOf(op)}).want(http.StatusNotFound)
	}
}

// Who changes what he has not seen as it is changes nothing.
func TestChangesOfWhatWasNotSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.furnish()
	s := w.open(setup{kind: site.Main})
	changes := s.operations(func(_ string, o *openapi3.Operation) bool { return takes(o, "If-Match") })
	if len(changes) < 10 {
		t.Errorf("only %d changes take If-Match", len(changes))
	}
	for _, op := range changes {
		c := s.there(op)
		for _, tag := range []string{`"1000000"`, `"1000000.abc"`, `W/"1"`, "1"} {
			c.header = ifMatch(tag)
			s.do(c).problem(http.StatusPreconditionFailed, "precondition-failed")
		}
		if !has(s.route(op).Operation, http.StatusPreconditionFailed) {
			t.Errorf("%s does not say what becomes of who has not seen the record as it is", op)
		}
	}
}

// Somebody is always faster: after some tries the change is refused, and can be made again.
func TestChangesThatOthersAreFasterThan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.furnish()
	s := w.open(setup{kind: site.Main})
	w.execute("create function be_faster() returns trigger language plpgsql as $$ begin raise exception using errcode = '23000', message = 'another version'; end $$")
	for _, table := range []string{
		`"user"`, "instrument", "instrument_module_configuration", "obs_unit", "observing_program", "sub_observing_program", "observation_configuration",
		"source", "data_transfer_route", "raw_data_package_metadata",
	} {
		w.execute("create trigger be_faster before update on " + table + " for each row execute function be_faster()")
	}
	session, _ := s.openSession("admin-on-duty", "session")
	changes := s.operations(func(_ string, o *openapi3.Operation) bool { return takes(o, "If-Match") && has(o, http.StatusConflict) })
	for _, op := range append(changes, "signOutUser", "endSessions") {
		c := s.there(op)
		switch op {
		case "updateRoute":
			c.body = map[string]any{"active": !one[bool](w, "select active from data_transfer_route where id = $1", c.id)}
		case "updateUser":
			c.body = map[string]any{"full_name": "Ada"}
		}
		s.do(c).want(http.StatusConflict)
	}
	if _, err := s.sessions.List(t.Context(), session.UserID); err != nil {
		t.Error(err)
	}
}

// close takes the main database away from all who have connections to it, and lets nobody in again.
func (w *world) close() {
	w.t.Helper()
	beside := w.address
	beside.Name = "postgres"
	conn := pgtest.Connect(w.t, beside)
	for _, sql := range []string{
		"alter database " + w.address.Name + " with allow_connections false",
		"select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + w.address.Name + "'",
	} {
		if _, err := conn.Exec(w.t.Context(), sql); err != nil {
			w.t.Fatal(err)
		}
	}
}

// Where a part of the site is away that an operation needs, it says so. Each operation that can is seen doing it: first
// without the databases, then without Redis, too.
func TestWithoutDatabasesAndRedis(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.furnish()
	// Nobody reads events for its streams.
	s := w.open(setup{kind: site.Main, change: func(d *httpapi.Deps) {
		withOperators(d)
		d.Access.DemoTokens = true
	}})
	open := map[string]call{}
	for _, op := range s.operations(func(_ string, o *openapi3.Operation) bool { return has(o, http.StatusServiceUnavailable) }) {
		c := s.there(op)
		if slices.Contains(streams, op) {
			c.header = map[string]string{"Accept": "text/event-stream"}
		}
		open[op] = c
	}
	for _, op := range []string{"startGitHubSignIn", "startGitHubDeviceSignIn", "finishGitHubDeviceSignIn"} {
		delete(open, op) // needs a GitHub: tests of signing in see to it
	}
	cookie := map[string]string{"Cookie": s.signedIn("observer").cookie}
	service := s.issue("service")
	introspected := map[string]any{"token": unknownToken(t)}
	for _, c := range []call{
		{op: "getMe", token: s.issue("viewer")}, // the site has not seen it
		{op: "introspectToken", token: service, body: introspected},
		{op: "refreshSession", token: "-", header: cookie},
		{op: "logout", token: "-", header: cookie},
	} {
		open[c.op] = c
	}
	s.do(call{op: "introspectToken", token: service, body: introspected}).want(http.StatusOK)
	s.do(call{op: "getMe"}).want(http.StatusOK) // from now on the site knows the token
	w.close()
	try := func() {
		for op, c := range open {
			a := s.do(c)
			if a.status == http.StatusServiceUnavailable {
				if a.header.Get("Retry-After") == "" {
					t.Errorf("%s does not say when to try again", op)
				}
				delete(open, op)
			}
		}
	}
	try()
	s.redis.Kill()
	try()
	for op, c := range open { // what looks only now and then
		eventually(t, op+" is unavailable, as it says that it can be", func() bool { return s.do(c).status == http.StatusServiceUnavailable })
	}
}
