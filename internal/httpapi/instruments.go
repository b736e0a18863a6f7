package httpapi

import (
	"context"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// ListInstruments lists the instruments with all that they consist of.
func (s *Server) ListInstruments(ctx context.Context, r api.ListInstrumentsRequestObject) (api.ListInstrumentsResponseObject, error) {
	const list = "instrument"
	name, id, err := readNameCursor(list, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := value(r.Params.Limit)
	items, err := s.instruments(ctx, replicadb.ListInstrumentsParams{
		Q: r.Params.Q, Available: r.Params.Available, TelescopeID: r.Params.TelescopeID, AfterName: name, AfterID: id, RowLimit: limit + 1,
	})
	if err != nil {
		return nil, err
	}
	items, next := pageOf(items, limit, func(i api.Instrument) string { return nameCursor(list, i.Name, i.ID) })
	return api.ListInstruments200JSONResponse{Body: api.InstrumentPage{Items: items, NextCursor: cursorOf(next)}}, nil
}

// GetInstrument reads one instrument with all that it consists of.
func (s *Server) GetInstrument(ctx context.Context, r api.GetInstrumentRequestObject) (api.GetInstrumentResponseObject, error) {
	found, err := s.instruments(ctx, replicadb.ListInstrumentsParams{ID: &r.ID, RowLimit: 1})
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, errs.New(errs.NotFound, "There is no instrument %d.", r.ID)
	}
	return api.GetInstrument200JSONResponse{Body: found[0], Headers: api.GetInstrument200ResponseHeaders{ETag: versionTag(found[0].Version)}}, nil
}

// instruments reads instruments with their telescopes, modules and configurations.
func (s *Server) instruments(ctx context.Context, p replicadb.ListInstrumentsParams) (items []api.Instrument, err error) {
	err = s.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		rows, err := q.ListInstruments(ctx, p)
		if err != nil {
			return err
		}
		items = each(rows, instrumentOf)
		ids := each(items, func(i api.Instrument) int32 { return i.ID })
		modules, err := modulesOf(ctx, q, replicadb.ListInstrumentModulesParams{InstrumentIDs: ids})
		if err != nil {
			return err
		}
		for i := range items {
			items[i].Modules = []api.InstrumentModule{}
			for _, m := range modules {
				if m.InstrumentID == items[i].ID {
					items[i].Modules = append(items[i].Modules, m)
				}
			}
		}
		return nil
	})
	return items, err
}

// modulesOf reads modules with their configurations.
func modulesOf(ctx context.Context, q *replicadb.Queries, p replicadb.ListInstrumentModulesParams) ([]api.InstrumentModule, error) {
	rows, err := q.ListInstrumentModules(ctx, p)
	if err != nil {
		return nil, err
	}
	texts, err := q.ModuleConfigurationsOfModules(ctx, replicadb.ModuleConfigurationsOfModulesParams{
		InstrumentModuleIDs: each(rows, func(m replicadb.InstrumentModule) int32 { return m.ID }),
	})
	if err != nil {
		return nil, err
	}
	configurations, err := readAll[api.InstrumentModuleConfiguration](texts)
	if err != nil {
		return nil, err
	}
	of := make(map[int32][]api.InstrumentModuleConfiguration)
	for _, c := range configurations {
		of[c.InstrumentModuleID] = append(of[c.InstrumentModuleID], c)
	}
	return each(rows, func(m replicadb.InstrumentModule) api.InstrumentModule {
		return api.InstrumentModule{
			ID: m.ID, InstrumentID: m.InstrumentID, Name: m.Name, Description: m.Description, Position: nullableOf(m.Position), Pixels: nullableOf(m.Pixels),
			FrequencyMinGhz: nullableOf(m.FrequencyMinGhz), FrequencyMaxGhz: nullableOf(m.FrequencyMaxGhz),
			Configurations: append([]api.InstrumentModuleConfiguration{}, of[m.ID]...),
		}
	}), nil
}

func instrumentOf(i replicadb.ListInstrumentsRow) api.Instrument {
	return api.Instrument{
		ID: i.ID, Name: i.Name, Description: i.Description, Available: i.Available, Version: i.Version,
		Telescope: api.Telescope{
			ID: i.TelescopeID, Name: i.TelescopeName, ShortName: i.TelescopeShortName, LatitudeDeg: i.LatitudeDeg, LongitudeDeg: i.LongitudeDeg,
			AltitudeM: i.AltitudeM, ApertureM: i.ApertureM,
			Observatory: api.Observatory{ID: i.ObservatoryID, Name: i.ObservatoryName, ShortName: i.ObservatoryShortName},
		},
	}
}

// ListInstrumentModules lists the modules of an instrument.
func (s *Server) ListInstrumentModules(ctx context.Context, r api.ListInstrumentModulesRequestObject) (api.ListInstrumentModulesResponseObject, error) {
	const list = "instrument_module"
	after, _, err := readNameCursor(list, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := value(r.Params.Limit)
	var rows []api.InstrumentModule
	err = s.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) (err error) {
		rows, err = modulesOf(ctx, q, replicadb.ListInstrumentModulesParams{InstrumentIDs: []int32{r.ID}, AfterName: after, RowLimit: new(limit + 1)})
		return err
	})
	if err != nil {
		return nil, err
	}
	items, next := pageOf(rows, limit, func(m api.InstrumentModule) string { return nameCursor(list, m.Name, m.ID) })
	return api.ListInstrumentModules200JSONResponse{Body: api.InstrumentModulePage{Items: items, NextCursor: cursorOf(next)}}, nil
}

// UpdateInstrument says whether an instrument is available.
func (s *Server) UpdateInstrument(ctx context.Context, r api.UpdateInstrumentRequestObject) (api.UpdateInstrumentResponseObject, error) {
	row, receipt, err := changeRecord(ctx, s, recordChange[maindb.ReadInstrumentRow]{
		what: "instrument", ifMatch: r.Params.IfMatch,
		read: func(ctx context.Context, q *maindb.Queries) (maindb.ReadInstrumentRow, error) {
			return q.ReadInstrument(ctx, maindb.ReadInstrumentParams{ID: r.ID})
		},
		version: func(i *maindb.ReadInstrumentRow) *int32 { return &i.Version },
		change:  func(i *maindb.ReadInstrumentRow) { i.Available = r.Body.Available },
		steps: func(i maindb.ReadInstrumentRow) []buffer.Step {
			return []buffer.Step{ops.UpdateInstrument.With(maindb.UpdateInstrumentParams(i))}
		},
	})
	if err != nil {
		return nil, err
	}
	// What else there is to it does not change by operations.
	found, err := s.instruments(ctx, replicadb.ListInstrumentsParams{ID: &r.ID, RowLimit: 1})
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, errs.New(errs.NotFound, "Instrument %d was changed, and this site does not have it yet.", r.ID)
	}
	found[0].Available, found[0].Version = row.Available, row.Version
	return api.UpdateInstrument200JSONResponse{Body: found[0], Headers: api.UpdateInstrument200ResponseHeaders{
		ETag: versionTag(row.Version), OpsPosition: position(receipt),
	}}, nil
}
