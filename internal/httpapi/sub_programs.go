package httpapi

import (
	"context"
	"fmt"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// ListSubObservingPrograms lists the sub-programs of a program.
func (s *Server) ListSubObservingPrograms(ctx context.Context, r api.ListSubObservingProgramsRequestObject) (api.ListSubObservingProgramsResponseObject, error) {
	const list = "sub_observing_program"
	after, _, err := readNameCursor(list, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := value(r.Params.Limit)
	rows, err := s.replica.ListSubObservingPrograms(ctx, replicadb.ListSubObservingProgramsParams{
		ObservingProgramID: r.ID, Q: r.Params.Q, AfterShortName: after, RowLimit: limit + 1,
	})
	if err != nil {
		return nil, err
	}
	items, next := pageOf(rows, limit, func(p replicadb.SubObservingProgram) string { return nameCursor(list, p.ShortName, p.ID) })
	return api.ListSubObservingPrograms200JSONResponse{Body: api.SubObservingProgramPage{Items: each(items, subProgramOf), NextCursor: cursorOf(next)}}, nil
}

// GetSubObservingProgram reads one sub-program.
func (s *Server) GetSubObservingProgram(ctx context.Context, r api.GetSubObservingProgramRequestObject) (api.GetSubObservingProgramResponseObject, error) {
	p, err := s.replica.GetSubObservingProgram(ctx, replicadb.GetSubObservingProgramParams{ObservingProgramID: r.ID, ID: r.SubProgramID})
	if err != nil {
		return nil, noRow(err, "Program %d has no sub-program %d.", r.ID, r.SubProgramID)
	}
	return api.GetSubObservingProgram200JSONResponse{Body: subProgramOf(p), Headers: api.GetSubObservingProgram200ResponseHeaders{ETag: versionTag(p.Version)}}, nil
}

// CreateSubObservingProgram makes a sub-program.
func (s *Server) CreateSubObservingProgram(ctx context.Context, r api.CreateSubObservingProgramRequestObject) (api.CreateSubObservingProgramResponseObject, error) {
	p, receipt, err := createRecord(ctx, s, newRecord[replicadb.SubObservingProgram]{
		what: "sub-program", key: r.Params.IdempotencyKey, dryRun: r.Params.DryRun,
		reserve: func(ctx context.Context, q *maindb.Queries) (int32, error) {
			return q.ReserveSubObservingProgram(ctx, maindb.ReserveSubObservingProgramParams{ObservingProgramID: r.ID})
		},
		build: func(id int32) replicadb.SubObservingProgram {
			return replicadb.SubObservingProgram{
				ID: id, ObservingProgramID: r.ID, ShortName: r.Body.ShortName, Name: r.Body.Name, Description: value(r.Body.Description), Version: 1,
			}
		},
		steps: func(p replicadb.SubObservingProgram) []buffer.Step {
			return []buffer.Step{ops.CreateSubProgram.With(maindb.CreateSubObservingProgramParams{
				ID: p.ID, ObservingProgramID: p.ObservingProgramID, ShortName: p.ShortName, Name: p.Name, Description: p.Description,
			})}
		},
		find: func(ctx context.Context, id int32) (replicadb.SubObservingProgram, error) {
			return s.replica.GetSubObservingProgram(ctx, replicadb.GetSubObservingProgramParams{ObservingProgramID: r.ID, ID: id})
		},
	})
	switch {
	case err != nil:
		return nil, err
	case value(r.Params.DryRun):
		return api.CreateSubObservingProgram200JSONResponse(subProgramOf(p)), nil
	}
	return api.CreateSubObservingProgram201JSONResponse{Body: subProgramOf(p), Headers: api.CreateSubObservingProgram201ResponseHeaders{
		Location: numbered(fmt.Sprintf("/observing_program/%d/sub_programs/", r.ID), p.ID), ETag: versionTag(p.Version),
		OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

// UpdateSubObservingProgram changes a sub-program.
func (s *Server) UpdateSubObservingProgram(ctx context.Context, r api.UpdateSubObservingProgramRequestObject) (api.UpdateSubObservingProgramResponseObject, error) {
	p, receipt, err := changeRecord(ctx, s, recordChange[replicadb.SubObservingProgram]{
		what: "sub-program", ifMatch: r.Params.IfMatch,
		read: func(ctx context.Context, q *maindb.Queries) (replicadb.SubObservingProgram, error) {
			p, err := q.ReadSubObservingProgram(ctx, maindb.ReadSubObservingProgramParams{ObservingProgramID: r.ID, ID: r.SubProgramID})
			return replicadb.SubObservingProgram(p), err
		},
		version: func(p *replicadb.SubObservingProgram) *int32 { return &p.Version },
		change: func(p *replicadb.SubObservingProgram) {
			put(&p.ShortName, r.Body.ShortName)
			put(&p.Name, r.Body.Name)
			put(&p.Description, r.Body.Description)
		},
		steps: func(p replicadb.SubObservingProgram) []buffer.Step {
			return []buffer.Step{ops.UpdateSubProgram.With(maindb.UpdateSubObservingProgramParams{
				ID: p.ID, ShortName: p.ShortName, Name: p.Name, Description: p.Description, Version: p.Version,
			})}
		},
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateSubObservingProgram200JSONResponse{Body: subProgramOf(p), Headers: api.UpdateSubObservingProgram200ResponseHeaders{
		ETag: versionTag(p.Version), OpsPosition: position(receipt),
	}}, nil
}

// subProgramOf is a sub-program as a client sees it.
func subProgramOf(p replicadb.SubObservingProgram) api.SubObservingProgram {
	return api.SubObservingProgram{
		ID: p.ID, ObservingProgramID: p.ObservingProgramID, ShortName: p.ShortName, Name: p.Name, Description: p.Description, Version: p.Version,
	}
}
