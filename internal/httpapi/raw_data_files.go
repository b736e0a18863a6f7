package httpapi

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
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

// maxExecutionsOfBulk bounds the lists that one bulk registration touches.
const maxExecutionsOfBulk = 100

// maxPathBytes is what fits an entry of the index that finds a path registered twice.
const maxPathBytes = 2048

// CreateRawDataFile registers one file.
func (s *Server) CreateRawDataFile(ctx context.Context, r api.CreateRawDataFileRequestObject) (api.CreateRawDataFileResponseObject, error) {
	receipt, ids, refs, err := s.register(ctx, r.Params.IdempotencyKey, []api.RawDataFileCreate{*r.Body}, func(int) string { return "" })
	if err != nil {
		return nil, err
	}
	location := "/raw_data_files/" + ids[0].String()
	return api.CreateRawDataFile201JSONResponse{
		Body: receiptOf(ids[0], receipt, refs),
		Headers: api.CreateRawDataFile201ResponseHeaders{
			Location: &location, OpsPosition: &receipt.Position, IdempotencyReplayed: replayed(receipt),
		},
	}, nil
}

// CreateRawDataFiles registers many files, all or none.
func (s *Server) CreateRawDataFiles(ctx context.Context, r api.CreateRawDataFilesRequestObject) (api.CreateRawDataFilesResponseObject, error) {
	receipt, ids, refs, err := s.register(ctx, r.Params.IdempotencyKey, *r.Body, func(i int) string { return "/" + strconv.Itoa(i) })
	if err != nil {
		return nil, err
	}
	return api.CreateRawDataFiles201JSONResponse{
		Body: api.BulkReceipt{
			Count: len(ids), IDs: ids, TransactionID: receipt.Transaction, Status: api.TransactionState(receipt.State),
			References: refs.verdict(receipt), AcceptedAt: receipt.AcceptedAt,
		},
		Headers: api.CreateRawDataFiles201ResponseHeaders{OpsPosition: &receipt.Position, IdempotencyReplayed: replayed(receipt)},
	}, nil
}

// register submits files as one transaction. pointer leads to a file in the request's body.
func (s *Server) register(ctx context.Context, key *string, files []api.RawDataFileCreate, pointer func(int) string) (buffer.Receipt, []uuid.UUID, *references, error) {
	if err := registrable(files, pointer); err != nil {
		return buffer.Receipt{}, nil, nil, err
	}
	var (
		ids  []uuid.UUID
		refs *references
	)
	brings := slices.ContainsFunc(files, func(f api.RawDataFileCreate) bool { return f.ID != nil })
	receipt, err := s.create(ctx, key, brings, func(ctx context.Context, tx *buffer.Transaction) error {
		ids = make([]uuid.UUID, len(files))
		for i, f := range files {
			ids[i] = tx.RecordID(f.ID)
		}
		refs = s.refer(ctx, tx)
		p := fileParams(ids, files)
		if err := s.registeredBefore(ctx, tx, files, p, pointer); err != nil {
			return err
		}
		s.referFiles(ctx, refs, files, pointer)
		tx.Add(ops.RegisterFiles.With(p))
		if err := refs.refused(); err != nil {
			return err
		}
		return s.placeTaken(ctx, tx, files, p, pointer)
	})
	return receipt, ids, refs, err
}

// placeTaken compares files with those that the replica has under the same module and path, while it is fresh; what
// comes later is compared when it is executed. Errors: errs.Conflict for other content.
func (s *Server) placeTaken(
	ctx context.Context, tx *buffer.Transaction, files []api.RawDataFileCreate, p maindb.CreateRawDataFilesParams, pointer func(int) string,
) error {
	if tx.Seen() || !s.buffer.Glance().Fresh {
		return nil
	}
	there, err := s.replica.GetRawDataFilesByPlace(ctx, replicadb.GetRawDataFilesByPlaceParams{
		InstrumentModuleIDs: p.InstrumentModuleIDs, RelativePaths: p.RelativePaths,
	})
	if err != nil || len(there) == 0 {
		return nil //nolint:nilerr // what cannot be looked up now is compared when it is executed
	}
	ids := make([]uuid.UUID, len(there))
	for i, row := range there {
		ids[i] = row.ID
	}
	// A registration that is being withdrawn gives its place up.
	known, look, err := lookMany(ctx, s, manyFiles, ids)
	tx.Saw(look)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	others := map[int]Merged[replicadb.RawDataFile]{}
	for _, m := range known {
		for i, path := range p.RelativePaths {
			if path == m.Row.RelativePath && p.InstrumentModuleIDs[i] == m.Row.InstrumentModuleID && !sameFile(m.Row, p, i) {
				others[i] = m
			}
		}
	}
	return filesDiffer(files, others, pointer)
}

