package postgres_test

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// archiveFiles is how many files the archive of the tests has, each with a copy; five of them are in a package.
const archiveFiles = 1_000_000

// largeTables are those of which no list may read the whole.
var largeTables = []string{
	"raw_data_package", "raw_data_file", "physical_copy", "data_transfer_package", "data_transfer", "data_transfer_log",
	"long_term_archive_transfer", "staging_job", "staging_job_package", "executed_obs_unit",
}

// executions is how many of them the archive of the tests is from.
const executions = 2000

// archived returns a database with so many files in packages, most of them archived long ago; one package in five hundred is
// on its way, and of each kind of trouble there is a little. All that is recorded within five months.
func archived(t *testing.T, files int) postgres.Address {
	t.Helper()
	a := pgtest.New(t)
	conn := pgtest.Connect(t, a)
	statements := []string{
		// In order of time, as those of a site are.
		`create function pg_temp.id(kind text, n bigint) returns uuid language sql immutable as
		 $$ select (lpad(to_hex(ascii(kind)), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$`,
		`alter table raw_data_package enable always trigger archived_inserted`,
		`insert into executed_obs_unit (id, obs_unit_id, site, start_time, recorded_at, status, end_time)
		 select pg_temp.id('execution', n), u.ids[1 + n % cardinality(u.ids)], 'observatory', @night::timestamptz + n * interval '1 hour', now(), 'completed', '2027-01-01'
		 from generate_series(0, @executions::integer - 1) n, (select array_agg(id order by id) as ids from obs_unit) u`,
		`insert into data_transfer_package (id, name, origin_site_id, status, size_bytes, created_at)
		 select pg_temp.id('bundle', n), 'bundle-' || n, 1, (case when n % 100 = 0 then 'in_progress' else 'completed' end)::transfer_status, 20000,
		        @night::timestamptz + n * interval '10 minutes'
		 from generate_series(0, @files::integer / 100 - 1) n`,
		`insert into raw_data_package (id, executed_obs_unit_id, instrument_module_id, name, relative_path, status, state, size_bytes, created_at,
		                               finalized_at, data_transfer_package_id)
		 select pg_temp.id('package', n), pg_temp.id('execution', n % @executions::integer), 1 + (case when n % 1000 = 0 then 1 else 0 end), 'p' || n, 'p' || n,
		        (case when n % 500 = 1 then 'building' else 'complete' end)::package_status,
		        (case when n % 500 = 1 then 'waiting' when n / 20 % 500 = 0 then 'transferring' when n % 1000 = 7 then 'failed' else 'archived' end)::package_state,
		        1000, @night::timestamptz + n * interval '1 minute', case when n % 500 <> 1 then now() end, pg_temp.id('bundle', n / 20)
		 from generate_series(0, @files::integer / 5 - 1) n`,
		`insert into raw_data_file (id, executed_obs_unit_id, raw_data_package_id, instrument_module_id, name, relative_path, size_bytes, checksum, checksum_algorithm, recorded_at)
		 select pg_temp.id('file', n), pg_temp.id('execution', n / 5 % @executions::integer), pg_temp.id('package', n / 5), 1, 'f' || n, 'f' || n, 200, 'x', 'md5', @night::timestamptz
		 from generate_series(0, @files::integer - 1) n`,
		`insert into physical_copy (id, kind, raw_data_file_id, data_location_id, path, status, created_at, verified_at, deleted_at)
		 select pg_temp.id('copy', n), 'raw_data_file', pg_temp.id('file', n), 3, 'f' || n, (case when n % 10 = 0 then 'present' else 'deleted' end)::physical_copy_status,
		        @night::timestamptz + n * interval '10 seconds', @night::timestamptz, case when n % 10 <> 0 then now() end
		 from generate_series(0, @files::integer - 1) n`,
		`insert into physical_copy (id, kind, raw_data_package_id, data_location_id, path, status, created_at, verified_at)
		 select pg_temp.id('tar', n * 16 + l), 'raw_data_package', pg_temp.id('package', n), l,  'p' || n,
		        (case when n % 2000 = 3 and l = 5 then 'deletion_failed' when n % 2000 = 4 and l = 5 then 'deletion_scheduled' else 'present' end)::physical_copy_status,
		        @night::timestamptz + n * interval '1 minute', @night::timestamptz
		 from generate_series(0, @files::integer / 5 - 1) n, unnest('{5,6}'::integer[]) l`,
		`insert into data_transfer (id, data_transfer_package_id, data_transfer_route_id, origin_location_id, destination_location_id, status, unpack_status,
		                            size_bytes, transferred_bytes, created_at, started_at, finished_at, failure)
		 select pg_temp.id('transfer', n), pg_temp.id('bundle', n / 5), 1 + n % 2, 4, 5 + 2 * (n % 2), s.status::transfer_status,
		        (case when s.status = 'completed' and n % 1000 = 1 then 'failed' when s.status = 'completed' then 'completed' else 'pending' end)::transfer_status,
		        20000, case when s.status = 'completed' then 20000 else 0 end, @night::timestamptz + n * interval '2 minutes',
		        case when s.status <> 'pending' then @night::timestamptz + n * interval '2 minutes' end, case when s.status = 'completed' then @night::timestamptz + n * interval '3 minutes' end, null
		 from generate_series(0, @files::integer / 20 - 1) n,
		      lateral (select case n % 500 when 0 then 'in_progress' when 5 then 'failed' when 10 then 'pending' else 'completed' end as status) s`,
		`insert into data_transfer_log (id, data_transfer_id, at, path) select pg_temp.id('log', n), pg_temp.id('transfer', n / 2), @night::timestamptz + n * interval '1 minute', '/log'
		 from generate_series(0, @files::integer / 10 - 1) n`,
		`insert into long_term_archive_transfer (id, raw_data_package_id, destination_location_id, status, created_at, finished_at)
		 select pg_temp.id('lta', n), pg_temp.id('package', n), 6, (case when n % 1000 = 9 then 'failed' else 'completed' end)::transfer_status,
		        @night::timestamptz + n * interval '1 minute', case when n % 1000 <> 9 then now() end
		 from generate_series(0, @files::integer / 5 - 1) n`,
		`insert into staging_job (id, destination_location_id, requested_by, status, created_at, finished_at)
		 select pg_temp.id('job', n), 9, 'user-' || n % 100, (case when n % 500 = 0 then 'pending' else 'completed' end)::staging_status, @night::timestamptz + n * interval '1 minute',
		        case when n % 500 <> 0 then now() end
		 from generate_series(0, @files::integer / 40 - 1) n`,
		`insert into staging_job_package (staging_job_id, raw_data_package_id, staged_at)
		 select pg_temp.id('job', n / 5), pg_temp.id('package', n), case when n / 5 % 500 <> 0 then @night::timestamptz end from generate_series(0, @files::integer / 8 - 1) n`,
		`alter table raw_data_package enable trigger archived_inserted`,
	}
	pgtest.Fill(t, conn, largeTables, func(ctx context.Context, tx pgx.Tx) error {
		for _, sql := range statements {
			if _, err := tx.Exec(ctx, sql, pgx.NamedArgs{"night": night, "files": files, "executions": executions}); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		return nil
	})
	return a
}

// wary explains each query, and fails when one reads a whole large table or takes long.
type wary struct {
	replicadb.DBTX
	t *testing.T
}

// mostPages is how many pages a query of these lists may look at: many times what it should, and far fewer than a filter
// costs that follows no index. Unlike time, it does not depend on what else the machine does.
const mostPages = 100_000

var pagesPattern = regexp.MustCompile(`Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?`)

func (w *wary) look(ctx context.Context, sql string, args []any) {
	w.t.Helper()
	rows, err := w.DBTX.Query(ctx, "explain (analyze, buffers, costs off, timing off) "+sql, args...)
	check(w.t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	check(w.t, err)
	plan := strings.Join(lines, "\n")
	for _, table := range largeTables {
		for line := range strings.Lines(plan) {
			if _, scanned, ok := strings.Cut(strings.TrimSpace(line), "Seq Scan on "); ok && strings.Fields(scanned)[0] == table {
				w.t.Errorf("%v: a whole table is read:\n%s\n%s", args, sql, plan)
			}
		}
	}
	pages := 0
	if found := pagesPattern.FindStringSubmatch(plan); found != nil { // the first node counts for all below it
		for _, number := range found[1:] {
			n, err := strconv.Atoi("0" + number)
			check(w.t, err)
			pages += n
		}
	}
	if pages > mostPages {
		w.t.Errorf("%v: looks at %d pages:\n%s\n%s", args, pages, sql, plan)
	}
}

func (w *wary) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	w.t.Helper()
	w.look(ctx, sql, args)
	return w.DBTX.Query(ctx, sql, args...)
}

func (w *wary) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	w.t.Helper()
	w.look(ctx, sql, args)
	return w.DBTX.QueryRow(ctx, sql, args...)
}

