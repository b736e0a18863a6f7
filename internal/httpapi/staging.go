package httpapi

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// ListStagingJobs lists staging jobs.
func (s *Server) ListStagingJobs(ctx context.Context, r api.ListStagingJobsRequestObject) (api.ListStagingJobsResponseObject, error) {
	at, id, err := newestFirst(listStaging, r.Params.Cursor, nil)
	if err != nil {
		return nil, err
	}
	p := replicadb.ListStagingJobsParams{
		Status: (*replicadb.StagingStatus)(r.Params.Status), LocationID: r.Params.LocationID, RawDataPackageID: r.Params.RawDataPackageID,
		BeforeAt: at, BeforeID: id, RowLimit: pageSize(r.Params.Limit),
	}
	if value(r.Params.Mine) {
		p.RequestedBy = &exchangeOf(ctx).principal.Name
	}
	rows, err := s.replica.ListStagingJobs(ctx, p)
	if err != nil {
		return nil, err
	}
	var page api.StagingJobPage
	page.Items, page.NextCursor = timePage(listStaging, r.Params.Limit, rows,
		func(j replicadb.ListStagingJobsRow) (time.Time, uuid.UUID) { return j.CreatedAt, j.ID },
		func(j replicadb.ListStagingJobsRow) api.StagingJob {
			return stagingJobOf(replicadb.GetStagingJobRow(j))
		})
	return api.ListStagingJobs200JSONResponse{Body: page}, nil
}

