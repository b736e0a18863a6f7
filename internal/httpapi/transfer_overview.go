package httpapi

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
)

const (
	// shownTransfers is how many transfers that are under way the overview lists.
	shownTransfers = 200
	// overviewDay is how far back the overview counts what was completed.
	overviewDay = 24 * time.Hour
)

// stageNames are the stages of the pipeline in their order.
var stageNames = []api.PipelineStageName{
	api.PipelineStageNameFiling, api.PipelineStageNamePackaging, api.PipelineStageNameBundling, api.PipelineStageNameTransferring,
	api.PipelineStageNameUnpacking, api.PipelineStageNameArchiving, api.PipelineStageNameStaging, api.PipelineStageNameDeletion,
}

const (
	stageStaging  = 6
	stageDeletion = 7
)

// GetTransferOverview tells how all data travel.
func (s *Server) GetTransferOverview(ctx context.Context, _ api.GetTransferOverviewRequestObject) (api.GetTransferOverviewResponseObject, error) {
	overview, err := s.overview.get(ctx)
	if err != nil {
		return nil, err
	}
	return api.GetTransferOverview200JSONResponse{Body: overview}, nil
}

// transferOverview makes an overview of one state of the database.
func (s *Server) transferOverview(ctx context.Context) (o api.TransferOverview, err error) {
	err = s.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		at := time.Now().UTC()
		o = api.TransferOverview{At: at, Stages: make([]api.PipelineStage, len(stageNames)), Transfers: []api.Transfer{}}
		for i, name := range stageNames {
			o.Stages[i] = api.PipelineStage{Stage: int32(i), Name: name}
		}
		if err := countPipeline(ctx, q, &o); err != nil {
			return err
		}
		if err := countAround(ctx, q, &o); err != nil {
			return err
		}
		totals, err := q.TransferTotals(ctx, replicadb.TransferTotalsParams{StalledBefore: at.Add(-s.stalled), At: at, Since: at.Add(-overviewDay)})
		if err != nil {
			return err
		}
		totalTransfers(&o, totals)
		active, err := q.ListActiveTransfers(ctx, replicadb.ListActiveTransfersParams{RowLimit: shownTransfers})
		for _, t := range active {
			o.Transfers = append(o.Transfers, s.transferAt(t, at))
		}
		return err
	})
	return o, err
}

// countPipeline counts raw data packages at the stages at which each of them is once.
func countPipeline(ctx context.Context, q *replicadb.Queries, o *api.TransferOverview) error {
	rows, err := q.PipelineCounts(ctx)
	for _, row := range rows {
		tally(&o.Stages[row.Stage], row.StageStatus, row.Packages, row.Bytes)
		o.TotalPackages += row.Packages
		o.TotalBytes += row.Bytes
	}
	return err
}

// countAround counts what is done with packages that are archived.
func countAround(ctx context.Context, q *replicadb.Queries, o *api.TransferOverview) error {
	staging, deletion := &o.Stages[stageStaging], &o.Stages[stageDeletion]
	jobs, err := q.StagingCounts(ctx)
	if err != nil {
		return err
	}
	for _, row := range jobs {
		tally(staging, replicadb.TransferStatus(row.Status), row.Packages, row.Bytes)
	}
	staged, err := q.StagedSince(ctx, replicadb.StagedSinceParams{Since: o.At.Add(-overviewDay)})
	if err != nil {
		return err
	}
	tally(staging, replicadb.TransferStatusCompleted, staged.Packages, staged.Bytes)
	copies, err := q.DeletionCounts(ctx)
	if err != nil {
		return err
	}
	for _, row := range copies {
		status := replicadb.TransferStatusFailed
		switch row.Status {
		case replicadb.PhysicalCopyStatusDeletionScheduled:
			status = replicadb.TransferStatusScheduled
		case replicadb.PhysicalCopyStatusDeletionInProgress:
			status = replicadb.TransferStatusInProgress
		default:
		}
		tally(deletion, status, row.Packages, row.Bytes)
	}
	deleted, err := q.DeletedSince(ctx, replicadb.DeletedSinceParams{Since: o.At.Add(-overviewDay)})
	tally(deletion, replicadb.TransferStatusCompleted, deleted.Packages, deleted.Bytes)
	return err
}

func tally(stage *api.PipelineStage, status replicadb.TransferStatus, packages, bytes int64) {
	stage.Packages += packages
	stage.Bytes += bytes
	switch status {
	case replicadb.TransferStatusPending:
		stage.Pending += packages
	case replicadb.TransferStatusScheduled:
		stage.Scheduled += packages
	case replicadb.TransferStatusInProgress:
		stage.InProgress += packages
	case replicadb.TransferStatusCompleted:
		stage.Completed += packages
	case replicadb.TransferStatusFailed:
		stage.Failed += packages
	}
}

