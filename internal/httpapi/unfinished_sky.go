package httpapi

import (
	"context"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/errs"
)

// ListSources is not there yet.
func (s *Server) ListSources(context.Context, api.ListSourcesRequestObject) (api.ListSourcesResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// CreateSource is not there yet.
func (s *Server) CreateSource(context.Context, api.CreateSourceRequestObject) (api.CreateSourceResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// ResolveSource is not there yet.
func (s *Server) ResolveSource(context.Context, api.ResolveSourceRequestObject) (api.ResolveSourceResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// GetSource is not there yet.
func (s *Server) GetSource(context.Context, api.GetSourceRequestObject) (api.GetSourceResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// UpdateSource is not there yet.
func (s *Server) UpdateSource(context.Context, api.UpdateSourceRequestObject) (api.UpdateSourceResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// GetSourceChip is not there yet.
func (s *Server) GetSourceChip(context.Context, api.GetSourceChipRequestObject) (api.GetSourceChipResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// GetSourceDetails is not there yet.
func (s *Server) GetSourceDetails(context.Context, api.GetSourceDetailsRequestObject) (api.GetSourceDetailsResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// GetVisibilityHeatmap is not there yet.
func (s *Server) GetVisibilityHeatmap(context.Context, api.GetVisibilityHeatmapRequestObject) (api.GetVisibilityHeatmapResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// PrecalculateVisibility is not there yet.
func (s *Server) PrecalculateVisibility(context.Context, api.PrecalculateVisibilityRequestObject) (api.PrecalculateVisibilityResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// ListVisibilityJobs is not there yet.
func (s *Server) ListVisibilityJobs(context.Context, api.ListVisibilityJobsRequestObject) (api.ListVisibilityJobsResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// GetVisibilityJob is not there yet.
func (s *Server) GetVisibilityJob(context.Context, api.GetVisibilityJobRequestObject) (api.GetVisibilityJobResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// CancelVisibilityJob is not there yet.
func (s *Server) CancelVisibilityJob(context.Context, api.CancelVisibilityJobRequestObject) (api.CancelVisibilityJobResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}

// GetVisibility is not there yet.
func (s *Server) GetVisibility(context.Context, api.GetVisibilityRequestObject) (api.GetVisibilityResponseObject, error) {
	return nil, errs.New(errs.Internal, "This is not there yet.")
}
