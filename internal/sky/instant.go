package sky

import (
	_ "embed"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/hebl/gofa"
)

// orientationTable holds the orientation of the Earth: modified Julian date, UT1-UTC in seconds, and the coordinates of
// the pole in arcseconds, from bulletins A and B of the IERS. testdata/orientation.py makes it.
//
//go:embed orientation.csv
var orientationTable string

// orientation is that of the Earth at one time.
type orientation struct {
	mjd   float64
	dut1  float64 // UT1-UTC, seconds
	poleX float64 // arcseconds
	poleY float64
}

var orientations = parseOrientations(orientationTable)

// parseOrientations panics when the table, which is part of the program, cannot be read.
func parseOrientations(table string) []orientation {
	var list []orientation
	for line := range strings.Lines(table) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, ",")
		if len(fields) != 4 {
			panic(fmt.Sprintf("sky: orientation.csv: %q", line))
		}
		var values [4]float64
		for i, field := range fields {
			value, err := strconv.ParseFloat(field, 64)
			if err != nil {
				panic(fmt.Sprintf("sky: orientation.csv: %q: %v", line, err))
			}
			values[i] = value
		}
		list = append(list, orientation{values[0], values[1], values[2], values[3]})
	}
	return list
}

// OrientationKnownUntil is the end of the table of the Earth's orientation; behind it its last values are used.
func OrientationKnownUntil() time.Time {
	last := orientations[len(orientations)-1].mjd
	return time.Unix(int64((last-unixEpochMJD)*secondsPerDay), 0).UTC()
}

// orientationAt interpolates. A leap second lies between two rows of UT1-UTC that differ by about one second: UT1 itself
// has no such step.
func orientationAt(mjd float64) orientation {
	i := sort.Search(len(orientations), func(i int) bool { return orientations[i].mjd > mjd })
	switch i {
	case 0:
		return orientations[0]
	case len(orientations):
		return orientations[i-1]
	}
	a, b := orientations[i-1], orientations[i]
	f := (mjd - a.mjd) / (b.mjd - a.mjd)
	mix := func(x, y float64) float64 { return x + f*(y-x) }
	return orientation{mjd, mix(a.dut1, b.dut1), mix(a.poleX, b.poleX), mix(a.poleY, b.poleY)}
}

const (
	unixEpochMJD = 40587
	mjdZero      = 2400000.5
)

// instant is a time in the scales that the series take, each as two parts of a Julian date.
type instant struct {
	tt1, tt2   float64
	ut1a, ut1b float64
	earth      orientation
}

func instantOf(t time.Time) instant {
	t = t.UTC()
	day := t.Truncate(24 * time.Hour)
	utc1, utc2 := mjdZero+float64(day.Unix()/secondsPerDay+unixEpochMJD), t.Sub(day).Seconds()/secondsPerDay
	i := instant{earth: orientationAt(utc1 - mjdZero + utc2)}
	// A date before 1960 or far ahead is computed with the nearest known number of leap seconds.
	var tai1, tai2 float64
	gofa.Utctai(utc1, utc2, &tai1, &tai2)
	gofa.Taitt(tai1, tai2, &i.tt1, &i.tt2)
	gofa.Utcut1(utc1, utc2, i.earth.dut1, &i.ut1a, &i.ut1b)
	return i
}

// daysTo returns the time from one instant to another.
func (i instant) daysTo(j instant) float64 { return (j.tt1 - i.tt1) + (j.tt2 - i.tt2) }

// julianYears returns the time since J2000.0.
func (i instant) julianYears() float64 { return ((i.tt1 - gofa.DJ00) + i.tt2) / gofa.DJY }
