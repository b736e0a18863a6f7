package sky

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Both ways to find out agree, but for targets within a hundredth of a degree of a limit.
func TestObservableIsWhatThePositionsSay(t *testing.T) {
	grids := []*Grid{day(t, 10*time.Minute), day(t, 7*time.Minute), day(t, 5*time.Hour)}
	alone, err := NewGrid(FYST, night, night, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	grids = append(grids, alone)
	dark := -18.0
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.SampledFrom(grids).Draw(t, "grid")
		target := rapid.OneOf(
			rapid.Custom(func(t *rapid.T) Target {
				e := anywhere().Draw(t, "direction")
				return Fixed{RA: e.RA, Dec: e.Dec, MotionRA: rapid.SampledFrom([]float64{0, -798}).Draw(t, "motion")}
			}),
			rapid.Map(rapid.SampledFrom([]Body{Sun, Moon, Mercury, Venus, Mars, Jupiter, Saturn, Uranus, Neptune}), func(b Body) Target { return b }),
			rapid.Map(rapid.Float64Range(0, 90), func(e float64) Target { return ConstantElevation{Azimuth: 120, Elevation: e} }),
		).Draw(t, "target")
		l := Limits{
			MinElevation: rapid.Float64Range(0, 60).Draw(t, "min"), MaxElevation: rapid.Float64Range(60, 90).Draw(t, "max"),
			SunAvoidance: rapid.Float64Range(0, 90).Draw(t, "sun"), MoonAvoidance: rapid.SampledFrom([]float64{0, 20}).Draw(t, "moon"),
		}
		if rapid.Bool().Draw(t, "night") {
			l.MaxSun = &dark
		}
		const slack = 0.01
		strict, lax := l, l
		strict.MinElevation, lax.MinElevation = l.MinElevation+slack, l.MinElevation-slack
		strict.MaxElevation, lax.MaxElevation = l.MaxElevation-slack, l.MaxElevation+slack
		strict.SunAvoidance, lax.SunAvoidance = l.SunAvoidance+slack, l.SunAvoidance-slack
		strict.MoonAvoidance, lax.MoonAvoidance = l.MoonAvoidance+slack, l.MoonAvoidance-slack
		if l.MoonAvoidance == 0 {
			strict.MoonAvoidance, lax.MoonAvoidance = 0, 0
		}
		if l.MaxElevation >= 90 {
			strict.MaxElevation = 90
		}
		if l.SunAvoidance == 0 {
			strict.SunAvoidance = 0
		}
		for i, p := range g.Track(target) {
			if is := g.Observable(target, l)[i]; is && !lax.Observable(p) || !is && strict.Observable(p) {
				t.Fatalf("%v at %v: %v, but %+v within %+v", target, p.Time, is, p, l)
			}
		}
	})
}

// A month of a heat map: 100 sources every ten minutes.
func BenchmarkAMonthOfHundredSources(b *testing.B) {
	for b.Loop() {
		g, err := NewGrid(FYST, night, night.AddDate(0, 1, 0), 10*time.Minute)
		if err != nil {
			b.Fatal(err)
		}
		for i := range 100 {
			g.Observable(Fixed{RA: float64(i) * 3.6, Dec: float64(i%120) - 90}, FYSTLimits)
		}
	}
}

func BenchmarkAMonthOfTheGrid(b *testing.B) {
	for b.Loop() {
		if _, err := NewGrid(FYST, night, night.AddDate(0, 1, 0), 10*time.Minute); err != nil {
			b.Fatal(err)
		}
	}
}

// What a heat map needs that nobody has computed yet: one source, a year, every ten minutes.
func BenchmarkAYearOfOneSource(b *testing.B) {
	for b.Loop() {
		aYear(b, Fixed{RA: 84, Dec: -6})
	}
}

func aYear(t testing.TB, target Target) {
	t.Helper()
	for month := range 12 {
		begin := night.AddDate(0, month, 0)
		g, err := NewGrid(FYST, begin, night.AddDate(0, month+1, 0), 10*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		g.Observable(target, FYSTLimits)
	}
}

// A scan at the very elevation that is the limit is within it.
func TestAScanAtTheLimitIsWithinIt(t *testing.T) {
	at := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	g, err := NewGrid(FYST, at, at.Add(time.Hour), 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for half := range 181 {
		scan := ConstantElevation{Azimuth: float64(2 * half), Elevation: float64(half) / 2}
		for _, l := range []Limits{{MinElevation: scan.Elevation, MaxElevation: 90}, {MaxElevation: scan.Elevation}, {MinElevation: scan.Elevation, MaxElevation: scan.Elevation}} {
			windows := g.Windows(scan, g.Track(scan), l)
			if len(windows) != 1 || len(windows[0].Reasons) != 0 || slices.Contains(g.Observable(scan, l), false) {
				t.Errorf("at %v within %+v: %+v, %v", scan.Elevation, l, windows, g.Observable(scan, l))
			}
		}
	}
}
