package httpapi

import (
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/sky"
)

// dayObsBegin is when an observing day begins.
func dayObsBegin(day time.Time) time.Time { return sky.DayBegin(day) }

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
