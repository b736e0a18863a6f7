package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/resolver"
	"github.com/ccatobs/opsdb/internal/sky"
)

// CreateSource makes a source.
func (s *Server) CreateSource(ctx context.Context, r api.CreateSourceRequestObject) (api.CreateSourceResponseObject, error) {
	if err := fitsRange(wantedSource(0, *r.Body)); err != nil {
		return nil, err
	}
	made, receipt, err := createRecord(ctx, s, newRecord[replicadb.AnySource]{
		what: "source", key: r.Params.IdempotencyKey, dryRun: r.Params.DryRun,
		reserve: func(ctx context.Context, q *maindb.Queries) (int32, error) { return q.ReserveSource(ctx) },
		build:   func(id int32) replicadb.AnySource { return wantedSource(id, *r.Body) },
		steps: func(a replicadb.AnySource) []buffer.Step {
			return []buffer.Step{ops.CreateSource.With(createSourceParams(a))}
		},
		find: s.source,
	})
	switch {
	case err != nil:
		return nil, sourceRefused(err)
	case value(r.Params.DryRun):
		return api.CreateSource200JSONResponse(sourceOf(made)), nil
	}
	return api.CreateSource201JSONResponse{Body: sourceOf(made), Headers: api.CreateSource201ResponseHeaders{
		Location: numbered("/sources/", made.ID), ETag: versionTag(made.Version), OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

// UpdateSource changes a source.
func (s *Server) UpdateSource(ctx context.Context, r api.UpdateSourceRequestObject) (api.UpdateSourceResponseObject, error) {
	next, receipt, err := changeRecord(ctx, s, recordChange[replicadb.AnySource]{
		what: "source", ifMatch: r.Params.IfMatch,
		read: func(ctx context.Context, q *maindb.Queries) (replicadb.AnySource, error) {
			seen, err := readSource(ctx, q, r.ID)
			if err != nil {
				return seen, err
			}
			if err := fitsKind(seen, *r.Body); err != nil {
				return seen, err
			}
			wanted := seen
			changedSource(&wanted, *r.Body)
			return seen, fitsRange(wanted)
		},
		version: func(a *replicadb.AnySource) *int32 { return &a.Version },
		change:  func(a *replicadb.AnySource) { changedSource(a, *r.Body) },
		steps: func(a replicadb.AnySource) []buffer.Step {
			return []buffer.Step{ops.UpdateSource.With(updateSourceParams(a))}
		},
	})
	if err != nil {
		return nil, sourceRefused(err)
	}
	return api.UpdateSource200JSONResponse{Body: sourceOf(next), Headers: api.UpdateSource200ResponseHeaders{
		ETag: versionTag(next.Version), OpsPosition: position(receipt),
	}}, nil
}

// sourceRefused names what another source has already.
func sourceRefused(err error) error {
	database, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	switch database.ConstraintName {
	case "source_name_key":
		return errs.New(errs.Conflict, "Another source has this name.").Named("name-taken").Because(err).At("/name", "is taken")
	case "solar_system_object_naif_id_key":
		return errs.New(errs.Conflict, "Another source is this body.").Named("name-taken").Because(err).At("/solar_system/naif_id", "is taken")
	default:
		return err
	}
}

// readSource reads a source of the main database, in the form in which the replica has it.
func readSource(ctx context.Context, q *maindb.Queries, id int32) (a replicadb.AnySource, err error) {
	text, err := q.ReadSource(ctx, maindb.ReadSourceParams{ID: id})
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(text, &a)
}

// ResolveSource finds out where an object is.
func (s *Server) ResolveSource(ctx context.Context, r api.ResolveSourceRequestObject) (api.ResolveSourceResponseObject, error) {
	now := instant(time.Now())
	known, err := s.replica.FindSource(ctx, replicadb.FindSourceParams{Name: r.Body.Name})
	if err == nil && len(known) > 0 {
		return api.ResolveSource200JSONResponse(knownSource(known[0], api.ResolvedSourceResolverKnown, now)), nil
	}
	// Without the database it is only unknown which source of the observatory it is.
	if body, ok := sky.Bodies[strings.ToLower(strings.TrimSpace(r.Body.Name))]; ok {
		return s.resolvedBody(ctx, body, now)
	}
	answer, err := s.names.Resolve(ctx, r.Body.Name)
	if err != nil {
		return nil, err
	}
	resolved := resolvedObject(answer)
	if same, err := s.replica.FindSource(ctx, replicadb.FindSourceParams{Name: answer.Name}); err == nil && len(same) > 0 {
		resolved.SourceID = nullableOf(&same[0].ID)
	}
	return api.ResolveSource200JSONResponse(resolved), nil
}

// knownSource is a source of this observatory as the answer to a name.
func knownSource(a replicadb.AnySource, by api.ResolvedSourceResolver, at time.Time) api.ResolvedSource {
	source := sourceOf(a)
	return api.ResolvedSource{
		Name: a.Name, Resolver: by, ResolvedAt: at, SourceID: nullableOf(&a.ID),
		Fixed: source.Fixed, SolarSystem: source.SolarSystem, ConstantElevation: source.ConstantElevation,
	}
}

// resolvedBody answers for a body of the solar system, which may be a source of this observatory by another name.
func (s *Server) resolvedBody(ctx context.Context, body sky.Body, at time.Time) (api.ResolveSourceResponseObject, error) {
	if rows, err := s.replica.FindBody(ctx, replicadb.FindBodyParams{NaifID: body.NAIF()}); err == nil && len(rows) > 0 {
		return api.ResolveSource200JSONResponse(knownSource(rows[0], api.ResolvedSourceResolverSolarSystem, at)), nil
	}
	class := api.SolarSystemClassPlanet
	switch body {
	case sky.Sun:
		class = api.SolarSystemClassStar
	case sky.Moon:
		class = api.SolarSystemClassMoon
	default:
	}
	return api.ResolveSource200JSONResponse{
		Name: body.String(), Resolver: api.ResolvedSourceResolverSolarSystem, ResolvedAt: at, SourceID: nullableOf[int32](nil),
		SolarSystem: &api.SolarSystemSource{Class: class, NaifID: body.NAIF()},
	}, nil
}

func resolvedObject(a resolver.Answer) api.ResolvedSource {
	return api.ResolvedSource{
		Name: a.Name, Resolver: api.ResolvedSourceResolver(a.Service), ObjectType: optional(a.Type), Stale: a.Stale, ResolvedAt: a.At,
		SourceID: nullableOf[int32](nil),
		Fixed: &api.FixedSource{
			RaDeg: a.RA, DecDeg: a.Dec, ExtentRaDeg: new(0.0), ExtentDecDeg: new(0.0),
			ProperMotionRaMasYr: new(a.MotionRA), ProperMotionDecMasYr: new(a.MotionDec),
		},
	}
}