// totalTransfers takes in what is under way between sites, and what has failed.
func totalTransfers(o *api.TransferOverview, t replicadb.TransferTotalsRow) {
	o.ActiveTransfers, o.StalledTransfers = t.Active, t.Stalled
	o.BandwidthBytesS, o.RemainingBytes, o.TransferredBytesDay = t.Bandwidth, t.RemainingBytes, t.TransferredBytes
	o.ETASeconds = nullableOf(eta(t.RemainingBytes, t.Bandwidth))
	o.OldestUnarchived, o.OldestUnarchivedSeconds = nullableOf[time.Time](nil), nullableOf[float64](nil)
	if t.OldestUnarchived.Unix() != 0 { // which stands for none
		o.OldestUnarchived = nullableOf(utc(&t.OldestUnarchived))
		o.OldestUnarchivedSeconds = nullableOf(new(max(o.At.Sub(t.OldestUnarchived).Seconds(), 0)))
	}
	o.Failures = api.TransferFailures{
		Packages: t.FailedPackages, Transfers: t.FailedTransfers, Unpackings: t.FailedUnpackings,
		ArchiveTransfers: t.FailedArchiveTransfers, StagingJobs: t.FailedStagingJobs, Deletions: t.FailedDeletions,
	}
}

// eta is in how many seconds so many bytes are through at a bandwidth, nil when they never are.
func eta(bytes int64, bandwidth float64) *float64 {
	if bytes > 0 && bandwidth <= 0 {
		return nil
	}
	if bytes == 0 {
		return new(float64)
	}
	return new(float64(bytes) / bandwidth)
}

// leastElapsed keeps what began this moment from being infinitely fast.
const leastElapsed = time.Millisecond

// transferAt is a transfer as clients see it at a time.
func (s *Server) transferAt(t replicadb.DataTransfer, at time.Time) api.Transfer {
	v := api.Transfer{
		ID: t.ID, DataTransferPackageID: t.DataTransferPackageID, RouteID: t.DataTransferRouteID, OriginLocationID: t.OriginLocationID,
		DestinationLocationID: t.DestinationLocationID, Status: api.TransferStatus(t.Status), UnpackStatus: api.TransferStatus(t.UnpackStatus),
		RetryCount: t.RetryCount, SizeBytes: t.SizeBytes, TransferredBytes: t.TransferredBytes, Failure: nullableOf(t.Failure),
		CreatedAt: t.CreatedAt.UTC(), StartedAt: nullableOf(utc(t.StartedAt)), ProgressAt: nullableOf(utc(t.ProgressAt)),
		FinishedAt: nullableOf(utc(t.FinishedAt)), UnpackedAt: nullableOf(utc(t.UnpackedAt)),
		BandwidthBytesS: nullableOf[float64](nil), ETASeconds: nullableOf[float64](nil),
	}
	pace := func(until time.Time) float64 {
		return float64(t.TransferredBytes) / max(until.Sub(*t.StartedAt), leastElapsed).Seconds()
	}
	switch {
	case t.Status == replicadb.TransferStatusInProgress:
		v.Stalled = at.Sub(lastProgress(t)) > s.stalled
		if t.StartedAt == nil {
			break
		}
		bandwidth := pace(at)
		v.BandwidthBytesS = nullableOf(&bandwidth)
		if !v.Stalled {
			v.ETASeconds = nullableOf(eta(t.SizeBytes-t.TransferredBytes, bandwidth))
		}
	case t.FinishedAt != nil && t.StartedAt != nil:
		v.BandwidthBytesS = nullableOf(new(pace(*t.FinishedAt)))
	}
	return v
}

// lastProgress is when a transfer moved last.
func lastProgress(t replicadb.DataTransfer) time.Time {
	switch {
	case t.ProgressAt != nil:
		return *t.ProgressAt
	case t.StartedAt != nil:
		return *t.StartedAt
	default:
		return t.CreatedAt
	}
}

// shared lets callers who ask at the same time share an answer. Who comes while one is being made waits for the next, so
// that no answer is older than its question, and only one is made at a time.
type shared[T any] struct {
	make func(context.Context) (T, error)
	turn chan struct{} // holds one while an answer is made

	mu   sync.Mutex
	next *gathering[T] // which who comes now takes part in; nil: nobody waits
}

// gathering is one answer, for all who wait for it.
type gathering[T any] struct {
	done  chan struct{}
	value T
	err   error
}

func newShared[T any](f func(context.Context) (T, error)) *shared[T] {
	return &shared[T]{make: f, turn: make(chan struct{}, 1)}
}

// get returns an answer that was made after the call.
func (s *shared[T]) get(ctx context.Context) (T, error) {
	s.mu.Lock()
	r := s.next
	if r == nil {
		r = &gathering[T]{done: make(chan struct{}), err: errors.New("the answer could not be made")}
		s.next = r
		s.mu.Unlock()
		// Others wait for it: it must not be cut short because this client goes away.
		s.lead(context.WithoutCancel(ctx), r)
		return r.value, r.err
	}
	s.mu.Unlock()
	select {
	case <-r.done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

func (s *shared[T]) lead(ctx context.Context, r *gathering[T]) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.mu.Lock()
	s.next = nil
	s.mu.Unlock()
	defer close(r.done) // when it panics, too
	r.value, r.err = s.make(ctx)
}
