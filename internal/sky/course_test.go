package sky

import (
	"testing"
	"time"
)

// Between the times at which the series are summed, in the middle and anywhere, what is interpolated is what the series
// say. A leap second lies within the second of the stretches.
func TestACourseIsWhatTheSeriesSay(t *testing.T) {
	worst := map[string]float64{}
	for _, from := range []time.Time{night, time.Date(2016, 12, 25, 21, 0, 0, 0, time.UTC), time.Date(1975, 3, 1, 0, 0, 0, 0, time.UTC)} {
		c := newCourse(from, from.AddDate(0, 2, 0))
		for at := from; at.Before(from.AddDate(0, 2, 0)); at = at.Add(courseEvery * 7 / 16) {
			i := instantOf(at)
			is, want := c.at(at, i), heavensAt(i)
			for name, pair := range map[string][2]vector{
				"Moon from the Earth":     {is.moon.place, want.moon.place},
				"Sun from the Earth":      {is.sun.place.minus(is.earth.place), want.sun.place.minus(want.earth.place)},
				"pole":                    {vector{is.pole.x, is.pole.y, 1}, vector{want.pole.x, want.pole.y, 1}},
				"origin":                  {vector{is.pole.s, 0, 1}, vector{want.pole.s, 0, 1}},
				"aberration by the Earth": {vector{0, 0, speedOfLight}.plus(is.earth.daily), vector{0, 0, speedOfLight}.plus(want.earth.daily)},
			} {
				off := pair[0].minus(pair[1]).length() / pair[1].length() / arcsecond
				worst[name] = max(worst[name], off)
			}
		}
	}
	t.Logf("worst, in arcseconds: %v", worst)
	for name, bound := range map[string]float64{
		"Moon from the Earth": 0.03, "Sun from the Earth": 0.001, "pole": 0.001, "origin": 0.001, "aberration by the Earth": 0.0001,
	} {
		if off, ok := worst[name]; !ok || off > bound {
			t.Errorf("%s: %.5f arcsec off, want at most %v", name, off, bound)
		}
	}
}

// speedOfLight is in au a day.
const speedOfLight = secondsPerDay / lightSecondsPerAU

// However fast the machine is, a grid costs a fraction of what it costs to sum the series at each of its times.
func TestAGridSumsFewSeries(t *testing.T) {
	alone, together := time.Hour, time.Hour
	for range 5 {
		began := worked(t)
		g := day(t, 5*time.Minute)
		together = min(together, worked(t)-began)
		began = worked(t)
		for _, f := range g.frames {
			newFrame(FYST, f.time, f.at, heavensAt(f.at))
		}
		alone = min(alone, worked(t)-began)
	}
	if alone < 5*together {
		t.Errorf("a day takes %v, %v when nothing is interpolated", together, alone)
	}
}
