package httpapi_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
)

func TestConfigurationsKeepTheirParts(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	read := func(id int32) api.ObservationConfiguration {
		return decode[api.ObservationConfiguration](s.do(call{op: "getObservationConfiguration", id: number(id)}).want(http.StatusOK))
	}
	again := call{op: "createObservationConfiguration", key: "k", body: s.exampleOf("createObservationConfiguration")}
	a := s.do(again).want(http.StatusCreated)
	c := decode[api.ObservationConfiguration](a)
	chai := c.Chai.MustGet()
	if len(chai.Tiles) != 2 || chai.Tiles[0].OffsetLonArcsec != -60 || *chai.Tiles[1].AngleDeg != 0 || chai.Inpar[0].Value != "6.5" || *chai.ReferenceOffsetLatArcsec != 0 {
		t.Errorf("%s", a.text)
	}
	if got := read(c.ID); !reflect.DeepEqual(got.Chai, c.Chai) || got.Name != c.Name || got.Version != 1 {
		t.Errorf("%+v is not %+v", got, c)
	}
	if b := decode[api.ObservationConfiguration](s.do(again).want(http.StatusCreated)); b.ID != c.ID {
		t.Errorf("%d, then %d", c.ID, b.ID)
	}
	// Each change is read back as it was answered.
	change := func(body string) api.ObservationConfiguration {
		a := s.do(call{op: "updateObservationConfiguration", id: number(c.ID), body: body}).want(http.StatusOK)
		got := decode[api.ObservationConfiguration](a)
		if now := read(c.ID); !reflect.DeepEqual(now.Chai, got.Chai) || now.Version != got.Version || now.Description != got.Description ||
			a.header.Get("ETag") != fmt.Sprintf(`"%d"`, now.Version) {
			t.Errorf("%s: %+v is not %+v", body, now, got)
		}
		return got
	}
	if got := change(`{"parameters":{"pattern":"linear"},"chai":` + textOf(t, chai) + `}`); got.Version != 1 {
		t.Errorf("the same became version %d", got.Version)
	}
	tile := `{"offset_lon_arcsec":1,"offset_lat_arcsec":2,"width_arcsec":3,"height_arcsec":4,"angle_deg":5}`
	change(`{"chai":{"integration_time_s":1,"tiles":[` + tile + `,` + tile + `,` + tile + `],"inpar":[{"name":"b","value":"2"},{"name":"a","value":"1"}]}}`)
	change(`{"chai":{"integration_time_s":1,"tiles":[` + tile + `],"inpar":[{"name":"b","value":"3","unit":"K"}]},"description":"D"}`)
	change(`{"chai":{"integration_time_s":7}}`)
	change(`{"chai":null}`)
	change(`{"chai":{"integration_time_s":1,"tiles":[` + tile + `]}}`)
	if got := change(`{"parameters":{"x":[1,2]}}`); got.Chai.IsNull() || string(got.Parameters) != `{"x":[1,2]}` || got.Version != 7 {
		t.Errorf("%+v", got)
	}
	s.do(call{op: "updateObservationConfiguration", id: number(c.ID), body: `{"name":"n"}`, header: ifMatch(`"1"`)}).problem(http.StatusPreconditionFailed, "precondition-failed")
	s.do(call{op: "updateObservationConfiguration", id: number(c.ID), body: `{"name":"wide scan"}`}).problem(http.StatusConflict, "name-taken")
	twice := `{"name":"n","chai":{"integration_time_s":1,"inpar":[{"name":"a","value":""},{"name":"a","value":"1"}]}}`
	s.do(call{op: "createObservationConfiguration", body: twice}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(call{op: "updateObservationConfiguration", id: number(c.ID), body: twice}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(call{op: "createObservationConfiguration", query: "dry_run=true", body: `{"name":"plain"}`}).want(http.StatusOK)
	s.do(call{op: "createObservationConfiguration", body: `{"name":"plain"}`}).want(http.StatusCreated)
	for _, op := range []string{"getObservationConfiguration", "updateObservationConfiguration", "getInstrumentModuleConfiguration", "updateInstrumentModuleConfiguration"} {
		s.do(call{op: op, id: "999999", body: s.exampleOf(op)}).problem(http.StatusNotFound, "not-found")
	}
}

func textOf(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestModulesAreSetByConfigurations(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	again := call{op: "createInstrumentModuleConfiguration", key: "k", body: s.exampleOf("createInstrumentModuleConfiguration")}
	c := decode[api.InstrumentModuleConfiguration](s.do(again).want(http.StatusCreated))
	if b := decode[api.InstrumentModuleConfiguration](s.do(again).want(http.StatusCreated)); !reflect.DeepEqual(b, c) || c.Chai.MustGet().RestFrequencyGhz != 461.0407682 {
		t.Errorf("%+v is not %+v", b, c)
	}
	for _, body := range []string{
		`{"chai":{"rest_frequency_ghz":806.65,"sideband":"both"}}`, `{"chai":null,"description":"D"}`, `{"chai":{"line":"x","rest_frequency_ghz":1,"sideband":"lower"}}`, `{"name":"N"}`,
	} {
		a := s.do(call{op: "updateInstrumentModuleConfiguration", id: number(c.ID), body: body}).want(http.StatusOK)
		got := decode[api.InstrumentModuleConfiguration](a)
		if now := decode[api.InstrumentModuleConfiguration](s.do(call{op: "getInstrumentModuleConfiguration", id: number(c.ID)}).want(http.StatusOK)); !reflect.DeepEqual(now, got) {
			t.Errorf("%s: %+v is not %+v", body, now, got)
		}
	}
	other := s.example("createInstrumentModuleConfiguration", map[string]any{"name": "N"})
	s.do(call{op: "createInstrumentModuleConfiguration", body: other}).problem(http.StatusConflict, "name-taken")
	other["name"], other["instrument_module_id"] = "O", 9999
	p := s.do(call{op: "createInstrumentModuleConfiguration", body: other}).problem(http.StatusUnprocessableEntity, "reference-unknown")
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/instrument_module_id" {
		t.Errorf("%+v", p)
	}
	s.do(call{op: "createInstrumentModuleConfiguration", query: "dry_run=true", body: s.example("createInstrumentModuleConfiguration", map[string]any{"name": "dry"})}).want(http.StatusOK)
}

func TestPagesOfConfigurationsAndModesShowEachOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, random := w.open(setup{kind: site.Main}), dice(t)
	for i := range 25 {
		w.execute("insert into observation_configuration (name) values ($1)", randomName(random)+fmt.Sprint(i))
		w.execute("insert into obs_mode (name) values ($1)", randomName(random)+fmt.Sprint(i))
		w.execute("insert into instrument_module_configuration (instrument_module_id, name) values ($1, $2)", 1+i%3, randomName(random)+fmt.Sprint(i/3))
	}
	for _, list := range []struct{ op, table string }{{"listObservationConfigurations", "observation_configuration"}, {"listObsModes", "obs_mode"}} {
		rows, err := w.db.Query(t.Context(), "select name from "+list.table)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Sorted(slices.Values(collect[string](t, rows)))
		name := func(c api.ObsMode) string { return c.Name }
		comparePages(s, list.op, "", "", random, want, name)
		comparePages(s, list.op, "", "q=a", random, slices.DeleteFunc(want, func(n string) bool { return !contains("a", n) }), name)
	}
	all := walk[api.InstrumentModuleConfiguration](s, "listInstrumentModuleConfigurations", "", "", 1000)
	slices.SortFunc(all, func(a, b api.InstrumentModuleConfiguration) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	show := func(c api.InstrumentModuleConfiguration) string { return number(c.ID) }
	for query, fits := range map[string]func(api.InstrumentModuleConfiguration) bool{
		"":                       func(api.InstrumentModuleConfiguration) bool { return true },
		"instrument_module_id=2": func(c api.InstrumentModuleConfiguration) bool { return c.InstrumentModuleID == 2 },
		"q=b&instrument_module_id=1": func(c api.InstrumentModuleConfiguration) bool {
			return c.InstrumentModuleID == 1 && contains("b", c.Name)
		},
	} {
		var want []string
		for _, c := range all {
			if fits(c) {
				want = append(want, show(c))
			}
		}
		comparePages(s, "listInstrumentModuleConfigurations", "", query, random, want, show)
	}
}

func TestInstrumentsShowAllTheyConsistOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, random := w.open(setup{kind: site.Main}), dice(t)
	all := walk[api.Instrument](s, "listInstruments", "", "", 1000)
	modules, configurations := 0, 0
	for _, i := range all {
		if i.Telescope.ShortName == "" || i.Telescope.Observatory.Name == "" {
			t.Errorf("%+v", i.Telescope)
		}
		var names []string
		for _, m := range i.Modules {
			names = append(names, m.Name)
			configurations += len(m.Configurations)
		}
		modules += len(names)
		comparePages(s, "listInstrumentModules", number(i.ID), "", random, names, func(m api.InstrumentModule) string { return m.Name })
	}
	var wantModules, wantConfigurations int
	if err := w.db.QueryRow(t.Context(), "select (select count(*) from instrument_module), (select count(*) from instrument_module_configuration)").Scan(&wantModules, &wantConfigurations); err != nil {
		t.Fatal(err)
	}
	if modules != wantModules || configurations != wantConfigurations {
		t.Errorf("%d modules and %d configurations, want %d and %d", modules, configurations, wantModules, wantConfigurations)
	}
	id := number(all[0].ID)
	tag := s.do(call{op: "getInstrument", id: id}).want(http.StatusOK).header.Get("ETag")
	wanted := !all[0].Available
	a := s.do(call{op: "updateInstrument", id: id, body: map[string]any{"available": wanted}, header: ifMatch(tag)}).want(http.StatusOK)
	if got := decode[api.Instrument](a); got.Available != wanted || a.header.Get("ETag") == tag || len(got.Modules) != len(all[0].Modules) {
		t.Errorf("%s", a.text)
	}
	s.do(call{op: "updateInstrument", id: id, body: `{"available":true}`, header: ifMatch(tag)}).problem(http.StatusPreconditionFailed, "precondition-failed")
	s.do(call{op: "updateInstrument", id: id, body: `{"available":true}`, token: w.issue("observer")}).problem(http.StatusForbidden, "forbidden")
	for _, op := range []string{"getInstrument", "updateInstrument"} {
		s.do(call{op: op, id: "999999", body: s.exampleOf(op)}).problem(http.StatusNotFound, "not-found")
	}
	for i := range 12 {
		w.execute("insert into instrument (telescope_id, name, available) values (1, $1, $2)", randomName(random)+fmt.Sprint(i), i%3 > 0)
	}
	all = walk[api.Instrument](s, "listInstruments", "", "", 1000)
	for query, fits := range map[string]func(api.Instrument) bool{
		"":                             func(api.Instrument) bool { return true },
		"available=false":              func(i api.Instrument) bool { return !i.Available },
		"q=A&available=true":           func(i api.Instrument) bool { return i.Available && contains("a", i.Name) },
		"telescope_id=1":               func(i api.Instrument) bool { return i.Telescope.ID == 1 },
		"telescope_id=99&q=everything": func(api.Instrument) bool { return false },
	} {
		var want []string
		for _, i := range all {
			if fits(i) {
				want = append(want, i.Name)
			}
		}
		comparePages(s, "listInstruments", "", query, random, slices.Sorted(slices.Values(want)), func(i api.Instrument) string { return i.Name })
	}
}
