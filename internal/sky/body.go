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

// ephemeris is where Sun and Earth are at one moment, from the barycentre of the solar system, in au and au a day.
type ephemeris struct{ earth, sun, earthVelocity, sunVelocity vector }

func ephemerisAt(i instant) ephemeris {
	var heliocentric, barycentric [2][3]float64
	gofa.Epv00(i.tt1, i.tt2, &heliocentric, &barycentric)
	return ephemeris{
		earth: barycentric[0], sun: vector(barycentric[0]).minus(heliocentric[0]),
		earthVelocity: barycentric[1], sunVelocity: vector(barycentric[1]).minus(heliocentric[1]),
	}
}

// position returns where a body was some days before the moment, from the barycentre, in au. The days are few: the time
// that light takes.
func (e ephemeris) position(b Body, i instant, before float64) vector {
	sun := e.sun.minus(e.sunVelocity.times(before))
	var pv [2][3]float64
	switch b {
	case Sun:
		return sun
	case Moon:
		gofa.Moon98(i.tt1, i.tt2-before, &pv)
		return e.earth.minus(e.earthVelocity.times(before)).plus(pv[0])
	default:
		// The status only warns of dates outside 1000 to 3000.
		gofa.Plan94(i.tt1, i.tt2-before, planetNumbers[b], &pv)
		return sun.plus(pv[0])
	}
}

// direction returns the astrometric direction of a body: where it was when the light left it.
func (e ephemeris) direction(b Body, f frame) vector {
	const rounds = 3 // the light time changes by less than a microsecond with the third
	before := 0.0
	var way vector
	for range rounds {
		way = e.position(b, f.at, before).minus(f.observer)
		before = way.length() * lightSecondsPerAU / secondsPerDay
	}
	return way.unit()
}
