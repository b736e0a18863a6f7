package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/oapi-codegen/runtime"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/errs"
)

const someID = "0198f2c4-6a00-7cc3-98c4-dc0c0c07398f"

// ask sends a request through the validation of an operation. Parameters of the path come in the order of the path.
func ask(t testing.TB, op *operation, query, contentType, body string, params map[string]string) (any, error) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), op.method, "/?"+query, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return op.check(httptest.NewRecorder(), r, params)
}

func file(change string) string {
	fields := map[string]any{
		"executed_obs_unit_id": someID, "instrument_module_id": 1, "name": "a.g3", "relative_path": "17841/a.g3",
		"size_bytes": 1, "checksum": strings.Repeat("a", 32), "checksum_algorithm": "md5",
	}
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return strings.TrimSuffix(string(text), "}") + change + "}"
}

func TestRequestsThatTheDocumentRefuses(t *testing.T) {
	_, ops := document(t)
	const start, files, bulk = "startExecutedObsUnit", "createRawDataFile", "createRawDataFiles"
	deep := strings.Repeat(`{"a":`, maxDepth) + "1" + strings.Repeat("}", maxDepth)
	for name, test := range map[string]struct {
		op, query, body string
		params          map[string]string
		status          int
		pointers        []string
	}{
		"malformed JSON":      {op: start, body: `{"obs_unit_id":1`, status: 400},
		"two documents":       {op: start, body: `{"obs_unit_id":1}{}`, status: 400},
		"not UTF-8":           {op: start, body: "{\"obs_unit_id\":1,\"comment\":\"\xff\"}", status: 400},
		"no body":             {op: start, status: 422, pointers: []string{""}},
		"wrong type of body":  {op: start, body: `[]`, status: 422, pointers: []string{""}},
		"missing field":       {op: start, body: `{}`, status: 422, pointers: []string{"/obs_unit_id"}},
		"unknown fields":      {op: start, body: `{"obs_unit_id":1,"x":1,"a/b":2}`, status: 422, pointers: []string{"/a~1b", "/x"}},
		"other spelling":      {op: start, body: `{"obs_unit_id":5,"OBS_UNIT_ID":-7}`, status: 422, pointers: []string{"/OBS_UNIT_ID"}},
		"wrong type":          {op: start, body: `{"obs_unit_id":"1"}`, status: 422, pointers: []string{"/obs_unit_id"}},
		"null":                {op: start, body: `{"obs_unit_id":1,"comment":null}`, status: 422, pointers: []string{"/comment"}},
		"zero":                {op: start, body: `{"obs_unit_id":0}`, status: 422, pointers: []string{"/obs_unit_id"}},
		"beyond 32 bits":      {op: start, body: `{"obs_unit_id":2147483648}`, status: 422, pointers: []string{"/obs_unit_id"}},
		"fraction":            {op: start, body: `{"obs_unit_id":1.5}`, status: 422, pointers: []string{"/obs_unit_id"}},
		"time without zone":   {op: start, body: `{"obs_unit_id":1,"start_time":"2026-07-15T11:20:00"}`, status: 422, pointers: []string{"/start_time"}},
		"day that is not":     {op: start, body: `{"obs_unit_id":1,"start_time":"2026-02-30T11:20:00Z"}`, status: 422, pointers: []string{"/start_time"}},
		"before 1970":         {op: start, body: `{"obs_unit_id":1,"start_time":"1969-12-31T23:59:59Z"}`, status: 422, pointers: []string{"/start_time"}},
		"after 2199":          {op: start, body: `{"obs_unit_id":1,"start_time":"2200-01-01T00:00:00Z"}`, status: 422, pointers: []string{"/start_time"}},
		"long text":           {op: start, body: `{"obs_unit_id":1,"comment":"` + strings.Repeat("ä", 4001) + `"}`, status: 422, pointers: []string{"/comment"}},
		"NUL":                 {op: start, body: `{"obs_unit_id":1,"comment":"a\u0000b"}`, status: 422, pointers: []string{"/comment"}},
		"NUL in free JSON":    {op: start, body: `{"obs_unit_id":1,"conditions":{"a":["\u0000"]}}`, status: 422, pointers: []string{"/conditions/a/0"}},
		"NUL in a name":       {op: start, body: `{"obs_unit_id":1,"conditions":{"\u0000":1}}`, status: 422, pointers: []string{"/conditions"}},
		"start of an end":     {op: start, body: `{"obs_unit_id":1,"status":"completed"}`, status: 422, pointers: []string{"/status"}},
		"name twice":          {op: start, body: `{"obs_unit_id":1,"obs_unit_id":2}`, status: 422, pointers: []string{"/obs_unit_id"}},
		"unknown name twice":  {op: start, body: `{"obs_unit_id":1,"x":1,"x":2}`, status: 422, pointers: []string{"/x"}},
		"name written twice":  {op: start, body: `{"obs_unit_id":1,"conditions":{"a/b":[{"c":1,"\u0063":1}]}}`, status: 422, pointers: []string{"/conditions/a~1b/0/c"}},
		"twice in a bulk":     {op: bulk, body: "[" + file("") + "," + file(`,"name":"b.g3"`) + "]", status: 422, pointers: []string{"/1/name"}},
		"half a pair":         {op: start, body: `{"obs_unit_id":1,"comment":"a\ud83d"}`, status: 422, pointers: []string{"/comment"}},
		"half in free JSON":   {op: start, body: `{"obs_unit_id":1,"conditions":{"a":["\udc00"]}}`, status: 422, pointers: []string{"/conditions/a/0"}},
		"half in a name":      {op: start, body: `{"obs_unit_id":1,"conditions":{"\ud83d\ud83d":1}}`, status: 422, pointers: []string{"/conditions"}},
		"huge number":         {op: start, body: `{"obs_unit_id":1,"conditions":{"a":1e999}}`, status: 422, pointers: []string{"/conditions/a"}},
		"tiny number":         {op: start, body: `{"obs_unit_id":1,"conditions":{"a":1e-9999999}}`, status: 422, pointers: []string{"/conditions/a"}},
		"long number":         {op: start, body: `{"obs_unit_id":1,"conditions":{"a":0.` + strings.Repeat("1", 20000) + `}}`, status: 422, pointers: []string{"/conditions/a"}},
		"deep":                {op: start, body: `{"obs_unit_id":1,"conditions":` + deep + `}`, status: 422, pointers: []string{"/conditions" + strings.Repeat("/a", maxDepth-1)}},
		"list as conditions":  {op: start, body: `{"obs_unit_id":1,"conditions":[]}`, status: 422, pointers: []string{"/conditions"}},
		"nil UUID":            {op: start, body: `{"obs_unit_id":1,"id":"00000000-0000-0000-0000-000000000000"}`, status: 422, pointers: []string{"/id"}},
		"UUID in braces":      {op: start, body: `{"obs_unit_id":1,"id":"{0198f2c4-6a00-7cc3-98c4-dc0c0c07398f}"}`, status: 422, pointers: []string{"/id"}},
		"too many bytes":      {op: start, body: `{"obs_unit_id":1,"conditions":{"a":"` + strings.Repeat("a", defaultBodyLimit) + `"}}`, status: 413},
		"two faults":          {op: start, body: `{"obs_unit_id":0,"observer":1}`, status: 422, pointers: []string{"/obs_unit_id", "/observer"}},
		"query of a write":    {op: start, query: "dry_run=1", body: `{"obs_unit_id":1}`, status: 422, pointers: []string{"query:dry_run"}},
		"unknown state":       {op: "finishExecutedObsUnit", body: `{"status":"running"}`, params: map[string]string{"id": someID}, status: 422, pointers: []string{"/status"}},
		"number as id":        {op: "finishExecutedObsUnit", body: `{}`, params: map[string]string{"id": "7"}, status: 422, pointers: []string{"path:id"}},
		"UUID as unit":        {op: "listExecutionsOfObsUnit", params: map[string]string{"obs_unit_id": someID}, status: 422, pointers: []string{"path:obs_unit_id"}},
		"negative size":       {op: files, body: strings.Replace(file(""), `"size_bytes":1`, `"size_bytes":-1`, 1), status: 422, pointers: []string{"/size_bytes"}},
		"size beyond 2^53":    {op: files, body: strings.Replace(file(""), `"size_bytes":1`, `"size_bytes":9007199254740992`, 1), status: 422, pointers: []string{"/size_bytes"}},
		"null by default":     {op: "precalculateVisibility", body: `{"from":"2026-07-01","to":"2026-07-02","night":null}`, status: 422, pointers: []string{"/night"}},
		"deep in a change":    {op: "updateObservationConfiguration", body: `{"chai":{"integration_time_s":1,"tiles":[{"offset_lon_arcsec":"0","offset_lat_arcsec":0,"width_arcsec":-1,"height_arcsec":1}]}}`, params: map[string]string{"id": "1"}, status: 422, pointers: []string{"/chai/tiles/0/offset_lon_arcsec", "/chai/tiles/0/width_arcsec"}},
		"other than a change": {op: "updateObservationConfiguration", body: `{"chai":7}`, params: map[string]string{"id": "1"}, status: 422, pointers: []string{"/chai"}},
		"null in a list":      {op: "createObservationConfiguration", body: `{"name":"a","chai":{"integration_time_s":1,"tiles":[{"offset_lon_arcsec":0,"offset_lat_arcsec":0,"width_arcsec":1,"height_arcsec":1,"angle_deg":null}]}}`, status: 422, pointers: []string{"/chai/tiles/0/angle_deg"}},
		"size of 2^63":        {op: files, body: strings.Replace(file(""), `"size_bytes":1`, `"size_bytes":9223372036854775808`, 1), status: 422, pointers: []string{"/size_bytes"}},
		"absolute path":       {op: files, body: strings.Replace(file(""), "17841/a.g3", "/etc/passwd", 1), status: 422, pointers: []string{"/relative_path"}},
		"upward path":         {op: files, body: strings.Replace(file(""), "17841/a.g3", "17841/../a.g3", 1), status: 422, pointers: []string{"/relative_path"}},
		"path to itself":      {op: files, body: strings.Replace(file(""), "17841/a.g3", "./a.g3", 1), status: 422, pointers: []string{"/relative_path"}},
		"empty part":          {op: files, body: strings.Replace(file(""), "17841/a.g3", "17841//a.g3", 1), status: 422, pointers: []string{"/relative_path"}},
		"folder":              {op: files, body: strings.Replace(file(""), "17841/a.g3", "17841/", 1), status: 422, pointers: []string{"/relative_path"}},
		"line in a path":      {op: files, body: strings.Replace(file(""), "17841/a.g3", "17841/a\\n.g3", 1), status: 422, pointers: []string{"/relative_path"}},
		"checksum":            {op: files, body: strings.Replace(file(""), "aaaa", "xyz!", 1), status: 422, pointers: []string{"/checksum"}},
		"empty bulk":          {op: bulk, body: `[]`, status: 422, pointers: []string{""}},
		"bulk of 1,001":       {op: bulk, body: "[" + strings.TrimSuffix(strings.Repeat("{},", 1001), ",") + "]", status: 413, pointers: []string{""}},
		"second of a bulk":    {op: bulk, body: "[" + file("") + "," + file(`,"x":1`) + "]", status: 422, pointers: []string{"/1/x"}},
		"limit of zero":       {op: "listExecutedObsUnits", query: "limit=0", status: 422, pointers: []string{"query:limit"}},
		"limit too high":      {op: "listExecutedObsUnits", query: "limit=1001", status: 422, pointers: []string{"query:limit"}},
		"limit as text":       {op: "listExecutedObsUnits", query: "limit=many", status: 422, pointers: []string{"query:limit"}},
		"empty limit":         {op: "listExecutedObsUnits", query: "limit=", status: 422, pointers: []string{"query:limit"}},
		"limit twice":         {op: "listExecutedObsUnits", query: "limit=1&limit=2", status: 422, pointers: []string{"query:limit"}},
		"unknown order":       {op: "listExecutedObsUnits", query: "order=random", status: 422, pointers: []string{"query:order"}},
		"unknown parameter":   {op: "listExecutedObsUnits", query: "offset=100", status: 422, pointers: []string{"query:offset"}},
		"day only":            {op: "listExecutedObsUnits", query: "start_from=2026-07-15", status: 422, pointers: []string{"query:start_from"}},
		"no date at all":      {op: "listExecutedObsUnits", query: "day_obs=yesterday&day_obs_from=2026-2-3", status: 422, pointers: []string{"query:day_obs", "query:day_obs_from"}},
		"date that is not":    {op: "getVisibility", query: "day=2026-02-30", params: map[string]string{"source_id": "1"}, status: 422, pointers: []string{"query:day"}},
		"dates of a map":      {op: "getVisibilityHeatmap", query: "from=1969-12-31&to=2200-01-01", status: 422, pointers: []string{"query:from", "query:to"}},
		"date in a body":      {op: "precalculateVisibility", body: `{"from":"2026-06-31","to":"2026-07-02"}`, status: 422, pointers: []string{"/from"}},
		"bad encoding":        {op: "listExecutedObsUnits", query: "limit=%zz", status: 422, pointers: []string{"query:"}},
		"NUL in a query":      {op: "listSources", query: "q=a%00b", status: 422, pointers: []string{"query:q"}},
		"no UTF-8 in query":   {op: "listSources", query: "q=%ff%fe", status: 422, pointers: []string{"query:q"}},
		"strange cursor":      {op: "listExecutedObsUnits", query: "cursor=%00", status: 422, pointers: []string{"query:cursor"}},
		"unknown tx state":    {op: "listTransactions", query: "state=parked&state=lost", status: 422, pointers: []string{"query:state/1"}},
		"endless wait":        {op: "getTransaction", query: "wait=committed&timeout=2h", params: map[string]string{"id": someID}, status: 422, pointers: []string{"query:timeout"}},
		"wait for anything":   {op: "getTransaction", query: "wait=parked", params: map[string]string{"id": someID}, status: 422, pointers: []string{"query:wait"}},
		"no reason":           {op: "discardTransaction", body: `{}`, params: map[string]string{"id": someID}, status: 422, pointers: []string{"/reason"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ask(t, ops[test.op], test.query, "application/json", test.body, test.params)
			if err == nil {
				t.Fatal("it was let through")
			}
			p := problemOf(err)
			if p.status != test.status {
				t.Errorf("status %d, want %d: %v", p.status, test.status, err)
			}
			var pointers []string
			for _, f := range p.fields {
				pointers = append(pointers, f.Pointer)
				if f.Detail == "" {
					t.Errorf("%s has no explanation", f.Pointer)
				}
			}
			slices.Sort(pointers)
			if diff := cmp.Diff(test.pointers, pointers); diff != "" {
				t.Errorf("pointers (-want +got):\n%s", diff)
			}
		})
	}
}

