package httpapi

import (
	"context"
	"slices"
	"strconv"

	"github.com/oapi-codegen/nullable"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// unit is a planned unit with the numbers of all that it refers to.
type unit = replicadb.ReadObsUnitRow

// ListObsUnits lists the planned units.
func (s *Server) ListObsUnits(ctx context.Context, r api.ListObsUnitsRequestObject) (api.ListObsUnitsResponseObject, error) {
	byPriority := value(r.Params.Sort) == api.ObsUnitSortPriority
	list := "obs_unit:" + strconv.FormatBool(byPriority)
	after, err := readUnitCursor(list, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := value(r.Params.Limit)
	rows, err := s.replica.ListObsUnits(ctx, replicadb.ListObsUnitsParams{
		Q: r.Params.Q, ObservingProgramID: r.Params.ObservingProgramID, SubObservingProgramID: r.Params.SubObservingProgramID,
		SourceID: r.Params.SourceID, ObsModeID: r.Params.ObsModeID, Active: r.Params.Active, InstrumentModuleID: r.Params.InstrumentModuleID,
		ByPriority: byPriority, AfterRank: after.rank, AfterName: after.name, AfterID: after.id, RowLimit: limit + 1,
	})
	if err != nil {
		return nil, err
	}
	items, next := pageOf(rows, limit, func(u replicadb.ListObsUnitsRow) string {
		return newCursor(list, strconv.Itoa(int(u.Priority)), u.Name, strconv.Itoa(int(u.ID)))
	})
	return api.ListObsUnits200JSONResponse{Body: api.ObsUnitPage{Items: each(items, listedUnitOf), NextCursor: cursorOf(next)}}, nil
}

// unitPlace is the place behind a unit in a list of units.
type unitPlace struct {
	rank int64 // the negative priority when the list is in order of it
	name string
	id   int32
}

// firstUnit is the place before all units.
var firstUnit = unitPlace{rank: -1 << 32}

func readUnitCursor(list string, cursor *string) (unitPlace, error) {
	if cursor == nil {
		return firstUnit, nil
	}
	key, err := readCursor(list, *cursor, 3)
	if err != nil {
		return unitPlace{}, err
	}
	priority, err := strconv.ParseInt(key[0], 10, 32)
	if err != nil {
		return unitPlace{}, errForeignCursor()
	}
	id, err := strconv.ParseInt(key[2], 10, 32)
	if err != nil {
		return unitPlace{}, errForeignCursor()
	}
	place := unitPlace{name: key[1], id: int32(id)}
	if list == "obs_unit:true" {
		place.rank = -priority
	}
	return place, nil
}

// GetObsUnit reads one unit with all that it is planned with.
func (s *Server) GetObsUnit(ctx context.Context, r api.GetObsUnitRequestObject) (api.GetObsUnitResponseObject, error) {
	var unit api.ObsUnitDetail
	err := s.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		row, err := q.GetObsUnit(ctx, replicadb.GetObsUnitParams{ID: r.ID})
		if err != nil {
			return noRow(err, "There is no unit %d.", r.ID)
		}
		unit = unitDetailOf(row)
		if row.ObservationConfigurationID != nil {
			text, err := q.GetObservationConfiguration(ctx, replicadb.GetObservationConfigurationParams{ID: *row.ObservationConfigurationID})
			if err != nil {
				return err
			}
			configuration, err := readJSON[api.ObservationConfiguration](text)
			if err != nil {
				return err
			}
			unit.ObservationConfiguration.Set(configuration)
		}
		texts, err := q.ModuleConfigurationsOfObsUnit(ctx, replicadb.ModuleConfigurationsOfObsUnitParams{ObsUnitID: r.ID})
		if err != nil {
			return err
		}
		unit.InstrumentModuleConfigurations, err = readAll[api.InstrumentModuleConfiguration](texts)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.GetObsUnit200JSONResponse{Body: unit, Headers: api.GetObsUnit200ResponseHeaders{ETag: versionTag(unit.Version)}}, nil
}

// CreateObsUnit plans a unit.
func (s *Server) CreateObsUnit(ctx context.Context, r api.CreateObsUnitRequestObject) (api.CreateObsUnitResponseObject, error) {
	u, receipt, err := createRecord(ctx, s, newRecord[unit]{
		what: "unit", key: r.Params.IdempotencyKey, dryRun: r.Params.DryRun,
		reserve: func(ctx context.Context, q *maindb.Queries) (int32, error) {
			id, err := q.ReserveObsUnit(ctx, maindb.ReserveObsUnitParams{ObservingProgramID: r.Body.ObservingProgramID})
			return id, unknownReference(err, "/observing_program_id")
		},
		build: func(id int32) unit { return wantedUnit(id, *r.Body) },
		steps: func(u unit) []buffer.Step {
			return []buffer.Step{ops.CreateUnit.With(maindb.CreateObsUnitParams{
				ID: u.ID, ObservingProgramID: u.ObservingProgramID, SubObservingProgramID: u.SubObservingProgramID, SourceID: u.SourceID,
				ObsModeID: u.ObsModeID, ObservationConfigurationID: u.ObservationConfigurationID, Name: u.Name, Description: u.Description,
				DurationS: u.DurationS, PlannedExecutions: u.PlannedExecutions, Priority: u.Priority, Active: u.Active,
				InstrumentModuleConfigurationIDs: u.InstrumentModuleConfigurationIDs,
			})}
		},
		find: func(ctx context.Context, id int32) (unit, error) {
			return s.replica.ReadObsUnit(ctx, replicadb.ReadObsUnitParams{ID: id})
		},
	})
	switch {
	case err != nil:
		return nil, err
	case value(r.Params.DryRun):
		return api.CreateObsUnit200JSONResponse(unitOf(u)), nil
	}
	return api.CreateObsUnit201JSONResponse{Body: unitOf(u), Headers: api.CreateObsUnit201ResponseHeaders{
		Location: numbered("/obs_unit/", u.ID), ETag: versionTag(u.Version), OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

// wantedUnit is a unit as a request wants it.
func wantedUnit(id int32, b api.ObsUnitCreate) unit {
	u := unit{
		ID: id, ObservingProgramID: b.ObservingProgramID, SourceID: b.SourceID, ObsModeID: b.ObsModeID, Name: b.Name, Description: value(b.Description),
		DurationS: b.DurationS, PlannedExecutions: 1, Priority: value(b.Priority), Active: b.Active == nil || *b.Active, Version: 1,
		InstrumentModuleConfigurationIDs: sorted(b.InstrumentModuleConfigurationIDs),
	}
	put(&u.PlannedExecutions, b.PlannedExecutions)
	putNullable(&u.SubObservingProgramID, b.SubObservingProgramID)
	putNullable(&u.ObservationConfigurationID, b.ObservationConfigurationID)
	return u
}

// UpdateObsUnit changes a unit.
func (s *Server) UpdateObsUnit(ctx context.Context, r api.UpdateObsUnitRequestObject) (api.UpdateObsUnitResponseObject, error) {
	u, receipt, err := changeRecord(ctx, s, recordChange[unit]{
		what: "unit", ifMatch: r.Params.IfMatch,
		read: func(ctx context.Context, q *maindb.Queries) (unit, error) {
			u, err := q.ReadObsUnit(ctx, maindb.ReadObsUnitParams{ID: r.ID})
			return unit(u), err
		},
		version: func(u *unit) *int32 { return &u.Version },
		change:  func(u *unit) { changeUnit(u, *r.Body) },
		steps: func(u unit) []buffer.Step {
			return []buffer.Step{ops.UpdateUnit.With(maindb.UpdateObsUnitParams{
				ID: u.ID, SubObservingProgramID: u.SubObservingProgramID, SourceID: u.SourceID, ObsModeID: u.ObsModeID,
				ObservationConfigurationID: u.ObservationConfigurationID, Name: u.Name, Description: u.Description, DurationS: u.DurationS,
				PlannedExecutions: u.PlannedExecutions, Priority: u.Priority, Active: u.Active, Version: u.Version,
				InstrumentModuleConfigurationIDs: u.InstrumentModuleConfigurationIDs,
			})}
		},
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateObsUnit200JSONResponse{Body: unitOf(u), Headers: api.UpdateObsUnit200ResponseHeaders{
		ETag: versionTag(u.Version), OpsPosition: position(receipt),
	}}, nil
}

// changeUnit makes of a unit what a request wants; what it does not mention stays.
func changeUnit(u *unit, b api.ObsUnitUpdate) {
	putNullable(&u.SubObservingProgramID, b.SubObservingProgramID)
	put(&u.SourceID, b.SourceID)
	put(&u.ObsModeID, b.ObsModeID)
	putNullable(&u.ObservationConfigurationID, b.ObservationConfigurationID)
	put(&u.Name, b.Name)
	put(&u.Description, b.Description)
	put(&u.DurationS, b.DurationS)
	put(&u.PlannedExecutions, b.PlannedExecutions)
	put(&u.Priority, b.Priority)
	put(&u.Active, b.Active)
	if b.InstrumentModuleConfigurationIDs != nil {
		u.InstrumentModuleConfigurationIDs = sorted(b.InstrumentModuleConfigurationIDs)
	}
}

// sorted returns numbers in order; none are an empty list.
func sorted(numbers []int32) []int32 {
	list := append([]int32{}, numbers...)
	slices.Sort(list)
	return list
}

// putNullable sets a field that a change mentions, and empties it for null.
func putNullable[T any](field **T, mentioned nullable.Nullable[T]) {
	switch {
	case mentioned.IsNull():
		*field = nil
	case mentioned.IsSpecified():
		*field = new(mentioned.MustGet())
	}
}

// unitOf is a unit as a client sees it who has written it.
func unitOf(u unit) api.ObsUnit {
	return api.ObsUnit{
		ID: u.ID, ObservingProgramID: u.ObservingProgramID, SubObservingProgramID: nullableOf(u.SubObservingProgramID), SourceID: u.SourceID,
		ObsModeID: u.ObsModeID, ObservationConfigurationID: nullableOf(u.ObservationConfigurationID), Name: u.Name, Description: u.Description,
		DurationS: u.DurationS, PlannedExecutions: u.PlannedExecutions, Priority: u.Priority, Active: u.Active, Version: u.Version,
		InstrumentModuleConfigurationIDs: u.InstrumentModuleConfigurationIDs,
	}
}

func listedUnitOf(u replicadb.ListObsUnitsRow) api.ObsUnitListed {
	return api.ObsUnitListed{
		ID: u.ID, ObservingProgramID: u.ObservingProgramID, SubObservingProgramID: nullableOf(u.SubObservingProgramID), SourceID: u.SourceID,
		ObsModeID: u.ObsModeID, ObservationConfigurationID: nullableOf(u.ObservationConfigurationID), Name: u.Name, Description: u.Description,
		DurationS: u.DurationS, PlannedExecutions: u.PlannedExecutions, Priority: u.Priority, Active: u.Active, Version: u.Version,
		SourceName: u.SourceName, InstrumentModuleConfigurationIDs: u.InstrumentModuleConfigurationIDs,
	}
}

func unitDetailOf(u replicadb.GetObsUnitRow) api.ObsUnitDetail {
	return api.ObsUnitDetail{
		ID: u.ID, ObservingProgramID: u.ObservingProgramID, SubObservingProgramID: nullableOf(u.SubObservingProgramID), SourceID: u.SourceID,
		ObsModeID: u.ObsModeID, ObservationConfigurationID: nullableOf(u.ObservationConfigurationID), Name: u.Name, Description: u.Description,
		DurationS: u.DurationS, PlannedExecutions: u.PlannedExecutions, Priority: u.Priority, Active: u.Active, Version: u.Version,
		Source:                   api.ObsUnitSource{ID: u.SourceID, Kind: string(u.SourceKind), Name: u.SourceName},
		ObsMode:                  api.ObsMode{ID: u.ObsModeID, Name: u.ObsModeName, Description: u.ObsModeDescription},
		ObservationConfiguration: nullable.NewNullNullable[api.ObservationConfiguration](),
	}
}

// ListObsModes lists the observing modes.
func (s *Server) ListObsModes(ctx context.Context, r api.ListObsModesRequestObject) (api.ListObsModesResponseObject, error) {
	const list = "obs_mode"
	after, _, err := readNameCursor(list, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := value(r.Params.Limit)
	rows, err := s.replica.ListObsModes(ctx, replicadb.ListObsModesParams{Q: r.Params.Q, AfterName: after, RowLimit: limit + 1})
	if err != nil {
		return nil, err
	}
	items, next := pageOf(rows, limit, func(m replicadb.ObsMode) string { return nameCursor(list, m.Name, m.ID) })
	return api.ListObsModes200JSONResponse{Body: api.ObsModePage{
		Items: each(items, func(m replicadb.ObsMode) api.ObsMode {
			return api.ObsMode{ID: m.ID, Name: m.Name, Description: m.Description}
		}),
		NextCursor: cursorOf(next),
	}}, nil
}
