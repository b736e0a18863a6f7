package httpapi

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/overlay"
)

// nested is what hangs below executions, or below one package.
type nested struct {
	packages map[uuid.UUID][]api.RawDataPackage // by execution
	files    map[uuid.UUID][]api.RawDataFile    // by execution, or by package
}

// maxChildren is how many pending entries one list of children is asked for at a time; a bulk is one entry.
const maxChildren = 10000

// below reads packages and files of executions, merged, in rounds as listExecutions does.
func (s *Server) below(ctx context.Context, executions, packages []uuid.UUID) (nested, error) {
	var (
		asked []buffer.Record
		known = make(map[buffer.Record]bool)
	)
	for range maxRounds {
		look := s.look(ctx, buffer.Query{Records: asked, Ranges: childRanges(executions, packages)})
		packageView, err := ops.Packages(look)
		if err != nil {
			return nested{}, err
		}
		fileView, err := ops.Files(look)
		if err != nil {
			return nested{}, err
		}
		packageRowsSeen, fileRowsSeen, err := s.childRows(ctx, executions, packages, packageView, fileView)
		if err != nil {
			return nested{}, err
		}
		grown := false
		ask := func(r buffer.Record, overlaid bool) {
			if look.Count > 0 && !overlaid && !known[r] {
				known[r], grown = true, true
				asked = append(asked, r)
			}
		}
		for _, row := range packageRowsSeen {
			_, overlaid := packageView[row.ID]
			ask(buffer.Record{Table: ops.TablePackage, ID: row.ID.String()}, overlaid)
		}
		for _, row := range fileRowsSeen {
			_, overlaid := fileView[row.ID]
			ask(buffer.Record{Table: ops.TableFile, ID: row.ID.String()}, overlaid)
		}
		if !grown {
			return nest(executions, packages, packageRowsSeen, packageView, fileRowsSeen, fileView, look), nil
		}
	}
	return nested{}, errs.New(errs.Unavailable, "The files change faster than they can be read.").Named("contended").After(time.Second)
}

// childRows returns what the replica has below executions and packages, and what it has elsewhere of records that a pending
// write may have put there: a file that is assigned to a package is still outside of it.
func (s *Server) childRows(
	ctx context.Context, executions, packages []uuid.UUID, packageView ops.View[replicadb.RawDataPackage], fileView ops.View[replicadb.RawDataFile],
) (packageRows []replicadb.RawDataPackage, fileRows []replicadb.RawDataFile, err error) {
	err = s.replica.Snapshot(ctx, func(ctx context.Context, db *replicadb.Queries) (err error) {
		if len(executions) > 0 {
			if packageRows, err = db.ListRawDataPackages(ctx, replicadb.ListRawDataPackagesParams{ExecutedObsUnitIDs: executions}); err != nil {
				return err
			}
		}
		if fileRows, err = db.ListRawDataFiles(ctx, replicadb.ListRawDataFilesParams{ExecutedObsUnitIDs: executions, RawDataPackageIDs: packages}); err != nil {
			return err
		}
		if packageRows, err = withChanged(ctx, db, manyPackages, packageRows, packageView); err != nil {
			return err
		}
		fileRows, err = withChanged(ctx, db, manyFiles, fileRows, fileView)
		return err
	})
	return packageRows, fileRows, err
}

