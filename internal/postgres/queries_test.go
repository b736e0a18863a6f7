package postgres_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/lsn"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// The ids of the records that the tests of this file make.
var (
	executionID = uuid.MustParse("0198f2c4-6a00-7cc3-98c4-dc0c0c07398f")
	packageID   = uuid.MustParse("0198f2c4-6a01-7cc3-98c4-dc0c0c07398f")
	fileID      = uuid.MustParse("0198f2c4-6a02-7cc3-98c4-dc0c0c07398f")
	otherFileID = uuid.MustParse("0198f2c4-6a03-7cc3-98c4-dc0c0c07398f")
)

func createExecution() maindb.CreateExecutedObsUnitParams {
	return maindb.CreateExecutedObsUnitParams{
		ID: executionID, ObsUnitID: 1, Site: "observatory", StartTime: night, Observer: "night-shift", Comment: "Orion A, scan 1",
		Conditions: json.RawMessage(`{"pwv_mm": 0.41}`), RecordedAt: night,
	}
}

func finishExecution() maindb.FinishExecutedObsUnitParams {
	comment, conditions := "Orion A, scan 1", json.RawMessage(`{"pwv_mm": 0.42}`)
	return maindb.FinishExecutedObsUnitParams{
		ID: executionID, Status: maindb.ObservationStatusCompleted, EndTime: night.Add(9 * time.Minute), Comment: &comment,
		Conditions: &conditions, FinishedBy: "scheduler",
	}
}

func createPackage() maindb.CreateRawDataPackageParams {
	return maindb.CreateRawDataPackageParams{
		ID: packageID, ExecutedObsUnitID: executionID, InstrumentModuleID: 1, Name: "17841.tar", RelativePath: "17841", CreatedAt: night,
	}
}

func finalizePackage() maindb.FinalizeRawDataPackageParams {
	size, checksum, algorithm := int64(1<<40), "d41d8cd98f00b204e9800998ecf8427e", maindb.ChecksumAlgorithmMd5
	return maindb.FinalizeRawDataPackageParams{
		ID: packageID, SizeBytes: &size, Checksum: &checksum, ChecksumAlgorithm: &algorithm, FinalizedAt: night,
	}
}

func createFiles(ids ...uuid.UUID) maindb.CreateRawDataFilesParams {
	var p maindb.CreateRawDataFilesParams
	for i, id := range ids {
		p.IDs = append(p.IDs, id)
		p.ExecutedObsUnitIDs = append(p.ExecutedObsUnitIDs, executionID)
		p.RawDataPackageIDs = append(p.RawDataPackageIDs, uuid.Nil)
		p.InstrumentModuleIDs = append(p.InstrumentModuleIDs, 1)
		p.Names = append(p.Names, "r01d1_1784114400.g3")
		p.RelativePaths = append(p.RelativePaths, "17841/rfsoc01drone1/"+strings.Repeat("x", i)+"r01d1_1784114400_000.g3")
		p.FileTypes = append(p.FileTypes, "g3")
		p.SizesBytes = append(p.SizesBytes, 1<<31)
		p.Checksums = append(p.Checksums, "99aa06d3014798d86001c324468d497f")
		p.ChecksumAlgorithms = append(p.ChecksumAlgorithms, "md5")
		p.RecordedAts = append(p.RecordedAts, night)
	}
	return p
}

func assignFiles() maindb.AssignRawDataFilesParams {
	return maindb.AssignRawDataFilesParams{IDs: []uuid.UUID{fileID}, RawDataPackageID: packageID}
}

func deleteFile() maindb.DeleteRawDataFileParams {
	p := createFiles(fileID)
	return maindb.DeleteRawDataFileParams{ID: fileID, Checksum: p.Checksums[0], SizeBytes: p.SizesBytes[0]}
}

// write is one bufferable write, applied in the order of the list.
type write struct {
	name     string
	apply    func(*maindb.Queries) error // as the client sent it
	altered  func(*maindb.Queries) error // the same record with other content
	missing  string                      // SQLSTATE when what it needs is not there
	conflict string                      // SQLSTATE of altered after apply
	repeats  bool                        // apply after apply changes nothing
}

