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
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres"
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
	row, err := s.lookRoute(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return api.GetRoute200JSONResponse{Body: routeOf(row), Headers: api.GetRoute200ResponseHeaders{ETag: versionTag(row.Version)}}, nil
}

func (s *Server) lookRoute(ctx context.Context, id int32) (replicadb.DataTransferRoute, error) {
	rows, err := s.replica.GetRoutes(ctx, replicadb.GetRoutesParams{IDs: []int32{id}})
	if err != nil {
		return replicadb.DataTransferRoute{}, err
	}
	if len(rows) == 0 {
		return replicadb.DataTransferRoute{}, errs.New(errs.NotFound, "There is no route %d.", id)
	}
	return rows[0], nil
}

// UpdateRoute pauses a route or lets it go on.
func (s *Server) UpdateRoute(ctx context.Context, r api.UpdateRouteRequestObject) (api.UpdateRouteResponseObject, error) {
	demanded := condition(r.Params.IfMatch)
	var row replicadb.DataTransferRoute
	receipt, err := s.over(demanded, func() (buffer.Receipt, error) {
		return s.write(ctx, nil, func(ctx context.Context, tx *buffer.Transaction) (err error) {
			if row, err = s.lookRoute(ctx, r.ID); err != nil {
				return err
			}
			if !matches(demanded, *versionTag(row.Version)) {
				return outdated()
			}
			if row.Active == r.Body.Active {
				return nil
			}
			tx.Add(ops.SetRouteActive.With(maindb.SetRouteActiveParams{ID: r.ID, Active: r.Body.Active, Version: row.Version}))
			row.Active, row.Version = r.Body.Active, row.Version+1
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateRoute200JSONResponse{Body: routeOf(row), Headers: api.UpdateRoute200ResponseHeaders{
		ETag: versionTag(row.Version), OpsPosition: position(receipt),
	}}, nil
}

// over tries a change that states the version it saw again when others have changed the record meanwhile, unless the
// caller demands a version.
func (s *Server) over(demanded *string, change func() (buffer.Receipt, error)) (receipt buffer.Receipt, err error) {
	for range maxChanges {
		receipt, err = change()
		switch {
		case postgres.SQLState(err) != auth.VersionDiffers:
			return receipt, err
		case demanded != nil:
			return receipt, outdated().Because(err)
		}
	}
	return receipt, err
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
	demanded := condition(r.Params.IfMatch)
	var row replicadb.RawDataPackageMetadatum
	receipt, err := s.over(demanded, func() (buffer.Receipt, error) {
		return s.write(ctx, nil, func(ctx context.Context, tx *buffer.Transaction) (err error) {
			if err := s.packageIsKnown(ctx, r.ID); err != nil {
				return err
			}
			row, err = s.replica.GetPackageMetadata(ctx, replicadb.GetPackageMetadataParams{ID: r.ID})
			if err != nil && !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
			if !matches(demanded, *versionTag(row.Version)) {
				return outdated()
			}
			p := maindb.PutPackageMetadataParams{RawDataPackageID: r.ID, Document: r.Body.Document, UpdatedAt: instant(time.Now()), Version: row.Version}
			tx.Add(ops.PutPackageMetadata.With(p))
			row = replicadb.RawDataPackageMetadatum{RawDataPackageID: r.ID, Document: p.Document, UpdatedAt: p.UpdatedAt, Version: row.Version + 1}
			return nil
		})
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
