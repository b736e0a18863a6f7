package httpapi

import (
	"context"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/sky"
	"github.com/ccatobs/opsdb/internal/visibility"
)

const (
	maxHeatmapDays      = 366
	maxHeatmapDaysHours = 14
	// maxHeatmapValues is how many a page has.
	maxHeatmapValues = 40_000
)

// GetVisibilityHeatmap tells how long sources can be observed on which day, or in which hour.
func (s *Server) GetVisibilityHeatmap(ctx context.Context, r api.GetVisibilityHeatmapRequestObject) (api.GetVisibilityHeatmapResponseObject, error) {
	p := r.Params
	limits, err := limitsOf(p.MinElevation, p.MaxElevation, p.SunAvoidance, p.MoonAvoidance, p.Night, "query:min_elevation")
	if err != nil {
		return nil, err
	}
	by, longest, slots := api.HeatmapColumnDay, maxHeatmapDays, visibility.SlotsPerDay
	if p.By != nil && *p.By == api.HeatmapColumnHour {
		by, longest, slots = api.HeatmapColumnHour, maxHeatmapDaysHours, visibility.SlotsPerHour
	}
	first, days, err := daysOf(p.From, p.To, longest, "query:to")
	if err != nil {
		return nil, err
	}
	columns := days * visibility.SlotsPerDay / slots
	limit := min(value(p.Limit), int32(maxHeatmapValues/columns))
	list := "heatmap:name"
	place, err := readSourceCursor(list, p.Cursor)
	if err != nil {
		return nil, err
	}
	rows, err := s.heatmapSources(ctx, p, place.name, limit+1)
	if err != nil {
		return nil, err
	}
	rows, next := pageOf(rows, limit, func(a replicadb.AnySource) string { return newCursor(list, "0", a.Name) })
	items, err := s.heatmapRows(ctx, rows, first, days, slots, limits)
	if err != nil {
		return nil, err
	}
	page := api.HeatmapPage{By: by, Columns: make([]api.Time, columns), Limits: shownLimits(limits), Items: items, NextCursor: cursorOf(next)}
	for i := range page.Columns {
		page.Columns[i] = sky.DayBegin(first).Add(time.Duration(i*slots) * visibility.Slot)
	}
	return api.GetVisibilityHeatmap200JSONResponse{Body: page}, nil
}

// daysOf returns the first of some observing days and how many they are. It fails with errs.Invalid when they are none, or
// too many. Pointer is where the last stands.
func daysOf(from, to api.DayObs, longest int, pointer string) (first time.Time, days int, err error) {
	first, last := from.UTC(), to.UTC()
	days = int(last.Sub(first)/(24*time.Hour)) + 1
	switch {
	case last.Before(first):
		return first, 0, errs.New(errs.Invalid, "The last day is before the first.").At(pointer, "is before from")
	case days > longest:
		return first, 0, errs.New(errs.Invalid, "At most %d days at once.", longest).At(pointer, "is too far away")
	}
	return first, days, nil
}

// heatmapSources are the sources of a page: those that are asked for, or all of a kind.
func (s *Server) heatmapSources(ctx context.Context, p api.GetVisibilityHeatmapParams, after string, limit int32) ([]replicadb.AnySource, error) {
	if len(p.SourceID) == 0 {
		return s.replica.ListSources(ctx, replicadb.ListSourcesParams{AfterName: after, Kind: kindOf(p.Kind), RowLimit: limit})
	}
	all, err := s.replica.GetSources(ctx, replicadb.GetSourcesParams{IDs: p.SourceID})
	if err != nil {
		return nil, err
	}
	if missing := missingSources(p.SourceID, all); missing != nil {
		return nil, missing
	}
	rows := make([]replicadb.AnySource, 0, len(all))
	for _, row := range all {
		if row.Name > after && (p.Kind == nil || string(*p.Kind) == string(row.Kind)) && len(rows) < int(limit) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// missingSources refuses sources that do not exist.
func missingSources(ids []int32, found []replicadb.AnySource) error {
	there := make(map[int32]bool, len(found))
	for _, row := range found {
		there[row.ID] = true
	}
	for _, id := range ids {
		if !there[id] {
			return errs.New(errs.Invalid, "There is no source %d.", id).Named("reference-unknown").At("query:source_id", "has a source that does not exist")
		}
	}
	return nil
}

func (s *Server) heatmapRows(ctx context.Context, rows []replicadb.AnySource, first time.Time, days, slots int, l sky.Limits) ([]api.HeatmapRow, error) {
	var targets []sky.Target
	for _, row := range rows {
		if t := targetOf(row); t != nil {
			targets = append(targets, t)
		}
	}
	computed, err := s.sky.Days(ctx, exchangeOf(ctx).principal.Name, targets, first, days, l)
	if err != nil {
		return nil, err
	}
	return each(rows, func(row replicadb.AnySource) api.HeatmapRow {
		item := api.HeatmapRow{SourceID: row.ID, Name: row.Name, Kind: api.SourceKind(row.Kind), Hours: []float64{}, NoEphemeris: targetOf(row) == nil}
		if !item.NoEphemeris {
			item.Hours, computed = visibility.Hours(computed[0], slots), computed[1:]
		}
		return item
	}), nil
}
