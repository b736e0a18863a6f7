package sky

import (
	"time"

	"github.com/hebl/gofa"
)

// heavens is what changes slowly and is the same for all places: where Sun, Moon and Earth are, and where the pole of the
// Earth points.
type heavens struct {
	ephemeris

	pole cip
}

func heavensAt(i instant) heavens { return heavens{ephemerisAt(i), cipAt(i)} }

// cip is the pole of the Earth and the origin on its equator.
type cip struct{ x, y, s float64 }

func cipAt(i instant) (c cip) {
	gofa.Xys06a(i.tt1, i.tt2, &c.x, &c.y, &c.s)
	return c
}

func (c cip) mix(d cip, f float64) cip {
	return cip{c.x + f*(d.x-c.x), c.y + f*(d.y-c.y), c.s + f*(d.s-c.s)}
}

// courseEvery is between the times at which the series of the heavens are summed. Between them the places are cubics, with
// an error of at most a 384th of the fourth power of the step times the fourth derivative: 0.02 arcseconds for the Moon,
// which turns by 0.27 radians a day when it is nearest, and far less for Earth and Sun. The pole is interpolated linearly,
// with an error below a milliarcsecond; so are the motions, which only count for aberration and for the time that light
// takes.
const courseEvery = 6 * time.Hour

// course is the heavens over some time.
type course struct {
	from  time.Time
	times []instant // every courseEvery from the beginning on, to the end or behind it
	nodes []heavens
}

func newCourse(from, end time.Time) course {
	c := course{from: from}
	for t := from; ; t = t.Add(courseEvery) {
		i := instantOf(t)
		c.times, c.nodes = append(c.times, i), append(c.nodes, heavensAt(i))
		if !t.Before(end) {
			return c
		}
	}
}

// at returns the heavens at a time between the beginning of a course and its end.
func (c course) at(t time.Time, i instant) heavens {
	n := min(int(t.Sub(c.from)/courseEvery), len(c.nodes)-2)
	if n < 0 {
		return c.nodes[0]
	}
	days := c.times[n].daysTo(c.times[n+1])
	return c.nodes[n].mix(c.nodes[n+1], c.times[n].daysTo(i)/days, days)
}

// mix interpolates between two of the heavens that are some days apart.
func (h heavens) mix(k heavens, f, days float64) heavens {
	return heavens{
		ephemeris{h.earth.mix(k.earth, f, days), h.sun.mix(k.sun, f, days), h.moon.mix(k.moon, f, days)},
		h.pole.mix(k.pole, f),
	}
}

// mix interpolates between two motions that are some days apart: the place by the cubic that has the places and motions
// of both ends (Hermite).
func (m motion) mix(n motion, f, days float64) motion {
	g := 1 - f
	return motion{
		place: m.place.times(g * g * (1 + 2*f)).plus(n.place.times(f * f * (1 + 2*g))).
			plus(m.daily.times(f * g * g * days)).minus(n.daily.times(f * f * g * days)),
		daily: m.daily.times(g).plus(n.daily.times(f)),
	}
}
