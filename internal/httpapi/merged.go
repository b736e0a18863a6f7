package httpapi

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/overlay"
	"github.com/ccatobs/opsdb/internal/site"
)

// Merged is a record as this site shows it: what the replica has, and the writes that are still on their way.
type Merged[R any] struct {
	Row     R
	Found   bool
	State   buffer.State
	Look    *buffer.Pending // what was seen of the overlay, for a write that is decided on it
	pending []ops.Pending[R]
}

// merge makes the merged view of one record; row is nil when the replica does not have it.
func merge[R any](id uuid.UUID, row *R, view ops.View[R], look *buffer.Pending) Merged[R] {
	m := Merged[R]{State: view.State(id), Look: look, pending: view[id]}
	if shown := overlay.Apply(row, view.Changes()[id]); shown != nil {
		m.Row, m.Found = *shown, true
	}
	return m
}

// seen returns the row for a step that is decided on it, nil when there is none.
func (m Merged[R]) seen() *R {
	if !m.Found {
		return nil
	}
	return &m.Row
}

// parkedChanges are the writes that show beside the record because they are stopped.
func (m Merged[R]) parkedChanges() []api.ParkedChange {
	var changes []api.ParkedChange
	for _, p := range m.pending {
		if p.Live {
			continue
		}
		fields, err := json.Marshal(p.Fields)
		if err != nil {
			fields = json.RawMessage("{}")
		}
		change := api.ParkedChange{TransactionID: p.Transaction.ID, Kind: p.Kind, Fields: fields}
		if p.Transaction.Failure != nil {
			change.Error = p.Transaction.Failure.Message
		}
		changes = append(changes, change)
	}
	return changes
}

// headerDegraded says which part of an answer is missing.
const headerDegraded = "Ops-Degraded"

// look asks the overlay, before anything asks the replica. Without Redis an answer comes from the replica alone and says
// so; the main site has no overlay.
func (s *Server) look(ctx context.Context, q buffer.Query) *buffer.Pending {
	if s.site.Type == site.Main {
		return &buffer.Pending{Ranges: make([][]string, len(q.Ranges)), Full: make([]bool, len(q.Ranges))}
	}
	look, err := s.buffer.Look(ctx, q)
	if err == nil {
		return look
	}
	x := exchangeOf(ctx)
	x.header.Set(headerDegraded, "buffer-unavailable")
	s.log.WarnContext(ctx, "answered without the overlay", "request_id", x.requestID, "error", err)
	return buffer.Blind(q)
}

// one is the merged read of one record by its id.
type one[R any] struct {
	table string
	view  func(*buffer.Pending) (ops.View[R], error)
	rows  func(ctx context.Context, q *replicadb.Queries, ids []uuid.UUID) ([]R, error)
}

// lookOne returns the merged record. When the replica does not answer, what the overlay alone knows is returned, and the
// error only when that is nothing.
func lookOne[R any](ctx context.Context, s *Server, read one[R], id uuid.UUID) (Merged[R], error) {
	look := s.look(ctx, buffer.Query{Records: []buffer.Record{{Table: read.table, ID: id.String()}}})
	view, err := read.view(look)
	if err != nil {
		return Merged[R]{Look: look}, err
	}
	if view.Unexecuted(id) {
		return merge(id, nil, view, look), nil
	}
	var row *R
	err = s.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		row = nil // of a snapshot that broke off
		rows, err := read.rows(ctx, q, []uuid.UUID{id})
		if len(rows) > 0 {
			row = &rows[0]
		}
		return err
	})
	m := merge(id, row, view, look)
	if err != nil && !m.Found {
		return m, err
	}
	return m, nil
}

func (s *Server) lookExecution(ctx context.Context, id uuid.UUID) (Merged[replicadb.ExecutedObsUnit], error) {
	return lookOne(ctx, s, one[replicadb.ExecutedObsUnit]{ops.TableExecution, ops.Executions, executionRows}, id)
}

func (s *Server) lookPackage(ctx context.Context, id uuid.UUID) (Merged[replicadb.RawDataPackage], error) {
	return lookOne(ctx, s, one[replicadb.RawDataPackage]{ops.TablePackage, ops.Packages, packageRows}, id)
}

// lookFile also finds a file under an id that it got when it was registered once more. What is on its way to change it is
// known by its first id.
func (s *Server) lookFile(ctx context.Context, id uuid.UUID) (Merged[replicadb.RawDataFile], error) {
	read := one[replicadb.RawDataFile]{ops.TableFile, ops.Files, fileRows}
	m, err := lookOne(ctx, s, read, id)
	if err == nil && m.Found && m.Row.ID != id {
		return lookOne(ctx, s, read, m.Row.ID)
	}
	return m, err
}

func executionRows(ctx context.Context, q *replicadb.Queries, ids []uuid.UUID) ([]replicadb.ExecutedObsUnit, error) {
	return q.GetExecutedObsUnits(ctx, replicadb.GetExecutedObsUnitsParams{IDs: ids})
}

func packageRows(ctx context.Context, q *replicadb.Queries, ids []uuid.UUID) ([]replicadb.RawDataPackage, error) {
	return q.GetRawDataPackages(ctx, replicadb.GetRawDataPackagesParams{IDs: ids})
}

func fileRows(ctx context.Context, q *replicadb.Queries, ids []uuid.UUID) ([]replicadb.RawDataFile, error) {
	rows, err := q.GetRawDataFiles(ctx, replicadb.GetRawDataFilesParams{IDs: ids})
	if err != nil || len(rows) > 0 {
		return rows, err
	}
	aliased, err := q.GetAliasedRawDataFiles(ctx, replicadb.GetAliasedRawDataFilesParams{IDs: ids})
	for _, a := range aliased {
		rows = append(rows, a.RawDataFile)
	}
	return rows, err
}
