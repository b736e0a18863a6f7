package sky

import (
	"slices"
	"time"
)

// Limits say when a target can be observed. A limit that is nil does not count.
type Limits struct {
	MinElevation  float64  // degrees
	MaxElevation  float64  // degrees; near the zenith an alt-azimuth mount cannot follow
	SunAvoidance  float64  // the smallest separation from the Sun, degrees, while the Sun is up or not
	MoonAvoidance float64  // the smallest separation from the Moon, degrees; 0: the Moon does not matter
	MaxSun        *float64 // the highest altitude of the Sun, degrees: -18 for astronomical night
}

// FYSTLimits are those of the telescope: the range of its mount, and its zone of avoidance around the Sun
// (ccatobs/fyst-trajectories, site.py). It observes by day, too.
var FYSTLimits = Limits{MinElevation: 20, MaxElevation: 90, SunAvoidance: 45}

// Reason is why a target cannot be observed.
type Reason string

// The reasons.
const (
	TooLow     Reason = "below_elevation_limit"
	TooHigh    Reason = "above_elevation_limit"
	NearSun    Reason = "sun_avoidance"
	NearMoon   Reason = "moon_avoidance"
	NotDark    Reason = "not_dark"
	maxReasons        = 5
)

// reasons returns why a target cannot be observed at a position, in a fixed order; none when it can.
func (l Limits) reasons(p Position) []Reason {
	list := make([]Reason, 0, maxReasons)
	add := func(broken bool, r Reason) {
		if broken {
			list = append(list, r)
		}
	}
	add(p.Altitude < l.MinElevation, TooLow)
	add(p.Altitude > l.MaxElevation, TooHigh)
	add(p.SunSeparation < l.SunAvoidance, NearSun)
	add(p.MoonSeparation < l.MoonAvoidance, NearMoon)
	add(l.MaxSun != nil && p.SunAltitude > *l.MaxSun, NotDark)
	return list
}

// Observable tells whether the limits let a target be observed at a position.
func (l Limits) Observable(p Position) bool { return len(l.reasons(p)) == 0 }

// Window is a stretch of time in which a target can be observed all the time, or cannot for the same reasons.
type Window struct {
	From, To time.Time
	Reasons  []Reason // none: it can be observed
}

// Windows divides the time of a grid by what the limits say of a target. Borders are found to the second; what begins and
// ends between two times of the grid is not seen.
func (g *Grid) Windows(t Target, track []Position, l Limits) []Window {
	if len(track) == 0 {
		return nil
	}
	windows := []Window{{From: track[0].Time, Reasons: l.reasons(track[0])}}
	for i := 1; i < len(track); i++ {
		last := &windows[len(windows)-1]
		now := l.reasons(track[i])
		if slices.Equal(now, last.Reasons) {
			continue
		}
		before := last.Reasons
		border := g.border(track[i-1].Time, track[i].Time, func(at time.Time) bool {
			return !slices.Equal(l.reasons(g.At(t, at)), before)
		})
		last.To = border
		windows = append(windows, Window{From: border, Reasons: now})
	}
	windows[len(windows)-1].To = track[len(track)-1].Time
	return windows
}

// border finds to the second when something that is not so at a, and is so at b, begins: not before it is so.
func (g *Grid) border(a, b time.Time, changed func(time.Time) bool) time.Time {
	last := b
	for b.Sub(a) > time.Second {
		middle := a.Add(b.Sub(a) / 2)
		if changed(middle) {
			b = middle
		} else {
			a = middle
		}
	}
	full := b.Truncate(time.Second)
	if full.Before(b) {
		full = full.Add(time.Second)
	}
	if full.After(last) {
		return last
	}
	return full
}

// EventKind is what happens to a target that crosses the sky.
type EventKind string

// The events.
const (
	Rise    EventKind = "rise"    // through the elevation, upwards
	Set     EventKind = "set"     // through the elevation, downwards
	Transit EventKind = "transit" // highest
)

// Event is one of them, at one time.
type Event struct {
	Kind     EventKind
	Time     time.Time
	Altitude float64 // degrees
	Azimuth  float64
}

// Events returns when a target rises and sets through an elevation in degrees, and when it is highest, in order. Times
// are to the second. A target that stands still has none.
func (g *Grid) Events(t Target, track []Position, elevation float64) []Event {
	var events []Event
	add := func(kind EventKind, at time.Time) {
		p := g.At(t, at)
		events = append(events, Event{kind, at, p.Altitude, p.Azimuth})
	}
	for i := 1; i < len(track); i++ {
		was, is := track[i-1].Altitude >= elevation, track[i].Altitude >= elevation
		if was != is {
			kind := Rise
			if was {
				kind = Set
			}
			add(kind, g.border(track[i-1].Time, track[i].Time, func(at time.Time) bool { return (g.At(t, at).Altitude >= elevation) != was }))
		}
		if i+1 < len(track) && track[i].Altitude > track[i-1].Altitude && track[i].Altitude >= track[i+1].Altitude {
			add(Transit, g.highest(t, track[i-1].Time, track[i+1].Time))
		}
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	return events
}

// highest finds to the second when a target is highest between two times, between which it has one maximum.
func (g *Grid) highest(t Target, a, b time.Time) time.Time {
	const slope = time.Second // half the distance over which the slope is taken
	for b.Sub(a) > time.Second {
		middle := a.Add(b.Sub(a) / 2)
		if g.At(t, middle.Add(slope)).Altitude > g.At(t, middle.Add(-slope)).Altitude {
			a = middle
		} else {
			b = middle
		}
	}
	return b.Truncate(time.Second)
}
