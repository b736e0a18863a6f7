package httpapi

import (
	"context"
	"strconv"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/sky"
)

// ListSources lists sources by their names, or those around a place.
func (s *Server) ListSources(ctx context.Context, r api.ListSourcesRequestObject) (api.ListSourcesResponseObject, error) {
	limit := value(r.Params.Limit)
	c, err := coneOf(r.Params)
	if err != nil {
		return nil, err
	}
	place, err := readSourceCursor(c.list, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	var rows []replicadb.ListSourcesInConeRow
	switch {
	case !c.set:
		rows, err = s.sourcesByName(ctx, r.Params, place.name)
	case r.Params.Kind == nil || *r.Params.Kind == api.SourceKindFixed:
		rows, err = s.sourcesInCone(ctx, r.Params, c, place)
	}
	if err != nil {
		return nil, err
	}
	rows, next := pageOf(rows, limit, func(row replicadb.ListSourcesInConeRow) string {
		return newCursor(c.list, strconv.FormatFloat(c.rank(row.Distance), 'g', -1, 64), row.AnySource.Name)
	})
	items := each(rows, func(row replicadb.ListSourcesInConeRow) api.Source {
		source := sourceOf(row.AnySource)
		if c.set {
			source.DistanceDeg = new(row.Distance)
		}
		return source
	})
	return api.ListSources200JSONResponse{Body: api.SourcePage{Items: items, NextCursor: cursorOf(next)}}, nil
}

// cone is the part of the sky that a list is limited to, and its order.
type cone struct {
	set        bool
	middle     sky.Equatorial
	radius     float64
	byDistance bool
	list       string // the name of the list in cursors
}

// coneOf returns what a request says of a cone. It fails with errs.Invalid for half a cone, and for an order by the distance
// from nothing.
func coneOf(p api.ListSourcesParams) (cone, error) {
	c := cone{list: "sources:name", byDistance: p.Sort != nil && *p.Sort == api.ListSourcesParamsSortDistance}
	given := 0
	for _, parameter := range []*float64{p.Ra, p.Dec, p.Radius} {
		if parameter != nil {
			given++
		}
	}
	switch {
	case given == 0 && c.byDistance:
		return c, errs.New(errs.Invalid, "The distance is that from the middle of a cone.").At("query:sort", "by distance needs ra, dec and radius")
	case given == 0:
		return c, nil
	case given < 3:
		return c, errs.New(errs.Invalid, "A cone has a middle and a radius.").At("query:radius", "ra, dec and radius go together")
	}
	c.set, c.middle, c.radius = true, sky.Equatorial{RA: *p.Ra, Dec: *p.Dec}, *p.Radius
	if c.byDistance {
		c.list = "sources:distance"
	}
	return c, nil
}

// rank is what a source of a distance is sorted by, before its name.
func (c cone) rank(distance float64) float64 {
	if c.byDistance {
		return distance
	}
	return 0
}

// sourcePlace is behind a source in a list.
type sourcePlace struct {
	rank float64
	name string
}

func readSourceCursor(list string, cursor *string) (sourcePlace, error) {
	if cursor == nil {
		return sourcePlace{rank: -1}, nil
	}
	key, err := readCursor(list, *cursor, 2)
	if err != nil {
		return sourcePlace{}, err
	}
	rank, err := strconv.ParseFloat(key[0], 64)
	if err != nil {
		return sourcePlace{}, errForeignCursor()
	}
	return sourcePlace{rank: rank, name: key[1]}, nil
}

func (s *Server) sourcesByName(ctx context.Context, p api.ListSourcesParams, after string) ([]replicadb.ListSourcesInConeRow, error) {
	sources, err := s.replica.ListSources(ctx, replicadb.ListSourcesParams{
		AfterName: after, Kind: kindOf(p.Kind), Part: p.Q, RowLimit: value(p.Limit) + 1,
	})
	return each(sources, func(a replicadb.AnySource) replicadb.ListSourcesInConeRow {
		return replicadb.ListSourcesInConeRow{AnySource: a}
	}), err
}

func (s *Server) sourcesInCone(ctx context.Context, p api.ListSourcesParams, c cone, after sourcePlace) ([]replicadb.ListSourcesInConeRow, error) {
	box := sky.Cone(c.middle, c.radius)
	if after.rank < 0 {
		after.rank = -1
	}
	return s.replica.ListSourcesInCone(ctx, replicadb.ListSourcesInConeParams{
		Ra: c.middle.RA, Dec: c.middle.Dec, Radius: c.radius, DecFrom: box.DecFrom, DecTo: box.DecTo,
		RaFromA: box.RA[0].From, RaToA: box.RA[0].To, RaFromB: box.RA[1].From, RaToB: box.RA[1].To,
		ByDistance: c.byDistance, Part: p.Q, AfterRank: after.rank, AfterName: after.name, RowLimit: value(p.Limit) + 1,
	})
}

func kindOf(kind *api.SourceKind) *replicadb.SourceKind {
	if kind == nil {
		return nil
	}
	return new(replicadb.SourceKind(*kind))
}

// source reads one source. It fails with errs.NotFound.
func (s *Server) source(ctx context.Context, id int32) (replicadb.AnySource, error) {
	rows, err := s.replica.GetSources(ctx, replicadb.GetSourcesParams{IDs: []int32{id}})
	switch {
	case err != nil:
		return replicadb.AnySource{}, err
	case len(rows) == 0:
		return replicadb.AnySource{}, errs.New(errs.NotFound, "There is no source %d.", id)
	}
	return rows[0], nil
}

// GetSource reads one source.
func (s *Server) GetSource(ctx context.Context, r api.GetSourceRequestObject) (api.GetSourceResponseObject, error) {
	row, err := s.source(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return api.GetSource200JSONResponse{Body: sourceOf(row), Headers: api.GetSource200ResponseHeaders{ETag: versionTag(row.Version)}}, nil
}

// GetSourceChip reads the card of a source.
func (s *Server) GetSourceChip(ctx context.Context, r api.GetSourceChipRequestObject) (api.GetSourceChipResponseObject, error) {
	row, err := s.source(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	target, at := targetOf(row), time.Now().UTC().Truncate(time.Minute)
	now, err := nowOf(target, at)
	if err != nil {
		return nil, err
	}
	return api.GetSourceChip200JSONResponse{Body: api.SourceChip{
		ID: row.ID, Kind: api.SourceKind(row.Kind), Name: row.Name, Coordinates: coordinatesOf(target, at), Now: now,
	}}, nil
}

// nowOf returns where a target stands, nil for none.
func nowOf(t sky.Target, at time.Time) (*api.SkyNow, error) {
	if t == nil {
		return nil, nil
	}
	g, err := sky.NewGrid(sky.FYST, at, at, time.Minute)
	if err != nil {
		return nil, err
	}
	p := g.Track(t)[0]
	return &api.SkyNow{
		At: at, AltitudeDeg: rounded(p.Altitude), AzimuthDeg: rounded(p.Azimuth), Up: p.Altitude > 0, Observable: sky.FYSTLimits.Observable(p),
	}, nil
}

// maxUnits is how many units the details of a source show.
const maxUnits = 100

// GetSourceDetails reads everything about a source.
func (s *Server) GetSourceDetails(ctx context.Context, r api.GetSourceDetailsRequestObject) (api.GetSourceDetailsResponseObject, error) {
	row, err := s.source(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	var (
		units  []replicadb.ListUnitsOfSourceRow
		totals replicadb.TotalsOfSourceRow
	)
	err = s.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) (err error) {
		if units, err = q.ListUnitsOfSource(ctx, replicadb.ListUnitsOfSourceParams{SourceID: r.ID, RowLimit: maxUnits}); err != nil {
			return err
		}
		totals, err = q.TotalsOfSource(ctx, replicadb.TotalsOfSourceParams{SourceID: r.ID})
		return err
	})
	if err != nil {
		return nil, err
	}
	d := api.SourceDetails{
		Source: sourceOf(row), Units: each(units, sourceUnitOf), UnitsTotal: totals.Units,
		ExecutedCount: totals.ExecutedCount, ExecutedS: totals.ExecutedS,
	}
	target, at := targetOf(row), time.Now().UTC().Truncate(time.Minute)
	d.Coordinates = coordinatesOf(target, at)
	if d.Now, err = nowOf(target, at); err != nil {
		return nil, err
	}
	if d.Next, err = s.nextPasses(ctx, target, at); err != nil {
		return nil, err
	}
	return api.GetSourceDetails200JSONResponse{Body: d}, nil
}

func sourceUnitOf(u replicadb.ListUnitsOfSourceRow) api.SourceUnit {
	return api.SourceUnit{
		ID: u.ID, Name: u.Name, ObservingProgramID: u.ObservingProgramID, ObservingProgram: u.ObservingProgram, Active: u.Active,
		PlannedExecutions: u.PlannedExecutions, ExecutedCount: u.ExecutedCount, ExecutedS: u.ExecutedS,
	}
}

// nextPasses returns when a target rises, sets and is highest next, nil for none.
func (s *Server) nextPasses(ctx context.Context, t sky.Target, at time.Time) (*api.NextPasses, error) {
	if t == nil {
		return nil, nil
	}
	end, err := s.sky.Turn(ctx, exchangeOf(ctx).principal.Name)
	if err != nil {
		return nil, err
	}
	defer end()
	// The Moon comes 50 minutes later each day. A highest point is seen between two times.
	const step, longest = 10 * time.Minute, 25 * time.Hour
	g, err := sky.NewGrid(sky.FYST, at.Add(-step), at.Add(longest+step), step)
	if err != nil {
		return nil, err
	}
	first := map[sky.EventKind]*time.Time{}
	for _, event := range g.Events(t, g.Track(t), 0) {
		if first[event.Kind] == nil && !event.Time.Before(at) && !event.Time.After(at.Add(longest)) {
			first[event.Kind] = &event.Time
		}
	}
	return &api.NextPasses{Rise: nullableOf(first[sky.Rise]), Transit: nullableOf(first[sky.Transit]), Set: nullableOf(first[sky.Set])}, nil
}