// registeredBefore compares files that bring their own ids with those of these ids. Errors: errs.Conflict for other
// content.
func (s *Server) registeredBefore(
	ctx context.Context, tx *buffer.Transaction, files []api.RawDataFileCreate, p maindb.CreateRawDataFilesParams, pointer func(int) string,
) error {
	var given []uuid.UUID
	for _, f := range files {
		if f.ID != nil && !tx.Seen() {
			given = append(given, *f.ID)
		}
	}
	// What cannot be looked up now is compared when it is executed.
	known, look, err := lookMany(ctx, s, manyFiles, given)
	tx.Saw(look)
	others := map[int]Merged[replicadb.RawDataFile]{}
	for i, id := range p.IDs {
		if there, ok := known[id]; err == nil && ok && !sameFile(there.Row, p, i) {
			others[i] = there
		}
	}
	return filesDiffer(files, others, pointer)
}

// filesDiffer returns errs.Conflict when some files are registered with other content, by their numbers in the request: it
// shows the first, and points at each.
func filesDiffer(files []api.RawDataFileCreate, others map[int]Merged[replicadb.RawDataFile], pointer func(int) string) error {
	if len(others) == 0 {
		return nil
	}
	numbers := slices.Sorted(maps.Keys(others))
	e := differs("file", fileOf(others[numbers[0]]), files[numbers[0]])
	for _, i := range numbers[:min(len(numbers), maxFindings)] {
		if where := pointer(i); where != "" {
			e.cause = e.cause.At(where, "is registered with other content")
		}
	}
	return e
}

// sameFile tells whether the database would take a registration for the one that is there.
func sameFile(row replicadb.RawDataFile, p maindb.CreateRawDataFilesParams, i int) bool {
	return row.ExecutedObsUnitID == p.ExecutedObsUnitIDs[i] && value(row.RawDataPackageID) == p.RawDataPackageIDs[i] &&
		row.InstrumentModuleID == p.InstrumentModuleIDs[i] && row.Name == p.Names[i] && row.RelativePath == p.RelativePaths[i] &&
		row.FileType == p.FileTypes[i] && row.SizeBytes == p.SizesBytes[i] && row.Checksum == p.Checksums[i] &&
		string(row.ChecksumAlgorithm) == p.ChecksumAlgorithms[i]
}

// registrable checks what the document cannot say. Errors: errs.Invalid.
func registrable(files []api.RawDataFileCreate, pointer func(int) string) error {
	e := errs.New(errs.Invalid, "The files cannot be registered as they are described.")
	type place struct {
		module int32
		path   string
	}
	executions, ids, places := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}, map[place]bool{}
	for i, f := range files {
		executions[f.ExecutedObsUnitID] = true
		if wrong := checkDigits(f.Checksum, f.ChecksumAlgorithm); wrong != "" {
			e = e.At(pointer(i)+"/checksum", wrong)
		}
		if len(f.RelativePath) > maxPathBytes {
			e = e.At(pointer(i)+"/relative_path", fmt.Sprintf("must have at most %d bytes in UTF-8", maxPathBytes))
		}
		at := place{f.InstrumentModuleID, f.RelativePath}
		if places[at] {
			e = e.At(pointer(i)+"/relative_path", "is in this request twice")
		}
		places[at] = true
		if f.ID != nil && ids[*f.ID] {
			e = e.At(pointer(i)+"/id", "is in this request twice")
		}
		if f.ID != nil {
			ids[*f.ID] = true
		}
	}
	if len(executions) > maxExecutionsOfBulk {
		e = e.At("", fmt.Sprintf("must have files of at most %d executions", maxExecutionsOfBulk))
	}
	if len(e.Fields) == 0 {
		return nil
	}
	e.Fields = e.Fields[:min(len(e.Fields), maxFindings)]
	return e
}

