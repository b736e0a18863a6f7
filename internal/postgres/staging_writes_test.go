package postgres_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// A job that is asked for again has exactly the packages that are named: one that has others does not make up for one that
// cannot be staged.
func TestAStagingJobHasThePackagesThatWereAskedFor(t *testing.T) {
	ctx, a := t.Context(), pgtest.New(t)
	q, conn := newMain(t, a, time.Minute), pgtest.Connect(t, a)
	expectState(t, "execution", q.CreateExecutedObsUnit(ctx, createExecution()), "")
	var packages []uuid.UUID
	for _, path := range []string{"1", "2", "3"} {
		p, f := createPackage(), finalizePackage()
		p.ID, p.RelativePath = uuid.New(), path
		f.ID = p.ID
		expectState(t, "package", q.CreateRawDataPackage(ctx, p), "")
		expectState(t, "package", q.FinalizeRawDataPackage(ctx, f), "")
		packages = append(packages, p.ID)
	}
	first, second, waits := packages[0], packages[1], packages[2]
	execute(t, conn, "update raw_data_package set state = 'transferring' where relative_path <> '3'")
	execute(t, conn, "update raw_data_package set state = 'archived' where relative_path <> '3'")
	var processing int32
	check(t, conn.QueryRow(ctx, "select id from data_location where location_type = 'processing' limit 1").Scan(&processing))
	for name, test := range map[string]struct {
		has, asked []uuid.UUID
		state      string
	}{
		"the same":                             {[]uuid.UUID{first, second}, []uuid.UUID{second, first}, ""},
		"one that waits":                       {nil, []uuid.UUID{first, waits}, "23000"},
		"one that waits beside all it has":     {[]uuid.UUID{first}, []uuid.UUID{first, waits}, "23000"},
		"one that waits instead of one":        {[]uuid.UUID{first, second}, []uuid.UUID{first, waits}, "23000"},
		"one more":                             {[]uuid.UUID{first}, []uuid.UUID{first, second}, "23000"},
		"one less":                             {[]uuid.UUID{first, second}, []uuid.UUID{first}, "23000"},
		"another":                              {[]uuid.UUID{first}, []uuid.UUID{second}, "23000"},
		"one that waits instead of all it has": {[]uuid.UUID{first}, []uuid.UUID{waits}, "23000"},
	} {
		job := maindb.CreateStagingJobParams{ID: uuid.New(), DestinationLocationID: processing, RequestedBy: "ada", CreatedAt: night}
		expectState(t, name, q.CreateStagingJob(ctx, job), "")
		if test.has != nil {
			expectState(t, name, q.AddStagingPackages(ctx, maindb.AddStagingPackagesParams{StagingJobID: job.ID, RawDataPackageIDs: test.has}), "")
		}
		expectState(t, name, q.AddStagingPackages(ctx, maindb.AddStagingPackagesParams{StagingJobID: job.ID, RawDataPackageIDs: test.asked}), test.state)
	}
}
