package httpapi_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
	"github.com/ccatobs/opsdb/internal/sky"
)

func TestVisibilityIsThatOfTheSky(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, idle: true})
	for name, target := range map[string]sky.Target{
		"Orion A": sky.Fixed{RA: 84, Dec: -6}, "Barnard's star": sky.Fixed{RA: 269.452, Dec: 4.693, MotionRA: -798.58, MotionDec: 10328.12},
		"Jupiter": sky.Jupiter, "Elevation 40 deg": sky.ConstantElevation{Azimuth: 90, Elevation: 40},
	} {
		a := s.do(call{op: "getVisibility", id: s.sourceID(name), query: "day=2026-07-15&step=600&min_elevation=30"}).want(http.StatusOK)
		v := decode[api.Visibility](a)
		begin := time.Date(2026, 7, 15, 16, 31, 0, 0, time.UTC)
		if v.Name != name || !v.From.Equal(begin) || !v.To.Equal(begin.Add(24*time.Hour)) || v.Limits.MinElevationDeg != 30 || v.Limits.SunAvoidanceDeg != 45 {
			t.Errorf("%s: %+v", name, v)
		}
		grid, err := sky.NewGrid(sky.FYST, begin, begin.Add(24*time.Hour), 10*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		want := grid.Track(target)
		columns := [][]float64{v.Track.AzimuthDeg, v.Track.AltitudeDeg, v.Track.ParallacticAngleDeg, v.Track.SunSeparationDeg, v.Track.MoonSeparationDeg}
		for _, column := range columns {
			if len(column) != len(want) || len(v.Track.Airmass) != len(want) || len(v.Track.Time) != len(want) {
				t.Fatalf("%s: columns of %d, want %d", name, len(column), len(want))
			}
		}
		for i, p := range want {
			for j, value := range []float64{p.Azimuth, p.Altitude, p.ParallacticAngle, p.SunSeparation, p.MoonSeparation} {
				if math.Abs(columns[j][i]-value) > 1e-6 || !v.Track.Time[i].Equal(p.Time) {
					t.Fatalf("%s at %v: column %d is %v, want %v", name, p.Time, j, columns[j][i], value)
				}
			}
			if v.Track.Airmass[i].IsNull() != (p.Altitude <= 0) {
				t.Errorf("%s at %v: %v", name, p.Time, v.Track.Airmass[i])
			}
		}
		checkWindows(t, v)
		if events := len(v.Events); (name == "Elevation 40 deg") != (events == 0) || len(v.SunEvents) != 3 {
			t.Errorf("%s: events %+v, of the Sun %+v", name, v.Events, v.SunEvents)
		}
		if v.Accuracy.EarthOrientationUntil.Before(begin) || v.Accuracy.Statement == "" {
			t.Errorf("%+v", v.Accuracy)
		}
		s.do(call{op: "getVisibility", id: s.sourceID(name), query: "day=2026-07-15&step=600&min_elevation=30", header: map[string]string{"If-None-Match": a.header.Get("ETag")}}).
			want(http.StatusNotModified)
	}
}

// checkWindows checks that windows follow each other from the beginning to the end, and add up.
func checkWindows(t *testing.T, v api.Visibility) {
	t.Helper()
	at, sum := v.From, 0.0
	for _, w := range v.Windows {
		if !w.From.Equal(at) || w.Observable != (len(w.Reasons) == 0) {
			t.Errorf("%s: %+v", v.Name, w)
		}
		if at = w.To; w.Observable {
			sum += w.To.Sub(w.From).Seconds()
		}
	}
	if !at.Equal(v.To) || math.Abs(sum-v.ObservableS) > 1e-6 {
		t.Errorf("%s: the windows end %v and are %v s long, want %v and %v s", v.Name, at, sum, v.To, v.ObservableS)
	}
}

