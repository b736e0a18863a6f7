package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/cache"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/sky"
)

const (
	// maxTrack and maxTrackDays bound the track of one source.
	maxTrack     = 5000
	maxTrackDays = 31

	// lookEvery is how far apart the times may be between which windows and events are looked for, whatever the step of the
	// track: what is shorter is not seen, as in the heat map.
	lookEvery = 10 * time.Minute

	// sunRim is the altitude of the centre of the Sun when its upper limb is seen on the horizon.
	sunRim = -0.8333
	// nightFalls is the altitude of the Sun below which it is night for astronomers.
	nightFalls = -18.0
)

// GetVisibility tells where a source stands over a time, and when it can be observed.
func (s *Server) GetVisibility(ctx context.Context, r api.GetVisibilityRequestObject) (api.GetVisibilityResponseObject, error) {
	from, to, err := visibleSpan(r.Params, time.Now())
	if err != nil {
		return nil, err
	}
	limits, err := limitsOf(r.Params.MinElevation, r.Params.MaxElevation, r.Params.SunAvoidance, r.Params.MoonAvoidance, r.Params.Night, "query:min_elevation")
	if err != nil {
		return nil, err
	}
	row, err := s.source(ctx, r.SourceID)
	if err != nil {
		return nil, err
	}
	target, err := aimedAt(row, r.Params.Azimuth)
	if err != nil {
		return nil, err
	}
	v, err := s.visibility(ctx, passage{target, from, to, time.Duration(value(r.Params.Step)) * time.Second, limits})
	if err != nil {
		return nil, err
	}
	v.SourceID, v.Name, v.Kind = row.ID, row.Name, api.SourceKind(row.Kind)
	v.From, v.To, v.StepS, v.Limits = from, to, value(r.Params.Step), shownLimits(limits)
	return api.GetVisibility200JSONResponse{Body: v}, nil
}

// passage is a target on its way over the sky.
type passage struct {
	target   sky.Target
	from, to time.Time
	step     time.Duration
	limits   sky.Limits
}

const (
	// shortTrack is up to how many times a passage is computed faster than it is looked for.
	shortTrack = 500
	// passages are kept for a day, by all that they depend on.
	passages     cache.Area = "passages"
	passageFresh            = 24 * time.Hour
)

// visibility computes a passage, or finds it computed.
func (s *Server) visibility(ctx context.Context, p passage) (v api.Visibility, err error) {
	if p.to.Sub(p.from)/min(p.step, lookEvery) <= shortTrack {
		return s.computed(ctx, p)
	}
	dark := 90.0
	if p.limits.MaxSun != nil {
		dark, p.limits.MaxSun = *p.limits.MaxSun, nil
	}
	key := fmt.Sprintf("3|%T%v %v|%v|%d", p.target, p, dark, sky.FYST, sky.OrientationKnownUntil().Unix())
	if dark < 90 {
		p.limits.MaxSun = &dark
	}
	found, err := s.cache.Do(ctx, passages, key, func(ctx context.Context) (cache.Made, error) {
		v, err := s.computed(ctx, p)
		if err != nil {
			return cache.Made{}, err
		}
		text, err := json.Marshal(v)
		return cache.Made{Value: text, Fresh: passageFresh}, err
	})
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(found.Value, &v)
}

func (s *Server) computed(ctx context.Context, p passage) (api.Visibility, error) {
	end, err := s.sky.Turn(ctx, exchangeOf(ctx).principal.Name)
	if err != nil {
		return api.Visibility{}, err
	}
	defer end()
	shown, err := sky.NewGrid(sky.FYST, p.from, p.to, p.step)
	if err != nil {
		return api.Visibility{}, err
	}
	looked := shown
	if p.step > lookEvery {
		if looked, err = sky.NewGrid(sky.FYST, p.from, p.to, lookEvery); err != nil {
			return api.Visibility{}, err
		}
	}
	return visibilityOf(shown, looked, p), nil
}

// visibleSpan is the time that a request is about. It fails with errs.Invalid for a time that has no end, and for one that
// is too long or has too many steps.
func visibleSpan(p api.GetVisibilityParams, now time.Time) (from, to time.Time, err error) {
	switch {
	case p.Day != nil && (p.From != nil || p.To != nil):
		return from, to, errs.New(errs.Invalid, "Say a day or a time, not both.").At("query:day", "goes without from and to")
	case p.Day != nil:
		from = sky.DayBegin(p.Day.UTC())
		to = from.AddDate(0, 0, 1)
	case (p.From == nil) != (p.To == nil):
		return from, to, errs.New(errs.Invalid, "A time has a beginning and an end.").At("query:to", "from and to go together")
	case p.From != nil:
		from, to = p.From.UTC(), p.To.UTC()
	default:
		from = sky.DayBegin(sky.DayOf(now))
		to = from.AddDate(0, 0, 1)
	}
	step := time.Duration(value(p.Step)) * time.Second
	switch {
	case !to.After(from):
		return from, to, errs.New(errs.Invalid, "The end is not after the beginning.").At("query:to", "is not after from")
	case to.Sub(from) > maxTrackDays*24*time.Hour:
		return from, to, errs.New(errs.Invalid, "At most %d days at once.", maxTrackDays).At("query:to", "is too far away; the heat map shows a year")
	case to.Sub(from)/step >= maxTrack:
		return from, to, errs.New(errs.Invalid, "At most %d times at once.", maxTrack).At("query:step", "is too short for so long a time")
	}
	return from, to, nil
}

