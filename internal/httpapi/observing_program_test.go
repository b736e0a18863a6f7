package httpapi_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
)

func number(id int32) string { return strconv.Itoa(int(id)) }

func (s *station) createProgram(changes map[string]any) api.ObservingProgram {
	s.t.Helper()
	return decode[api.ObservingProgram](s.do(call{op: "createObservingProgram", body: s.example("createObservingProgram", changes)}).want(http.StatusCreated))
}

func (s *station) program(id int32) api.ObservingProgram {
	s.t.Helper()
	return decode[api.ObservingProgram](s.do(call{op: "getObservingProgram", id: number(id)}).want(http.StatusOK))
}

func TestProgramsAreCreatedAndChanged(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	a := s.do(call{op: "createObservingProgram", body: s.example("createObservingProgram", nil)}).want(http.StatusCreated)
	p := decode[api.ObservingProgram](a)
	want := api.ObservingProgram{
		ID: p.ID, ShortName: "DSFG", Name: "Dusty star-forming galaxies", Scientific: true, Description: "Deep fields at 350 and 850 GHz.", Active: true, Version: 1,
	}
	if p != want || s.program(p.ID) != want || a.header.Get("Location") != "/observing_program/"+number(p.ID) || a.header.Get("ETag") != `"1"` {
		t.Fatalf("%s %v", a.text, a.header)
	}
	id := number(p.ID)
	a = s.do(call{op: "updateObservingProgram", id: id, body: `{"active":false,"name":"Galaxies"}`, header: ifMatch(`"1"`)}).want(http.StatusOK)
	want.Active, want.Name, want.Version = false, "Galaxies", 2
	if decode[api.ObservingProgram](a) != want || s.program(p.ID) != want || a.header.Get("ETag") != `"2"` || a.header.Get("Ops-Position") == "" {
		t.Errorf("%s %v", a.text, a.header)
	}
	s.do(call{op: "updateObservingProgram", id: id, body: `{"active":true}`, header: ifMatch(`"1"`)}).problem(http.StatusPreconditionFailed, "precondition-failed")
	// Nothing new is nothing done.
	a = s.do(call{op: "updateObservingProgram", id: id, body: `{"active":false}`}).want(http.StatusOK)
	if a.header.Get("ETag") != `"2"` || a.header.Get("Ops-Position") != "" {
		t.Errorf("%v", a.header)
	}
	a = s.do(call{op: "replaceObservingProgram", id: id, body: `{"short_name":"DSF","name":"D","scientific":false}`}).want(http.StatusOK)
	want = api.ObservingProgram{ID: p.ID, ShortName: "DSF", Name: "D", Active: true, Version: 3}
	if decode[api.ObservingProgram](a) != want || s.program(p.ID) != want {
		t.Errorf("%s", a.text)
	}
	for _, op := range []string{"updateObservingProgram", "replaceObservingProgram", "getObservingProgram", "getObservingProgramProgress"} {
		s.do(call{op: op, id: "999999", body: s.exampleOf(op)}).problem(http.StatusNotFound, "not-found")
	}
}

