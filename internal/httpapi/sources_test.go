package httpapi_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
	"github.com/ccatobs/opsdb/internal/sky"
)

func (s *station) createSource(body map[string]any) api.Source {
	s.t.Helper()
	return decode[api.Source](s.do(call{op: "createSource", body: body}).want(http.StatusCreated))
}

// sourceID returns the number of a source by its name.
func (s *station) sourceID(name string) string {
	s.t.Helper()
	for _, source := range walk[api.Source](s, "listSources", "", "q="+url.QueryEscape(name), 100) {
		if source.Name == name {
			return number(source.ID)
		}
	}
	s.t.Fatalf("there is no source %s", name)
	return ""
}

// scatter makes fixed sources all over the sky, many of them at the poles and around right ascension 0, and returns them.
func (w *world) scatter(random *rand.Rand, n int) map[string]sky.Equatorial {
	w.t.Helper()
	places := map[string]sky.Equatorial{}
	for i := range n {
		e := anyPlace(random)
		name := fmt.Sprintf("%s%d", randomName(random), i)
		places[name] = e
		_, err := w.db.Exec(w.t.Context(), `with made as (insert into source (kind, name) values ('fixed', $1) returning id)
			insert into fixed_source (id, ra_deg, dec_deg) select id, $2, $3 from made`, name, e.RA, e.Dec)
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return places
}

func anyPlace(random *rand.Rand) sky.Equatorial {
	e := sky.Equatorial{RA: random.Float64() * 360, Dec: math.Asin(random.Float64()*2-1) * 180 / math.Pi}
	switch random.IntN(6) {
	case 0:
		e.RA = random.Float64() * 2
	case 1:
		e.RA = 360 - random.Float64()*2 - 1e-9
	case 2:
		e.Dec = 90 - random.Float64()*random.Float64()*3
	case 3:
		e.Dec = -90 + random.Float64()*random.Float64()*3
	case 4:
		e.Dec = []float64{-90, 90}[random.IntN(2)]
	}
	return e
}

// Angles that are too small for the database to calculate with are no error, wherever they stand.
func TestConesOfTheSmallestNumbers(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	for name, place := range map[string][2]float64{
		"origin": {0, 0}, "beside": {2e-311, 1e-200}, "beyond": {1e-160, -1e-160}, "pole": {0, 90 - 1.5e-14},
	} {
		s.createSource(map[string]any{"name": name, "fixed": map[string]any{"ra_deg": place[0], "dec_deg": place[1]}})
	}
	for _, query := range []string{
		"ra=2e-311&dec=-19&radius=126", "ra=0&dec=0&radius=1", "ra=1&dec=5e-324&radius=1", "ra=1e-162&dec=1e-162&radius=180", "ra=1&dec=1&radius=5e-324",
	} {
		for _, sort := range []string{"name", "distance"} {
			s.do(call{op: "listSources", query: query + "&sort=" + sort}).want(http.StatusOK)
		}
	}
}

// A cone has exactly the sources that are within its radius, wherever it is, on pages of any length.
func TestConesHaveExactlyTheirSources(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main, idle: true})
	random := dice(t)
	if _, err := w.db.Exec(t.Context(), "truncate source cascade"); err != nil {
		t.Fatal(err)
	}
	places := w.scatter(random, 400)
	for range 40 {
		// A millionth of a degree more than a round number: on the border rounding would decide.
		middle, radius := anyPlace(random), min(180, 1e-6+[]float64{random.Float64() * 3, random.Float64() * 40, random.Float64() * 180, 180, 0}[random.IntN(5)])
		away := map[string]float64{}
		for name, e := range places {
			if d := e.Separation(middle); d <= radius {
				away[name] = d
			}
		}
		names := make([]string, 0, len(away))
		for name := range away {
			names = append(names, name)
		}
		slices.Sort(names)
		query := fmt.Sprintf("ra=%v&dec=%v&radius=%v", middle.RA, middle.Dec, radius)
		comparePages(s, "listSources", "", query, random, names, func(source api.Source) string {
			if got := source.DistanceDeg; got == nil || math.Abs(*got-away[source.Name]) > 1e-6 {
				t.Errorf("%s: %s is %v away, want %v", query, source.Name, got, away[source.Name])
			}
			return source.Name
		})
		var last api.Source
		found := walk[api.Source](s, "listSources", "", query+"&sort=distance", 1+random.IntN(50))
		for _, source := range found {
			if last.DistanceDeg != nil && cmp.Or(cmp.Compare(*last.DistanceDeg, *source.DistanceDeg), cmp.Compare(last.Name, source.Name)) >= 0 {
				t.Errorf("%s: %+v comes before %+v", query, last, source)
			}
			last = source
		}
		if len(found) != len(names) {
			t.Errorf("%s: %d sources by distance, %d by name", query, len(found), len(names))
		}
		if t.Failed() {
			return
		}
	}
	if len(places) != len(walk[api.Source](s, "listSources", "", "ra=10&dec=-90&radius=180", 1000)) {
		t.Error("the whole sky is not the whole sky")
	}
}