// A refusal says what the value must be, in words that need no look into the document.
func TestWhatARefusalSays(t *testing.T) {
	_, ops := document(t)
	for name, test := range map[string]struct{ op, query, body, says string }{
		"just too much":   {op: "listSources", query: "ra=360&dec=0&radius=1", says: "must be less than 360"},
		"just too little": {op: "createObservationConfiguration", body: `{"name":"a","chai":{"integration_time_s":0}}`, says: "must be more than 0"},
		"no change":       {op: "updateSource", body: `{}`, says: "must have more fields: at least 1"},
		"neither kind":    {op: "createSource", body: `{"name":"a"}`, says: "must have exactly one of constant_elevation, fixed, solar_system"},
		"two kinds":       {op: "createSource", body: `{"name":"a","fixed":{"ra_deg":1,"dec_deg":1},"solar_system":{"class":"planet"}}`, says: "must have exactly one of constant_elevation, fixed, solar_system"},
		"blank behind":    {op: "resolveSource", body: `{"name":"jupiter "}`, says: "must not be empty, begin or end with a space, or contain control characters"},
		"blank before":    {op: "createObservationConfiguration", body: `{"name":" a"}`, says: "must not be empty, begin or end with a space, or contain control characters"},
		"foreign cursor":  {op: "listSources", query: "cursor=a!", says: "must be the next_cursor of an answer"},
		"no such day":     {op: "listExecutedObsUnits", query: "day_obs_from=2026-02-30", says: "must be a date that the calendar has, such as 2026-07-15"},
		"given twice":     {op: "startExecutedObsUnit", body: `{"obs_unit_id":1,"obs_unit_id":2}`, says: "must be given once"},
		"half a pair":     {op: "startExecutedObsUnit", body: `{"obs_unit_id":1,"comment":"\ud83d"}`, says: `must not contain half of a surrogate pair (\ud800 to \udfff alone), which is no character`},
		"a day long ago":  {op: "listExecutedObsUnits", query: "day_obs=1969-12-31", says: "must lie between 1970 and 2200"},
		"beyond 32 bits":  {op: "startExecutedObsUnit", body: `{"obs_unit_id":2147483648}`, says: "must lie between -2147483648 and 2147483647"},
		"in a query":      {op: "listTransferRawPackages", query: "instrument_module_id=2147483648", says: "must lie between -2147483648 and 2147483647"},
		"in a list":       {op: "getVisibilityHeatmap", query: "from=2026-07-01&to=2026-07-02&source_id=1&source_id=2147483648", says: "must lie between -2147483648 and 2147483647"},
		"beyond 64 bits":  {op: "followHealth", query: "epoch=a&offset=9223372036854775808", says: "must lie between -9223372036854775808 and 9223372036854775807"},
		"beyond doubles":  {op: "listSources", query: "ra=1e999&dec=0&radius=1", says: "must be a number that fits 64 bits"},
		"one of a list":   {op: "getVisibilityHeatmap", query: "from=2026-07-01&to=2026-07-02&source_id=Mars", says: "must be an integer"},
		"no time zone":    {op: "listTransfers", query: "created_from=2026-07-15T11:20:00", says: "must be an RFC 3339 time with a zone, such as 2026-07-15T11:20:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ask(t, ops[test.op], test.query, "application/json", test.body, map[string]string{"id": "1"})
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || !slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Detail == test.says }) {
				t.Errorf("%v, want %q", err, test.says)
			}
		})
	}
}

