package sky

import (
	"fmt"
	"math"
	"time"

	"github.com/hebl/gofa"
)

// Equatorial is a direction in the International Celestial Reference System, in degrees.
type Equatorial struct{ RA, Dec float64 }

// Galactic returns the galactic longitude, 0 to 360, and latitude in degrees.
func (e Equatorial) Galactic() (longitude, latitude float64) {
	gofa.Icrs2g(e.RA*degree, e.Dec*degree, &longitude, &latitude)
	return longitude / degree, latitude / degree
}

// Sexagesimal returns hours, minutes and seconds of the right ascension, and degrees, minutes and seconds of the
// declination: both to less than half an arcsecond.
func (e Equatorial) Sexagesimal() (ra, dec string) {
	// Rounded as a whole: no part ever becomes 60.
	const perHour, perDegree = 3600 * 100, 3600 * 10
	r := int64(math.Round(e.RA/15*perHour)) % (24 * perHour)
	d := int64(math.Round(math.Abs(e.Dec) * perDegree))
	sign := '+'
	if math.Signbit(e.Dec) && d > 0 {
		sign = '-'
	}
	return fmt.Sprintf("%02d:%02d:%02d.%02d", r/perHour, r/6000%60, r/100%60, r%100),
		fmt.Sprintf("%c%02d:%02d:%02d.%d", sign, d/perDegree, d/600%60, d/10%60, d%10)
}

// Separation returns the angle between two directions in degrees.
func (e Equatorial) Separation(o Equatorial) float64 {
	return separation(direction(e.RA*degree, e.Dec*degree), direction(o.RA*degree, o.Dec*degree))
}

// Place returns where a body is seen from a site at a time, before aberration: its astrometric place.
func (b Body) Place(site Site, at time.Time) Equatorial {
	i := instantOf(at)
	f := newFrame(site, at, i, heavensAt(i))
	d := f.bodies.direction(b, i, f.observer)
	e := Equatorial{RA: math.Atan2(d[1], d[0]) / degree, Dec: math.Asin(max(-1, min(1, d[2]))) / degree}
	if e.RA < 0 {
		e.RA += 360
	}
	return e
}

// naifNumbers are those of the bodies in the ephemerides of NASA JPL. A planet has two: its own, and that of the centre of
// mass of it and its moons, which is the same within the accuracy of this package.
var naifNumbers = map[int32]Body{
	10: Sun, 301: Moon, 1: Mercury, 199: Mercury, 2: Venus, 299: Venus, 4: Mars, 499: Mars, 5: Jupiter, 599: Jupiter,
	6: Saturn, 699: Saturn, 7: Uranus, 799: Uranus, 8: Neptune, 899: Neptune,
}

// BodyOfNAIF returns the body of a number of NASA JPL, false when its ephemeris is not known here.
func BodyOfNAIF(number int32) (Body, bool) {
	b, ok := naifNumbers[number]
	return b, ok
}

// NAIF returns the number of a body in the ephemerides of NASA JPL.
func (b Body) NAIF() int32 {
	return [...]int32{Sun: 10, Moon: 301, Mercury: 199, Venus: 299, Mars: 499, Jupiter: 599, Saturn: 699, Uranus: 799, Neptune: 899}[b]
}
