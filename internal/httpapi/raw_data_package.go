package httpapi

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// CreateRawDataPackage creates a package and puts registered files into it, in one transaction.
func (s *Server) CreateRawDataPackage(ctx context.Context, r api.CreateRawDataPackageRequestObject) (api.CreateRawDataPackageResponseObject, error) {
	var (
		id   uuid.UUID
		refs *references
	)
	receipt, err := s.create(ctx, r.Params.IdempotencyKey, r.Body.ID != nil, func(ctx context.Context, tx *buffer.Transaction) error {
		id, refs = tx.RecordID(r.Body.ID), s.refer(ctx, tx)
		p := packageParams(id, *r.Body)
		complete, err := s.packedBefore(ctx, tx, r.Body.ID, p)
		if err != nil {
			return err
		}
		tx.Add(ops.CreatePackage.With(p))
		s.referPackage(ctx, refs, r.Body)
		if len(r.Body.RawDataFileIDs) > 0 {
			ids, files := s.referAssigned(ctx, refs, id, complete, r.Body)
			tx.Add(ops.Assign(files, maindb.AssignRawDataFilesParams{IDs: ids, RawDataPackageID: id}))
		}
		return refs.refused()
	})
	if err != nil {
		return nil, err
	}
	location := "/raw_data_package/" + id.String()
	return api.CreateRawDataPackage201JSONResponse{
		Body: receiptOf(id, receipt, refs),
		Headers: api.CreateRawDataPackage201ResponseHeaders{
			Location: &location, OpsPosition: &receipt.Position, IdempotencyReplayed: replayed(receipt),
		},
	}, nil
}

func packageParams(id uuid.UUID, b api.RawDataPackageCreate) maindb.CreateRawDataPackageParams {
	return maindb.CreateRawDataPackageParams{
		ID: id, ExecutedObsUnitID: b.ExecutedObsUnitID, InstrumentModuleID: b.InstrumentModuleID, Name: b.Name,
		RelativePath: b.RelativePath, CreatedAt: instant(time.Now()),
	}
}

// packedBefore compares a package that brings its own id with one of that id, and tells whether that is complete. Errors:
// errs.Conflict for other content.
func (s *Server) packedBefore(ctx context.Context, tx *buffer.Transaction, given *uuid.UUID, p maindb.CreateRawDataPackageParams) (complete bool, err error) {
	if given == nil || tx.Seen() {
		return false, nil
	}
	known, err := s.lookPackage(ctx, p.ID)
	tx.Saw(known.Look)
	if err != nil || !known.Found {
		return false, nil //nolint:nilerr // what cannot be compared now is compared when it is executed
	}
	row := known.Row
	if row.ExecutedObsUnitID == p.ExecutedObsUnitID && row.InstrumentModuleID == p.InstrumentModuleID && row.Name == p.Name && row.RelativePath == p.RelativePath {
		return row.Status == replicadb.PackageStatusComplete, nil
	}
	return false, differs("package", packageOf(known), p)
}

// FinalizeRawDataPackage marks a package complete.
func (s *Server) FinalizeRawDataPackage(ctx context.Context, r api.FinalizeRawDataPackageRequestObject) (api.FinalizeRawDataPackageResponseObject, error) {
	p, err := finalizeParams(r.ID, *r.Body)
	if err != nil {
		return nil, err
	}
	var refs *references
	receipt, err := s.writeOnce(ctx, r.Params.IdempotencyKey, func(ctx context.Context, tx *buffer.Transaction) error {
		refs = s.refer(ctx, tx)
		known, err := s.lookPackage(ctx, r.ID)
		tx.Saw(known.Look)
		refs.note(known.Found, err, "path:id", "package "+r.ID.String())
		if refs.refused() != nil {
			return unknown("package", r.ID)
		}
		tx.Add(ops.Finalize(known.seen(), p))
		if tx.Seen() || !known.Found || known.Row.Status == replicadb.PackageStatusBuilding || sameFinal(known.Row, p) {
			return nil
		}
		return differs("package", packageOf(known), p)
	})
	if err != nil {
		return nil, err
	}
	return api.FinalizeRawDataPackage200JSONResponse{
		Body:    receiptOf(r.ID, receipt, refs),
		Headers: api.FinalizeRawDataPackage200ResponseHeaders{OpsPosition: &receipt.Position, IdempotencyReplayed: replayed(receipt)},
	}, nil
}

// finalizeParams returns errs.Invalid for a checksum without its algorithm, or one that does not fit it.
func finalizeParams(id uuid.UUID, b api.RawDataPackageFinalize) (maindb.FinalizeRawDataPackageParams, error) {
	p := maindb.FinalizeRawDataPackageParams{ID: id, SizeBytes: b.SizeBytes, FinalizedAt: instant(time.Now())}
	if (b.Checksum == nil) != (b.ChecksumAlgorithm == nil) {
		return p, errs.New(errs.Invalid, "A checksum and its algorithm are given together.").At("/checksum", "needs checksum_algorithm, and the other way round")
	}
	if b.Checksum == nil {
		return p, nil
	}
	if wrong := checkDigits(*b.Checksum, *b.ChecksumAlgorithm); wrong != "" {
		return p, errs.New(errs.Invalid, "The checksum does not fit its algorithm.").At("/checksum", wrong)
	}
	digits, algorithm := strings.ToLower(*b.Checksum), maindb.ChecksumAlgorithm(*b.ChecksumAlgorithm)
	p.Checksum, p.ChecksumAlgorithm = &digits, &algorithm
	return p, nil
}

func sameFinal(row replicadb.RawDataPackage, p maindb.FinalizeRawDataPackageParams) bool {
	return same(row.SizeBytes, p.SizeBytes) && same(row.Checksum, p.Checksum) &&
		same((*string)(row.ChecksumAlgorithm), (*string)(p.ChecksumAlgorithm))
}

// same compares what two pointers point to; nil equals nil only.
func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// packageOf is a package as a client sees it.
func packageOf(m Merged[replicadb.RawDataPackage]) api.RawDataPackage {
	row := m.Row
	return api.RawDataPackage{
		ID: row.ID, ExecutedObsUnitID: row.ExecutedObsUnitID, InstrumentModuleID: row.InstrumentModuleID, Name: row.Name,
		RelativePath: row.RelativePath, Status: api.PackageStatus(row.Status), State: api.PackageState(row.State),
		SizeBytes: nullableOf(row.SizeBytes), Checksum: nullableOf(row.Checksum),
		ChecksumAlgorithm: nullableOf((*api.ChecksumAlgorithm)(row.ChecksumAlgorithm)),
		CreatedAt:         row.CreatedAt.UTC(), FinalizedAt: nullableOf(utc(row.FinalizedAt)),
		Sync: api.SyncState(m.State), ParkedChanges: m.parkedChanges(),
	}
}

func packageDetailOf(m Merged[replicadb.RawDataPackage], files []api.RawDataFile) api.RawDataPackageDetail {
	p := packageOf(m)
	return api.RawDataPackageDetail{
		ID: p.ID, ExecutedObsUnitID: p.ExecutedObsUnitID, InstrumentModuleID: p.InstrumentModuleID, Name: p.Name,
		RelativePath: p.RelativePath, Status: p.Status, State: p.State, SizeBytes: p.SizeBytes, Checksum: p.Checksum,
		ChecksumAlgorithm: p.ChecksumAlgorithm, CreatedAt: p.CreatedAt, FinalizedAt: p.FinalizedAt, Sync: p.Sync,
		ParkedChanges: p.ParkedChanges, RawDataFiles: files,
	}
}