func TestProgramsAreRefused(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	p := s.createProgram(nil)
	for _, c := range []call{
		{op: "createObservingProgram", body: s.example("createObservingProgram", nil)},
		{op: "createObservingProgram", body: s.example("createObservingProgram", nil), query: "dry_run=true"},
		{op: "updateObservingProgram", id: number(p.ID), body: `{"short_name":"Cal"}`},
	} {
		if got := s.do(c).problem(http.StatusConflict, "name-taken"); len(got.Errors) != 1 || got.Errors[0].Pointer != "/short_name" {
			t.Errorf("%+v", got)
		}
	}
	for _, body := range []string{
		`{}`, `{"short_name":""}`, `{"short_name":" a"}`, `{"short_name":"a "}`, `{"short_name":"a\nb"}`, `{"id":7}`, `{"version":7}`, `{"active":null}`,
	} {
		s.do(call{op: "updateObservingProgram", id: number(p.ID), body: body}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	s.do(call{op: "getObservingProgram", id: "0"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(call{op: "listObservingPrograms", query: "cursor=abc"}).problem(http.StatusUnprocessableEntity, "invalid")
	foreign := s.do(call{op: "listObservingPrograms", query: "limit=1"}).want(http.StatusOK)
	cursor := decode[api.ObservingProgramPage](foreign).NextCursor.MustGet()
	s.do(call{op: "listObservingPrograms", query: "sort=name&cursor=" + cursor}).problem(http.StatusUnprocessableEntity, "invalid")
}

// A rehearsal says what would be, and nothing is; what would be refused is refused.
func TestRehearsedProgramsAreNotThere(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	a := s.do(call{op: "createObservingProgram", query: "dry_run=true", key: "k", body: s.example("createObservingProgram", nil)}).want(http.StatusOK)
	p := decode[api.ObservingProgram](a)
	if p.ShortName != "DSFG" || p.Version != 1 || a.header.Get("Location") != "" {
		t.Errorf("%s", a.text)
	}
	s.do(call{op: "getObservingProgram", id: number(p.ID)}).problem(http.StatusNotFound, "not-found")
	s.do(call{op: "createObservingProgram", key: "k", body: s.example("createObservingProgram", nil)}).want(http.StatusCreated)
}

// The same request again gets the record that it has made, as it is now.
func TestRepeatedCreationsMakeOneRecord(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	again := call{op: "createObservingProgram", key: "k", body: s.example("createObservingProgram", nil)}
	first := decode[api.ObservingProgram](s.do(again).want(http.StatusCreated))
	s.do(call{op: "updateObservingProgram", id: number(first.ID), body: `{"name":"New"}`}).want(http.StatusOK)
	a := s.do(again).want(http.StatusCreated)
	if p := decode[api.ObservingProgram](a); p.ID != first.ID || p.Name != "New" || a.header.Get("Idempotency-Replayed") != "true" || a.header.Get("ETag") != `"2"` {
		t.Errorf("%s %v", a.text, a.header)
	}
	s.do(call{op: "createObservingProgram", key: "k", body: s.example("createObservingProgram", map[string]any{"short_name": "B"})}).
		problem(http.StatusUnprocessableEntity, "idempotency-key-reused")
}

// Who sends the creation of a record again gets that record, whatever names people have given to it and to others since.
func TestRepeatedCreationsFindTheirRecordByNoName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	program := number(s.createProgram(map[string]any{"short_name": "P"}).ID)
	for _, kind := range []struct{ of, under, name string }{
		{"ObservingProgram", "", "short_name"},
		{"SubObservingProgram", program, "short_name"},
		{"ObsUnit", "", "name"},
		{"ObservationConfiguration", "", "name"},
		{"InstrumentModuleConfiguration", "", "name"},
		{"Source", "", "name"},
	} {
		create := call{op: "create" + kind.of, id: kind.under, key: kind.of, body: s.example("create"+kind.of, nil)}
		first := s.do(create).want(http.StatusCreated)
		id := strings.Trim(kind.under+"/"+number(decode[struct{ ID int32 }](first).ID), "/")
		s.do(call{op: "update" + kind.of, id: id, body: map[string]any{kind.name: "Renamed"}}).want(http.StatusOK)
		another := create
		another.key = ""
		if s.do(another).want(http.StatusCreated).header.Get("Location") == first.header.Get("Location") {
			t.Errorf("%s: another one is the same", kind.of)
		}
		a := s.do(create).want(http.StatusCreated)
		if a.header.Get("Location") != first.header.Get("Location") || a.header.Get("ETag") != `"2"` || decode[map[string]any](a)[kind.name] != "Renamed" {
			t.Errorf("%s: %s %v", kind.of, a.text, a.header)
		}
	}
	// An earlier release kept no number.
	w.execute("update buffered_transaction set audit = '[]'")
	s.do(call{op: "createObservingProgram", key: "ObservingProgram", body: s.example("createObservingProgram", nil)}).
		problem(http.StatusConflict, "record-differs")
}

// Many change one record at once: no change is lost.
func TestChangesOfAProgramAtOnceAreAllMade(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	id := number(s.createProgram(nil).ID)
	bodies := []string{`{"name":"N"}`, `{"description":"D"}`, `{"active":false}`}
	done := make(chan answer, len(bodies))
	for _, body := range bodies {
		go func() { done <- s.do(call{op: "updateObservingProgram", id: id, body: body}) }()
	}
	for range bodies {
		(<-done).want(http.StatusOK)
	}
	got := decode[api.ObservingProgram](s.do(call{op: "getObservingProgram", id: id}))
	if got.Name != "N" || got.Description != "D" || got.Active || got.Version != 4 {
		t.Errorf("%+v", got)
	}
}

// Who has the present answer is told so, and gets a new one after a change.
func TestProgramsThatAreKnownAreNotSentAgain(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	id := number(s.createProgram(nil).ID)
	for _, c := range []call{{op: "getObservingProgram", id: id}, {op: "listObservingPrograms"}, {op: "getObservingProgramProgress", id: id}} {
		tag := s.do(c).want(http.StatusOK).header.Get("ETag")
		c.header = map[string]string{"If-None-Match": tag}
		if a := s.do(c).want(http.StatusNotModified); len(a.text) > 0 || a.header.Get("ETag") != tag {
			t.Errorf("%s: %q %v", c.op, a.text, a.header)
		}
	}
	tag := s.do(call{op: "listObservingPrograms"}).header.Get("ETag")
	s.do(call{op: "updateObservingProgram", id: id, body: `{"name":"New"}`}).want(http.StatusOK)
	s.do(call{op: "listObservingPrograms", header: map[string]string{"If-None-Match": tag}}).want(http.StatusOK)
}

func TestPagesOfProgramsShowEachOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, random := w.open(setup{kind: site.Main}), dice(t)
	all := walk[api.ObservingProgram](s, "listObservingPrograms", "", "", 1000)
	for i := range 40 {
		p := api.ObservingProgram{ShortName: randomName(random) + fmt.Sprint(i), Name: randomName(random), Scientific: random.IntN(2) == 0, Active: random.IntN(3) > 0}
		err := w.db.QueryRow(t.Context(), "insert into observing_program (short_name, name, scientific, active) values ($1, $2, $3, $4) returning id",
			p.ShortName, p.Name, p.Scientific, p.Active).Scan(&p.ID)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	for range 20 {
		query, sort := url.Values{}, []string{"short_name", "name"}[random.IntN(2)]
		q, active, scientific := randomName(random)[:1], random.IntN(2) == 0, random.IntN(2) == 0
		byQ, byActive, byKind := random.IntN(2) == 0, random.IntN(2) == 0, random.IntN(2) == 0
		if sort == "name" || random.IntN(2) == 0 {
			query.Set("sort", sort)
		}
		if byQ {
			query.Set("q", q)
		}
		if byActive {
			query.Set("active", fmt.Sprint(active))
		}
		if byKind {
			query.Set("scientific", fmt.Sprint(scientific))
		}
		fit := slices.DeleteFunc(slices.Clone(all), func(p api.ObservingProgram) bool {
			return byQ && !contains(q, p.ShortName, p.Name) || byActive && p.Active != active || byKind && p.Scientific != scientific
		})
		slices.SortFunc(fit, func(a, b api.ObservingProgram) int {
			if sort == "name" {
				return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
			}
			return cmp.Compare(a.ShortName, b.ShortName)
		})
		var want []string
		for _, p := range fit {
			want = append(want, p.ShortName)
		}
		comparePages(s, "listObservingPrograms", "", query.Encode(), random, want, func(p api.ObservingProgram) string { return p.ShortName })
	}
}

func TestSubProgramsAreCreatedListedAndChanged(t *testing.T) {
	t.Parallel()
	s, random := newWorld(t).open(setup{kind: site.Main}), dice(t)
	id := number(s.createProgram(nil).ID)
	var names []string
	for i := range 12 {
		name := randomName(random) + fmt.Sprint(i)
		names = append(names, name)
		a := s.do(call{op: "createSubObservingProgram", id: id, body: map[string]any{"short_name": name, "name": "N"}}).want(http.StatusCreated)
		if sub := decode[api.SubObservingProgram](a); a.header.Get("Location") != "/observing_program/"+id+"/sub_programs/"+number(sub.ID) {
			t.Errorf("%v", a.header)
		}
	}
	slices.Sort(names)
	comparePages(s, "listSubObservingPrograms", id, "", random, names, func(p api.SubObservingProgram) string { return p.ShortName })
	fit := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !contains("b", name) })
	comparePages(s, "listSubObservingPrograms", id, "q=b", random, fit, func(p api.SubObservingProgram) string { return p.ShortName })

	s.do(call{op: "createSubObservingProgram", id: id, body: map[string]any{"short_name": names[0], "name": "N"}}).problem(http.StatusConflict, "name-taken")
	s.do(call{op: "createSubObservingProgram", id: "999999", body: s.exampleOf("createSubObservingProgram")}).problem(http.StatusNotFound, "not-found")
	again := call{op: "createSubObservingProgram", id: id, key: "k", body: s.exampleOf("createSubObservingProgram")}
	sub := decode[api.SubObservingProgram](s.do(again).want(http.StatusCreated))
	if other := decode[api.SubObservingProgram](s.do(again).want(http.StatusCreated)); other != sub {
		t.Errorf("%+v is not %+v", other, sub)
	}
	s.do(call{op: "createSubObservingProgram", id: id, query: "dry_run=true", body: map[string]any{"short_name": "dry", "name": "N"}}).want(http.StatusOK)
	place := id + "/" + number(sub.ID)
	sub.Description, sub.Version = "Within 20 Mpc.", 2
	a := s.do(call{op: "updateSubObservingProgram", id: place, body: s.exampleOf("updateSubObservingProgram"), header: ifMatch(`"1"`)}).want(http.StatusOK)
	if got := decode[api.SubObservingProgram](a); got != sub || decode[api.SubObservingProgram](s.do(call{op: "getSubObservingProgram", id: place})) != sub {
		t.Errorf("%s", a.text)
	}
	s.do(call{op: "updateSubObservingProgram", id: place, body: s.exampleOf("updateSubObservingProgram"), header: ifMatch(`"1"`)}).
		problem(http.StatusPreconditionFailed, "precondition-failed")
	for _, op := range []string{"getSubObservingProgram", "updateSubObservingProgram"} {
		s.do(call{op: op, id: "1/" + number(sub.ID), body: s.exampleOf(op)}).problem(http.StatusNotFound, "not-found")
	}
}

// A secondary site makes and changes programs in the main database; who sends the position of a write with a read sees it,
// or is told that the site is not there yet.
func TestASecondarySiteChangesPrograms(t *testing.T) {
	sites := newTwoSites(t)
	far, near := sites.observatory, sites.cologne
	p := far.createProgram(map[string]any{"name": "New"})
	if near.program(p.ID) != p {
		t.Errorf("%+v", near.program(p.ID))
	}
	sites.lag(t, true)
	// What the copy of this site does not have yet can be changed here all the same.
	late := far.createProgram(map[string]any{"short_name": "Late"})
	a := far.do(call{op: "updateObservingProgram", id: number(late.ID), body: `{"active":false}`, header: ifMatch(`"1"`)}).want(http.StatusOK)
	seen := call{op: "getObservingProgram", id: number(late.ID), header: map[string]string{"Ops-Position": a.header.Get("Ops-Position")}}
	far.do(call{op: "getObservingProgram", id: number(late.ID)}).problem(http.StatusNotFound, "not-found")
	got := make(chan answer, 1)
	go func() { got <- far.do(seen) }()
	select {
	case early := <-got:
		t.Fatalf("the read did not wait: %d %s", early.status, early.text)
	case <-time.After(200 * time.Millisecond):
	}
	sites.lag(t, false)
	if p := decode[api.ObservingProgram]((<-got).want(http.StatusOK)); p.Active || p.Version != 2 {
		t.Errorf("%+v", p)
	}
	// The same request at both sites makes one record.
	body := far.example("createObservingProgram", map[string]any{"short_name": "Both"})
	first := decode[api.ObservingProgram](far.do(call{op: "createObservingProgram", key: "both", body: body}).want(http.StatusCreated))
	second := near.do(call{op: "createObservingProgram", key: "both", body: body}).want(http.StatusCreated)
	if decode[api.ObservingProgram](second) != first || second.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%s %v", second.text, second.header)
	}
}