// limitsOf are the limits that a request asks for. Pointer is where its lower elevation stands.
func limitsOf(low, high, sun, moon *float64, night *bool, pointer string) (sky.Limits, error) {
	l := sky.Limits{MinElevation: value(low), MaxElevation: value(high), SunAvoidance: value(sun), MoonAvoidance: value(moon)}
	if value(night) {
		l.MaxSun = new(nightFalls)
	}
	if l.MinElevation > l.MaxElevation {
		return l, errs.New(errs.Invalid, "No elevation is within these limits.").At(pointer, "is more than the highest elevation")
	}
	return l, nil
}

func shownLimits(l sky.Limits) api.SkyLimits {
	return api.SkyLimits{
		MinElevationDeg: l.MinElevation, MaxElevationDeg: l.MaxElevation, SunAvoidanceDeg: l.SunAvoidance,
		MoonAvoidanceDeg: l.MoonAvoidance, Night: l.MaxSun != nil,
	}
}

// aimedAt is the target that a source is. It fails with errs.Invalid for a body without an ephemeris, and for an azimuth
// that the source does not have.
func aimedAt(row replicadb.AnySource, azimuth *float64) (sky.Target, error) {
	target := targetOf(row)
	if target == nil {
		return nil, errs.New(errs.Invalid, "Where %s is cannot be computed here.", row.Name).Named("no-ephemeris").At("path:source_id", "has no ephemeris here")
	}
	if azimuth == nil {
		return target, nil
	}
	still, ok := target.(sky.ConstantElevation)
	if !ok || *azimuth < value(row.AzimuthMinDeg) || *azimuth > value(row.AzimuthMaxDeg) {
		return nil, errs.New(errs.Invalid, "The source is not observed at this azimuth.").At("query:azimuth", "is not in the range of a source of constant elevation")
	}
	still.Azimuth = *azimuth
	return still, nil
}

// visibilityOf is what the sky says of a passage: its track at the times that are shown, windows and events at those at which
// they are looked for.
func visibilityOf(shown, looked *sky.Grid, p passage) api.Visibility {
	v := api.Visibility{Track: trackOf(shown.Track(p.target)), Windows: []api.SkyWindow{}, Accuracy: accuracyOf(p.target)}
	track := untilEnd(looked, p.target, p.to)
	for _, w := range looked.Windows(p.target, track, p.limits) {
		reasons := each(w.Reasons, func(r sky.Reason) api.SkyReason { return api.SkyReason(r) })
		v.Windows = append(v.Windows, api.SkyWindow{From: w.From, To: w.To, Observable: len(reasons) == 0, Reasons: reasons})
		if len(reasons) == 0 {
			v.ObservableS += w.To.Sub(w.From).Seconds()
		}
	}
	v.Events = each(looked.Events(p.target, track, 0), skyEventOf)
	v.SunEvents = each(looked.Events(sky.Sun, untilEnd(looked, sky.Sun, p.to), sunRim), skyEventOf)
	return v
}

// untilEnd is the track of a target with the end, which the last step may miss.
func untilEnd(g *sky.Grid, t sky.Target, end time.Time) []sky.Position {
	track := g.Track(t)
	if track[len(track)-1].Time.Before(end) {
		track = append(track, g.At(t, end))
	}
	return track
}

func skyEventOf(e sky.Event) api.SkyEvent {
	return api.SkyEvent{Kind: api.SkyEventKind(e.Kind), Time: e.Time, AltitudeDeg: rounded(e.Altitude), AzimuthDeg: rounded(e.Azimuth)}
}

func trackOf(track []sky.Position) api.SkyTrack {
	column := func(of func(sky.Position) float64) []float64 {
		return each(track, func(p sky.Position) float64 { return rounded(of(p)) })
	}
	return api.SkyTrack{
		Time:                each(track, func(p sky.Position) api.Time { return p.Time }),
		AzimuthDeg:          column(func(p sky.Position) float64 { return p.Azimuth }),
		AltitudeDeg:         column(func(p sky.Position) float64 { return p.Altitude }),
		Airmass:             each(track, airmassOf),
		ParallacticAngleDeg: column(func(p sky.Position) float64 { return p.ParallacticAngle }),
		SunSeparationDeg:    column(func(p sky.Position) float64 { return p.SunSeparation }),
		MoonSeparationDeg:   column(func(p sky.Position) float64 { return p.MoonSeparation }),
	}
}

func airmassOf(p sky.Position) nullable.Nullable[float64] {
	if p.Altitude <= 0 {
		return nullable.NewNullNullable[float64]()
	}
	return nullable.NewNullableWithValue(rounded(p.Airmass))
}

// rounded leaves of an angle in degrees what can be known: a hundredth of an arcsecond.
func rounded(angle float64) float64 { return math.Round(angle*1e6) / 1e6 }

// accuracyOf says how good positions are.
func accuracyOf(t sky.Target) api.SkyAccuracy {
	a := api.SkyAccuracy{
		Arcsec: 5, EarthOrientationUntil: sky.OrientationKnownUntil(),
		Statement: "Within 5 arcseconds, without refraction. Behind the end of the table of the Earth's orientation the error grows by up to 15 arcseconds for each second that UT1 has drifted, which takes years.",
	}
	if _, ok := t.(sky.Body); ok {
		a.Arcsec = 90
		a.Statement = "Sun, Moon, Mercury, Venus and Mars within 10 arcseconds, Jupiter and Neptune within 30, Saturn and Uranus within 90; without refraction. Behind the end of the table of the Earth's orientation the error grows by up to 15 arcseconds for each second that UT1 has drifted, which takes years."
	}
	if _, ok := t.(sky.ConstantElevation); ok {
		a.Arcsec, a.Statement = 0, "It stands still; Sun and Moon are within 10 arcseconds, without refraction."
	}
	return a
}
