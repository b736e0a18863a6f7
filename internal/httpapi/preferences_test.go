package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/ccatobs/opsdb/internal/site"
)

func (s *station) put(body any, token, ifMatch string) answer {
	s.t.Helper()
	c := call{op: "putPreferences", body: body, token: token}
	if ifMatch != "" {
		c.header = map[string]string{"If-Match": ifMatch}
	}
	return s.do(c)
}

// sameText compares two JSON texts, whatever the order of their fields.
func sameText(t *testing.T, want, got []byte) {
	t.Helper()
	var a, b any
	for text, v := range map[*[]byte]*any{&want: &a, &got: &b} {
		if err := json.Unmarshal(*text, v); err != nil {
			t.Fatalf("%v: %s", err, *text)
		}
	}
	if diff := gocmp.Diff(a, b); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEverybodyHasHisPreferences(t *testing.T) {
	w := newWorld(t)
	s, viewer := w.open(setup{kind: site.Main}), w.issue("viewer")
	none := s.do(call{op: "getPreferences"}).want(http.StatusOK)
	if strings.TrimSpace(string(none.text)) != "{}" || !ofVersion(none, `"0"`) {
		t.Errorf("%v %s", none.header, none.text)
	}
	for _, body := range []string{
		`{"theme":"dark","time_zone":"America/Santiago","coordinates":"horizontal","page_size":50,"favourite_sources":[3,1],
		  "favourite_programs":[2],"notifications":{"parked":true,"lagging":false},"layout":{"transfer":{"columns":["name","state"],"n":12345678901234567890}}}`,
		`{"layout":{"":null,"é":{"a":[1.5e10,{"b":[]}]}}}`,
		`{}`,
	} {
		put := s.put(body, "", "").want(http.StatusOK)
		read := s.do(call{op: "getPreferences"}).want(http.StatusOK)
		sameText(t, []byte(body), put.text)
		sameText(t, []byte(body), read.text)
		if !ofVersion(read, put.header.Get("ETag")) || put.header.Get("Ops-Position") == "" {
			t.Errorf("put %v, read %v", put.header, read.header)
		}
	}
	s.put(`{"theme":"light"}`, viewer, "").want(http.StatusOK)
	sameText(t, []byte(`{}`), s.do(call{op: "getPreferences"}).text)
	sameText(t, []byte(`{"theme":"light"}`), s.do(call{op: "getPreferences", token: viewer}).text)
	s.put(`{}`, w.grant(grantOf("observer", "read:account")), "").problem(http.StatusForbidden, "forbidden")
	if events := s.audited("", 10); len(events) != 0 {
		t.Errorf("preferences are in the audit trail: %+v", events)
	}
}

func TestPreferencesAreChecked(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	s.put(`{"theme":"dark"}`, "", "").want(http.StatusOK)
	deep := strings.Repeat(`{"a":`, 20) + "1" + strings.Repeat("}", 20)
	for _, body := range []string{
		`{"colour":"red"}`, `{"theme":"pink"}`, `{"theme":null}`, `{"time_zone":"no zone"}`, `{"page_size":5}`, `{"page_size":"50"}`,
		`{"favourite_sources":["1"]}`, `{"favourite_sources":[0]}`, `{"notifications":{"all":true}}`, `{"layout":[]}`, `{"layout":` + deep + `}`,
		`{"layout":{"x":1e999}}`, `{"layout":{"x":"\u0000"}}`, `{"layout":{"\u0000":1}}`, `[]`, `"x"`, `null`,
		`{"favourite_sources":[` + strings.Repeat("1,", 500) + `1]}`,
	} {
		s.put(body, "", "").problem(http.StatusUnprocessableEntity, "invalid")
	}
	for _, body := range []string{`{"page_size":NaN}`, `{"theme":"dark"`, `{"layout":{"x":Infinity}}`, `{"layout":{"x":01}}`, "{\"theme\":\"\xff\"}"} {
		s.put(body, "", "").problem(http.StatusBadRequest, "malformed")
	}
	s.put(fmt.Sprintf(`{"layout":{"x":%q}}`, strings.Repeat("x", 32<<10)), "", "").problem(http.StatusRequestEntityTooLarge, "too-large")
	// Numbers that are short in a request and long in the database.
	s.put(`{"layout":{"x":[`+strings.Repeat("1e300,", 5000)+`1]}}`, "", "").problem(http.StatusUnprocessableEntity, "values-refused")
	sameText(t, []byte(`{"theme":"dark"}`), s.do(call{op: "getPreferences"}).text)
}

func TestOfPreferencesOneVersionFollowsAnother(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	for range 2 { // from nothing, then over what is there
		tag := s.do(call{op: "getPreferences"}).header.Get("ETag")
		s.put(`{"page_size":10}`, "", `"x"`).problem(http.StatusPreconditionFailed, "precondition-failed")
		var all sync.WaitGroup
		var answers [8]answer
		for i := range answers {
			all.Go(func() { answers[i] = s.put(fmt.Sprintf(`{"page_size":%d}`, 20+i), "", tag) })
		}
		all.Wait()
		won := -1
		for i, a := range answers {
			switch {
			case a.status == http.StatusOK && won < 0:
				won = i
			default:
				a.problem(http.StatusPreconditionFailed, "precondition-failed")
			}
		}
		sameText(t, fmt.Appendf(nil, `{"page_size":%d}`, 20+won), s.do(call{op: "getPreferences"}).text)
		s.put(`{"page_size":30}`, "", answers[max(won, 0)].header.Get("ETag")).want(http.StatusOK)
		s.put(`{"page_size":40}`, "", "*").want(http.StatusOK)
	}
}
