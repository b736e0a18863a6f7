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
	bodies   ephemeris
	observer vector // from the barycentre of the solar system, au
	velocity vector // of the observer, in units of the speed of light
	gamma    float64
	horizon  matrix // from the celestial system to north, east, up
	pole     vector // the celestial pole of date, in north, east, up
	sun      vector // apparent direction in north, east, up
	moon     vector

	sunAltitude float64 // degrees
}

// newFrame computes all that does not depend on what is observed.
func newFrame(site Site, t time.Time, at instant, h heavens) frame {
	f := frame{time: t, at: at, bodies: h.ephemeris}
	celestialToIntermediate := matrix{}
	gofa.C2ixys(h.pole.x, h.pole.y, h.pole.s, (*[3][3]float64)(&celestialToIntermediate))
	era := gofa.Era00(f.at.ut1a, f.at.ut1b)
	sp := gofa.Sp00(f.at.tt1, f.at.tt2)
	xp, yp := f.at.earth.poleX*arcsecond, f.at.earth.poleY*arcsecond
	var polarMotion, celestialToTerrestrial [3][3]float64
	gofa.Pom00(xp, yp, sp, &polarMotion)
	gofa.C2tcio(celestialToIntermediate, era, polarMotion, &celestialToTerrestrial)
	f.horizon = site.horizon().product(celestialToTerrestrial)
	f.pole = f.horizon.times(vector(celestialToIntermediate[2])).unit()

	var station [2][3]float64
	gofa.Pvtob(site.Longitude*degree, site.Latitude*degree, site.Height, xp, yp, sp, era, &station)
	place := celestialToIntermediate.transposed(station[0]).times(1 / metresPerAU)
	motion := celestialToIntermediate.transposed(station[1]).times(secondsPerDay / metresPerAU)
	f.observer = h.earth.place.plus(place)
	f.velocity = h.earth.daily.plus(motion).times(lightSecondsPerAU / secondsPerDay)
	f.gamma = math.Sqrt(1 - f.velocity.dot(f.velocity))
	f.sun, f.moon = f.body(Sun), f.body(Moon)
	f.sunAltitude = math.Asin(f.sun[2]) / degree
	return f
}

// body returns the apparent direction of a body.
func (f *frame) body(b Body) vector { return f.apparent(f.bodies.direction(b, f.at, f.observer)) }

// apparent turns an astrometric direction into the one in which the observer sees it: aberrated, in north, east, up.
// The formula is that of SOFA's Ab without the field of the Sun (0.4 µas).
func (f *frame) apparent(astrometric vector) vector {
	along := astrometric.dot(f.velocity)
	w := 1 + along/(1+f.gamma)
	seen := astrometric.times(f.gamma).plus(f.velocity.times(w))
	return f.horizon.times(seen.unit())
}