// checkDigits returns what is wrong with the length of a checksum; empty when nothing is.
func checkDigits(checksum string, algorithm api.ChecksumAlgorithm) string {
	n := len(checksum)
	switch {
	case algorithm == api.ChecksumAlgorithmMd5 && n != 32:
		return "must have 32 hexadecimal digits for md5"
	case algorithm == api.ChecksumAlgorithmSha256 && n != 64:
		return "must have 64 hexadecimal digits for sha256"
	case algorithm == api.ChecksumAlgorithmXxh3 && n != 16 && n != 32:
		return "must have 16 or 32 hexadecimal digits for xxh3"
	default:
		return ""
	}
}

func fileParams(ids []uuid.UUID, files []api.RawDataFileCreate) maindb.CreateRawDataFilesParams {
	now := instant(time.Now())
	p := maindb.CreateRawDataFilesParams{IDs: ids}
	for _, f := range files {
		p.ExecutedObsUnitIDs = append(p.ExecutedObsUnitIDs, f.ExecutedObsUnitID)
		p.RawDataPackageIDs = append(p.RawDataPackageIDs, value(f.RawDataPackageID))
		p.InstrumentModuleIDs = append(p.InstrumentModuleIDs, f.InstrumentModuleID)
		p.Names = append(p.Names, f.Name)
		p.RelativePaths = append(p.RelativePaths, f.RelativePath)
		p.FileTypes = append(p.FileTypes, value(f.FileType))
		p.SizesBytes = append(p.SizesBytes, f.SizeBytes)
		p.Checksums = append(p.Checksums, strings.ToLower(f.Checksum))
		p.ChecksumAlgorithms = append(p.ChecksumAlgorithms, string(f.ChecksumAlgorithm))
		p.RecordedAts = append(p.RecordedAts, now)
	}
	return p
}

// WithdrawRawDataFile takes a registration back, as this site sees it.
func (s *Server) WithdrawRawDataFile(ctx context.Context, r api.WithdrawRawDataFileRequestObject) (api.WithdrawRawDataFileResponseObject, error) {
	var refs *references
	receipt, err := s.write(ctx, r.Params.IdempotencyKey, func(ctx context.Context, tx *buffer.Transaction) error {
		refs = s.refer(ctx, tx)
		if tx.Seen() {
			return nil
		}
		known, err := s.lookFile(ctx, r.ID)
		tx.Saw(known.Look)
		switch {
		case !known.Found && err != nil:
			return err
		case !known.Found:
			// However old the copy is: what was never seen here cannot be withdrawn as it was seen.
			return unknown("file", r.ID)
		}
		tx.Add(ops.Withdraw(known.Row))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return api.WithdrawRawDataFile200JSONResponse{
		Body:    receiptOf(r.ID, receipt, refs),
		Headers: api.WithdrawRawDataFile200ResponseHeaders{OpsPosition: &receipt.Position, IdempotencyReplayed: replayed(receipt)},
	}, nil
}

// GetRawDataFile reads a registration.
func (s *Server) GetRawDataFile(ctx context.Context, r api.GetRawDataFileRequestObject) (api.GetRawDataFileResponseObject, error) {
	file, err := s.lookFile(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if !file.Found {
		return nil, unknown("file", r.ID)
	}
	return api.GetRawDataFile200JSONResponse{Body: fileOf(file)}, nil
}

// fileOf is a file as a client sees it.
func fileOf(m Merged[replicadb.RawDataFile]) api.RawDataFile {
	row := m.Row
	return api.RawDataFile{
		ID: row.ID, ExecutedObsUnitID: row.ExecutedObsUnitID, RawDataPackageID: nullableOf(row.RawDataPackageID),
		InstrumentModuleID: row.InstrumentModuleID, Name: row.Name, RelativePath: row.RelativePath, FileType: row.FileType,
		SizeBytes: row.SizeBytes, Checksum: row.Checksum, ChecksumAlgorithm: api.ChecksumAlgorithm(row.ChecksumAlgorithm),
		RecordedAt: row.RecordedAt.UTC(), Sync: api.SyncState(m.State), ParkedChanges: m.parkedChanges(),
	}
}
