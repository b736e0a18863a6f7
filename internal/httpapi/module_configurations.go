package httpapi

import (
	"context"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// ListInstrumentModuleConfigurations lists what instrument modules can be set to.
func (s *Server) ListInstrumentModuleConfigurations(ctx context.Context, r api.ListInstrumentModuleConfigurationsRequestObject) (api.ListInstrumentModuleConfigurationsResponseObject, error) {
	const list = "instrument_module_configuration"
	name, id, err := readNameCursor(list, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := value(r.Params.Limit)
	texts, err := s.replica.ListModuleConfigurations(ctx, replicadb.ListModuleConfigurationsParams{
		Q: r.Params.Q, InstrumentModuleID: r.Params.InstrumentModuleID, AfterName: name, AfterID: id, RowLimit: limit + 1,
	})
	if err != nil {
		return nil, err
	}
	rows, err := readAll[api.InstrumentModuleConfiguration](texts)
	if err != nil {
		return nil, err
	}
	items, next := pageOf(rows, limit, func(c api.InstrumentModuleConfiguration) string { return nameCursor(list, c.Name, c.ID) })
	return api.ListInstrumentModuleConfigurations200JSONResponse{Body: api.InstrumentModuleConfigurationPage{Items: items, NextCursor: cursorOf(next)}}, nil
}

// moduleConfiguration reads one configuration of a module.
func (s *Server) moduleConfiguration(ctx context.Context, id int32) (api.InstrumentModuleConfiguration, error) {
	text, err := s.replica.GetModuleConfiguration(ctx, replicadb.GetModuleConfigurationParams{ID: id})
	return readFound[api.InstrumentModuleConfiguration](text, noRow(err, "There is no configuration %d.", id))
}

// GetInstrumentModuleConfiguration reads one configuration of a module.
func (s *Server) GetInstrumentModuleConfiguration(ctx context.Context, r api.GetInstrumentModuleConfigurationRequestObject) (api.GetInstrumentModuleConfigurationResponseObject, error) {
	c, err := s.moduleConfiguration(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return api.GetInstrumentModuleConfiguration200JSONResponse{Body: c, Headers: api.GetInstrumentModuleConfiguration200ResponseHeaders{
		ETag: versionTag(c.Version),
	}}, nil
}

// CreateInstrumentModuleConfiguration makes a configuration of a module.
func (s *Server) CreateInstrumentModuleConfiguration(ctx context.Context, r api.CreateInstrumentModuleConfigurationRequestObject) (api.CreateInstrumentModuleConfigurationResponseObject, error) {
	b := r.Body
	c, receipt, err := createRecord(ctx, s, newRecord[api.InstrumentModuleConfiguration]{
		what: "configuration", key: r.Params.IdempotencyKey, dryRun: r.Params.DryRun,
		reserve: func(ctx context.Context, q *maindb.Queries) (int32, error) { return q.ReserveModuleConfiguration(ctx) },
		build: func(id int32) api.InstrumentModuleConfiguration {
			return api.InstrumentModuleConfiguration{
				ID: id, InstrumentModuleID: b.InstrumentModuleID, Name: b.Name, Description: value(b.Description),
				Parameters: object(b.Parameters), Chai: nullableOf(completeTuning(b.Chai)), Version: 1,
			}
		},
		steps: func(c api.InstrumentModuleConfiguration) []buffer.Step {
			return []buffer.Step{ops.CreateModuleConfiguration.With(maindb.CreateModuleConfigurationParams{
				ID: c.ID, InstrumentModuleID: c.InstrumentModuleID, Name: c.Name, Description: c.Description, Parameters: c.Parameters, Chai: textOf(c.Chai),
			})}
		},
		find: s.moduleConfiguration,
	})
	switch {
	case err != nil:
		return nil, err
	case value(r.Params.DryRun):
		return api.CreateInstrumentModuleConfiguration200JSONResponse(c), nil
	}
	return api.CreateInstrumentModuleConfiguration201JSONResponse{Body: c, Headers: api.CreateInstrumentModuleConfiguration201ResponseHeaders{
		Location: numbered("/instrument_module_configurations/", c.ID), ETag: versionTag(c.Version), OpsPosition: position(receipt),
		IdempotencyReplayed: replayed(receipt),
	}}, nil
}

// UpdateInstrumentModuleConfiguration changes a configuration of a module.
func (s *Server) UpdateInstrumentModuleConfiguration(ctx context.Context, r api.UpdateInstrumentModuleConfigurationRequestObject) (api.UpdateInstrumentModuleConfigurationResponseObject, error) {
	b := r.Body
	c, receipt, err := changeRecord(ctx, s, recordChange[api.InstrumentModuleConfiguration]{
		what: "configuration", ifMatch: r.Params.IfMatch,
		read: func(ctx context.Context, q *maindb.Queries) (api.InstrumentModuleConfiguration, error) {
			text, err := q.ReadModuleConfiguration(ctx, maindb.ReadModuleConfigurationParams{ID: r.ID})
			return readFound[api.InstrumentModuleConfiguration](text, err)
		},
		version: func(c *api.InstrumentModuleConfiguration) *int32 { return &c.Version },
		change: func(c *api.InstrumentModuleConfiguration) {
			put(&c.Name, b.Name)
			put(&c.Description, b.Description)
			putObject(&c.Parameters, b.Parameters)
			if tuning, err := b.Chai.Get(); err == nil {
				c.Chai = nullableOf(completeTuning(&tuning))
			} else if b.Chai.IsNull() {
				c.Chai = b.Chai
			}
		},
		steps: func(c api.InstrumentModuleConfiguration) []buffer.Step {
			return []buffer.Step{ops.UpdateModuleConfiguration.With(maindb.UpdateModuleConfigurationParams{
				ID: c.ID, Name: c.Name, Description: c.Description, Parameters: c.Parameters, Chai: textOf(c.Chai), Version: c.Version,
			})}
		},
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateInstrumentModuleConfiguration200JSONResponse{Body: c, Headers: api.UpdateInstrumentModuleConfiguration200ResponseHeaders{
		ETag: versionTag(c.Version), OpsPosition: position(receipt),
	}}, nil
}

// completeTuning is a tuning as the database has it, with all that was left out.
func completeTuning(wanted *api.ChaiTuning) *api.ChaiTuning {
	if wanted == nil {
		return nil
	}
	t := *wanted
	t.Line, t.VelocityKmS = new(value(t.Line)), new(value(t.VelocityKmS))
	return &t
}
