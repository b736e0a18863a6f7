package httpapi

import (
	"context"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// packagesInDetail is how many raw data packages are read with their transfer package.
const packagesInDetail = 1000

// GetTransferRawPackage reads one raw data package with its place in the pipeline.
func (s *Server) GetTransferRawPackage(ctx context.Context, r api.GetTransferRawPackageRequestObject) (api.GetTransferRawPackageResponseObject, error) {
	rows, err := s.replica.GetPipelinePackages(ctx, replicadb.GetPipelinePackagesParams{IDs: []api.UUID{r.ID}})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, unknown("package", r.ID)
	}
	return api.GetTransferRawPackage200JSONResponse{Body: pipelinePackageOf(rows[0])}, nil
}

// GetTransferPackage reads a transfer package with what is in it, and its transfers.
func (s *Server) GetTransferPackage(ctx context.Context, r api.GetTransferPackageRequestObject) (api.GetTransferPackageResponseObject, error) {
	var body api.TransferPackageDetail
	err := s.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		row, err := q.GetTransferPackage(ctx, replicadb.GetTransferPackageParams{ID: r.ID})
		if err != nil {
			return noRow(err, "There is no transfer package %s.", r.ID)
		}
		packages, err := q.ListPipelinePackagesAscending(ctx, replicadb.ListPipelinePackagesAscendingParams{
			DataTransferPackageID: &r.ID, CreatedBefore: lastStart, AfterAt: firstStart, RowLimit: packagesInDetail,
		})
		if err != nil {
			return err
		}
		transfers, err := q.ListTransfers(ctx, replicadb.ListTransfersParams{
			DataTransferPackageID: &r.ID, CreatedFrom: firstStart, BeforeAt: lastStart, RowLimit: packagesInDetail,
		})
		p := transferPackageOf(row)
		body = api.TransferPackageDetail{
			ID: p.ID, Name: p.Name, OriginSiteID: p.OriginSiteID, Status: p.Status, SizeBytes: p.SizeBytes, CreatedAt: p.CreatedAt,
			RawPackages: p.RawPackages, RawDataPackages: make([]api.PipelinePackage, len(packages)), Transfers: make([]api.Transfer, len(transfers)),
		}
		for i, row := range packages {
			body.RawDataPackages[i] = pipelinePackageOf(row)
		}
		for i, row := range transfers {
			body.Transfers[i] = s.transferAt(row, time.Now())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.GetTransferPackage200JSONResponse{Body: body}, nil
}

// GetTransfer reads one transfer.
func (s *Server) GetTransfer(ctx context.Context, r api.GetTransferRequestObject) (api.GetTransferResponseObject, error) {
	row, err := s.replica.GetTransfer(ctx, replicadb.GetTransferParams{ID: r.ID})
	if err != nil {
		return nil, noRow(err, "There is no transfer %s.", r.ID)
	}
	return api.GetTransfer200JSONResponse{Body: s.transferAt(row, time.Now())}, nil
}

// GetArchiveTransfer reads one transfer into an archive.
func (s *Server) GetArchiveTransfer(ctx context.Context, r api.GetArchiveTransferRequestObject) (api.GetArchiveTransferResponseObject, error) {
	row, err := s.replica.GetArchiveTransfer(ctx, replicadb.GetArchiveTransferParams{ID: r.ID})
	if err != nil {
		return nil, noRow(err, "There is no archive transfer %s.", r.ID)
	}
	return api.GetArchiveTransfer200JSONResponse{Body: archiveTransferOf(row)}, nil
}

// ResetTransfer tries a failed transfer, or its unpacking alone, again. What it may be reset from, the main database knows.
func (s *Server) ResetTransfer(ctx context.Context, r api.ResetTransferRequestObject) (api.ResetTransferResponseObject, error) {
	unpack := r.Body != nil && value(r.Body.Part) == api.TransferResetPartUnpack
	read := func(ctx context.Context) (replicadb.DataTransfer, error) {
		row, err := s.replica.GetTransfer(ctx, replicadb.GetTransferParams{ID: r.ID})
		return row, noRow(err, "There is no transfer %s.", r.ID)
	}
	var row replicadb.DataTransfer
	receipt, err := s.write(ctx, r.Params.IdempotencyKey, func(ctx context.Context, tx *buffer.Transaction) (err error) {
		if row, err = read(ctx); err != nil || tx.Seen() {
			return err
		}
		if unpack {
			tx.Add(ops.ResetUnpacking.With(maindb.ResetUnpackingParams{ID: r.ID, RetryCount: row.RetryCount}))
			row.UnpackStatus = replicadb.TransferStatusPending
		} else {
			tx.Add(ops.ResetTransfer.With(maindb.ResetDataTransferParams{ID: r.ID, RetryCount: row.RetryCount}))
			row.Status, row.TransferredBytes, row.StartedAt, row.ProgressAt = replicadb.TransferStatusPending, 0, nil, nil
		}
		row.RetryCount, row.Failure = row.RetryCount+1, nil
		return nil
	})
	if err != nil {
		return nil, err
	}
	if row, err = afresh(ctx, s, receipt, row, read); err != nil {
		return nil, err
	}
	return api.ResetTransfer200JSONResponse{Body: s.transferAt(row, time.Now()), Headers: api.ResetTransfer200ResponseHeaders{
		OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

// ResetArchiveTransfer tries a failed transfer into an archive again.
func (s *Server) ResetArchiveTransfer(ctx context.Context, r api.ResetArchiveTransferRequestObject) (api.ResetArchiveTransferResponseObject, error) {
	read := func(ctx context.Context) (replicadb.LongTermArchiveTransfer, error) {
		row, err := s.replica.GetArchiveTransfer(ctx, replicadb.GetArchiveTransferParams{ID: r.ID})
		return row, noRow(err, "There is no archive transfer %s.", r.ID)
	}
	var row replicadb.LongTermArchiveTransfer
	receipt, err := s.write(ctx, r.Params.IdempotencyKey, func(ctx context.Context, tx *buffer.Transaction) (err error) {
		if row, err = read(ctx); err != nil || tx.Seen() {
			return err
		}
		tx.Add(ops.ResetArchiveTransfer.With(maindb.ResetArchiveTransferParams{ID: r.ID, RetryCount: row.RetryCount}))
		row.Status, row.RetryCount, row.Failure, row.StartedAt = replicadb.TransferStatusPending, row.RetryCount+1, nil, nil
		return nil
	})
	if err != nil {
		return nil, err
	}
	if row, err = afresh(ctx, s, receipt, row, read); err != nil {
		return nil, err
	}
	return api.ResetArchiveTransfer200JSONResponse{Body: archiveTransferOf(row), Headers: api.ResetArchiveTransfer200ResponseHeaders{
		OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

func pipelinePackageOf(p replicadb.RawDataPackagePipeline) api.PipelinePackage {
	return api.PipelinePackage{
		ID: p.ID, ExecutedObsUnitID: p.ExecutedObsUnitID, InstrumentModuleID: p.InstrumentModuleID,
		DataTransferPackageID: nullableOf(p.DataTransferPackageID), Name: p.Name, RelativePath: p.RelativePath,
		Status: api.PackageStatus(p.Status), State: api.PackageState(p.State), Stage: int32(p.Stage),
		StageStatus: api.TransferStatus(p.StageStatus), SizeBytes: nullableOf(p.SizeBytes), CreatedAt: p.CreatedAt.UTC(),
		FinalizedAt: nullableOf(utc(p.FinalizedAt)),
	}
}

func transferPackageOf(d replicadb.GetTransferPackageRow) api.TransferPackage {
	return api.TransferPackage{
		ID: d.ID, Name: d.Name, OriginSiteID: d.OriginSiteID, Status: api.TransferStatus(d.Status), SizeBytes: d.SizeBytes,
		CreatedAt: d.CreatedAt.UTC(), RawPackages: d.RawPackages,
	}
}

func archiveTransferOf(t replicadb.LongTermArchiveTransfer) api.ArchiveTransfer {
	return api.ArchiveTransfer{
		ID: t.ID, RawDataPackageID: t.RawDataPackageID, DestinationLocationID: t.DestinationLocationID, Status: api.TransferStatus(t.Status),
		RetryCount: t.RetryCount, Failure: nullableOf(t.Failure), CreatedAt: t.CreatedAt.UTC(), StartedAt: nullableOf(utc(t.StartedAt)),
		FinishedAt: nullableOf(utc(t.FinishedAt)),
	}
}
