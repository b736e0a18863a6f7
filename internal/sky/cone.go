package sky

import "math"

// Range is a piece of a circle of right ascensions, in degrees, that does not cross 0.
type Range struct{ From, To float64 }

// Box bounds a cone: its declinations and right ascensions, in degrees. The second range is empty (1 to 0) when the cone
// does not cross right ascension 0.
type Box struct {
	DecFrom, DecTo float64
	RA             [2]Range
}

// coneMargin is more than the rounding of the functions here and of a database, in degrees.
const coneMargin = 1e-5

// Cone returns a box around a cone: every direction within the radius, in degrees, lies in it. Over a pole it has all
// right ascensions.
func Cone(middle Equatorial, radius float64) Box {
	r := radius + coneMargin
	b := Box{DecFrom: max(-90, middle.Dec-r), DecTo: min(90, middle.Dec+r), RA: [2]Range{{0, 360}, {1, 0}}}
	if middle.Dec-r <= -90 || middle.Dec+r >= 90 {
		return b
	}
	// The meridians that touch the cone; it covers no pole, so the sine is below 1.
	half := math.Asin(min(1, math.Sin(r*degree)/math.Cos(middle.Dec*degree)))/degree + coneMargin
	from, to := middle.RA-half, middle.RA+half
	switch {
	case half >= 180:
	case from < 0:
		b.RA = [2]Range{{0, to}, {from + 360, 360}}
	case to >= 360:
		b.RA = [2]Range{{from, 360}, {0, to - 360}}
	default:
		b.RA[0] = Range{from, to}
	}
	return b
}
