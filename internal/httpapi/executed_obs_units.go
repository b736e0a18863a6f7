package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// StartExecutedObsUnit records the start of an execution.
func (s *Server) StartExecutedObsUnit(ctx context.Context, r api.StartExecutedObsUnitRequestObject) (api.StartExecutedObsUnitResponseObject, error) {
	var (
		p    maindb.CreateExecutedObsUnitParams
		refs *references
	)
	receipt, err := s.create(ctx, r.Params.IdempotencyKey, r.Body.ID != nil, func(ctx context.Context, tx *buffer.Transaction) error {
		refs = s.refer(ctx, tx)
		p = s.startParams(tx.RecordID(r.Body.ID), *r.Body)
		if err := s.startedBefore(ctx, tx, r.Body, &p); err != nil {
			return err
		}
		missing, err := s.units.missing(ctx, []int32{p.ObsUnitID})
		refs.noteID(p.ObsUnitID, missing, err, "/obs_unit_id", "observation unit")
		tx.Add(ops.StartObservation.With(p))
		return refs.refused()
	})
	if err != nil {
		return nil, err
	}
	location := "/executed_obs_units/executions/" + p.ID.String()
	return api.StartExecutedObsUnit201JSONResponse{
		Body: receiptOf(p.ID, receipt, refs),
		Headers: api.StartExecutedObsUnit201ResponseHeaders{
			Location: &location, OpsPosition: &receipt.Position, IdempotencyReplayed: replayed(receipt),
		},
	}, nil
}

func (s *Server) startParams(id uuid.UUID, b api.ExecutedObsUnitStart) maindb.CreateExecutedObsUnitParams {
	now := instant(time.Now())
	p := maindb.CreateExecutedObsUnitParams{
		ID: id, ObsUnitID: b.ObsUnitID, Site: s.site.Name, StartTime: now, Observer: value(b.Observer), Comment: value(b.Comment),
		Conditions: object(b.Conditions), RecordedAt: now,
	}
	if b.StartTime != nil {
		p.StartTime = instant(*b.StartTime)
	}
	return p
}

// startedBefore compares a start that brings its own id with an execution of that id. Where the request says nothing the
// known execution does: a repetition without a start time is no new start. Errors: errs.Conflict for other content.
func (s *Server) startedBefore(ctx context.Context, tx *buffer.Transaction, b *api.ExecutedObsUnitStart, p *maindb.CreateExecutedObsUnitParams) error {
	if b.ID == nil || tx.Seen() {
		return nil
	}
	known, err := s.lookExecution(ctx, p.ID)
	tx.Saw(known.Look)
	if err != nil || !known.Found {
		// What cannot be compared now is compared when it is executed.
		return nil //nolint:nilerr // a replica that is away refuses no critical write
	}
	p.Site = known.Row.Site
	if b.StartTime == nil {
		p.StartTime = known.Row.StartTime
	}
	same := p.ObsUnitID == known.Row.ObsUnitID && p.StartTime.Equal(known.Row.StartTime) && p.Observer == known.Row.Observer &&
		p.Comment == known.Row.Comment && sameJSON(p.Conditions, known.Row.Conditions)
	if !same {
		return differs("execution", executionOf(known), p)
	}
	return nil
}

// FinishExecutedObsUnit records the end of an execution.
func (s *Server) FinishExecutedObsUnit(ctx context.Context, r api.FinishExecutedObsUnitRequestObject) (api.FinishExecutedObsUnitResponseObject, error) {
	var refs *references
	receipt, err := s.writeOnce(ctx, r.Params.IdempotencyKey, func(ctx context.Context, tx *buffer.Transaction) error {
		refs = s.refer(ctx, tx)
		known, err := s.lookExecution(ctx, r.ID)
		tx.Saw(known.Look)
		refs.note(known.Found, err, "path:id", "execution "+r.ID.String())
		if refs.refused() != nil {
			return unknown("execution", r.ID)
		}
		p := finishParams(r.ID, exchangeOf(ctx).principal.Name, *r.Body, known.Row)
		tx.Add(ops.Finish(known.seen(), p))
		if tx.Seen() || !known.Found {
			return nil
		}
		return finishable(known, p)
	})
	if err != nil {
		return nil, err
	}
	return api.FinishExecutedObsUnit200JSONResponse{
		Body:    receiptOf(r.ID, receipt, refs),
		Headers: api.FinishExecutedObsUnit200ResponseHeaders{OpsPosition: &receipt.Position, IdempotencyReplayed: replayed(receipt)},
	}, nil
}

// finishParams completes a request with what is known of the execution: the zero value when nothing is.
func finishParams(id uuid.UUID, by string, b api.ExecutedObsUnitFinish, known replicadb.ExecutedObsUnit) maindb.FinishExecutedObsUnitParams {
	p := maindb.FinishExecutedObsUnitParams{
		ID: id, Status: maindb.ObservationStatus(value(b.Status)), EndTime: instant(time.Now()), Comment: b.Comment, FinishedBy: by,
	}
	if known.EndTime != nil {
		p.EndTime = *known.EndTime
	}
	if b.EndTime != nil {
		p.EndTime = instant(*b.EndTime)
	}
	if b.Conditions != nil {
		p.Conditions = &b.Conditions
	}
	return p
}

// finishable tells whether a known execution can be finished so. Errors: errs.Invalid for an end before the start;
// errs.Conflict when it was finished otherwise.
func finishable(known Merged[replicadb.ExecutedObsUnit], p maindb.FinishExecutedObsUnitParams) error {
	if p.EndTime.Before(known.Row.StartTime) {
		return errs.New(errs.Invalid, "An execution cannot end before it starts.").At("/end_time", "must not be before "+known.Row.StartTime.Format(time.RFC3339Nano))
	}
	if known.Row.Status == replicadb.ObservationStatusRunning {
		return nil
	}
	same := string(p.Status) == string(known.Row.Status) && p.EndTime.Equal(*known.Row.EndTime) &&
		(p.Comment == nil || *p.Comment == known.Row.Comment) && (p.Conditions == nil || sameJSON(*p.Conditions, known.Row.Conditions))
	if !same {
		return differs("execution", executionOf(known), p)
	}
	return nil
}

// executionOf is an execution as a client sees it.
func executionOf(m Merged[replicadb.ExecutedObsUnit]) api.ExecutedObsUnit {
	row := m.Row
	return api.ExecutedObsUnit{
		ID: row.ID, ObsUnitID: row.ObsUnitID, Site: row.Site, Status: api.ObservationStatus(row.Status),
		StartTime: row.StartTime.UTC(), EndTime: nullableOf(utc(row.EndTime)), Observer: row.Observer, Comment: row.Comment,
		Conditions: object(row.Conditions), RecordedAt: row.RecordedAt.UTC(), FinishedBy: nullableOf(row.FinishedBy),
		Sync: api.SyncState(m.State), ParkedChanges: m.parkedChanges(),
	}
}

func executionDetailOf(m Merged[replicadb.ExecutedObsUnit], packages []api.RawDataPackage, files []api.RawDataFile) api.ExecutedObsUnitDetail {
	e := executionOf(m)
	return api.ExecutedObsUnitDetail{
		ID: e.ID, ObsUnitID: e.ObsUnitID, Site: e.Site, Status: e.Status, StartTime: e.StartTime, EndTime: e.EndTime,
		Observer: e.Observer, Comment: e.Comment, Conditions: e.Conditions, RecordedAt: e.RecordedAt, FinishedBy: e.FinishedBy,
		Sync: e.Sync, ParkedChanges: e.ParkedChanges, RawDataPackages: packages, RawDataFiles: files,
	}
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
