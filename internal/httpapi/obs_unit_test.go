package httpapi_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/site"
)

func (s *station) createUnit(changes map[string]any) api.ObsUnit {
	s.t.Helper()
	return decode[api.ObsUnit](s.do(call{op: "createObsUnit", body: s.example("createObsUnit", changes)}).want(http.StatusCreated))
}

func TestUnitsArePlannedAndChanged(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	u := s.createUnit(map[string]any{"observation_configuration_id": 1, "instrument_module_configuration_ids": []int{2, 1}})
	id := number(u.ID)
	if u.Version != 1 || u.Priority != 5 || !u.Active || !slices.Equal(u.InstrumentModuleConfigurationIDs, []int32{1, 2}) {
		t.Errorf("%+v", u)
	}
	a := s.do(call{op: "getObsUnit", id: id}).want(http.StatusOK)
	detail := decode[api.ObsUnitDetail](a)
	if detail.Name != "Orion A, deep" || detail.Source.ID != 1 || detail.Source.Name == "" || detail.ObsMode.Name != "constant_el" ||
		detail.ObservationConfiguration.MustGet().Name != "wide scan" || len(detail.InstrumentModuleConfigurations) != 2 || !ofVersion(a, `"1"`) {
		t.Errorf("%s", a.text)
	}
	body := `{"observation_configuration_id":null,"instrument_module_configuration_ids":[2,3],"source_id":2,"planned_executions":7}`
	a = s.do(call{op: "updateObsUnit", id: id, body: body, header: ifMatch(`"1"`)}).want(http.StatusOK)
	if got := decode[api.ObsUnit](a); !got.ObservationConfigurationID.IsNull() || got.Version != 2 || a.header.Get("ETag") != `"2"` {
		t.Errorf("%s", a.text)
	}
	detail = decode[api.ObsUnitDetail](s.do(call{op: "getObsUnit", id: id}).want(http.StatusOK))
	if c := detail.InstrumentModuleConfigurations; len(c) != 2 || c[0].ID != 2 || c[1].ID != 3 || detail.Source.ID != 2 || detail.PlannedExecutions != 7 ||
		!detail.ObservationConfiguration.IsNull() || detail.Name != "Orion A, deep" {
		t.Errorf("%+v", detail)
	}
	if a := s.do(call{op: "updateObsUnit", id: id, body: `{"instrument_module_configuration_ids":[3,2]}`}).want(http.StatusOK); a.header.Get("ETag") != `"2"` {
		t.Errorf("the same in another order became version %s", a.header.Get("ETag"))
	}
	if a := s.do(call{op: "updateObsUnit", id: id, body: `{"instrument_module_configuration_ids":[]}`}).want(http.StatusOK); !strings.Contains(string(a.text), `_ids":[]`) {
		t.Errorf("nothing is not an empty list: %s", a.text)
	}
	s.do(call{op: "updateObsUnit", id: id, body: `{"active":false}`, header: ifMatch(`"1"`)}).problem(http.StatusPreconditionFailed, "precondition-failed")
	s.do(call{op: "createObsUnit", query: "dry_run=true", body: s.example("createObsUnit", map[string]any{"name": "dry"})}).want(http.StatusOK)
	again := call{op: "createObsUnit", key: "k", body: s.example("createObsUnit", map[string]any{"name": "dry"})}
	first := s.do(again).want(http.StatusCreated)
	if second := s.do(again).want(http.StatusCreated); string(second.text) != string(first.text) || second.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%s\n%s", first.text, second.text)
	}
	for _, op := range []string{"getObsUnit", "updateObsUnit", "getObsUnitProgress"} {
		s.do(call{op: op, id: "999999", body: s.exampleOf(op)}).problem(http.StatusNotFound, "not-found")
	}
}

