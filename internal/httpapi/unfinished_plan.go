package httpapi

import (
	"context"
	"errors"

	"github.com/ccatobs/opsdb/gen/api"
)

var errUnfinishedPlan = errors.New("unfinished")

// ListObservingPrograms is not there yet.
func (s *Server) ListObservingPrograms(context.Context, api.ListObservingProgramsRequestObject) (api.ListObservingProgramsResponseObject, error) {
	return nil, errUnfinishedPlan
}

// CreateObservingProgram is not there yet.
func (s *Server) CreateObservingProgram(context.Context, api.CreateObservingProgramRequestObject) (api.CreateObservingProgramResponseObject, error) {
	return nil, errUnfinishedPlan
}

// GetObservingProgram is not there yet.
func (s *Server) GetObservingProgram(context.Context, api.GetObservingProgramRequestObject) (api.GetObservingProgramResponseObject, error) {
	return nil, errUnfinishedPlan
}

// ReplaceObservingProgram is not there yet.
func (s *Server) ReplaceObservingProgram(context.Context, api.ReplaceObservingProgramRequestObject) (api.ReplaceObservingProgramResponseObject, error) {
	return nil, errUnfinishedPlan
}

// UpdateObservingProgram is not there yet.
func (s *Server) UpdateObservingProgram(context.Context, api.UpdateObservingProgramRequestObject) (api.UpdateObservingProgramResponseObject, error) {
	return nil, errUnfinishedPlan
}

// GetObservingProgramProgress is not there yet.
func (s *Server) GetObservingProgramProgress(context.Context, api.GetObservingProgramProgressRequestObject) (api.GetObservingProgramProgressResponseObject, error) {
	return nil, errUnfinishedPlan
}

// ListSubObservingPrograms is not there yet.
func (s *Server) ListSubObservingPrograms(context.Context, api.ListSubObservingProgramsRequestObject) (api.ListSubObservingProgramsResponseObject, error) {
	return nil, errUnfinishedPlan
}

// CreateSubObservingProgram is not there yet.
func (s *Server) CreateSubObservingProgram(context.Context, api.CreateSubObservingProgramRequestObject) (api.CreateSubObservingProgramResponseObject, error) {
	return nil, errUnfinishedPlan
}

// GetSubObservingProgram is not there yet.
func (s *Server) GetSubObservingProgram(context.Context, api.GetSubObservingProgramRequestObject) (api.GetSubObservingProgramResponseObject, error) {
	return nil, errUnfinishedPlan
}

// UpdateSubObservingProgram is not there yet.
func (s *Server) UpdateSubObservingProgram(context.Context, api.UpdateSubObservingProgramRequestObject) (api.UpdateSubObservingProgramResponseObject, error) {
	return nil, errUnfinishedPlan
}
