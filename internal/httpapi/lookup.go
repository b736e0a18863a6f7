package httpapi

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// many is the merged read of records of one table by their ids.
type many[R any] struct {
	one[R]
	id func(R) uuid.UUID
}

var (
	manyExecutions = many[replicadb.ExecutedObsUnit]{
		one[replicadb.ExecutedObsUnit]{ops.TableExecution, ops.Executions, executionRows},
		func(r replicadb.ExecutedObsUnit) uuid.UUID { return r.ID },
	}
	manyPackages = many[replicadb.RawDataPackage]{
		one[replicadb.RawDataPackage]{ops.TablePackage, ops.Packages, packageRows},
		func(r replicadb.RawDataPackage) uuid.UUID { return r.ID },
	}
	manyFiles = many[replicadb.RawDataFile]{
		one[replicadb.RawDataFile]{ops.TableFile, ops.Files, namedFileRows},
		func(r replicadb.RawDataFile) uuid.UUID { return r.ID },
	}
)

// lookMany returns those of some records that this site shows. When the replica does not answer, the error says so
// beside what the overlay knows all the same.
func lookMany[R any](ctx context.Context, s *Server, read many[R], ids []uuid.UUID) (map[uuid.UUID]Merged[R], *buffer.Pending, error) {
	found := make(map[uuid.UUID]Merged[R])
	if len(ids) == 0 {
		return found, nil, nil
	}
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	ids = slices.Compact(ids)
	query := buffer.Query{Records: make([]buffer.Record, len(ids))}
	for i, id := range ids {
		query.Records[i] = buffer.Record{Table: read.table, ID: id.String()}
	}
	look := s.look(ctx, query)
	view, err := read.view(look)
	if err != nil {
		return found, look, err
	}
	rows, err := storedRows(ctx, s, read, slices.DeleteFunc(slices.Clone(ids), view.Unexecuted))
	for _, id := range ids {
		if m := merge(id, rows[id], view, look); m.Found {
			found[id] = m
		}
	}
	return found, look, err
}

// namedFileRows finds files under every id they were given, and returns each under the id that was asked for.
func namedFileRows(ctx context.Context, q *replicadb.Queries, ids []uuid.UUID) ([]replicadb.RawDataFile, error) {
	rows, err := q.GetRawDataFiles(ctx, replicadb.GetRawDataFilesParams{IDs: ids})
	if err != nil || len(rows) == len(ids) {
		return rows, err
	}
	aliased, err := q.GetAliasedRawDataFiles(ctx, replicadb.GetAliasedRawDataFilesParams{IDs: ids})
	for _, a := range aliased {
		a.RawDataFile.ID = a.Alias
		rows = append(rows, a.RawDataFile)
	}
	return rows, err
}

// storedRows returns what the replica has of some records.
func storedRows[R any](ctx context.Context, s *Server, read many[R], ids []uuid.UUID) (map[uuid.UUID]*R, error) {
	stored := make(map[uuid.UUID]*R)
	if len(ids) == 0 {
		return stored, nil
	}
	rows, err := read.rows(ctx, s.replica.Queries, ids)
	for _, row := range rows {
		stored[read.id(row)] = &row
	}
	return stored, err
}