func TestUnitsAreRefused(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	u := s.createUnit(nil)
	for pointer, change := range map[string]map[string]any{
		"/observing_program_id":                {"observing_program_id": 9999},
		"/sub_observing_program_id":            {"sub_observing_program_id": 9999},
		"/source_id":                           {"source_id": 9999},
		"/obs_mode_id":                         {"obs_mode_id": 9999},
		"/observation_configuration_id":        {"observation_configuration_id": 9999},
		"/instrument_module_configuration_ids": {"instrument_module_configuration_ids": []int{1, 9999}},
	} {
		change["name"] = "other"
		for _, query := range []string{"", "dry_run=true"} {
			p := s.do(call{op: "createObsUnit", query: query, body: s.example("createObsUnit", change)}).problem(http.StatusUnprocessableEntity, "reference-unknown")
			if len(p.Errors) != 1 || p.Errors[0].Pointer != pointer {
				t.Errorf("%s: %+v", pointer, p)
			}
		}
		if delete(change, "name"); pointer != "/observing_program_id" {
			s.do(call{op: "updateObsUnit", id: number(u.ID), body: change}).problem(http.StatusUnprocessableEntity, "reference-unknown")
		}
	}
	// What exists in another program is not said to exist nowhere.
	other := s.createProgram(map[string]any{"short_name": "other"})
	foreign := decode[api.SubObservingProgram](s.do(call{op: "createSubObservingProgram", id: number(other.ID), body: s.exampleOf("createSubObservingProgram")}).want(http.StatusCreated))
	for _, c := range []call{
		{op: "createObsUnit", body: s.example("createObsUnit", map[string]any{"name": "other", "sub_observing_program_id": foreign.ID})},
		{op: "updateObsUnit", id: number(u.ID), body: map[string]any{"sub_observing_program_id": foreign.ID}},
	} {
		p := s.do(c).problem(http.StatusUnprocessableEntity, "reference-unknown")
		if len(p.Errors) != 1 || p.Errors[0].Pointer != "/sub_observing_program_id" || p.Errors[0].Detail != "is not a sub-program of this program" {
			t.Errorf("%s: %+v", c.op, p)
		}
	}
	s.do(call{op: "createObsUnit", body: s.example("createObsUnit", nil)}).problem(http.StatusConflict, "name-taken")
	s.do(call{op: "createObsUnit", body: s.example("createObsUnit", map[string]any{"duration_s": 0})}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(call{op: "listObsUnits", query: "cursor=abc"}).problem(http.StatusUnprocessableEntity, "invalid")
}

func TestPagesOfUnitsShowEachOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, random := w.open(setup{kind: site.Main}), dice(t)
	all := walk[api.ObsUnitListed](s, "listObsUnits", "", "", 1000)
	rows, err := w.db.Query(t.Context(), "select id from instrument_module_configuration where instrument_module_id = 1")
	if err != nil {
		t.Fatal(err)
	}
	ofModule := collect[int32](t, rows)
	for i := range 60 {
		u := api.ObsUnitListed{
			Name: randomName(random) + fmt.Sprint(i%2), ObservingProgramID: int32(1 + i/2%3), SourceID: int32(1 + random.IntN(3)), ObsModeID: int32(1 + random.IntN(2)),
			Priority: int32(random.IntN(5) - 2), Active: random.IntN(3) > 0, InstrumentModuleConfigurationIDs: []int32{int32(1 + random.IntN(4))},
		}
		err := w.db.QueryRow(t.Context(), `insert into obs_unit (observing_program_id, source_id, obs_mode_id, name, duration_s, priority, active)
			values ($1, $2, $3, $4, 60, $5, $6) on conflict do nothing returning id`,
			u.ObservingProgramID, u.SourceID, u.ObsModeID, u.Name, u.Priority, u.Active).Scan(&u.ID)
		if err != nil {
			continue // another of this program has the name
		}
		w.execute("insert into obs_unit_module_configuration values ($1, $2)", u.ID, u.InstrumentModuleConfigurationIDs[0])
		all = append(all, u)
	}
	for range 25 {
		query, fit := url.Values{}, slices.Clone(all)
		filter := func(name, value string, fits func(api.ObsUnitListed) bool) {
			if random.IntN(4) == 0 {
				query.Set(name, value)
				fit = slices.DeleteFunc(fit, func(u api.ObsUnitListed) bool { return !fits(u) })
			}
		}
		filter("q", "a", func(u api.ObsUnitListed) bool { return contains("a", u.Name) })
		filter("observing_program_id", "2", func(u api.ObsUnitListed) bool { return u.ObservingProgramID == 2 })
		filter("source_id", "1", func(u api.ObsUnitListed) bool { return u.SourceID == 1 })
		filter("obs_mode_id", "2", func(u api.ObsUnitListed) bool { return u.ObsModeID == 2 })
		filter("active", "true", func(u api.ObsUnitListed) bool { return u.Active })
		filter("instrument_module_id", "1", func(u api.ObsUnitListed) bool {
			return slices.ContainsFunc(u.InstrumentModuleConfigurationIDs, func(id int32) bool { return slices.Contains(ofModule, id) })
		})
		byPriority := random.IntN(2) == 0
		if byPriority {
			query.Set("sort", "priority")
		}
		slices.SortFunc(fit, func(a, b api.ObsUnitListed) int {
			rank := 0
			if byPriority {
				rank = cmp.Compare(b.Priority, a.Priority)
			}
			return cmp.Or(rank, cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		})
		var want []string
		for _, u := range fit {
			want = append(want, number(u.ID))
		}
		comparePages(s, "listObsUnits", "", query.Encode(), random, want, func(u api.ObsUnitListed) string { return number(u.ID) })
	}
}

// An observing day begins in Go when it begins in the database.
func TestObservingDaysBeginAsInTheDatabase(t *testing.T) {
	t.Parallel()
	w, random := newWorld(t), dice(t)
	for range 200 {
		day := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, random.IntN(80_000))
		var begin time.Time
		var first, before time.Time
		err := w.db.QueryRow(t.Context(), "select day_obs_begin($1::date), day_obs($2::timestamptz), day_obs($2::timestamptz - interval '1 microsecond')",
			day, httpapi.DayObsBegin(day)).Scan(&begin, &first, &before)
		if err != nil {
			t.Fatal(err)
		}
		if !begin.Equal(httpapi.DayObsBegin(day)) || !first.Equal(day) || !before.Equal(day.AddDate(0, 0, -1)) {
			t.Fatalf("%s: %s in the database, %s here; %s, %s", day, begin, httpapi.DayObsBegin(day), first, before)
		}
	}
}