// GetStagingJob reads a staging job with the progress of each package.
func (s *Server) GetStagingJob(ctx context.Context, r api.GetStagingJobRequestObject) (api.GetStagingJobResponseObject, error) {
	var body api.StagingJobDetail
	err := s.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		row, err := q.GetStagingJob(ctx, replicadb.GetStagingJobParams{ID: r.ID})
		if err != nil {
			return noRow(err, "There is no staging job %s.", r.ID)
		}
		packages, err := q.ListStagedPackages(ctx, replicadb.ListStagedPackagesParams{ID: r.ID})
		j := stagingJobOf(row)
		body = api.StagingJobDetail{
			ID: j.ID, DestinationLocationID: j.DestinationLocationID, Status: j.Status, RequestedBy: j.RequestedBy, Reason: j.Reason,
			Packages: j.Packages, PackagesStaged: j.PackagesStaged, Bytes: j.Bytes, BytesStaged: j.BytesStaged, RetryCount: j.RetryCount,
			Failure: j.Failure, CreatedAt: j.CreatedAt, StartedAt: j.StartedAt, FinishedAt: j.FinishedAt, CancelledBy: j.CancelledBy,
			RawDataPackages: make([]api.StagedPackage, len(packages)),
		}
		for i, p := range packages {
			body.RawDataPackages[i] = api.StagedPackage{
				RawDataPackageID: p.RawDataPackageID, Name: p.Name, SizeBytes: nullableOf(p.SizeBytes), StagedAt: nullableOf(utc(p.StagedAt)),
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.GetStagingJob200JSONResponse{Body: body}, nil
}

// CreateStagingJob asks for packages to be brought back from an archive.
func (s *Server) CreateStagingJob(ctx context.Context, r api.CreateStagingJobRequestObject) (api.CreateStagingJobResponseObject, error) {
	var (
		job  replicadb.GetStagingJobRow
		seen bool
	)
	build := func(ctx context.Context, tx *buffer.Transaction) error {
		seen = tx.Seen()
		job = replicadb.GetStagingJobRow{
			ID: tx.RecordID(r.Body.ID), DestinationLocationID: r.Body.DestinationLocationID, Status: replicadb.StagingStatusPending,
			RequestedBy: exchangeOf(ctx).principal.Name, Reason: value(r.Body.Reason), CreatedAt: instant(time.Now()),
			Packages: int64(len(r.Body.RawDataPackageIDs)),
		}
		refs := s.refer(ctx, tx)
		s.referProcessing(ctx, refs, r.Body.DestinationLocationID)
		job.Bytes = s.referStaged(ctx, refs, r.Body.RawDataPackageIDs)
		tx.Add(
			ops.CreateStagingJob.With(maindb.CreateStagingJobParams{
				ID: job.ID, DestinationLocationID: job.DestinationLocationID, RequestedBy: job.RequestedBy, Reason: job.Reason, CreatedAt: job.CreatedAt,
			}),
			ops.AddStagingPackages.With(maindb.AddStagingPackagesParams{StagingJobID: job.ID, RawDataPackageIDs: r.Body.RawDataPackageIDs}),
		)
		return refs.refused()
	}
	if value(r.Params.DryRun) {
		x := exchangeOf(ctx)
		if err := s.buffer.Rehearse(ctx, buffer.Request{Operation: x.operation.id, Principal: x.principal.Name}, build); err != nil {
			return nil, err
		}
		return api.CreateStagingJob200JSONResponse(stagingJobOf(job)), nil
	}
	receipt, err := s.create(ctx, r.Params.IdempotencyKey, r.Body.ID != nil, build)
	if err != nil {
		return nil, err
	}
	again := receipt
	again.Replayed = receipt.Replayed || seen
	// Who sends a request again gets the job as it is, not as it was.
	if job, err = afresh(ctx, s, again, job, s.stagingJob(job.ID)); err != nil {
		return nil, err
	}
	location := "/staging/" + job.ID.String()
	return api.CreateStagingJob201JSONResponse{Body: stagingJobOf(job), Headers: api.CreateStagingJob201ResponseHeaders{
		Location: &location, OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

// referProcessing looks up where packages are to be brought.
func (s *Server) referProcessing(ctx context.Context, r *references, id int32) {
	const pointer = "/destination_location_id"
	rows, err := s.replica.ListLocations(ctx)
	found := false
	for _, l := range rows {
		if l.ID != id {
			continue
		}
		found = true
		switch {
		case l.LocationType != replicadb.LocationTypeProcessing:
			r.contradict(pointer, "is a location of type "+string(l.LocationType)+", not processing")
		case !l.Active:
			r.contradict(pointer, "is not active: nothing new goes there")
		}
	}
	r.note(found, err, pointer, fmt.Sprintf("location %d", id))
}

// referStaged looks up what is to be brought back and returns how large it is.
func (s *Server) referStaged(ctx context.Context, r *references, ids []uuid.UUID) int64 {
	rows, err := s.replica.PackagesToStage(ctx, replicadb.PackagesToStageParams{IDs: ids})
	known := make(map[uuid.UUID]replicadb.PackagesToStageRow, len(rows))
	for _, row := range rows {
		known[row.ID] = row
	}
	var bytes int64
	seen := make(map[uuid.UUID]bool, len(ids))
	for i, id := range ids {
		pointer := "/raw_data_package_ids/" + strconv.Itoa(i)
		if seen[id] { // in other letters, or the document would refuse it
			r.contradict(pointer, "is in this request twice")
		}
		seen[id] = true
		row, ok := known[id]
		r.note(ok, err, pointer, "package "+id.String())
		if ok && row.State != replicadb.PackageStateArchived {
			r.contradict(pointer, "the package is "+string(row.State)+", not archived")
		}
		bytes += value(row.SizeBytes)
	}
	return bytes
}

// stagingJob reads a staging job as this site has it.
func (s *Server) stagingJob(id uuid.UUID) func(context.Context) (replicadb.GetStagingJobRow, error) {
	return func(ctx context.Context) (replicadb.GetStagingJobRow, error) {
		job, err := s.replica.GetStagingJob(ctx, replicadb.GetStagingJobParams{ID: id})
		return job, noRow(err, "There is no staging job %s.", id)
	}
}

// CancelStagingJob cancels a staging job.
func (s *Server) CancelStagingJob(ctx context.Context, r api.CancelStagingJobRequestObject) (api.CancelStagingJobResponseObject, error) {
	read := s.stagingJob(r.ID)
	var job replicadb.GetStagingJobRow
	receipt, err := s.write(ctx, r.Params.IdempotencyKey, func(ctx context.Context, tx *buffer.Transaction) (err error) {
		if job, err = read(ctx); err != nil || tx.Seen() {
			return err
		}
		p := maindb.CancelStagingJobParams{ID: r.ID, FinishedAt: instant(time.Now()), CancelledBy: exchangeOf(ctx).principal.Name}
		tx.Add(ops.CancelStagingJob.With(p))
		job.Status, job.FinishedAt, job.CancelledBy = replicadb.StagingStatusCancelled, &p.FinishedAt, &p.CancelledBy
		return nil
	})
	if err != nil {
		return nil, err
	}
	if job, err = afresh(ctx, s, receipt, job, read); err != nil {
		return nil, err
	}
	return api.CancelStagingJob200JSONResponse{Body: stagingJobOf(job), Headers: api.CancelStagingJob200ResponseHeaders{
		OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

// ResetStagingJob tries a failed staging job again.
func (s *Server) ResetStagingJob(ctx context.Context, r api.ResetStagingJobRequestObject) (api.ResetStagingJobResponseObject, error) {
	read := s.stagingJob(r.ID)
	var job replicadb.GetStagingJobRow
	receipt, err := s.write(ctx, r.Params.IdempotencyKey, func(ctx context.Context, tx *buffer.Transaction) (err error) {
		if job, err = read(ctx); err != nil || tx.Seen() {
			return err
		}
		tx.Add(ops.ResetStagingJob.With(maindb.ResetStagingJobParams{ID: r.ID, RetryCount: job.RetryCount}))
		job.Status, job.RetryCount, job.Failure, job.StartedAt = replicadb.StagingStatusPending, job.RetryCount+1, nil, nil
		return nil
	})
	if err != nil {
		return nil, err
	}
	if job, err = afresh(ctx, s, receipt, job, read); err != nil {
		return nil, err
	}
	return api.ResetStagingJob200JSONResponse{Body: stagingJobOf(job), Headers: api.ResetStagingJob200ResponseHeaders{
		OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

func stagingJobOf(j replicadb.GetStagingJobRow) api.StagingJob {
	return api.StagingJob{
		ID: j.ID, DestinationLocationID: j.DestinationLocationID, Status: api.StagingStatus(j.Status), RequestedBy: j.RequestedBy,
		Reason: j.Reason, Packages: j.Packages, PackagesStaged: j.PackagesStaged, Bytes: j.Bytes, BytesStaged: j.BytesStaged,
		RetryCount: j.RetryCount, Failure: nullableOf(j.Failure), CreatedAt: j.CreatedAt.UTC(), StartedAt: nullableOf(utc(j.StartedAt)),
		FinishedAt: nullableOf(utc(j.FinishedAt)), CancelledBy: nullableOf(j.CancelledBy),
	}
}
