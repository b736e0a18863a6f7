package sky

import (
	"math"
	"time"

	"github.com/hebl/gofa"
)

// frame is the observer at one moment: where he is, how he moves, and which way his horizon lies.
type frame struct {
	time     time.Time
	at       instant
	observer vector // from the barycentre of the solar system, au
	velocity vector // of the observer, in units of the speed of light
	gamma    float64
	horizon  matrix // from the celestial system to north, east, up
	pole     vector // the celestial pole of date, in north, east, up
	sun      vector // apparent direction in north, east, up
	moon     vector
}

// cip is the pole of the Earth and the origin on its equator, which move slowly.
type cip struct{ x, y, s float64 }

func cipAt(i instant) (c cip) {
	gofa.Xys06a(i.tt1, i.tt2, &c.x, &c.y, &c.s)
	return c
}

func (c cip) mix(d cip, f float64) cip {
	return cip{c.x + f*(d.x-c.x), c.y + f*(d.y-c.y), c.s + f*(d.s-c.s)}
}

// newFrame computes all that does not depend on what is observed.
func newFrame(site Site, t time.Time, pole cip) frame {
	f := frame{time: t, at: instantOf(t)}
	celestialToIntermediate := matrix{}
	gofa.C2ixys(pole.x, pole.y, pole.s, (*[3][3]float64)(&celestialToIntermediate))
	era := gofa.Era00(f.at.ut1a, f.at.ut1b)
	sp := gofa.Sp00(f.at.tt1, f.at.tt2)
	xp, yp := f.at.earth.poleX*arcsecond, f.at.earth.poleY*arcsecond
	var polarMotion, celestialToTerrestrial [3][3]float64
	gofa.Pom00(xp, yp, sp, &polarMotion)
	gofa.C2tcio(celestialToIntermediate, era, polarMotion, &celestialToTerrestrial)
	f.horizon = site.horizon().product(celestialToTerrestrial)
	f.pole = f.horizon.times(vector(celestialToIntermediate[2])).unit()

	var heliocentric, barycentric, station [2][3]float64
	// The status only warns of dates outside 1900 to 2100.
	gofa.Epv00(f.at.tt1, f.at.tt2, &heliocentric, &barycentric)
	gofa.Pvtob(site.Longitude*degree, site.Latitude*degree, site.Height, xp, yp, sp, era, &station)
	place := celestialToIntermediate.transposed(station[0]).times(1 / metresPerAU)
	motion := celestialToIntermediate.transposed(station[1]).times(secondsPerDay / metresPerAU)
	f.observer = vector(barycentric[0]).plus(place)
	f.velocity = vector(barycentric[1]).plus(motion).times(lightSecondsPerAU / secondsPerDay)
	f.gamma = math.Sqrt(1 - f.velocity.dot(f.velocity))
	earth := ephemeris{
		earth: barycentric[0], sun: vector(barycentric[0]).minus(heliocentric[0]),
		earthVelocity: barycentric[1], sunVelocity: vector(barycentric[1]).minus(heliocentric[1]),
	}
	f.sun = f.apparent(earth.direction(Sun, f))
	f.moon = f.apparent(earth.direction(Moon, f))
	return f
}

// apparent turns an astrometric direction into the one in which the observer sees it: aberrated, in north, east, up.
// The formula is that of SOFA's Ab without the field of the Sun (0.4 µas).
func (f *frame) apparent(astrometric vector) vector {
	along := astrometric.dot(f.velocity)
	w := 1 + along/(1+f.gamma)
	seen := astrometric.times(f.gamma).plus(f.velocity.times(w))
	return f.horizon.times(seen.unit())
}