// No refusal shows a regular expression: the document has words beside each.
func TestPatternsHaveWords(t *testing.T) {
	var document map[string]any
	text, err := api.GetSpecJSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	patterns := 0
	var look func(value any, where string)
	look = func(value any, where string) {
		switch v := value.(type) {
		case []any:
			for i, item := range v {
				look(item, where+"/"+strconv.Itoa(i))
			}
		case map[string]any:
			if _, ok := v["pattern"].(string); ok && v["type"] == "string" {
				patterns++
				if says, ok := v[extPattern].(string); !ok || !strings.HasPrefix(says, "must ") {
					t.Errorf("%s: says %q", where, says)
				}
			}
			for name, item := range v {
				look(item, where+pointerOf(name))
			}
		}
	}
	look(document, "")
	if patterns == 0 {
		t.Error("there are no patterns")
	}
}

func TestWrongContentType(t *testing.T) {
	_, ops := document(t)
	for _, contentType := range []string{"", "text/plain", "application/xml", "application/x-www-form-urlencoded"} {
		_, err := ask(t, ops["startExecutedObsUnit"], "", contentType, `{"obs_unit_id":1}`, nil)
		if p := problemOf(err); err == nil || p.status != http.StatusUnsupportedMediaType {
			t.Errorf("%q: %v", contentType, err)
		}
	}
	if _, err := ask(t, ops["startExecutedObsUnit"], "", "application/json; charset=utf-8", `{"obs_unit_id":1}`, nil); err != nil {
		t.Errorf("with a charset: %v", err)
	}
}

