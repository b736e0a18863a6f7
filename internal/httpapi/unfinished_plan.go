package httpapi

import (
	"context"
	"errors"

	"github.com/ccatobs/opsdb/gen/api"
)

var errUnfinishedPlan = errors.New("unfinished")

// ListObsUnits is not there yet.
func (s *Server) ListObsUnits(context.Context, api.ListObsUnitsRequestObject) (api.ListObsUnitsResponseObject, error) {
	return nil, errUnfinishedPlan
}

// CreateObsUnit is not there yet.
func (s *Server) CreateObsUnit(context.Context, api.CreateObsUnitRequestObject) (api.CreateObsUnitResponseObject, error) {
	return nil, errUnfinishedPlan
}

// GetObsUnit is not there yet.
func (s *Server) GetObsUnit(context.Context, api.GetObsUnitRequestObject) (api.GetObsUnitResponseObject, error) {
	return nil, errUnfinishedPlan
}

// UpdateObsUnit is not there yet.
func (s *Server) UpdateObsUnit(context.Context, api.UpdateObsUnitRequestObject) (api.UpdateObsUnitResponseObject, error) {
	return nil, errUnfinishedPlan
}

// GetObsUnitProgress is not there yet.
func (s *Server) GetObsUnitProgress(context.Context, api.GetObsUnitProgressRequestObject) (api.GetObsUnitProgressResponseObject, error) {
	return nil, errUnfinishedPlan
}

// ListObsModes is not there yet.
func (s *Server) ListObsModes(context.Context, api.ListObsModesRequestObject) (api.ListObsModesResponseObject, error) {
	return nil, errUnfinishedPlan
}

// ListObservationConfigurations is not there yet.
func (s *Server) ListObservationConfigurations(context.Context, api.ListObservationConfigurationsRequestObject) (api.ListObservationConfigurationsResponseObject, error) {
	return nil, errUnfinishedPlan
}

// CreateObservationConfiguration is not there yet.
func (s *Server) CreateObservationConfiguration(context.Context, api.CreateObservationConfigurationRequestObject) (api.CreateObservationConfigurationResponseObject, error) {
	return nil, errUnfinishedPlan
}

// GetObservationConfiguration is not there yet.
func (s *Server) GetObservationConfiguration(context.Context, api.GetObservationConfigurationRequestObject) (api.GetObservationConfigurationResponseObject, error) {
	return nil, errUnfinishedPlan
}

// UpdateObservationConfiguration is not there yet.
func (s *Server) UpdateObservationConfiguration(context.Context, api.UpdateObservationConfigurationRequestObject) (api.UpdateObservationConfigurationResponseObject, error) {
	return nil, errUnfinishedPlan
}

// ListInstrumentModuleConfigurations is not there yet.
func (s *Server) ListInstrumentModuleConfigurations(context.Context, api.ListInstrumentModuleConfigurationsRequestObject) (api.ListInstrumentModuleConfigurationsResponseObject, error) {
	return nil, errUnfinishedPlan
}

// CreateInstrumentModuleConfiguration is not there yet.
func (s *Server) CreateInstrumentModuleConfiguration(context.Context, api.CreateInstrumentModuleConfigurationRequestObject) (api.CreateInstrumentModuleConfigurationResponseObject, error) {
	return nil, errUnfinishedPlan
}

// GetInstrumentModuleConfiguration is not there yet.
func (s *Server) GetInstrumentModuleConfiguration(context.Context, api.GetInstrumentModuleConfigurationRequestObject) (api.GetInstrumentModuleConfigurationResponseObject, error) {
	return nil, errUnfinishedPlan
}

// UpdateInstrumentModuleConfiguration is not there yet.
func (s *Server) UpdateInstrumentModuleConfiguration(context.Context, api.UpdateInstrumentModuleConfigurationRequestObject) (api.UpdateInstrumentModuleConfigurationResponseObject, error) {
	return nil, errUnfinishedPlan
}

// ListInstruments is not there yet.
func (s *Server) ListInstruments(context.Context, api.ListInstrumentsRequestObject) (api.ListInstrumentsResponseObject, error) {
	return nil, errUnfinishedPlan
}

// GetInstrument is not there yet.
func (s *Server) GetInstrument(context.Context, api.GetInstrumentRequestObject) (api.GetInstrumentResponseObject, error) {
	return nil, errUnfinishedPlan
}

// UpdateInstrument is not there yet.
func (s *Server) UpdateInstrument(context.Context, api.UpdateInstrumentRequestObject) (api.UpdateInstrumentResponseObject, error) {
	return nil, errUnfinishedPlan
}

// ListInstrumentModules is not there yet.
func (s *Server) ListInstrumentModules(context.Context, api.ListInstrumentModulesRequestObject) (api.ListInstrumentModulesResponseObject, error) {
	return nil, errUnfinishedPlan
}