// Every list of what moves data, with every filter, from its beginning and from its middle, and the overview.
func TestListsOfTransfersUseIndexes(t *testing.T) {
	a := archived(t, archiveFiles)
	q := replicadb.New(&wary{DBTX: newReplica(t, a).Any(), t: t})
	for _, before := range []time.Time{always, night.AddDate(0, 0, 10)} {
		listPackages(t, q, before)
		listMovements(t, q, before)
	}
	ctx := t.Context()
	var file, pack, bundle uuid.UUID
	check(t, pgtest.Connect(t, a).QueryRow(ctx, `
		select f.id, p.id, p.data_transfer_package_id from raw_data_file f join raw_data_package p on p.id = f.raw_data_package_id
		where f.name = 'f777'`).Scan(&file, &pack, &bundle))
	copies, err := q.CopiesOfFile(ctx, replicadb.CopiesOfFileParams{ID: &file})
	check(t, err)
	if len(copies) != 3 {
		t.Errorf("%d copies of a file, want 3", len(copies))
	}
	_, err = q.CopiesOfPackage(ctx, replicadb.CopiesOfPackageParams{ID: &pack})
	check(t, err)
	_, err = q.CopiesOfTransferPackage(ctx, replicadb.CopiesOfTransferPackageParams{ID: &bundle})
	check(t, err)
	safety, err := q.SafetyOfFile(ctx, replicadb.SafetyOfFileParams{ID: file})
	check(t, err)
	if safety.Copies != 2 || !safety.InLongTermArchive || !safety.Archived {
		t.Errorf("safety: %+v", safety)
	}
	_, err = q.GetTransferPackage(ctx, replicadb.GetTransferPackageParams{ID: bundle})
	check(t, err)
}

