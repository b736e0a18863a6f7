package httpapi

import (
	"context"

	"github.com/oapi-codegen/runtime/types"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/sky"
	"github.com/ccatobs/opsdb/internal/visibility"
)

// PrecalculateVisibility begins to compute the visibility of all sources.
func (s *Server) PrecalculateVisibility(ctx context.Context, r api.PrecalculateVisibilityRequestObject) (api.PrecalculateVisibilityResponseObject, error) {
	b := r.Body
	limits, err := limitsOf(b.MinElevationDeg, b.MaxElevationDeg, b.SunAvoidanceDeg, b.MoonAvoidanceDeg, b.Night, "/min_elevation_deg")
	if err != nil {
		return nil, err
	}
	first, days, err := daysOf(b.From, b.To, maxHeatmapDays, "/to")
	if err != nil {
		return nil, err
	}
	targets, err := s.allTargets(ctx)
	if err != nil {
		return nil, err
	}
	job, err := s.sky.Start(ctx, exchangeOf(ctx).principal.Name, visibility.Plan{First: first, Days: days, Limits: limits}, targets)
	if err != nil {
		return nil, err
	}
	location := "/visibility/jobs/" + job.ID.String()
	return api.PrecalculateVisibility202JSONResponse{Body: jobOf(job), Headers: api.PrecalculateVisibility202ResponseHeaders{Location: &location}}, nil
}

// allTargets are all sources whose place can be computed, read page by page.
func (s *Server) allTargets(ctx context.Context) ([]sky.Target, error) {
	const page = 1000
	var targets []sky.Target
	for after := ""; ; {
		rows, err := s.replica.ListSources(ctx, replicadb.ListSourcesParams{AfterName: after, RowLimit: page})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if t := targetOf(row); t != nil {
				targets = append(targets, t)
			}
		}
		if len(rows) < page || len(targets) > visibility.MaxWork {
			return targets, nil
		}
		after = rows[len(rows)-1].Name
	}
}

// ListVisibilityJobs lists what was computed ahead.
func (s *Server) ListVisibilityJobs(ctx context.Context, _ api.ListVisibilityJobsRequestObject) (api.ListVisibilityJobsResponseObject, error) {
	jobs, err := s.sky.Jobs(ctx)
	if err != nil {
		return nil, err
	}
	return api.ListVisibilityJobs200JSONResponse{Items: each(jobs, jobOf)}, nil
}

// GetVisibilityJob reads one job.
func (s *Server) GetVisibilityJob(ctx context.Context, r api.GetVisibilityJobRequestObject) (api.GetVisibilityJobResponseObject, error) {
	job, err := s.sky.Job(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return api.GetVisibilityJob200JSONResponse(jobOf(job)), nil
}

// CancelVisibilityJob tells a job to stop.
func (s *Server) CancelVisibilityJob(ctx context.Context, r api.CancelVisibilityJobRequestObject) (api.CancelVisibilityJobResponseObject, error) {
	job, err := s.sky.Cancel(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return api.CancelVisibilityJob202JSONResponse(jobOf(job)), nil
}

// jobOf is a job as a client sees it.
func jobOf(j visibility.Job) api.VisibilityJob {
	l := j.Plan.Limits
	return api.VisibilityJob{
		ID: j.ID, State: api.VisibilityJobState(j.State), Done: int32(j.Done), Total: int32(j.Total), RequestedBy: j.RequestedBy,
		StartedAt: j.StartedAt.UTC(), ChangedAt: j.ChangedAt.UTC(), EndedAt: nullableOf(utc(j.EndedAt)), Detail: j.Detail,
		Plan: api.VisibilityPlan{
			From: types.Date{Time: j.Plan.First}, To: types.Date{Time: j.Plan.First.AddDate(0, 0, j.Plan.Days-1)},
			MinElevationDeg: &l.MinElevation, MaxElevationDeg: &l.MaxElevation, SunAvoidanceDeg: &l.SunAvoidance,
			MoonAvoidanceDeg: &l.MoonAvoidance, Night: new(l.MaxSun != nil),
		},
	}
}