func writes(t *testing.T) []write {
	ctx := t.Context()
	return []write{
		{
			"create execution",
			func(q *maindb.Queries) error {
				p := createExecution()
				p.ObsUnitID = 1
				return q.CreateExecutedObsUnit(ctx, p)
			},
			func(q *maindb.Queries) error {
				p := createExecution()
				p.Comment = "?"
				return q.CreateExecutedObsUnit(ctx, p)
			},
			"23503", "23000", true,
		},
		{
			"create package",
			func(q *maindb.Queries) error { return q.CreateRawDataPackage(ctx, createPackage()) },
			func(q *maindb.Queries) error {
				p := createPackage()
				p.Name = "?"
				return q.CreateRawDataPackage(ctx, p)
			},
			"23503", "23000", true,
		},
		{
			"create files",
			func(q *maindb.Queries) error { return q.CreateRawDataFiles(ctx, createFiles(fileID)) },
			func(q *maindb.Queries) error {
				p := createFiles(fileID)
				p.SizesBytes[0]++
				return q.CreateRawDataFiles(ctx, p)
			},
			"23503", "23000", true,
		},
		{
			"assign files",
			func(q *maindb.Queries) error { return q.AssignRawDataFiles(ctx, assignFiles()) },
			func(q *maindb.Queries) error {
				p := assignFiles()
				p.RawDataPackageID = uuid.New()
				return q.AssignRawDataFiles(ctx, p)
			},
			"P0002", "23000", true,
		},
		{
			"finish execution",
			func(q *maindb.Queries) error { return q.FinishExecutedObsUnit(ctx, finishExecution()) },
			func(q *maindb.Queries) error {
				p := finishExecution()
				p.EndTime = p.EndTime.Add(time.Second)
				return q.FinishExecutedObsUnit(ctx, p)
			},
			"P0002", "23000", true,
		},
		{
			"finalize package",
			func(q *maindb.Queries) error { return q.FinalizeRawDataPackage(ctx, finalizePackage()) },
			func(q *maindb.Queries) error {
				p := finalizePackage()
				p.Checksum, p.ChecksumAlgorithm = nil, nil
				return q.FinalizeRawDataPackage(ctx, p)
			},
			"P0002", "23000", true,
		},
		{
			"delete file",
			func(q *maindb.Queries) error { return q.DeleteRawDataFile(ctx, deleteFile()) },
			func(q *maindb.Queries) error { p := deleteFile(); p.SizeBytes++; return q.DeleteRawDataFile(ctx, p) },
			"P0002", "P0002", false,
		},
	}
}

func expectState(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := postgres.SQLState(err); got != want || (want == "") != (err == nil) {
		t.Errorf("%s: SQLSTATE %q of %v, want %q", what, got, err, want)
	}
}

// A flight carries its own COMMIT: a write that finds nothing must fail in the database.
func TestWritesToAnEmptyDatabaseFail(t *testing.T) {
	a := pgtest.New(t)
	execute(t, pgtest.Connect(t, a), "truncate obs_unit cascade; truncate instrument_module cascade")
	q := newMain(t, a, time.Minute)
	for _, w := range writes(t) {
		expectState(t, w.name, w.apply(q.Queries), w.missing)
	}
	expectState(t, "empty ledger", q.RecordTransactions(t.Context(), maindb.RecordTransactionsParams{Site: "observatory"}), "P0002")
	expectState(t, "advance", q.Advance(t.Context(), maindb.AdvanceParams{Site: "observatory", Fence: 1, Batch: 1}), "OD001")
}

func TestEqualContentIsNoChangeAndOtherContentAConflict(t *testing.T) {
	q := newMain(t, pgtest.New(t), time.Minute)
	for _, w := range writes(t) {
		expectState(t, w.name, w.apply(q.Queries), "")
		again := ""
		if !w.repeats {
			again = "P0002"
		}
		expectState(t, w.name+" again", w.apply(q.Queries), again)
		err := w.altered(q.Queries)
		expectState(t, w.name+" altered", err, w.conflict)
		database, ok := errors.AsType[*pgconn.PgError](err)
		if ok && w.conflict == "23000" && !json.Valid([]byte(database.Detail)) {
			t.Errorf("%s altered: no record in the detail %q", w.name, database.Detail)
		}
	}
}

func TestDeleteRefusesARecordThatHasChanged(t *testing.T) {
	q := newMain(t, pgtest.New(t), time.Minute)
	for _, w := range writes(t)[:3] {
		expectState(t, w.name, w.apply(q.Queries), "")
	}
	p := deleteFile()
	p.Checksum = "other"
	expectState(t, "delete", q.DeleteRawDataFile(t.Context(), p), "23000")
	expectState(t, "delete", q.DeleteRawDataFile(t.Context(), deleteFile()), "")
}

func TestACompletePackageTakesNoMoreFiles(t *testing.T) {
	ctx := t.Context()
	q := newMain(t, pgtest.New(t), time.Minute)
	for _, w := range writes(t)[:4] {
		expectState(t, w.name, w.apply(q.Queries), "")
	}
	other := createFiles(otherFileID)
	other.RelativePaths[0] = "other"
	expectState(t, "another file", q.CreateRawDataFiles(ctx, other), "")
	both := maindb.AssignRawDataFilesParams{IDs: []uuid.UUID{fileID, otherFileID}, RawDataPackageID: packageID}
	expectState(t, "finalize", q.FinalizeRawDataPackage(ctx, finalizePackage()), "")
	err := q.AssignRawDataFiles(ctx, both)
	expectState(t, "one more", err, "23000")
	if database, ok := errors.AsType[*pgconn.PgError](err); !ok || !strings.Contains(database.Detail, packageID.String()) {
		t.Errorf("the detail does not show the package: %v", err)
	}
	expectState(t, "what is in it", q.AssignRawDataFiles(ctx, assignFiles()), "")
	both.IDs[1] = uuid.New()
	expectState(t, "a file that is none", q.AssignRawDataFiles(ctx, both), "P0002")
}

