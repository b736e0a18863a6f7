package httpapi

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// ListSites lists the sites that data are moved between.
func (s *Server) ListSites(ctx context.Context, _ api.ListSitesRequestObject) (api.ListSitesResponseObject, error) {
	rows, err := s.replica.ListDataSites(ctx)
	if err != nil {
		return nil, err
	}
	list := api.DataSiteList{Items: make([]api.DataSite, len(rows))}
	for i, row := range rows {
		list.Items[i] = api.DataSite{ID: row.ID, Name: row.Name, ShortName: row.ShortName, Description: row.Description}
	}
	return api.ListSites200JSONResponse{Body: list}, nil
}

// ListLocations lists where data can be.
func (s *Server) ListLocations(ctx context.Context, _ api.ListLocationsRequestObject) (api.ListLocationsResponseObject, error) {
	rows, err := s.replica.ListLocations(ctx)
	if err != nil {
		return nil, err
	}
	list := api.LocationList{Items: make([]api.Location, len(rows))}
	for i, row := range rows {
		list.Items[i] = api.Location{
			ID: row.ID, SiteID: row.SiteID, Name: row.Name, LocationType: api.LocationType(row.LocationType),
			StorageType: api.StorageType(row.StorageType), Priority: row.Priority, Active: row.Active, Place: row.Place,
		}
	}
	return api.ListLocations200JSONResponse{Body: list}, nil
}

// ListRoutes lists how data go from site to site.
func (s *Server) ListRoutes(ctx context.Context, _ api.ListRoutesRequestObject) (api.ListRoutesResponseObject, error) {
	rows, err := s.replica.ListRoutes(ctx)
	if err != nil {
		return nil, err
	}
	list := api.RouteList{Items: make([]api.Route, len(rows))}
	for i, row := range rows {
		list.Items[i] = routeOf(row)
	}
	return api.ListRoutes200JSONResponse{Body: list}, nil
}

// GetRoute reads one route.
func (s *Server) GetRoute(ctx context.Context, r api.GetRouteRequestObject) (api.GetRouteResponseObject, error) {
	rows, err := s.replica.GetRoutes(ctx, replicadb.GetRoutesParams{IDs: []int32{r.ID}})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errs.New(errs.NotFound, "There is no route %d.", r.ID)
	}
	return api.GetRoute200JSONResponse{Body: routeOf(rows[0]), Headers: api.GetRoute200ResponseHeaders{ETag: versionTag(rows[0].Version)}}, nil
}

