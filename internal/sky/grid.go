package sky

import (
	"errors"
	"math"
	"time"
)

// Grid is the sky of a site at equally spaced times. It is computed once for all targets, and is safe for concurrent
// use.
type Grid struct {
	site   Site
	step   time.Duration
	frames []frame
	course course
}

// maxFrames bounds a grid: a year by the hour, two months by ten minutes.
const maxFrames = 9000

// NewGrid computes the sky from a time on, at every step until end, which is included when a step meets it. It fails for
// a step that is not positive, an end before the beginning, and more than 9,000 times.
func NewGrid(site Site, from, end time.Time, step time.Duration) (*Grid, error) {
	if step <= 0 || end.Before(from) {
		return nil, errors.New("sky: a grid needs a positive step and an end after its beginning")
	}
	n := int(end.Sub(from)/step) + 1
	if n > maxFrames {
		return nil, errors.New("sky: too many times: take a longer step")
	}
	g := &Grid{site: site, step: step, frames: make([]frame, n), course: newCourse(from, end)}
	for i := range g.frames {
		g.frames[i] = g.frameAt(from.Add(time.Duration(i) * step))
	}
	return g, nil
}

func (g *Grid) frameAt(t time.Time) frame {
	at := instantOf(t)
	return newFrame(g.site, t, at, g.course.at(t, at))
}

// Position is where a target stands at one time. Angles are in degrees.
type Position struct {
	Time             time.Time
	Azimuth          float64 // from north to east, 0 to 360
	Altitude         float64 // above the horizon, without refraction
	Airmass          float64 // the secant of the zenith distance; infinite at and below the horizon
	ParallacticAngle float64 // from the direction of the pole to that of the zenith, -180 to 180
	SunSeparation    float64
	MoonSeparation   float64
	SunAltitude      float64
}

// Track returns where a target stands at the times of the grid.
func (g *Grid) Track(t Target) []Position {
	track := make([]Position, len(g.frames))
	seen := g.exact(t)
	for i := range g.frames {
		track[i] = g.frames[i].stand(t, seen(i))
	}
	return track
}

// exact returns where a target is seen at each frame.
func (g *Grid) exact(t Target) func(int) vector {
	if s, ok := t.(Fixed); ok && s.still() {
		from := direction(s.RA*degree, s.Dec*degree)
		return func(i int) vector { return g.frames[i].apparent(from) }
	}
	return func(i int) vector { return t.seen(&g.frames[i]) }
}

// stand is where a target stands that is seen in a direction.
func (f *frame) stand(t Target, d vector) Position {
	p := f.position(d)
	if c, ok := t.(ConstantElevation); ok {
		// Exactly: a limit may be this very elevation, and a sine and its arc lead beside it.
		p.Altitude = c.Elevation
	}
	return p
}

// position is where something stands that is seen in a direction.
func (f *frame) position(d vector) Position {
	p := Position{
		Time: f.time, Altitude: math.Asin(max(-1, min(1, d[2]))) / degree, Azimuth: math.Atan2(d[1], d[0]) / degree,
		Airmass: math.Inf(1), ParallacticAngle: parallactic(d, f.pole),
		SunSeparation: separation(d, f.sun), MoonSeparation: separation(d, f.moon), SunAltitude: f.sunAltitude,
	}
	if p.Azimuth < 0 {
		p.Azimuth += 360
	}
	if d[2] > 0 {
		p.Airmass = 1 / d[2]
	}
	return p
}

// parallactic returns the angle at d from the pole to the zenith, counted from north through east as seen in the sky.
func parallactic(d, pole vector) float64 {
	// In north, east, up the zenith is (0, 0, 1): the sine is along d × zenith · pole.
	sin := d[1]*pole[0] - d[0]*pole[1]
	cos := pole[2] - d[2]*d.dot(pole)
	return math.Atan2(-sin, cos) / degree
}

// At returns where a target stands at any time from the beginning of the grid to its end.
func (g *Grid) At(t Target, at time.Time) Position {
	f := g.frameAt(at)
	return f.stand(t, t.seen(&f))
}
