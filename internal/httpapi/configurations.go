package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/oapi-codegen/nullable"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// ListObservationConfigurations lists what units are planned with.
func (s *Server) ListObservationConfigurations(ctx context.Context, r api.ListObservationConfigurationsRequestObject) (api.ListObservationConfigurationsResponseObject, error) {
	const list = "observation_configuration"
	after, _, err := readNameCursor(list, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := value(r.Params.Limit)
	texts, err := s.replica.ListObservationConfigurations(ctx, replicadb.ListObservationConfigurationsParams{Q: r.Params.Q, AfterName: after, RowLimit: limit + 1})
	if err != nil {
		return nil, err
	}
	rows, err := readAll[api.ObservationConfiguration](texts)
	if err != nil {
		return nil, err
	}
	items, next := pageOf(rows, limit, func(c api.ObservationConfiguration) string { return nameCursor(list, c.Name, c.ID) })
	return api.ListObservationConfigurations200JSONResponse{Body: api.ObservationConfigurationPage{Items: items, NextCursor: cursorOf(next)}}, nil
}

// configuration reads one configuration.
func (s *Server) configuration(ctx context.Context, id int32) (api.ObservationConfiguration, error) {
	text, err := s.replica.GetObservationConfiguration(ctx, replicadb.GetObservationConfigurationParams{ID: id})
	return readFound[api.ObservationConfiguration](text, noRow(err, "There is no configuration %d.", id))
}

// GetObservationConfiguration reads one configuration.
func (s *Server) GetObservationConfiguration(ctx context.Context, r api.GetObservationConfigurationRequestObject) (api.GetObservationConfigurationResponseObject, error) {
	c, err := s.configuration(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return api.GetObservationConfiguration200JSONResponse{Body: c, Headers: api.GetObservationConfiguration200ResponseHeaders{ETag: versionTag(c.Version)}}, nil
}

// CreateObservationConfiguration makes a configuration.
func (s *Server) CreateObservationConfiguration(ctx context.Context, r api.CreateObservationConfigurationRequestObject) (api.CreateObservationConfigurationResponseObject, error) {
	b := r.Body
	if err := namedOnce(b.Chai); err != nil {
		return nil, err
	}
	c, receipt, err := createRecord(ctx, s, newRecord[api.ObservationConfiguration]{
		what: "configuration", key: r.Params.IdempotencyKey, dryRun: r.Params.DryRun,
		reserve: func(ctx context.Context, q *maindb.Queries) (int32, error) {
			return q.ReserveObservationConfiguration(ctx)
		},
		build: func(id int32) api.ObservationConfiguration {
			return api.ObservationConfiguration{
				ID: id, Name: b.Name, Description: value(b.Description), Parameters: object(b.Parameters), Chai: nullableOf(completeChai(b.Chai)), Version: 1,
			}
		},
		steps: func(c api.ObservationConfiguration) []buffer.Step {
			return []buffer.Step{ops.CreateConfiguration.With(maindb.CreateObservationConfigurationParams{
				ID: c.ID, Name: c.Name, Description: c.Description, Parameters: c.Parameters, Chai: textOf(c.Chai),
			})}
		},
		find: s.configuration,
	})
	switch {
	case err != nil:
		return nil, err
	case value(r.Params.DryRun):
		return api.CreateObservationConfiguration200JSONResponse(c), nil
	}
	return api.CreateObservationConfiguration201JSONResponse{Body: c, Headers: api.CreateObservationConfiguration201ResponseHeaders{
		Location: numbered("/observation_configurations/", c.ID), ETag: versionTag(c.Version), OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

// UpdateObservationConfiguration changes a configuration.
func (s *Server) UpdateObservationConfiguration(ctx context.Context, r api.UpdateObservationConfigurationRequestObject) (api.UpdateObservationConfigurationResponseObject, error) {
	b := r.Body
	if chai, err := b.Chai.Get(); err == nil {
		if err := namedOnce(&chai); err != nil {
			return nil, err
		}
	}
	c, receipt, err := changeRecord(ctx, s, recordChange[api.ObservationConfiguration]{
		what: "configuration", ifMatch: r.Params.IfMatch,
		read: func(ctx context.Context, q *maindb.Queries) (api.ObservationConfiguration, error) {
			text, err := q.ReadObservationConfiguration(ctx, maindb.ReadObservationConfigurationParams{ID: r.ID})
			return readFound[api.ObservationConfiguration](text, err)
		},
		version: func(c *api.ObservationConfiguration) *int32 { return &c.Version },
		change: func(c *api.ObservationConfiguration) {
			put(&c.Name, b.Name)
			put(&c.Description, b.Description)
			putObject(&c.Parameters, b.Parameters)
			if chai, err := b.Chai.Get(); err == nil {
				c.Chai = nullableOf(completeChai(&chai))
			} else if b.Chai.IsNull() {
				c.Chai = b.Chai
			}
		},
		steps: func(c api.ObservationConfiguration) []buffer.Step {
			return []buffer.Step{ops.UpdateConfiguration.With(maindb.UpdateObservationConfigurationParams{
				ID: c.ID, Name: c.Name, Description: c.Description, Parameters: c.Parameters, Chai: textOf(c.Chai), Version: c.Version,
			})}
		},
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateObservationConfiguration200JSONResponse{Body: c, Headers: api.UpdateObservationConfiguration200ResponseHeaders{
		ETag: versionTag(c.Version), OpsPosition: position(receipt),
	}}, nil
}

// namedOnce returns errs.Invalid when an input parameter is given twice.
func namedOnce(chai *api.ChaiObservation) error {
	if chai == nil {
		return nil
	}
	seen := make(map[string]bool)
	for i, p := range chai.Inpar {
		if seen[p.Name] {
			return errs.New(errs.Invalid, "An input parameter is given twice.").At(fmt.Sprintf("/chai/inpar/%d/name", i), "is the name of another one")
		}
		seen[p.Name] = true
	}
	return nil
}

// completeChai is how CHAI observes as the database has it: with all that was left out, the parameters in order of their
// names.
func completeChai(wanted *api.ChaiObservation) *api.ChaiObservation {
	if wanted == nil {
		return nil
	}
	c := *wanted
	c.ReferenceOffsetLonArcsec, c.ReferenceOffsetLatArcsec = new(value(c.ReferenceOffsetLonArcsec)), new(value(c.ReferenceOffsetLatArcsec))
	c.Tiles = append([]api.ChaiTile{}, c.Tiles...)
	for i := range c.Tiles {
		c.Tiles[i].AngleDeg = new(value(c.Tiles[i].AngleDeg))
	}
	c.Inpar = append([]api.ChaiInpar{}, c.Inpar...)
	for i := range c.Inpar {
		c.Inpar[i].Unit = new(value(c.Inpar[i].Unit))
	}
	slices.SortFunc(c.Inpar, func(a, b api.ChaiInpar) int { return strings.Compare(a.Name, b.Name) })
	return &c
}

// putObject sets an object that a change mentions, unless it is the same in other words.
func putObject(field *json.RawMessage, mentioned json.RawMessage) {
	if mentioned != nil && !sameJSON(*field, mentioned) {
		*field = mentioned
	}
}

// textOf is the JSON of a part, nil for none; empty lists are not in it.
func textOf[T any](part nullable.Nullable[T]) *json.RawMessage {
	v, err := part.Get()
	if err != nil {
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic("httpapi: a part of a configuration is JSON")
	}
	return new(json.RawMessage(text))
}

// readJSON reads a record that the database made JSON of.
func readJSON[T any](text json.RawMessage) (T, error) {
	var v T
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&v); err != nil {
		return v, fmt.Errorf("a record of the database: %w", err)
	}
	return v, nil
}

// readFound is readJSON behind a query for one row.
func readFound[T any](text json.RawMessage, err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return readJSON[T](text)
}

func readAll[T any](texts []json.RawMessage) ([]T, error) {
	all := make([]T, len(texts))
	for i, text := range texts {
		var err error
		if all[i], err = readJSON[T](text); err != nil {
			return nil, err
		}
	}
	return all, nil
}