// UpdateRoute pauses a route or lets it go on.
func (s *Server) UpdateRoute(ctx context.Context, r api.UpdateRouteRequestObject) (api.UpdateRouteResponseObject, error) {
	row, receipt, err := changeRecord(ctx, s, recordChange[replicadb.DataTransferRoute]{
		what: "route", ifMatch: r.Params.IfMatch,
		read: func(ctx context.Context, q *maindb.Queries) (replicadb.DataTransferRoute, error) {
			row, err := q.ReadRoute(ctx, maindb.ReadRouteParams{ID: r.ID})
			return routeRow(row), err
		},
		version: func(row *replicadb.DataTransferRoute) *int32 { return &row.Version },
		change:  func(row *replicadb.DataTransferRoute) { row.Active = r.Body.Active },
		steps: func(row replicadb.DataTransferRoute) []buffer.Step {
			return []buffer.Step{ops.SetRouteActive.With(maindb.SetRouteActiveParams{ID: r.ID, Active: row.Active, Version: row.Version})}
		},
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateRoute200JSONResponse{Body: routeOf(row), Headers: api.UpdateRoute200ResponseHeaders{
		ETag: versionTag(row.Version), OpsPosition: position(receipt),
	}}, nil
}

// routeRow is a row of the main database as the replica has it.
func routeRow(r maindb.DataTransferRoute) replicadb.DataTransferRoute {
	return replicadb.DataTransferRoute{
		ID: r.ID, Name: r.Name, RouteType: replicadb.RouteType(r.RouteType), Method: r.Method, OriginSiteID: r.OriginSiteID,
		DestinationSiteID: r.DestinationSiteID, RelaySiteID: r.RelaySiteID, OriginLocationID: r.OriginLocationID,
		DestinationLocationID: r.DestinationLocationID, Active: r.Active, Version: r.Version,
	}
}

func routeOf(r replicadb.DataTransferRoute) api.Route {
	return api.Route{
		ID: r.ID, Name: r.Name, RouteType: api.RouteType(r.RouteType), Method: r.Method, OriginSiteID: r.OriginSiteID,
		DestinationSiteID: r.DestinationSiteID, RelaySiteID: nullableOf(r.RelaySiteID), OriginLocationID: nullableOf(r.OriginLocationID),
		DestinationLocationID: nullableOf(r.DestinationLocationID), Active: r.Active,
	}
}

// GetPackageMetadata reads what is written beside a package in the archive.
func (s *Server) GetPackageMetadata(ctx context.Context, r api.GetPackageMetadataRequestObject) (api.GetPackageMetadataResponseObject, error) {
	row, err := s.replica.GetPackageMetadata(ctx, replicadb.GetPackageMetadataParams{ID: r.ID})
	if err != nil {
		return nil, noRow(err, "The package %s has no metadata.", r.ID)
	}
	return api.GetPackageMetadata200JSONResponse{Body: metadataOf(row), Headers: api.GetPackageMetadata200ResponseHeaders{ETag: versionTag(row.Version)}}, nil
}

// PutPackageMetadata replaces what is written beside a package in the archive.
func (s *Server) PutPackageMetadata(ctx context.Context, r api.PutPackageMetadataRequestObject) (api.PutPackageMetadataResponseObject, error) {
	if err := s.packageIsKnown(ctx, r.ID); err != nil {
		return nil, err
	}
	row, receipt, err := changeRecord(ctx, s, recordChange[replicadb.RawDataPackageMetadatum]{
		what: "package", ifMatch: r.Params.IfMatch,
		read: func(ctx context.Context, q *maindb.Queries) (replicadb.RawDataPackageMetadatum, error) {
			row, err := q.ReadPackageMetadata(ctx, maindb.ReadPackageMetadataParams{ID: r.ID})
			if errors.Is(err, pgx.ErrNoRows) { // version 0 stands for none
				return replicadb.RawDataPackageMetadatum{RawDataPackageID: r.ID}, nil
			}
			return replicadb.RawDataPackageMetadatum(row), err
		},
		version: func(row *replicadb.RawDataPackageMetadatum) *int32 { return &row.Version },
		change: func(row *replicadb.RawDataPackageMetadatum) {
			row.Document, row.UpdatedAt = r.Body.Document, instant(time.Now())
		},
		steps: func(row replicadb.RawDataPackageMetadatum) []buffer.Step {
			return []buffer.Step{ops.PutPackageMetadata.With(maindb.PutPackageMetadataParams{
				RawDataPackageID: r.ID, Document: row.Document, UpdatedAt: row.UpdatedAt, Version: row.Version,
			})}
		},
	})
	if err != nil {
		return nil, err
	}
	return api.PutPackageMetadata200JSONResponse{Body: metadataOf(row), Headers: api.PutPackageMetadata200ResponseHeaders{
		ETag: versionTag(row.Version), OpsPosition: position(receipt),
	}}, nil
}

func (s *Server) packageIsKnown(ctx context.Context, id uuid.UUID) error {
	known, err := s.lookPackage(ctx, id)
	if err == nil && !known.Found {
		return unknown("package", id)
	}
	return err
}

func metadataOf(m replicadb.RawDataPackageMetadatum) api.PackageMetadata {
	return api.PackageMetadata{RawDataPackageID: m.RawDataPackageID, Document: m.Document, UpdatedAt: m.UpdatedAt.UTC()}
}