// The list shows each source once, with every choice of filters and on pages of any length.
func TestPagesOfSourcesShowEachOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main, idle: true})
	random := dice(t)
	w.scatter(random, 100)
	all := walk[api.Source](s, "listSources", "", "", 1000)
	if len(all) < 121 {
		t.Fatalf("%d sources", len(all))
	}
	if !slices.IsSortedFunc(all, func(a, b api.Source) int { return cmp.Compare(a.Name, b.Name) }) {
		t.Error("not in order of the names")
	}
	for _, kind := range []api.SourceKind{"", api.SourceKindFixed, api.SourceKindSolarSystemObject, api.SourceKindConstantElevation} {
		for _, part := range []string{"", "A", "or", "9", "_", "%", "Ä"} {
			query, want := "", []string{}
			if kind != "" {
				query += "&kind=" + string(kind)
			}
			if part != "" {
				query += "&q=" + url.QueryEscape(part)
			}
			for _, source := range all {
				if (kind == "" || source.Kind == kind) && contains(part, source.Name) {
					want = append(want, source.Name)
				}
			}
			comparePages(s, "listSources", "", query, random, want, func(source api.Source) string { return source.Name })
		}
	}
	first := s.do(call{op: "listSources"}).want(http.StatusOK)
	s.do(call{op: "listSources", header: map[string]string{"If-None-Match": first.header.Get("ETag")}}).want(http.StatusNotModified)
	for _, query := range []string{"ra=10", "ra=10&dec=5", "sort=distance", "ra=360&dec=0&radius=1", "ra=0&dec=91&radius=1", "ra=0&dec=0&radius=-1", "ra=NaN&dec=0&radius=1"} {
		s.do(call{op: "listSources", query: query}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	byName := decode[api.SourcePage](s.do(call{op: "listSources", query: "limit=1"}))
	s.do(call{op: "listSources", query: "ra=0&dec=0&radius=1&sort=distance&cursor=" + byName.NextCursor.MustGet()}).problem(http.StatusUnprocessableEntity, "invalid")
}

func TestSourcesOfAllKindsAreCreatedAndChanged(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	for _, c := range []struct {
		body, change map[string]any
		wrong        map[string]any // a change of another kind
	}{
		{s.example("createSource", nil), map[string]any{"fixed": map[string]any{"ra_deg": 0.5}}, map[string]any{"constant_elevation": map[string]any{"elevation_deg": 3}}},
		{map[string]any{"name": "Io", "solar_system": map[string]any{"class": "moon", "naif_id": 501}}, map[string]any{"solar_system": map[string]any{"naif_id": 502}}, map[string]any{"fixed": map[string]any{"ra_deg": 1}}},
		{map[string]any{"name": "Low", "constant_elevation": map[string]any{"elevation_deg": 35.5, "azimuth_min_deg": 10, "azimuth_max_deg": 20}}, map[string]any{"name": "Lower"}, map[string]any{"solar_system": map[string]any{"naif_id": 1}}},
	} {
		key := url.QueryEscape(fmt.Sprint(c.body["name"]))
		rehearsed := decode[api.Source](s.do(call{op: "createSource", query: "dry_run=true", body: c.body}).want(http.StatusOK))
		created := s.do(call{op: "createSource", key: key, body: c.body}).want(http.StatusCreated)
		made := decode[api.Source](created)
		if rehearsed.Name != made.Name || rehearsed.Kind != made.Kind || created.header.Get("Location") != "/sources/"+number(made.ID) {
			t.Errorf("%+v %+v %v", rehearsed, made, created.header)
		}
		again := s.do(call{op: "createSource", key: key, body: c.body}).want(http.StatusCreated)
		if string(again.text) != string(created.text) || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("again: %s, first: %s", again.text, created.text)
		}
		s.do(call{op: "createSource", body: c.body}).problem(http.StatusConflict, "name-taken")

		read := s.do(call{op: "getSource", id: number(made.ID)}).want(http.StatusOK)
		if string(read.text) != string(created.text) || !ofVersion(read, created.header.Get("ETag")) {
			t.Errorf("%s, but %s", read.text, created.text)
		}
		s.do(call{op: "getSource", id: number(made.ID), header: map[string]string{"If-None-Match": read.header.Get("ETag")}}).want(http.StatusNotModified)
		s.do(call{op: "updateSource", id: number(made.ID), body: c.wrong}).problem(http.StatusUnprocessableEntity, "invalid")
		changed := s.do(call{op: "updateSource", id: number(made.ID), body: c.change, header: ifMatch(read.header.Get("ETag"))}).want(http.StatusOK)
		s.do(call{op: "updateSource", id: number(made.ID), body: c.change, header: ifMatch(read.header.Get("ETag"))}).problem(http.StatusPreconditionFailed, "precondition-failed")
		if now := s.do(call{op: "getSource", id: number(made.ID)}).want(http.StatusOK); string(now.text) != string(changed.text) || string(now.text) == string(read.text) {
			t.Errorf("changed to %s, is %s, was %s", changed.text, now.text, read.text)
		}
	}
	for _, refused := range []map[string]any{
		{"name": "Nothing"},
		{"name": "Both", "fixed": map[string]any{"ra_deg": 1, "dec_deg": 1}, "constant_elevation": map[string]any{"elevation_deg": 1, "azimuth_min_deg": 1, "azimuth_max_deg": 1}},
		{"name": "Far", "fixed": map[string]any{"ra_deg": 360, "dec_deg": 1}},
		{"name": "Back", "constant_elevation": map[string]any{"elevation_deg": 1, "azimuth_min_deg": 2, "azimuth_max_deg": 1}},
		{"name": " space", "fixed": map[string]any{"ra_deg": 1, "dec_deg": 1}},
	} {
		s.do(call{op: "createSource", body: refused}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	s.do(call{op: "createSource", body: map[string]any{"name": "Another Jupiter", "solar_system": map[string]any{"class": "planet", "naif_id": 599}}}).problem(http.StatusConflict, "name-taken")
	s.do(call{op: "updateSource", id: "99999", body: `{"name":"X"}`}).problem(http.StatusNotFound, "not-found")
	s.do(call{op: "getSource", id: "99999"}).problem(http.StatusNotFound, "not-found")
	viewer := s.issue("viewer")
	s.do(call{op: "createSource", token: viewer, body: s.exampleOf("createSource")}).problem(http.StatusForbidden, "forbidden")
}

// A source that was changed over the link is seen by the next read that names the change; without the link the answer says
// so, and reads go on.
func TestSourcesOfASecondarySite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Secondary})
	created := s.do(call{op: "createSource", body: s.exampleOf("createSource")}).want(http.StatusCreated)
	made := decode[api.Source](created)
	read := s.do(call{op: "getSource", id: number(made.ID), header: map[string]string{"Ops-Position": created.header.Get("Ops-Position")}}).want(http.StatusOK)
	if string(read.text) != string(created.text) {
		t.Errorf("%s, but %s", read.text, created.text)
	}
	s.url = s.process(setup{kind: site.Secondary, mainAway: true, idle: true})
	s.do(call{op: "createSource", body: s.example("createSource", map[string]any{"name": "X"})}).problem(http.StatusServiceUnavailable, "main-unreachable")
	s.do(call{op: "updateSource", id: number(made.ID), body: `{"name":"X"}`}).problem(http.StatusServiceUnavailable, "main-unreachable")
	for _, op := range []string{"getSource", "getSourceChip", "getSourceDetails", "getVisibility"} {
		s.do(call{op: op, id: number(made.ID)}).want(http.StatusOK)
	}
	s.url = s.process(setup{kind: site.Secondary, mainAway: true, replicaAway: true, idle: true})
	s.do(call{op: "getSourceChip", id: number(made.ID)}).problem(http.StatusServiceUnavailable, "replica-unreachable")
}

