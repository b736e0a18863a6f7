package sky

import (
	"github.com/hebl/gofa"
)

// Body is a body of the solar system.
type Body int

// The bodies.
const (
	Sun Body = iota
	Moon
	Mercury
	Venus
	Mars
	Jupiter
	Saturn
	Uranus
	Neptune
)

// Bodies are all bodies by their English names in lower case.
var Bodies = map[string]Body{
	"sun": Sun, "moon": Moon, "mercury": Mercury, "venus": Venus, "mars": Mars, "jupiter": Jupiter, "saturn": Saturn,
	"uranus": Uranus, "neptune": Neptune,
}

// String returns the English name.
func (b Body) String() string {
	return [...]string{"Sun", "Moon", "Mercury", "Venus", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune"}[b]
}

// planetNumbers are those of SOFA's Plan94.
var planetNumbers = map[Body]int{Mercury: 1, Venus: 2, Mars: 4, Jupiter: 5, Saturn: 6, Uranus: 7, Neptune: 8}

// motion is a place and how it changes, in au and au a day.
type motion struct{ place, daily vector }

func motionOf(pv [2][3]float64) motion { return motion{pv[0], pv[1]} }

// before returns the place some days earlier. The days are few: the time that light takes.
func (m motion) before(days float64) vector { return m.place.minus(m.daily.times(days)) }

// ephemeris is how Earth, Sun and Moon move at one moment: the Moon about the Earth, the others about the barycentre of
// the solar system.
type ephemeris struct{ earth, sun, moon motion }

func ephemerisAt(i instant) ephemeris {
	var heliocentric, barycentric, geocentric [2][3]float64
	// The status only warns of dates outside 1900 to 2100.
	gofa.Epv00(i.tt1, i.tt2, &heliocentric, &barycentric)
	gofa.Moon98(i.tt1, i.tt2, &geocentric)
	earth, around := motionOf(barycentric), motionOf(heliocentric)
	sun := motion{earth.place.minus(around.place), earth.daily.minus(around.daily)}
	return ephemeris{earth, sun, motionOf(geocentric)}
}

// position returns where a body was some days before the moment, from the barycentre, in au. The days are few: the time
// that light takes.
func (e *ephemeris) position(b Body, i instant, before float64) vector {
	switch b {
	case Sun:
		return e.sun.before(before)
	case Moon:
		return e.earth.before(before).plus(e.moon.before(before))
	default:
		var pv [2][3]float64
		// The status only warns of dates outside 1000 to 3000.
		gofa.Plan94(i.tt1, i.tt2-before, planetNumbers[b], &pv)
		return e.sun.before(before).plus(pv[0])
	}
}

// direction returns the astrometric direction of a body for an observer: where it was when the light left it.
func (e *ephemeris) direction(b Body, i instant, observer vector) vector {
	const rounds = 3 // the light time changes by less than a microsecond with the third
	before := 0.0
	var way vector
	for range rounds {
		way = e.position(b, i, before).minus(observer)
		before = way.length() * lightSecondsPerAU / secondsPerDay
	}
	return way.unit()
}