// Without the link the plan cannot be changed, and the answer says since when; what is known stays readable.
func TestWithoutTheLinkThePlanCannotBeChanged(t *testing.T) {
	w := newWorld(t)
	p := w.open(setup{kind: site.Main}).createProgram(nil)
	s := w.open(setup{kind: site.Secondary, mainAway: true})
	eventually(t, "the site knows that the main database is away", func() bool {
		got := s.do(call{op: "createObservingProgram", body: s.example("createObservingProgram", map[string]any{"short_name": "B"})}).
			problem(http.StatusServiceUnavailable, "main-unreachable")
		return contains("since 20", *got.Detail)
	})
	s.do(call{op: "createObservingProgram", query: "dry_run=true", body: s.exampleOf("createObservingProgram")}).problem(http.StatusServiceUnavailable, "main-unreachable")
	s.do(call{op: "updateObservingProgram", id: number(p.ID), body: `{"active":false}`}).problem(http.StatusServiceUnavailable, "main-unreachable")
	s.do(call{op: "createSubObservingProgram", id: number(p.ID), body: s.exampleOf("createSubObservingProgram")}).
		problem(http.StatusServiceUnavailable, "main-unreachable")
	if s.program(p.ID) != p {
		t.Errorf("%+v", s.program(p.ID))
	}
}

// Also who is the first to find the main database away says since when, and so does everybody after him.
func TestAWriteWithoutTheMainDatabaseSaysSinceWhen(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Secondary, mainAway: true, idle: true})
	began := time.Now().Truncate(time.Second)
	var first time.Time
	for range 2 {
		p := s.do(call{op: "createSource", body: s.exampleOf("createSource")}).problem(http.StatusServiceUnavailable, "main-unreachable")
		found := regexp.MustCompile(` since (\S+Z)`).FindStringSubmatch(*p.Detail)
		if found == nil {
			t.Fatalf("it does not say since when: %s", *p.Detail)
		}
		since, err := time.Parse(time.RFC3339, found[1])
		if err != nil || since.Before(began) || since.After(time.Now()) || !first.IsZero() && !since.Equal(first) {
			t.Errorf("away since %s (before: %s), %v", since, first, err)
		}
		first = since
	}
}