// listPackages asks for pages of packages with all filters.
func listPackages(t *testing.T, q *replicadb.Queries, before time.Time) {
	t.Helper()
	ctx := t.Context()
	execution, bundle := uuid.MustParse("00000000-0000-0000-0000-000000000001"), uuid.MustParse("00000000-0000-0000-0000-000000000002")
	for _, p := range []replicadb.ListPipelinePackagesDescendingParams{
		{},
		{State: new(replicadb.PackageStateArchived)},
		{State: new(replicadb.PackageStateTransferring)},
		{State: new(replicadb.PackageStateFailed)},
		{Status: new(replicadb.PackageStatusBuilding)},
		{Status: new(replicadb.PackageStatusComplete)},
		{Stage: new(int32(0))},
		{Stage: new(int32(1))},
		{Stage: new(int32(3))},
		{Stage: new(int32(5))},
		{StageStatus: new(replicadb.TransferStatusPending)},
		{StageStatus: new(replicadb.TransferStatusFailed)},
		{StageStatus: new(replicadb.TransferStatusCompleted)},
		{Stage: new(int32(3)), StageStatus: new(replicadb.TransferStatusFailed)},
		{Stage: new(int32(5)), StageStatus: new(replicadb.TransferStatusCompleted)},
		{Stage: new(int32(4)), StageStatus: new(replicadb.TransferStatusCompleted)},
		{Stage: new(int32(3)), State: new(replicadb.PackageStateArchived)},
		{Stage: new(int32(3)), InstrumentModuleID: new(int32(1))},
		{StageStatus: new(replicadb.TransferStatusFailed), ObservingProgramID: new(int32(2))},
		{StageStatus: new(replicadb.TransferStatusCompleted), InstrumentModuleID: new(int32(7))},
		{InstrumentModuleID: new(int32(1))},
		{InstrumentModuleID: new(int32(2))},
		{InstrumentModuleID: new(int32(7))},
		{ExecutedObsUnitID: &execution},
		{DataTransferPackageID: &bundle},
		{ObservingProgramID: new(int32(1))},
		{ObservingProgramID: new(int32(2)), State: new(replicadb.PackageStateArchived)},
		{ObservingProgramID: new(int32(9999))},
		{CreatedFrom: night.AddDate(0, 0, 5)},
	} {
		p.BeforeAt, p.RowLimit = before, 101
		_, err := q.ListPipelinePackagesDescending(ctx, p)
		check(t, err)
		_, err = q.ListPipelinePackagesAscending(ctx, replicadb.ListPipelinePackagesAscendingParams{
			State: p.State, Status: p.Status, Stage: p.Stage, StageStatus: p.StageStatus, InstrumentModuleID: p.InstrumentModuleID,
			ExecutedObsUnitID: p.ExecutedObsUnitID, DataTransferPackageID: p.DataTransferPackageID, ObservingProgramID: p.ObservingProgramID,
			CreatedBefore: before, AfterAt: p.CreatedFrom, RowLimit: 101,
		})
		check(t, err)
	}
	for _, p := range []replicadb.ListTransferPackagesParams{
		{},
		{Status: new(replicadb.TransferStatusCompleted)},
		{Status: new(replicadb.TransferStatusInProgress)},
		{Status: new(replicadb.TransferStatusFailed)},
		{OriginSiteID: new(int32(1))},
		{OriginSiteID: new(int32(2))},
	} {
		p.BeforeAt, p.RowLimit = before, 101
		_, err := q.ListTransferPackages(ctx, p)
		check(t, err)
	}
}

