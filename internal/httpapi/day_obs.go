package httpapi

import (
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/sky"
)

// dayObsBegin is when an observing day begins.
func dayObsBegin(day time.Time) time.Time { return sky.DayBegin(day) }

// span is from a time on, until before another.
type span struct{ from, before time.Time }

// always is the span of all times that the document allows.
var always = span{from: firstStart, before: lastStart}

// within narrows a span to observing days: one, or from one on, or up to one, or both of these. It fails with errs.Invalid
// for one day and an end of several, and for a last day before the first.
func (s span) within(one, from, to *api.DayObs) (span, error) {
	switch {
	case one != nil && (from != nil || to != nil):
		return s, errs.New(errs.Invalid, "Say one day or several, not both.").At("query:day_obs", "goes without day_obs_from and day_obs_to")
	case one != nil:
		from, to = one, one
	case from != nil && to != nil && to.Before(from.Time):
		return s, errs.New(errs.Invalid, "The last day is before the first.").At("query:day_obs_to", "is before day_obs_from")
	}
	if from != nil {
		if begin := dayObsBegin(from.Time); begin.After(s.from) {
			s.from = begin
		}
	}
	if to != nil {
		if end := dayObsBegin(to.AddDate(0, 0, 1)); end.Before(s.before) {
			s.before = end
		}
	}
	return s, nil
}
