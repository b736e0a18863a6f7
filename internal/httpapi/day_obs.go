package httpapi

import (
	"time"

	"github.com/ccatobs/opsdb/gen/api"
)

// dayObsBegins is when an observing day begins on its date, in UTC: about noon of the mean local time at the telescope.
// The function day_obs_begin of the database says the same.
const dayObsBegins = 16*time.Hour + 31*time.Minute

// dayObsBegin is when an observing day begins.
func dayObsBegin(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC).Add(dayObsBegins)
}

// span is from a time on, until before another.
type span struct{ from, before time.Time }

// always is the span of all times that the document allows.
var always = span{from: firstStart, before: lastStart}

// within narrows a span to observing days: one, or from one on, or up to one, or all of that.
func (s span) within(one, from, to *api.DayObs) span {
	for _, first := range []*api.DayObs{one, from} {
		if first != nil {
			if begin := dayObsBegin(first.Time); begin.After(s.from) {
				s.from = begin
			}
		}
	}
	for _, last := range []*api.DayObs{one, to} {
		if last != nil {
			if end := dayObsBegin(last.AddDate(0, 0, 1)); end.Before(s.before) {
				s.before = end
			}
		}
	}
	return s
}
