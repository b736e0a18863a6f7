package httpapi

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
)

// ListFileCopies tells where a file is.
func (s *Server) ListFileCopies(ctx context.Context, r api.ListFileCopiesRequestObject) (api.ListFileCopiesResponseObject, error) {
	file, err := s.lookFile(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if !file.Found {
		return nil, unknown("file", r.ID)
	}
	rows, err := s.replica.CopiesOfFile(ctx, replicadb.CopiesOfFileParams{ID: &file.Row.ID})
	if err != nil {
		return nil, err
	}
	return api.ListFileCopies200JSONResponse{Body: copyList(rows)}, nil
}

// ListRawPackageCopies tells where a raw data package is.
func (s *Server) ListRawPackageCopies(ctx context.Context, r api.ListRawPackageCopiesRequestObject) (api.ListRawPackageCopiesResponseObject, error) {
	known, err := s.lookPackage(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if !known.Found {
		return nil, unknown("package", r.ID)
	}
	rows, err := s.replica.CopiesOfPackage(ctx, replicadb.CopiesOfPackageParams{ID: &r.ID})
	if err != nil {
		return nil, err
	}
	return api.ListRawPackageCopies200JSONResponse{Body: copyList(rows)}, nil
}

// ListTransferPackageCopies tells where a transfer package is.
func (s *Server) ListTransferPackageCopies(ctx context.Context, r api.ListTransferPackageCopiesRequestObject) (api.ListTransferPackageCopiesResponseObject, error) {
	if _, err := s.replica.GetTransferPackage(ctx, replicadb.GetTransferPackageParams{ID: r.ID}); err != nil {
		return nil, noRow(err, "There is no transfer package %s.", r.ID)
	}
	rows, err := s.replica.CopiesOfTransferPackage(ctx, replicadb.CopiesOfTransferPackageParams{ID: &r.ID})
	if err != nil {
		return nil, err
	}
	return api.ListTransferPackageCopies200JSONResponse{Body: copyList(rows)}, nil
}

// GetSafeToDelete tells whether a file can be deleted where it was recorded. In doubt it cannot.
func (s *Server) GetSafeToDelete(ctx context.Context, r api.GetSafeToDeleteRequestObject) (api.GetSafeToDeleteResponseObject, error) {
	// Before the replica is asked: that it is fresh behind that says nothing of what it answered.
	fresh := s.buffer.Glance().Fresh
	file, err := s.lookFile(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if !file.Found {
		return nil, unknown("file", r.ID)
	}
	row, err := s.replica.SafetyOfFile(ctx, replicadb.SafetyOfFileParams{ID: file.Row.ID})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) { // a file that is still in the buffer is in no archive
		return nil, err
	}
	v := api.SafeToDelete{
		RawDataFileID: r.ID, MinCopies: value(r.Params.MinCopies), VerifiedCopies: int32(row.Copies),
		InLongTermArchive: row.InLongTermArchive, Archived: row.Archived, Reasons: []api.SafeToDeleteReasons{},
	}
	for _, reason := range []struct {
		against bool
		name    api.SafeToDeleteReasons
	}{
		{!row.Packed, api.SafeToDeleteReasonsInNoPackage},
		{row.Packed && !row.Archived, api.SafeToDeleteReasonsPackageNotArchived},
		{v.VerifiedCopies < v.MinCopies, api.SafeToDeleteReasonsTooFewCopies},
		{!row.InLongTermArchive, api.SafeToDeleteReasonsNoneInLongTermArchive},
		{!fresh, api.SafeToDeleteReasonsReplicaOfUnknownAge},
	} {
		if reason.against {
			v.Reasons = append(v.Reasons, reason.name)
		}
	}
	v.Safe = len(v.Reasons) == 0
	return api.GetSafeToDelete200JSONResponse{Body: v}, nil
}

func copyList(rows []replicadb.PhysicalCopy) api.CopyList {
	list := api.CopyList{Items: make([]api.Copy, len(rows))}
	for i, row := range rows {
		list.Items[i] = copyOf(row)
	}
	return list
}

func copyOf(c replicadb.PhysicalCopy) api.Copy {
	return api.Copy{
		ID: c.ID, Kind: api.CopyKind(c.Kind), RawDataFileID: nullableOf(c.RawDataFileID), RawDataPackageID: nullableOf(c.RawDataPackageID),
		DataTransferPackageID: nullableOf(c.DataTransferPackageID), LocationID: c.DataLocationID, Path: c.Path, Status: api.CopyStatus(c.Status),
		CreatedAt: c.CreatedAt.UTC(), VerifiedAt: nullableOf(utc(c.VerifiedAt)), DeletedAt: nullableOf(utc(c.DeletedAt)),
	}
}