// Progress takes the completed executions of the days that are asked for, and no surplus of one unit for another.
func TestProgressComparesPlanAndExecutions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	p := s.createProgram(nil)
	a := s.createUnit(map[string]any{"observing_program_id": p.ID, "name": "A", "duration_s": 100, "planned_executions": 2})
	b := s.createUnit(map[string]any{"observing_program_id": p.ID, "name": "B", "duration_s": 50, "planned_executions": 4, "active": false})
	execute := func(unit int32, start, status string, seconds int) {
		w.execute(`insert into executed_obs_unit (id, obs_unit_id, site, status, start_time, end_time, recorded_at)
			values (gen_random_uuid(), $1, 'observatory', $2::observation_status, $3::timestamptz,
			        case when $2 <> 'running' then $3::timestamptz + make_interval(secs => $4) end, $3::timestamptz)`, unit, status, start, seconds)
	}
	for range 3 {
		execute(a.ID, "2026-07-15T16:31:00Z", "completed", 100)
	}
	execute(b.ID, "2026-07-15T16:30:59.999999Z", "completed", 25)
	execute(b.ID, "2026-07-16T16:30:00Z", "aborted", 5)
	execute(b.ID, "2026-07-17T00:00:00Z", "failed", 5)
	execute(b.ID, "2026-07-17T16:31:00Z", "running", 0)
	read := func(query string) api.ProgramProgress {
		return decode[api.ProgramProgress](s.do(call{op: "getObservingProgramProgress", id: number(p.ID), query: query}).want(http.StatusOK))
	}
	all := read("")
	sum := all.Sum
	if all.Units != 2 || len(all.Items) != 2 || sum.Planned != 6 || sum.PlannedS != 400 || sum.Completed != 4 || sum.CompletedS != 325 || sum.Remaining != 3 ||
		sum.RemainingS != 175 || sum.Done.MustGet() != 0.5 || sum.Running != 1 || sum.Aborted != 1 || sum.Failed != 1 || sum.DoneByTime.MustGet() != 1-175.0/400 {
		t.Errorf("%+v", all)
	}
	if u := all.Items[0]; u.Name != "A" || u.Progress.Done.MustGet() != 1 || u.LastStart.MustGet().Format(time.RFC3339) != "2026-07-15T16:31:00Z" {
		t.Errorf("%+v", u)
	}
	for query, want := range map[string]int64{
		"day_obs=2026-07-14": 1, "day_obs=2026-07-15": 3, "day_obs_from=2026-07-15": 3, "day_obs_to=2026-07-14": 1, "day_obs_from=2026-07-16": 0,
		"day_obs_from=2026-07-14&day_obs_to=2026-07-15": 4, "day_obs_from=2026-07-15&day_obs_to=2026-07-15": 3,
	} {
		if got := read(query).Sum.Completed; got != want {
			t.Errorf("%s: %d completed, want %d", query, got, want)
		}
		// Executions are listed for the same days.
		if listed := walk[api.ExecutedObsUnit](s, "listExecutedObsUnits", "", "status=completed&observing_program_id="+number(p.ID)+"&"+query, 2); len(listed) != int(want) {
			t.Errorf("%s: %d are listed, want %d", query, len(listed), want)
		}
	}
	comparePages(s, "getObservingProgramProgress", number(p.ID), "", dice(t), []string{"A", "B"}, func(u api.UnitProgress) string { return u.Name })
	one := decode[api.UnitProgress](s.do(call{op: "getObsUnitProgress", id: number(b.ID), query: "day_obs=2026-07-17"}).want(http.StatusOK))
	if one.Progress.Running != 1 || one.Progress.Completed != 0 || one.Progress.Remaining != 4 {
		t.Errorf("%+v", one)
	}
	empty := decode[api.ProgramProgress](s.do(call{op: "getObservingProgramProgress", id: number(s.createProgram(map[string]any{"short_name": "E"}).ID)}).want(http.StatusOK))
	if !empty.Sum.Done.IsNull() || !empty.Sum.DoneByTime.IsNull() || empty.Units != 0 {
		t.Errorf("%+v", empty)
	}
	for query, pointer := range map[string]string{
		"day_obs=yesterday": "query:day_obs", "day_obs_from=2026-07-16&day_obs_to=2026-07-15": "query:day_obs_to",
		"day_obs=2026-07-15&day_obs_to=2026-07-15": "query:day_obs", "day_obs=2026-07-15&day_obs_from=2026-07-15": "query:day_obs",
	} {
		for op, id := range map[string]string{"listExecutedObsUnits": "", "getObservingProgramProgress": number(p.ID), "getObsUnitProgress": number(b.ID)} {
			refused := s.do(call{op: op, id: id, query: query}).problem(http.StatusUnprocessableEntity, "invalid")
			if len(refused.Errors) != 1 || refused.Errors[0].Pointer != pointer {
				t.Errorf("%s?%s: %+v, want %s", op, query, refused, pointer)
			}
		}
	}
}