// When a source can be observed does not depend on how finely its track is shown: half an hour between two times of the track
// counts, and so does what comes after the last.
func TestWindowsDoNotDependOnTheTrack(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, idle: true})
	crab := s.sourceID("Crab nebula")
	shown := func(query string) api.Visibility {
		v := decode[api.Visibility](s.do(call{op: "getVisibility", id: crab, query: query}).want(http.StatusOK))
		checkWindows(t, v)
		return v
	}
	fine, coarse := shown("day=2026-08-01&step=600"), shown("day=2026-08-01&step=3600")
	if len(fine.Windows) != 4 || !slices.EqualFunc(fine.Windows, coarse.Windows, func(a, b api.SkyWindow) bool { return a.From.Equal(b.From) && a.To.Equal(b.To) }) ||
		fmt.Sprint(fine.Events, fine.SunEvents) != fmt.Sprint(coarse.Events, coarse.SunEvents) || len(coarse.Track.Time) != 25 {
		t.Errorf("with a step of 600 s: %+v\nof 3600 s: %+v", fine, coarse)
	}
	for query, want := range map[string]float64{
		"from=2026-08-03T10:00:00Z&to=2026-08-03T10:04:00Z":           240,
		"from=2026-08-03T10:00:00Z&to=2026-08-03T11:31:07Z&step=3600": 5467,
		"from=2026-08-03T10:00:00Z&to=2026-08-03T11:31:07Z&step=7":    5467,
	} {
		if v := shown(query); v.ObservableS != want {
			t.Errorf("%s: %v s, want %v", query, v.ObservableS, want)
		}
	}
}

func TestVisibilityOfConstantElevation(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, idle: true})
	id := s.sourceID("Elevation 40 deg")
	v := decode[api.Visibility](s.do(call{op: "getVisibility", id: id, query: "azimuth=-120&step=3600&sun_avoidance=0"}).want(http.StatusOK))
	for i := range v.Track.Time {
		if math.Abs(v.Track.AltitudeDeg[i]-40) > 1e-6 || math.Abs(v.Track.AzimuthDeg[i]-240) > 1e-6 {
			t.Errorf("%v %v", v.Track.AltitudeDeg[i], v.Track.AzimuthDeg[i])
		}
	}
	if len(v.Windows) != 1 || v.ObservableS != 86400 {
		t.Errorf("%+v", v.Windows)
	}
	if v = decode[api.Visibility](s.do(call{op: "getVisibility", id: id, query: "step=3600&min_elevation=41"}).want(http.StatusOK)); v.ObservableS != 0 ||
		!slices.Contains(v.Windows[0].Reasons, api.SkyReasonBelowElevationLimit) {
		t.Errorf("%+v", v.Windows)
	}
	if v = decode[api.Visibility](s.do(call{op: "getVisibility", id: id, query: "step=3600&night=true&sun_avoidance=0"}).want(http.StatusOK)); v.ObservableS == 0 || v.ObservableS > 14*3600 ||
		!slices.ContainsFunc(v.Windows, func(w api.SkyWindow) bool { return slices.Contains(w.Reasons, api.SkyReasonNotDark) }) {
		t.Errorf("%v %+v", v.ObservableS, v.Windows)
	}
}

// A long passage that was computed before is the same, with other limits another.
func TestLongPassagesAreKept(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, idle: true})
	id, query := s.sourceID("Orion A"), "from=2026-12-15T00:00:00Z&to=2026-12-25T00:00:00Z&step=1200"
	first := s.do(call{op: "getVisibility", id: id, query: query}).want(http.StatusOK)
	checkWindows(t, decode[api.Visibility](first))
	if again := s.do(call{op: "getVisibility", id: id, query: query}).want(http.StatusOK); string(again.text) != string(first.text) {
		t.Error("it is another")
	}
	seen := map[float64]string{decode[api.Visibility](first).ObservableS: "as it is"}
	for _, other := range []string{"&night=true", "&min_elevation=30", "&sun_avoidance=155", "&moon_avoidance=60", "&max_elevation=50"} {
		v := decode[api.Visibility](s.do(call{op: "getVisibility", id: id, query: query + other}).want(http.StatusOK))
		checkWindows(t, v)
		if same, ok := seen[v.ObservableS]; ok {
			t.Errorf("%s is the same as %s", other, same)
		}
		seen[v.ObservableS] = other
	}
	// The source moves.
	s.do(call{op: "updateSource", id: id, body: `{"fixed":{"ra_deg":264}}`}).want(http.StatusOK)
	if moved := decode[api.Visibility](s.do(call{op: "getVisibility", id: id, query: query})); moved.ObservableS != 0 {
		t.Error("the source stays where it was")
	}
}

