package httpapi

import (
	"context"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
)

// GetObservingProgramProgress tells how far a program has come.
func (s *Server) GetObservingProgramProgress(ctx context.Context, r api.GetObservingProgramProgressRequestObject) (api.GetObservingProgramProgressResponseObject, error) {
	const list = "progress"
	name, id, err := readNameCursor(list, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	began, err := always.within(r.Params.DayObs, r.Params.DayObsFrom, r.Params.DayObsTo)
	if err != nil {
		return nil, err
	}
	var rows []replicadb.ListUnitProgressRow
	err = s.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		if _, err := q.GetObservingProgram(ctx, replicadb.GetObservingProgramParams{ID: r.ID}); err != nil {
			return noRow(err, "There is no program %d.", r.ID)
		}
		rows, err = q.ListUnitProgress(ctx, replicadb.ListUnitProgressParams{
			ObservingProgramID: &r.ID, SubObservingProgramID: r.Params.SubObservingProgramID, Active: r.Params.Active,
			StartFrom: began.from, StartBefore: began.before,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	var sum api.Progress
	behind := 0
	for i, row := range rows {
		sum = plus(sum, progressOf(row))
		if row.Name < name || row.Name == name && row.ID <= id {
			behind = i + 1
		}
	}
	// The sum takes all units, so they are all read, whichever page is asked for.
	items, next := pageOf(rows[behind:], value(r.Params.Limit), func(row replicadb.ListUnitProgressRow) string { return nameCursor(list, row.Name, row.ID) })
	return api.GetObservingProgramProgress200JSONResponse{Body: api.ProgramProgress{
		ObservingProgramID: r.ID, Units: int64(len(rows)), Sum: parts(sum), Items: each(items, unitProgressOf), NextCursor: cursorOf(next),
	}}, nil
}

// GetObsUnitProgress tells how far a unit has come.
func (s *Server) GetObsUnitProgress(ctx context.Context, r api.GetObsUnitProgressRequestObject) (api.GetObsUnitProgressResponseObject, error) {
	began, err := always.within(r.Params.DayObs, r.Params.DayObsFrom, r.Params.DayObsTo)
	if err != nil {
		return nil, err
	}
	rows, err := s.replica.ListUnitProgress(ctx, replicadb.ListUnitProgressParams{ID: &r.ID, StartFrom: began.from, StartBefore: began.before})
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, errs.New(errs.NotFound, "There is no unit %d.", r.ID)
	}
	return api.GetObsUnitProgress200JSONResponse{Body: unitProgressOf(rows[0])}, nil
}

// unitProgressOf is the progress of a unit as a client sees it.
func unitProgressOf(row replicadb.ListUnitProgressRow) api.UnitProgress {
	p := api.UnitProgress{
		ObsUnitID: row.ID, Name: row.Name, SubObservingProgramID: nullableOf(row.SubObservingProgramID), Active: row.Active,
		LastStart: nullable.NewNullNullable[time.Time](), Progress: parts(progressOf(row)),
	}
	if row.LastStart.Unix() > 0 {
		p.LastStart.Set(row.LastStart.UTC())
	}
	return p
}

// progressOf compares what is planned of a unit with what was executed.
func progressOf(row replicadb.ListUnitProgressRow) api.Progress {
	planned := int64(row.PlannedExecutions)
	seconds := planned * int64(row.DurationS)
	return api.Progress{
		Planned: planned, PlannedS: seconds, Completed: row.Completed, CompletedS: row.CompletedS,
		Running: row.Running, Aborted: row.Aborted, Failed: row.Failed,
		Remaining: max(planned-row.Completed, 0), RemainingS: max(float64(seconds)-row.CompletedS, 0),
	}
}

// plus adds the progress of another unit to a sum.
func plus(a, b api.Progress) api.Progress {
	return api.Progress{
		Planned: a.Planned + b.Planned, PlannedS: a.PlannedS + b.PlannedS, Completed: a.Completed + b.Completed, CompletedS: a.CompletedS + b.CompletedS,
		Running: a.Running + b.Running, Aborted: a.Aborted + b.Aborted, Failed: a.Failed + b.Failed,
		Remaining: a.Remaining + b.Remaining, RemainingS: a.RemainingS + b.RemainingS,
	}
}

// parts completes a progress with the parts that are done, of 1.
func parts(p api.Progress) api.Progress {
	p.Done, p.DoneByTime = nullable.NewNullNullable[float64](), nullable.NewNullNullable[float64]()
	if p.Planned > 0 {
		p.Done.Set(1 - float64(p.Remaining)/float64(p.Planned))
		p.DoneByTime.Set(1 - p.RemainingS/float64(p.PlannedS))
	}
	return p
}