// What a client sent, such as a password in the wrong field, does not come back.
func TestRefusalsDoNotRepeatValues(t *testing.T) {
	_, ops := document(t)
	const secret = "hunter2"
	for _, body := range []string{
		`{"obs_unit_id":"hunter2"}`, `{"obs_unit_id":1,"start_time":"hunter2"}`, `{"obs_unit_id":1,"id":"hunter2"}`,
		`{"obs_unit_id":1,"x":"hunter2"}`, `{"obs_unit_id":1,"observer":["hunter2"]}`,
	} {
		_, err := ask(t, ops["startExecutedObsUnit"], "", "application/json", body, nil)
		var e *errs.Error
		if !errors.As(err, &e) || strings.Contains(e.Detail, secret) {
			t.Fatalf("%s: %v", body, err)
		}
		for _, f := range e.Fields {
			if strings.Contains(f.Pointer+f.Detail, secret) {
				t.Errorf("%s: %s %s", body, f.Pointer, f.Detail)
			}
		}
	}
}

func TestFindingsAreBounded(t *testing.T) {
	_, ops := document(t)
	body := "[" + strings.TrimSuffix(strings.Repeat("{},", 1000), ",") + "]"
	_, err := ask(t, ops["createRawDataFiles"], "", "application/json", body, nil)
	if n := len(problemOf(err).fields); n != maxFindings {
		t.Errorf("%d findings", n)
	}
	long := strings.Repeat("x", 10000)
	_, err = ask(t, ops["startExecutedObsUnit"], "", "application/json", `{"obs_unit_id":1,"`+long+`":1}`, nil)
	if n := len(problemOf(err).fields[0].Pointer); n > 100 {
		t.Errorf("a pointer of %d bytes", n)
	}
}