func TestVisibilityIsBounded(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, idle: true})
	id := s.sourceID("Orion A")
	for _, query := range []string{
		"from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&step=1", "from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&step=3600",
		"day=2026-07-15&step=1", "day=2026-07-15&step=0", "day=2026-07-15&step=-5", "step=7200", "from=2026-01-01T00:00:00Z",
		"from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
		"day=2026-07-15&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", "day=1960-01-01", "day=2200-01-01", "day=2026-02-30", "day=yesterday",
		"min_elevation=60&max_elevation=30", "min_elevation=91", "sun_avoidance=-1", "azimuth=10",
	} {
		s.do(call{op: "getVisibility", id: id, query: query}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	s.do(call{op: "getVisibility", id: s.sourceID("Elevation 40 deg"), query: "azimuth=-200"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(call{op: "getVisibility", id: "99999"}).problem(http.StatusNotFound, "not-found")
	titan := s.createSource(map[string]any{"name": "Titan", "solar_system": map[string]any{"class": "moon", "naif_id": 606}})
	s.do(call{op: "getVisibility", id: number(titan.ID)}).problem(http.StatusUnprocessableEntity, "no-ephemeris")
	s.do(call{op: "getSourceChip", id: number(titan.ID)}).want(http.StatusOK)
	s.do(call{op: "getSourceDetails", id: number(titan.ID)}).want(http.StatusOK)
	s.do(call{op: "getVisibility", id: id, query: "from=2199-12-01T00:00:00Z&to=2199-12-31T23:00:00Z&step=3600"}).want(http.StatusOK)
}

// The values of the heat map are how long the track of a source is within the limits, on pages of any length.
func TestHeatmapsAddUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main, idle: true})
	random := dice(t)
	w.scatter(random, 20)
	s.createSource(map[string]any{"name": "Titan", "solar_system": map[string]any{"class": "moon", "naif_id": 606}})
	const query = "from=2026-06-28&to=2026-07-03&min_elevation=35&night=true&moon_avoidance=20"
	rows := walk[api.HeatmapRow](s, "getVisibilityHeatmap", "", query, 7)
	sources := walk[api.Source](s, "listSources", "", "", 1000)
	if len(rows) != len(sources) {
		t.Fatalf("%d rows, %d sources", len(rows), len(sources))
	}
	want := make([]string, len(rows))
	for i, row := range rows {
		want[i] = fmt.Sprint(row)
		if row.Name != sources[i].Name || row.NoEphemeris != (row.Name == "Titan") || len(row.Hours) != 6 && !row.NoEphemeris {
			t.Errorf("%+v, want %s", row, sources[i].Name)
		}
	}
	for _, limit := range []int{1, 2 + random.IntN(20), 100} {
		for i, row := range walk[api.HeatmapRow](s, "getVisibilityHeatmap", "", query, limit) {
			if fmt.Sprint(row) != want[i] {
				t.Fatalf("%d a page: %+v, want %s", limit, row, want[i])
			}
		}
	}
	for range 8 {
		row := rows[random.IntN(len(rows))]
		if row.NoEphemeris {
			continue
		}
		day := random.IntN(6)
		date := time.Date(2026, 6, 28+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		v := decode[api.Visibility](s.do(call{op: "getVisibility", id: number(row.SourceID), query: "day=" + date + "&step=300&min_elevation=35&night=true&moon_avoidance=20"}).want(http.StatusOK))
		edges := float64(len(v.Windows))
		if math.Abs(row.Hours[day]-v.ObservableS/3600) > edges/6 {
			t.Errorf("%s on %s: %v h, but its windows have %v h: %+v", row.Name, date, row.Hours[day], v.ObservableS/3600, v.Windows)
		}
	}
	// The hours of a day add up to the day.
	byHour := walk[api.HeatmapRow](s, "getVisibilityHeatmap", "", query+"&by=hour", 50)
	for i, row := range byHour {
		for day := range len(row.Hours) / 24 {
			sum := 0.0
			for _, hour := range row.Hours[day*24 : (day+1)*24] {
				sum += hour
			}
			if math.Abs(sum-rows[i].Hours[day]) > 1e-9 {
				t.Errorf("%s: day %d has %v h, its hours %v h", row.Name, day, rows[i].Hours[day], sum)
			}
		}
	}
	only := decode[api.HeatmapPage](s.do(call{op: "getVisibilityHeatmap", query: query + "&source_id=3&source_id=1"}).want(http.StatusOK))
	if len(only.Items) != 2 || len(only.Columns) != 6 || !only.Columns[0].Equal(time.Date(2026, 6, 28, 16, 31, 0, 0, time.UTC)) || !only.Limits.Night {
		t.Errorf("%+v", only)
	}
	a := s.do(call{op: "getVisibilityHeatmap", query: query})
	s.do(call{op: "getVisibilityHeatmap", query: query, header: map[string]string{"If-None-Match": a.header.Get("ETag")}}).want(http.StatusNotModified)
}

func TestHeatmapsAreBounded(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, idle: true})
	for _, query := range []string{
		"", "from=2026-01-01", "from=2026-01-02&to=2026-01-01", "from=2026-01-01&to=2027-01-02", "from=2026-01-01&to=2026-01-15&by=hour",
		"from=1960-01-01&to=1960-01-02", "from=2026-01-01&to=2026-01-02&limit=101", "from=2026-01-01&to=2026-01-02&min_elevation=60&max_elevation=50",
	} {
		s.do(call{op: "getVisibilityHeatmap", query: query}).problem(http.StatusUnprocessableEntity, "invalid")
	}
	s.do(call{op: "getVisibilityHeatmap", query: "from=2026-01-01&to=2026-01-02&source_id=99999"}).problem(http.StatusUnprocessableEntity, "reference-unknown")
	// What is fixed in a path is no source.
	if a := s.raw(http.MethodGet, "/visibility/heatmap?from=2026-01-01&to=2026-01-02", "").want(http.StatusOK); !strings.Contains(string(a.text), `"columns"`) {
		t.Errorf("%s", a.text)
	}
	s.raw(http.MethodGet, "/visibility/precalculate", "").problem(http.StatusMethodNotAllowed, "method-not-allowed")
	s.raw(http.MethodGet, "/visibility/nothing", "").problem(http.StatusUnprocessableEntity, "invalid")
	// A month of everything, by Redis or without it; a year of one.
	month := decode[api.HeatmapPage](s.do(call{op: "getVisibilityHeatmap", query: "from=2026-01-01&to=2026-01-31"}).want(http.StatusOK))
	s.redis.Kill()
	if again := decode[api.HeatmapPage](s.do(call{op: "getVisibilityHeatmap", query: "from=2026-01-01&to=2026-01-31&limit=3"}).want(http.StatusOK)); fmt.Sprint(again.Items) != fmt.Sprint(month.Items[:3]) {
		t.Error("without Redis the sky is another")
	}
	if year := decode[api.HeatmapPage](s.do(call{op: "getVisibilityHeatmap", query: "from=2026-01-01&to=2027-01-01&source_id=1"}).want(http.StatusOK)); len(year.Items[0].Hours) != 366 {
		t.Errorf("a leap year has %d days", len(year.Items[0].Hours))
	}
}