// withChanged adds to rows those that have pending writes and are not among them.
func withChanged[R any](ctx context.Context, db *replicadb.Queries, read many[R], rows []R, view ops.View[R]) ([]R, error) {
	there := make(map[uuid.UUID]bool, len(rows))
	for _, row := range rows {
		there[read.id(row)] = true
	}
	var missing []uuid.UUID
	for id := range view {
		if !there[id] && !view.Unexecuted(id) {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return rows, nil
	}
	changed, err := read.rows(ctx, db, missing)
	return append(rows, changed...), err
}

func childRanges(executions, packages []uuid.UUID) []buffer.Range {
	var ranges []buffer.Range
	for _, id := range executions {
		list := []string{ops.OfExecution(id)}
		ranges = append(ranges,
			buffer.Range{Table: ops.TablePackage, Lists: list, Limit: maxChildren},
			buffer.Range{Table: ops.TableFile, Lists: list, Limit: maxChildren})
	}
	for _, id := range packages {
		ranges = append(ranges, buffer.Range{Table: ops.TableFile, Lists: []string{ops.OfPackage(id)}, Limit: maxChildren})
	}
	return ranges
}

func nest(
	executions, packages []uuid.UUID,
	packageRows []replicadb.RawDataPackage, packageView ops.View[replicadb.RawDataPackage],
	fileRows []replicadb.RawDataFile, fileView ops.View[replicadb.RawDataFile],
	look *buffer.Pending,
) nested {
	n := nested{packages: make(map[uuid.UUID][]api.RawDataPackage), files: make(map[uuid.UUID][]api.RawDataFile)}
	mergedPackages := overlay.Merge(packageRows, packageView.Changes(),
		func(p replicadb.RawDataPackage) uuid.UUID { return p.ID },
		func(p replicadb.RawDataPackage) bool { return slices.Contains(executions, p.ExecutedObsUnitID) },
		func(a, b replicadb.RawDataPackage) int {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID.String(), b.ID.String()))
		})
	for _, p := range mergedPackages {
		m := Merged[replicadb.RawDataPackage]{Row: p, Found: true, State: packageView.State(p.ID), Look: look, pending: packageView[p.ID]}
		n.packages[p.ExecutedObsUnitID] = append(n.packages[p.ExecutedObsUnitID], packageOf(m))
	}
	inPackages := func(f replicadb.RawDataFile) bool {
		return f.RawDataPackageID != nil && slices.Contains(packages, *f.RawDataPackageID)
	}
	mergedFiles := overlay.Merge(fileRows, fileView.Changes(),
		func(f replicadb.RawDataFile) uuid.UUID { return f.ID },
		func(f replicadb.RawDataFile) bool {
			return slices.Contains(executions, f.ExecutedObsUnitID) || inPackages(f)
		},
		func(a, b replicadb.RawDataFile) int {
			return cmp.Or(cmp.Compare(a.RelativePath, b.RelativePath), cmp.Compare(a.ID.String(), b.ID.String()))
		})
	for _, f := range mergedFiles {
		m := Merged[replicadb.RawDataFile]{Row: f, Found: true, State: fileView.State(f.ID), Look: look, pending: fileView[f.ID]}
		at := f.ExecutedObsUnitID
		if inPackages(f) {
			at = *f.RawDataPackageID
		}
		n.files[at] = append(n.files[at], fileOf(m))
	}
	return n
}

// details adds what hangs below to executions.
func (s *Server) details(ctx context.Context, items []Merged[replicadb.ExecutedObsUnit]) ([]api.ExecutedObsUnitDetail, error) {
	ids := make([]uuid.UUID, len(items))
	for i, item := range items {
		ids[i] = item.Row.ID
	}
	children := nested{}
	if len(ids) > 0 {
		var err error
		if children, err = s.below(ctx, ids, nil); err != nil {
			return nil, err
		}
	}
	details := make([]api.ExecutedObsUnitDetail, len(items))
	for i, item := range items {
		details[i] = executionDetailOf(item, orEmpty(children.packages[ids[i]]), orEmpty(children.files[ids[i]]))
	}
	return details, nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// GetExecutedObsUnit reads one execution with its packages and files.
func (s *Server) GetExecutedObsUnit(ctx context.Context, r api.GetExecutedObsUnitRequestObject) (api.GetExecutedObsUnitResponseObject, error) {
	execution, err := s.lookExecution(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if !execution.Found {
		return nil, unknown("execution", r.ID)
	}
	details, err := s.details(ctx, []Merged[replicadb.ExecutedObsUnit]{execution})
	if err != nil {
		return nil, err
	}
	return api.GetExecutedObsUnit200JSONResponse{Body: details[0]}, nil
}

// ListExecutionsOfObsUnit lists the executions of a planned unit with their packages and files, the newest first.
func (s *Server) ListExecutionsOfObsUnit(ctx context.Context, r api.ListExecutionsOfObsUnitRequestObject) (api.ListExecutionsOfObsUnitResponseObject, error) {
	q := executionQuery{unit: r.ObsUnitID, from: firstStart, before: lastStart, descending: true, limit: int(value(r.Params.Limit))}
	if r.Params.Cursor != nil {
		var err error
		if q.after, err = parseTimeKey(*r.Params.Cursor); err != nil {
			return nil, err
		}
	}
	page, err := s.listExecutions(ctx, q)
	if err != nil {
		return nil, err
	}
	details, err := s.details(ctx, page.items)
	if err != nil {
		return nil, err
	}
	answer := api.ListExecutionsOfObsUnit200JSONResponse{Body: details}
	if page.next != nil {
		cursor := page.next.cursor()
		answer.Headers.OpsNextCursor = &cursor
	}
	return answer, nil
}

// GetRawDataPackage reads a package with its files.
func (s *Server) GetRawDataPackage(ctx context.Context, r api.GetRawDataPackageRequestObject) (api.GetRawDataPackageResponseObject, error) {
	found, err := s.lookPackage(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if !found.Found {
		return nil, unknown("package", r.ID)
	}
	children, err := s.below(ctx, nil, []uuid.UUID{r.ID})
	if err != nil {
		return nil, err
	}
	return api.GetRawDataPackage200JSONResponse{Body: packageDetailOf(found, orEmpty(children.files[r.ID]))}, nil
}