func TestAFileRegisteredTwiceKeepsItsFirstID(t *testing.T) {
	a := pgtest.New(t)
	q, conn := newMain(t, a, time.Minute), pgtest.Connect(t, a)
	for _, w := range writes(t)[:3] {
		expectState(t, w.name, w.apply(q.Queries), "")
	}
	for range 2 {
		expectState(t, "with another id", q.CreateRawDataFiles(t.Context(), createFiles(otherFileID)), "")
	}
	var files, aliases int
	check(t, conn.QueryRow(t.Context(), `select (select count(*) from raw_data_file),
		(select count(*) from record_alias where id = $1 and same_as = $2)`, otherFileID, fileID).Scan(&files, &aliases))
	if files != 1 || aliases != 1 {
		t.Errorf("%d files, %d aliases", files, aliases)
	}
	elsewhere := createFiles(fileID)
	elsewhere.RelativePaths[0] = "elsewhere"
	expectState(t, "the id of another file", q.CreateRawDataFiles(t.Context(), elsewhere), "23505")
}

func TestABulkIsAllOrNothing(t *testing.T) {
	a := pgtest.New(t)
	q, conn := newMain(t, a, time.Minute), pgtest.Connect(t, a)
	for _, w := range writes(t)[:3] {
		expectState(t, w.name, w.apply(q.Queries), "")
	}
	p := createFiles(fileID, otherFileID)
	p.Checksums[0] = "other"
	err := q.CreateRawDataFiles(t.Context(), p)
	expectState(t, "one of two differs", err, "23000")
	if database, ok := errors.AsType[*pgconn.PgError](err); ok && !strings.Contains(database.Detail, fileID.String()) {
		t.Errorf("the detail does not name the file: %s", database.Detail)
	}
	var files int
	check(t, conn.QueryRow(t.Context(), "select count(*) from raw_data_file").Scan(&files))
	if files != 1 {
		t.Errorf("%d files, want 1", files)
	}
	expectState(t, "one of two is known", q.CreateRawDataFiles(t.Context(), createFiles(fileID, otherFileID)), "")
}

func TestEveryWriteOfAWatchedTableLeavesAnEvent(t *testing.T) {
	a := pgtest.New(t)
	q, conn := newMain(t, a, time.Minute), pgtest.Connect(t, a)
	for _, w := range writes(t) {
		execute(t, conn, "delete from event_outbox")
		expectState(t, w.name, w.apply(q.Queries), "")
		var events int
		check(t, conn.QueryRow(t.Context(), "select count(*) from event_outbox").Scan(&events))
		if events != 1 {
			t.Errorf("%s: %d events", w.name, events)
		}
	}
}

func TestLedgerKeepsAndPrunes(t *testing.T) {
	a := pgtest.New(t)
	m := newMain(t, a, time.Minute)
	ids := []uuid.UUID{uuid.New(), uuid.New()}
	entries := maindb.RecordTransactionsParams{
		Site: "observatory", Batch: 7, IDs: ids, Operations: []string{"a", "b"}, Principals: []string{"p", "p"},
		Fingerprints: []string{"f", "g"}, Outcomes: []string{"applied", "replaced"}, Replaces: []uuid.UUID{uuid.Nil, ids[0]},
		Audits: []string{"[]", `[{"by": "p"}]`}, AcceptedAts: []time.Time{night, night},
	}
	expectState(t, "record", m.RecordTransactions(t.Context(), entries), "")
	expectState(t, "record again", m.RecordTransactions(t.Context(), entries), "23505")
	known, err := m.KnownTransactions(t.Context(), maindb.KnownTransactionsParams{IDs: append(ids, uuid.New())})
	check(t, err)
	if len(known) != 2 {
		t.Errorf("known: %v", known)
	}
	for _, want := range []int64{1, 1, 0} {
		pruned, err := m.PruneLedger(t.Context(), maindb.PruneLedgerParams{Before: time.Now().Add(time.Hour), RowLimit: 1})
		check(t, err)
		if pruned != want {
			t.Errorf("%d rows pruned, want %d", pruned, want)
		}
	}
	known, err = m.KnownTransactions(t.Context(), maindb.KnownTransactionsParams{IDs: ids})
	check(t, err)
	if len(known) != 0 {
		t.Errorf("known after pruning: %v", known)
	}
}

func TestPositionsAreReadOnBothSides(t *testing.T) {
	a := pgtest.New(t)
	m, r := newMain(t, a, time.Minute), newReplica(t, a)
	check(t, m.Beat(t.Context()))
	position, err := m.WALPosition(t.Context())
	check(t, err)
	heartbeat, err := r.Heartbeat(t.Context())
	check(t, err)
	if heartbeat.LSN == 0 || heartbeat.LSN > position.LSN {
		t.Errorf("heartbeat at %s, log at %s", heartbeat.LSN, position.LSN)
	}
	info, err := r.ServerInfo(t.Context())
	check(t, err)
	if info.Standby || info.ServerVersion == "" {
		t.Errorf("server: %+v", info)
	}
	var none lsn.LSN
	if position.LSN.Behind(none) != 0 {
		t.Error("a position is behind none")
	}
}
