package sky

import (
	"math"

	"github.com/hebl/gofa"
)

// Site is a place on the Earth.
type Site struct {
	Latitude  float64 // geodetic, degrees, north positive
	Longitude float64 // degrees, east positive
	Height    float64 // above the WGS 84 ellipsoid, metres
}

// FYST is the Fred Young Submillimeter Telescope on Cerro Chajnantor, as its control system has it (astro.go of
// ccatobs/telescope-control-system).
var FYST = Site{Latitude: -22.985639, Longitude: -67.740278, Height: 5611.8}

const (
	degree    = math.Pi / 180
	arcsecond = degree / 3600
	// metresPerAU and lightSecondsPerAU are the IAU 2012 astronomical unit and the light time for it.
	metresPerAU       = gofa.DAU
	lightSecondsPerAU = gofa.AULT
	secondsPerDay     = 86400
)

type (
	vector [3]float64
	matrix [3][3]float64
)

func (v vector) plus(w vector) vector   { return vector{v[0] + w[0], v[1] + w[1], v[2] + w[2]} }
func (v vector) minus(w vector) vector  { return vector{v[0] - w[0], v[1] - w[1], v[2] - w[2]} }
func (v vector) times(f float64) vector { return vector{f * v[0], f * v[1], f * v[2]} }
func (v vector) dot(w vector) float64   { return v[0]*w[0] + v[1]*w[1] + v[2]*w[2] }
func (v vector) length() float64        { return math.Sqrt(v.dot(v)) }
func (v vector) unit() vector           { return v.times(1 / v.length()) }
func (m matrix) times(v vector) vector {
	return vector{vector(m[0]).dot(v), vector(m[1]).dot(v), vector(m[2]).dot(v)}
}

func (m matrix) transposed(v vector) vector {
	return vector(m[0]).times(v[0]).plus(vector(m[1]).times(v[1])).plus(vector(m[2]).times(v[2]))
}

func (m matrix) product(n matrix) (p matrix) {
	for i := range m {
		for j := range n[0] {
			p[i][j] = m[i][0]*n[0][j] + m[i][1]*n[1][j] + m[i][2]*n[2][j]
		}
	}
	return p
}

// separation returns the angle between two unit vectors in degrees. It is exact for small angles, too.
func separation(a, b vector) float64 {
	cross := vector{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
	return math.Atan2(cross.length(), a.dot(b)) / degree
}

// direction returns the unit vector of a longitude and a latitude in radians.
func direction(longitude, latitude float64) vector {
	sinLon, cosLon := math.Sincos(longitude)
	sinLat, cosLat := math.Sincos(latitude)
	return vector{cosLat * cosLon, cosLat * sinLon, sinLat}
}

// horizon returns the axes north, east and up of the site in the terrestrial system.
func (s Site) horizon() matrix {
	sinLat, cosLat := math.Sincos(s.Latitude * degree)
	sinLon, cosLon := math.Sincos(s.Longitude * degree)
	return matrix{
		{-sinLat * cosLon, -sinLat * sinLon, cosLat},
		{-sinLon, cosLon, 0},
		{cosLat * cosLon, cosLat * sinLon, sinLat},
	}
}
