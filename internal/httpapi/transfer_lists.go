package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
)

// The names of the lists in their cursors.
const (
	listNewPipeline  = "raw-packages:-created_at"
	listOldPipeline  = "raw-packages:created_at"
	listBundles      = "transfer-packages"
	listTransfers    = "transfers"
	listTransferLogs = "transfer-logs"
	listArchive      = "archive-transfers"
	listCopies       = "physical-copies"
	listStaging      = "staging"
)

// newestFirst is where a page of a list begins that has the newest first: what is shown is before. before bounds the list;
// nil: it is not bounded.
func newestFirst(list string, cursor *string, before *time.Time) (at time.Time, id uuid.UUID, err error) {
	switch {
	case cursor != nil:
		return readTimeCursor(list, *cursor)
	case before != nil:
		return microsecondUp(*before), uuid.Nil, nil
	default:
		return lastStart, uuid.Nil, nil
	}
}

// since is where a list begins in time.
func since(from *time.Time) time.Time {
	if from == nil {
		return firstStart
	}
	return microsecondUp(*from)
}

// pageSize is how many rows are read for a page: one more than it shows tells whether there is another.
func pageSize(limit *api.Limit) int32 { return value(limit) + 1 }

// timePage makes a page of rows of a list that is in the order of a time; one row more than the limit may be there.
func timePage[R, I any](list string, limit *api.Limit, rows []R, key func(R) (time.Time, uuid.UUID), item func(R) I) ([]I, nullable.Nullable[string]) {
	next := nullableOf[string](nil)
	if len(rows) > int(value(limit)) {
		rows = rows[:value(limit)]
		at, id := key(rows[len(rows)-1])
		next = nullableOf(new(timeCursor(list, at, id)))
	}
	items := make([]I, len(rows))
	for i, row := range rows {
		items[i] = item(row)
	}
	return items, next
}

// ListTransferRawPackages lists raw data packages with their places in the pipeline.
func (s *Server) ListTransferRawPackages(ctx context.Context, r api.ListTransferRawPackagesRequestObject) (api.ListTransferRawPackagesResponseObject, error) {
	list, rows, err := s.pipelinePackages(ctx, r.Params)
	if err != nil {
		return nil, err
	}
	var page api.PipelinePackagePage
	page.Items, page.NextCursor = timePage(list, r.Params.Limit, rows,
		func(p replicadb.RawDataPackagePipeline) (time.Time, uuid.UUID) { return p.CreatedAt, p.ID }, pipelinePackageOf)
	return api.ListTransferRawPackages200JSONResponse{Body: page}, nil
}

func (s *Server) pipelinePackages(ctx context.Context, p api.ListTransferRawPackagesParams) (string, []replicadb.RawDataPackagePipeline, error) {
	state, status, stageStatus := (*replicadb.PackageState)(p.State), (*replicadb.PackageStatus)(p.Status), (*replicadb.TransferStatus)(p.StageStatus)
	if value(p.Sort) != api.ListTransferRawPackagesParamsSortCreatedAt {
		at, id, err := newestFirst(listNewPipeline, p.Cursor, p.CreatedBefore)
		if err != nil {
			return "", nil, err
		}
		rows, err := s.replica.ListPipelinePackagesDescending(ctx, replicadb.ListPipelinePackagesDescendingParams{
			State: state, Status: status, Stage: p.Stage, StageStatus: stageStatus, InstrumentModuleID: p.InstrumentModuleID,
			ExecutedObsUnitID: p.ExecutedObsUnitID, DataTransferPackageID: p.DataTransferPackageID, ObservingProgramID: p.ObservingProgramID,
			CreatedFrom: since(p.CreatedFrom), BeforeAt: at, BeforeID: id, RowLimit: pageSize(p.Limit),
		})
		return listNewPipeline, rows, err
	}
	// Before all packages of the very time at which the list begins.
	at, id := since(p.CreatedFrom).Add(-time.Microsecond), uuid.Max
	before := lastStart
	if p.CreatedBefore != nil {
		before = microsecondUp(*p.CreatedBefore)
	}
	if p.Cursor != nil {
		var err error
		if at, id, err = readTimeCursor(listOldPipeline, *p.Cursor); err != nil {
			return "", nil, err
		}
	}
	rows, err := s.replica.ListPipelinePackagesAscending(ctx, replicadb.ListPipelinePackagesAscendingParams{
		State: state, Status: status, Stage: p.Stage, StageStatus: stageStatus, InstrumentModuleID: p.InstrumentModuleID,
		ExecutedObsUnitID: p.ExecutedObsUnitID, DataTransferPackageID: p.DataTransferPackageID, ObservingProgramID: p.ObservingProgramID,
		CreatedBefore: before, AfterAt: at, AfterID: id, RowLimit: pageSize(p.Limit),
	})
	return listOldPipeline, rows, err
}

// ListTransferPackages lists the packages in which raw data packages travel.
func (s *Server) ListTransferPackages(ctx context.Context, r api.ListTransferPackagesRequestObject) (api.ListTransferPackagesResponseObject, error) {
	p := r.Params
	at, id, err := newestFirst(listBundles, p.Cursor, p.CreatedBefore)
	if err != nil {
		return nil, err
	}
	rows, err := s.replica.ListTransferPackages(ctx, replicadb.ListTransferPackagesParams{
		Status: (*replicadb.TransferStatus)(p.Status), OriginSiteID: p.OriginSiteID, CreatedFrom: since(p.CreatedFrom),
		BeforeAt: at, BeforeID: id, RowLimit: pageSize(p.Limit),
	})
	if err != nil {
		return nil, err
	}
	var page api.TransferPackagePage
	page.Items, page.NextCursor = timePage(listBundles, p.Limit, rows,
		func(d replicadb.ListTransferPackagesRow) (time.Time, uuid.UUID) { return d.CreatedAt, d.ID },
		func(d replicadb.ListTransferPackagesRow) api.TransferPackage {
			return transferPackageOf(replicadb.GetTransferPackageRow(d))
		})
	return api.ListTransferPackages200JSONResponse{Body: page}, nil
}

