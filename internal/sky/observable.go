package sky

import (
	"math"
	"time"
)

// lookEvery is between the times at which Observable computes where a planet is; between them it is interpolated, with an
// error below a hundredth of a degree.
const lookEvery = 3 * time.Hour

// Observable tells for each time of the grid whether the limits let a target be observed. It is what Windows says, to a
// hundredth of a degree, at a fraction of the price.
func (g *Grid) Observable(t Target, l Limits) []bool {
	list := make([]bool, len(g.frames))
	low, high := math.Sin(l.MinElevation*degree), math.Sin(l.MaxElevation*degree)
	if l.MaxElevation >= 90 {
		high = math.Inf(1)
	}
	// Cosines: a limit of 0 lets everything pass.
	sun, moon, dark := 2.0, 2.0, math.Inf(1)
	if l.SunAvoidance > 0 {
		sun = math.Cos(l.SunAvoidance * degree)
	}
	if l.MoonAvoidance > 0 {
		moon = math.Cos(l.MoonAvoidance * degree)
	}
	if l.MaxSun != nil {
		dark = math.Sin(*l.MaxSun * degree)
	}
	seen := g.path(t)
	for i := range g.frames {
		f := &g.frames[i]
		d := seen(i)
		list[i] = d[2] >= low && d[2] <= high && d.dot(f.sun) <= sun && d.dot(f.moon) <= moon && f.sun[2] <= dark
	}
	return list
}

// path returns where a target is seen at each frame, planets between looks.
func (g *Grid) path(t Target) func(int) vector {
	if b, ok := t.(Body); ok && b != Sun && b != Moon {
		return g.planet(b)
	}
	return g.exact(t)
}

func (g *Grid) planet(b Body) func(int) vector {
	every := max(1, int(lookEvery/g.step))
	looks := make([]vector, 0, len(g.frames)/every+2)
	look := func(i int) {
		f := &g.frames[i]
		looks = append(looks, f.bodies.direction(b, f.at, f.observer))
	}
	for i := 0; i < len(g.frames)-1; i += every {
		look(i)
	}
	last := len(looks) * every // as if the last look came after a whole step
	look(len(g.frames) - 1)
	return func(i int) vector {
		n := min(i/every, len(looks)-2)
		if n < 0 {
			return g.frames[i].apparent(looks[0])
		}
		length := every
		if (n+1)*every == last {
			length = len(g.frames) - 1 - n*every
		}
		f := float64(i-n*every) / float64(length)
		return g.frames[i].apparent(looks[n].times(1 - f).plus(looks[n+1].times(f)).unit())
	}
}
