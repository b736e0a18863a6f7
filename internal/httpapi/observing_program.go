package httpapi

import (
	"context"
	"strconv"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// ListObservingPrograms lists the programs.
func (s *Server) ListObservingPrograms(ctx context.Context, r api.ListObservingProgramsRequestObject) (api.ListObservingProgramsResponseObject, error) {
	sort := api.ObservingProgramSortShortName
	if r.Params.Sort != nil {
		sort = *r.Params.Sort
	}
	list := "observing_program:" + string(sort)
	name, id, err := readNameCursor(list, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := value(r.Params.Limit)
	rows, err := s.replica.ListObservingPrograms(ctx, replicadb.ListObservingProgramsParams{
		Q: r.Params.Q, Active: r.Params.Active, Scientific: r.Params.Scientific, ByName: sort == api.ObservingProgramSortName,
		AfterName: name, AfterID: id, RowLimit: limit + 1,
	})
	if err != nil {
		return nil, err
	}
	items, next := pageOf(rows, limit, func(p replicadb.ObservingProgram) string {
		if sort == api.ObservingProgramSortName {
			return nameCursor(list, p.Name, p.ID)
		}
		return nameCursor(list, p.ShortName, p.ID)
	})
	return api.ListObservingPrograms200JSONResponse{Body: api.ObservingProgramPage{Items: each(items, programOf), NextCursor: cursorOf(next)}}, nil
}

// GetObservingProgram reads one program.
func (s *Server) GetObservingProgram(ctx context.Context, r api.GetObservingProgramRequestObject) (api.GetObservingProgramResponseObject, error) {
	p, err := s.replica.GetObservingProgram(ctx, replicadb.GetObservingProgramParams{ID: r.ID})
	if err != nil {
		return nil, noRow(err, "There is no program %d.", r.ID)
	}
	return api.GetObservingProgram200JSONResponse{Body: programOf(p), Headers: api.GetObservingProgram200ResponseHeaders{ETag: versionTag(p.Version)}}, nil
}

// CreateObservingProgram makes a program.
func (s *Server) CreateObservingProgram(ctx context.Context, r api.CreateObservingProgramRequestObject) (api.CreateObservingProgramResponseObject, error) {
	p, receipt, err := createRecord(ctx, s, newRecord[replicadb.ObservingProgram]{
		what: "program", key: r.Params.IdempotencyKey, dryRun: r.Params.DryRun,
		reserve: func(ctx context.Context, q *maindb.Queries) (int32, error) { return q.ReserveObservingProgram(ctx) },
		build:   func(id int32) replicadb.ObservingProgram { return wantedProgram(id, 1, *r.Body) },
		steps: func(p replicadb.ObservingProgram) []buffer.Step {
			return []buffer.Step{ops.CreateProgram.With(maindb.CreateObservingProgramParams{
				ID: p.ID, ShortName: p.ShortName, Name: p.Name, Scientific: p.Scientific, Description: p.Description, Active: p.Active,
			})}
		},
		find: func(ctx context.Context, id int32) (replicadb.ObservingProgram, error) {
			return s.replica.GetObservingProgram(ctx, replicadb.GetObservingProgramParams{ID: id})
		},
	})
	switch {
	case err != nil:
		return nil, err
	case value(r.Params.DryRun):
		return api.CreateObservingProgram200JSONResponse(programOf(p)), nil
	}
	return api.CreateObservingProgram201JSONResponse{Body: programOf(p), Headers: api.CreateObservingProgram201ResponseHeaders{
		Location: numbered("/observing_program/", p.ID), ETag: versionTag(p.Version), OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

// ReplaceObservingProgram makes a program what a new one would be.
func (s *Server) ReplaceObservingProgram(ctx context.Context, r api.ReplaceObservingProgramRequestObject) (api.ReplaceObservingProgramResponseObject, error) {
	p, receipt, err := s.changeProgram(ctx, r.ID, r.Params.IfMatch, func(p *replicadb.ObservingProgram) { *p = wantedProgram(p.ID, p.Version, *r.Body) })
	if err != nil {
		return nil, err
	}
	return api.ReplaceObservingProgram200JSONResponse{Body: programOf(p), Headers: api.ReplaceObservingProgram200ResponseHeaders{
		ETag: versionTag(p.Version), OpsPosition: position(receipt),
	}}, nil
}

// UpdateObservingProgram changes a program.
func (s *Server) UpdateObservingProgram(ctx context.Context, r api.UpdateObservingProgramRequestObject) (api.UpdateObservingProgramResponseObject, error) {
	p, receipt, err := s.changeProgram(ctx, r.ID, r.Params.IfMatch, func(p *replicadb.ObservingProgram) {
		put(&p.ShortName, r.Body.ShortName)
		put(&p.Name, r.Body.Name)
		put(&p.Scientific, r.Body.Scientific)
		put(&p.Description, r.Body.Description)
		put(&p.Active, r.Body.Active)
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateObservingProgram200JSONResponse{Body: programOf(p), Headers: api.UpdateObservingProgram200ResponseHeaders{
		ETag: versionTag(p.Version), OpsPosition: position(receipt),
	}}, nil
}

func (s *Server) changeProgram(ctx context.Context, id int32, ifMatch *string, change func(*replicadb.ObservingProgram)) (replicadb.ObservingProgram, buffer.Receipt, error) {
	return changeRecord(ctx, s, recordChange[replicadb.ObservingProgram]{
		what: "program", ifMatch: ifMatch, change: change,
		read: func(ctx context.Context, q *maindb.Queries) (replicadb.ObservingProgram, error) {
			p, err := q.ReadObservingProgram(ctx, maindb.ReadObservingProgramParams{ID: id})
			return replicadb.ObservingProgram(p), err
		},
		version: func(p *replicadb.ObservingProgram) *int32 { return &p.Version },
		steps: func(p replicadb.ObservingProgram) []buffer.Step {
			return []buffer.Step{ops.UpdateProgram.With(maindb.UpdateObservingProgramParams(p))}
		},
	})
}

// wantedProgram is a program as a request wants it.
func wantedProgram(id, version int32, b api.ObservingProgramCreate) replicadb.ObservingProgram {
	return replicadb.ObservingProgram{
		ID: id, ShortName: b.ShortName, Name: b.Name, Scientific: b.Scientific, Description: value(b.Description),
		Active: b.Active == nil || *b.Active, Version: version,
	}
}

// programOf is a program as a client sees it.
func programOf(p replicadb.ObservingProgram) api.ObservingProgram {
	return api.ObservingProgram{
		ID: p.ID, ShortName: p.ShortName, Name: p.Name, Scientific: p.Scientific, Description: p.Description, Active: p.Active, Version: p.Version,
	}
}

// put sets a field that a change mentions.
func put[T any](field *T, mentioned *T) {
	if mentioned != nil {
		*field = *mentioned
	}
}

// numbered is the value of the header Location of a numbered record.
func numbered(path string, id int32) *string { return new(path + strconv.Itoa(int(id))) }