// ListTransfers lists transfers between sites.
func (s *Server) ListTransfers(ctx context.Context, r api.ListTransfersRequestObject) (api.ListTransfersResponseObject, error) {
	p := r.Params
	at, id, err := newestFirst(listTransfers, p.Cursor, p.CreatedBefore)
	if err != nil {
		return nil, err
	}
	now := instant(time.Now())
	rows, err := s.replica.ListTransfers(ctx, replicadb.ListTransfersParams{
		Status: (*replicadb.TransferStatus)(p.Status), UnpackStatus: (*replicadb.TransferStatus)(p.UnpackStatus),
		Stalled: p.Stalled, StalledBefore: now.Add(-s.stalled), RouteID: p.RouteID, OriginLocationID: p.OriginLocationID,
		DestinationLocationID: p.DestinationLocationID, DataTransferPackageID: p.DataTransferPackageID,
		CreatedFrom: since(p.CreatedFrom), BeforeAt: at, BeforeID: id, RowLimit: pageSize(p.Limit),
	})
	if err != nil {
		return nil, err
	}
	var page api.TransferPage
	page.Items, page.NextCursor = timePage(listTransfers, p.Limit, rows,
		func(t replicadb.DataTransfer) (time.Time, uuid.UUID) { return t.CreatedAt, t.ID },
		func(t replicadb.DataTransfer) api.Transfer { return s.transferAt(t, now) })
	return api.ListTransfers200JSONResponse{Body: page}, nil
}

// ListTransferLogs lists where the output of a transfer lies.
func (s *Server) ListTransferLogs(ctx context.Context, r api.ListTransferLogsRequestObject) (api.ListTransferLogsResponseObject, error) {
	if _, err := s.replica.GetTransfer(ctx, replicadb.GetTransferParams{ID: r.ID}); err != nil {
		return nil, noRow(err, "There is no transfer %s.", r.ID)
	}
	at, id := firstStart, uuid.Nil
	if r.Params.Cursor != nil {
		var err error
		if at, id, err = readTimeCursor(listTransferLogs, *r.Params.Cursor); err != nil {
			return nil, err
		}
	}
	rows, err := s.replica.ListTransferLogs(ctx, replicadb.ListTransferLogsParams{
		DataTransferID: r.ID, AfterAt: at, AfterID: id, RowLimit: pageSize(r.Params.Limit),
	})
	if err != nil {
		return nil, err
	}
	var page api.TransferLogPage
	page.Items, page.NextCursor = timePage(listTransferLogs, r.Params.Limit, rows,
		func(l replicadb.DataTransferLog) (time.Time, uuid.UUID) { return l.At, l.ID },
		func(l replicadb.DataTransferLog) api.TransferLog {
			return api.TransferLog{ID: l.ID, At: l.At.UTC(), Path: l.Path, Summary: l.Summary}
		})
	return api.ListTransferLogs200JSONResponse{Body: page}, nil
}

// ListArchiveTransfers lists transfers into the long-term archives.
func (s *Server) ListArchiveTransfers(ctx context.Context, r api.ListArchiveTransfersRequestObject) (api.ListArchiveTransfersResponseObject, error) {
	p := r.Params
	at, id, err := newestFirst(listArchive, p.Cursor, p.CreatedBefore)
	if err != nil {
		return nil, err
	}
	rows, err := s.replica.ListArchiveTransfers(ctx, replicadb.ListArchiveTransfersParams{
		Status: (*replicadb.TransferStatus)(p.Status), DestinationLocationID: p.DestinationLocationID, RawDataPackageID: p.RawDataPackageID,
		CreatedFrom: since(p.CreatedFrom), BeforeAt: at, BeforeID: id, RowLimit: pageSize(p.Limit),
	})
	if err != nil {
		return nil, err
	}
	var page api.ArchiveTransferPage
	page.Items, page.NextCursor = timePage(listArchive, p.Limit, rows,
		func(t replicadb.LongTermArchiveTransfer) (time.Time, uuid.UUID) { return t.CreatedAt, t.ID }, archiveTransferOf)
	return api.ListArchiveTransfers200JSONResponse{Body: page}, nil
}

// ListPhysicalCopies lists what lies where.
func (s *Server) ListPhysicalCopies(ctx context.Context, r api.ListPhysicalCopiesRequestObject) (api.ListPhysicalCopiesResponseObject, error) {
	p := r.Params
	at, id, err := newestFirst(listCopies, p.Cursor, nil)
	if err != nil {
		return nil, err
	}
	rows, err := s.replica.ListPhysicalCopies(ctx, replicadb.ListPhysicalCopiesParams{
		LocationID: p.LocationID, Status: (*replicadb.PhysicalCopyStatus)(p.Status), Kind: (*replicadb.PhysicalCopyKind)(p.Kind),
		BeforeAt: at, BeforeID: id, RowLimit: pageSize(p.Limit),
	})
	if err != nil {
		return nil, err
	}
	var page api.CopyPage
	page.Items, page.NextCursor = timePage(listCopies, p.Limit, rows,
		func(c replicadb.PhysicalCopy) (time.Time, uuid.UUID) { return c.CreatedAt, c.ID }, copyOf)
	return api.ListPhysicalCopies200JSONResponse{Body: page}, nil
}
