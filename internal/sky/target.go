package sky

import "math"

// Target is what can be observed: Fixed, Body or ConstantElevation.
type Target interface {
	// seen returns the apparent direction in north, east, up.
	seen(f *frame) vector
}

// Fixed is a source outside the solar system, in the International Celestial Reference System at epoch J2000.0.
type Fixed struct {
	RA, Dec        float64 // degrees
	MotionRA       float64 // proper motion in right ascension times cos(Dec), milliarcseconds a year
	MotionDec      float64 // milliarcseconds a year
	Parallax       float64 // milliarcseconds
	RadialVelocity float64 // km/s, positive when it goes away
}

// kilometresPerSecond is one au a Julian year.
const kilometresPerSecond = metresPerAU / 1000 / (secondsPerDay * 365.25)

// still tells whether its direction from the Sun never changes.
func (s Fixed) still() bool { return s.MotionRA == 0 && s.MotionDec == 0 && s.Parallax == 0 }

// seen implements Target.
func (s Fixed) seen(f *frame) vector {
	from := direction(s.RA*degree, s.Dec*degree)
	if s.still() {
		return f.apparent(from)
	}
	years := f.at.julianYears()
	sinRA, cosRA := math.Sincos(s.RA * degree)
	sinDec, cosDec := math.Sincos(s.Dec * degree)
	east := vector{-sinRA, cosRA, 0}
	north := vector{-sinDec * cosRA, -sinDec * sinRA, cosDec}
	parallax := s.Parallax / 1000 * arcsecond
	outward := parallax * s.RadialVelocity / kilometresPerSecond
	motion := east.times(s.MotionRA / 1000 * arcsecond).plus(north.times(s.MotionDec / 1000 * arcsecond)).plus(from.times(outward))
	return f.apparent(from.plus(motion.times(years)).minus(f.observer.times(parallax)).unit())
}

// seen implements Target.
func (b Body) seen(f *frame) vector {
	switch b {
	case Sun:
		return f.sun
	case Moon:
		return f.moon
	default:
		return f.body(b)
	}
}

// ConstantElevation is a scan that stays at one elevation and lets the sky drift through: it stands still over the
// ground.
type ConstantElevation struct {
	Azimuth   float64 // the middle of the scan, degrees from north to east
	Elevation float64 // degrees
}

// seen implements Target.
func (c ConstantElevation) seen(*frame) vector {
	d := direction(c.Azimuth*degree, c.Elevation*degree)
	return d // north, east, up: azimuth counts from the first axis to the second
}
