package sky

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// reference is one line of testdata/positions.csv.
type reference struct {
	target                       Target
	at                           time.Time
	azimuth, altitude, sun, moon float64
}

func references(t *testing.T) []reference {
	t.Helper()
	file, err := os.Open("testdata/positions.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	reader := csv.NewReader(file)
	reader.Comment = '#'
	lines, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	list := make([]reference, len(lines))
	for i, line := range lines {
		list[i].target = targetOf(t, line[0])
		if list[i].at, err = time.Parse(time.RFC3339, line[1]); err != nil {
			t.Fatal(err)
		}
		numbers := []*float64{&list[i].azimuth, &list[i].altitude, &list[i].sun, &list[i].moon}
		for n, number := range numbers {
			*number = parsed(t, line[2+n])
		}
	}
	return list
}

func targetOf(t *testing.T, text string) Target {
	t.Helper()
	if body, ok := Bodies[text]; ok {
		return body
	}
	var f [5]float64
	for i, field := range strings.Split(text, "/") {
		f[i] = parsed(t, field)
	}
	return Fixed{RA: f[0], Dec: f[1], MotionRA: f[2], MotionDec: f[3], Parallax: f[4]}
}

func parsed(t *testing.T, text string) float64 {
	t.Helper()
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// The bounds are those that the package promises, in arcseconds.
func TestPositionsAreThoseOfAstropy(t *testing.T) {
	worst := map[string]float64{}
	list := references(t)
	if len(list) != 2000 {
		t.Fatalf("%d cases, want 2000", len(list))
	}
	for _, r := range list {
		// In the middle of a step of the course, where what is interpolated is worst.
		grid, err := NewGrid(FYST, r.at.Add(-courseEvery/2), r.at.Add(courseEvery/2), courseEvery/2)
		if err != nil {
			t.Fatal(err)
		}
		p := grid.Track(r.target)[1]
		kind, bound := "fixed", 5.0
		if _, ok := r.target.(Body); ok {
			kind, bound = "body", 10
		}
		off := separation(direction(p.Azimuth*degree, p.Altitude*degree), direction(r.azimuth*degree, r.altitude*degree)) * 3600
		worst[kind] = max(worst[kind], off)
		if off > bound {
			t.Errorf("%v at %v: %.2f arcsec off", r.target, r.at, off)
		}
		for name, pair := range map[string][2]float64{"Sun": {p.SunSeparation, r.sun}, "Moon": {p.MoonSeparation, r.moon}} {
			apart := math.Abs(pair[0]-pair[1]) * 3600
			worst[name] = max(worst[name], apart)
			if apart > 20 {
				t.Errorf("%v at %v: %.2f arcsec off in the separation from the %s", r.target, r.at, apart, name)
			}
		}
	}
	t.Logf("worst, in arcseconds: %v", worst)
}