// listMovements asks for pages of all else with all filters.
func listMovements(t *testing.T, q *replicadb.Queries, before time.Time) {
	t.Helper()
	ctx, some := t.Context(), uuid.MustParse("00000000-0000-0000-0000-000000000001")
	staged := uuid.MustParse("00000070-0000-7000-8000-000000000007") // pg_temp.id('package', 7)
	statuses := []*replicadb.TransferStatus{
		nil, new(replicadb.TransferStatusPending), new(replicadb.TransferStatusInProgress), new(replicadb.TransferStatusCompleted), new(replicadb.TransferStatusFailed),
	}
	for _, status := range statuses {
		for _, p := range []replicadb.ListTransfersParams{
			{Status: status},
			{UnpackStatus: status},
			{Stalled: new(true), StalledBefore: before, UnpackStatus: status},
			{Stalled: new(false), StalledBefore: before, Status: status},
			{RouteID: new(int32(1)), Status: status},
			{OriginLocationID: new(int32(4)), Status: status},
			{DestinationLocationID: new(int32(9)), Status: status},
			{DataTransferPackageID: &some},
		} {
			p.BeforeAt, p.RowLimit = before, 101
			_, err := q.ListTransfers(ctx, p)
			check(t, err)
		}
		for _, p := range []replicadb.ListArchiveTransfersParams{
			{Status: status}, {DestinationLocationID: new(int32(6)), Status: status}, {DestinationLocationID: new(int32(8))}, {RawDataPackageID: &some},
		} {
			p.BeforeAt, p.RowLimit = before, 101
			_, err := q.ListArchiveTransfers(ctx, p)
			check(t, err)
		}
	}
	for _, p := range []replicadb.ListPhysicalCopiesParams{
		{},
		{LocationID: new(int32(3))},
		{LocationID: new(int32(9))},
		{LocationID: new(int32(3)), Status: new(replicadb.PhysicalCopyStatusPresent)},
		{LocationID: new(int32(6)), Status: new(replicadb.PhysicalCopyStatusDeleted)},
		{Status: new(replicadb.PhysicalCopyStatusPresent)},
		{Status: new(replicadb.PhysicalCopyStatusDeletionFailed)},
		{Kind: new(replicadb.PhysicalCopyKindRawDataPackage)},
		{Kind: new(replicadb.PhysicalCopyKindDataTransferPackage)},
	} {
		p.BeforeAt, p.RowLimit = before, 101
		_, err := q.ListPhysicalCopies(ctx, p)
		check(t, err)
	}
	for _, p := range []replicadb.ListStagingJobsParams{
		{},
		{Status: new(replicadb.StagingStatusPending)},
		{Status: new(replicadb.StagingStatusCompleted)},
		{RequestedBy: new("user-7")},
		{RequestedBy: new("nobody")},
		{LocationID: new(int32(9))},
		{RawDataPackageID: &staged},
		{RawDataPackageID: &some},
	} {
		p.BeforeAt, p.RowLimit = before, 101
		_, err := q.ListStagingJobs(ctx, p)
		check(t, err)
	}
	_, err := q.ListTransferLogs(ctx, replicadb.ListTransferLogsParams{DataTransferID: some, RowLimit: 101})
	check(t, err)
	overview(t, q)
}

// overview asks for all that the overview shows.
func overview(t *testing.T, q *replicadb.Queries) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	counts, err := q.PipelineCounts(ctx)
	check(t, err)
	packages := int64(0)
	for _, c := range counts {
		packages += c.Packages
	}
	if packages != archiveFiles/5 {
		t.Errorf("the stages add up to %d packages, want %d", packages, archiveFiles/5)
	}
	_, err = q.StagingCounts(ctx)
	check(t, err)
	_, err = q.StagedSince(ctx, replicadb.StagedSinceParams{Since: now.AddDate(0, 0, -1)})
	check(t, err)
	_, err = q.DeletionCounts(ctx)
	check(t, err)
	_, err = q.DeletedSince(ctx, replicadb.DeletedSinceParams{Since: now.AddDate(0, 0, -1)})
	check(t, err)
	_, err = q.TransferTotals(ctx, replicadb.TransferTotalsParams{StalledBefore: now, At: now, Since: now.AddDate(0, 0, -1)})
	check(t, err)
	_, err = q.ListActiveTransfers(ctx, replicadb.ListActiveTransfersParams{RowLimit: 200})
	check(t, err)
}