func TestCardsAndDetailsOfSources(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	at := time.Now()
	for name, kind := range map[string]api.SourceKind{"Orion A": api.SourceKindFixed, "Jupiter": api.SourceKindSolarSystemObject, "Elevation 40 deg": api.SourceKindConstantElevation} {
		id := s.sourceID(name)
		a := s.do(call{op: "getSourceChip", id: id}).want(http.StatusOK)
		chip := decode[api.SourceChip](a)
		if chip.Kind != kind || chip.Name != name || chip.Now == nil || chip.Now.At.Before(at.Add(-2*time.Minute)) || chip.Now.Up != (chip.Now.AltitudeDeg > 0) {
			t.Errorf("%s", a.text)
		}
		if (chip.Coordinates == nil) != (kind == api.SourceKindConstantElevation) {
			t.Errorf("%s", a.text)
		}
		d := decode[api.SourceDetails](s.do(call{op: "getSourceDetails", id: id}).want(http.StatusOK))
		if kind == api.SourceKindConstantElevation {
			if !d.Next.Rise.IsNull() || !d.Next.Transit.IsNull() || !d.Next.Set.IsNull() || !chip.Now.Up || math.Abs(chip.Now.AltitudeDeg-40) > 1e-6 {
				t.Errorf("%s stands still: %+v %+v", name, d.Next, chip.Now)
			}
			continue
		}
		rise, transit, set := d.Next.Rise.MustGet(), d.Next.Transit.MustGet(), d.Next.Set.MustGet()
		if up := set.Before(rise); up != d.Now.Up || !up && (!transit.After(rise) || !transit.Before(set)) {
			t.Errorf("%s: up %v, but it rises %v, is highest %v and sets %v", name, d.Now.Up, rise, transit, set)
		}
	}
	orion := decode[api.SourceChip](s.do(call{op: "getSourceChip", id: s.sourceID("Orion A")}))
	if c := orion.Coordinates; c.RaSexagesimal != "05:36:00.00" || c.DecSexagesimal != "-06:00:00.0" || math.Abs(c.GalacticLongitudeDeg-209.7) > 0.5 {
		t.Errorf("%+v", c)
	}
	// What was executed counts, what runs or failed does not.
	before := decode[api.SourceDetails](s.do(call{op: "getSourceDetails", id: s.sourceID("Orion A")}))
	if len(before.Units) == 0 {
		t.Fatal("nothing observes Orion A")
	}
	unit := before.Units[0]
	for status, seconds := range map[string]int{"completed": 540, "failed": 100} {
		id, start := uuid.New(), time.Date(2026, 7, 15, 11, 20, 0, 0, time.UTC)
		_, err := w.db.Exec(t.Context(), `insert into executed_obs_unit (id, obs_unit_id, site, status, start_time, end_time, recorded_at)
			values ($1, $2, 'observatory', $3::observation_status, $4, $5, $4)`, id, unit.ID, status, start, start.Add(time.Duration(seconds)*time.Second))
		if err != nil {
			t.Fatal(err)
		}
	}
	after := decode[api.SourceDetails](s.do(call{op: "getSourceDetails", id: s.sourceID("Orion A")}))
	if u := after.Units[0]; u.ExecutedCount != unit.ExecutedCount+1 || u.ExecutedS != unit.ExecutedS+540 || after.ExecutedS != before.ExecutedS+540 || after.UnitsTotal != int64(len(after.Units)) {
		t.Errorf("%+v, before %+v", after, before)
	}
}