// The handler gets the very value that was validated: large integers keep all digits, defaults are in.
func TestValidatedValues(t *testing.T) {
	_, ops := document(t)
	const large = 1<<53 - 1
	body, err := ask(t, ops["createRawDataFile"], "", "application/json",
		strings.Replace(file(""), `"size_bytes":1`, `"size_bytes":`+strconv.Itoa(large), 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	var f api.RawDataFileCreate
	if err := runtime.BindJSONValue(body, &f); err != nil {
		t.Fatal(err)
	}
	if f.SizeBytes != large {
		t.Errorf("2^53-1 became %d", f.SizeBytes)
	}
	body, err = ask(t, ops["startExecutedObsUnit"], "", "application/json", `{"obs_unit_id":1,"conditions":{"n":9007199254740993,"m":null}}`, nil)
	if err != nil {
		t.Fatal(err)
	}
	var start api.ExecutedObsUnitStart
	if err := runtime.BindJSONValue(body, &start); err != nil {
		t.Fatal(err)
	}
	if got := string(start.Conditions); got != `{"m":null,"n":9007199254740993}` {
		t.Errorf("free JSON became %s", got)
	}
	body, err = ask(t, ops["finishExecutedObsUnit"], "", "application/json", `{}`, map[string]string{"id": someID})
	if diff := cmp.Diff(map[string]any{"status": "completed"}, body); err != nil || diff != "" {
		t.Errorf("%v, defaults (-want +got):\n%s", err, diff)
	}
}

// Every example of the document is a good request.
func TestExamplesOfBodies(t *testing.T) {
	_, ops := document(t)
	for id, op := range ops {
		if op.route.Operation.RequestBody == nil {
			continue
		}
		body, err := json.Marshal(op.route.Operation.RequestBody.Value.Content.Get("application/json").Example)
		if err != nil {
			t.Fatal(err)
		}
		params := map[string]string{}
		for _, p := range op.route.Operation.Parameters {
			if p.Value.In == openapi3.ParameterInPath {
				params[p.Value.Name] = someID
			}
			if p.Value.In == openapi3.ParameterInPath && p.Value.Schema.Value.Type.Is(openapi3.TypeInteger) {
				params[p.Value.Name] = "1"
			}
		}
		if _, err := ask(t, op, "", "application/json", string(body), params); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func FuzzBodies(f *testing.F) {
	text, err := api.GetSpecJSON()
	if err != nil {
		f.Fatal(err)
	}
	doc, err := loadDocument(text)
	if err != nil {
		f.Fatal(err)
	}
	ops, err := operations(doc)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		`{"obs_unit_id":1}`, `{"obs_unit_id":1e3}`, `[` + file("") + `]`, `{"reason":"a","steps":[{"kind":"k","params":{}}]}`, `{"sqlstate":"23503"}`,
	} {
		for i := range ops {
			f.Add(i, "limit=1&state=parked", seed)
		}
	}
	f.Fuzz(func(t *testing.T, which int, query, body string) {
		if which < 0 || strings.ContainsAny(query, " \r\n") {
			return
		}
		op := ops[which%len(ops)]
		r := httptest.NewRequestWithContext(t.Context(), op.method, "/", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", "application/json")
		value, err := op.check(httptest.NewRecorder(), r, map[string]string{"id": someID, "obs_unit_id": "1", "slug": "internal"})
		if err != nil {
			if p := problemOf(err); p.status < 400 || p.status > 422 {
				t.Fatalf("status %d: %v", p.status, err)
			}
			return
		}
		if _, err := (&exchange{operation: op, body: value}).fingerprint(); err != nil {
			t.Fatalf("a good body has no fingerprint: %v", err)
		}
	})
}
