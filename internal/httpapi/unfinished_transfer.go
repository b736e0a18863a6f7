package httpapi

import (
	"context"
	"errors"

	"github.com/ccatobs/opsdb/gen/api"
)

var errUnfinishedTransfer = errors.New("unfinished")

func (s *Server) ListArchiveTransfers(context.Context, api.ListArchiveTransfersRequestObject) (api.ListArchiveTransfersResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) GetArchiveTransfer(context.Context, api.GetArchiveTransferRequestObject) (api.GetArchiveTransferResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ResetArchiveTransfer(context.Context, api.ResetArchiveTransferRequestObject) (api.ResetArchiveTransferResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ResetTransfer(context.Context, api.ResetTransferRequestObject) (api.ResetTransferResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListFileCopies(context.Context, api.ListFileCopiesRequestObject) (api.ListFileCopiesResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) GetSafeToDelete(context.Context, api.GetSafeToDeleteRequestObject) (api.GetSafeToDeleteResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListLocations(context.Context, api.ListLocationsRequestObject) (api.ListLocationsResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) GetTransferOverview(context.Context, api.GetTransferOverviewRequestObject) (api.GetTransferOverviewResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListTransferPackages(context.Context, api.ListTransferPackagesRequestObject) (api.ListTransferPackagesResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) GetTransferPackage(context.Context, api.GetTransferPackageRequestObject) (api.GetTransferPackageResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListTransferPackageCopies(context.Context, api.ListTransferPackageCopiesRequestObject) (api.ListTransferPackageCopiesResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListPhysicalCopies(context.Context, api.ListPhysicalCopiesRequestObject) (api.ListPhysicalCopiesResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListTransferRawPackages(context.Context, api.ListTransferRawPackagesRequestObject) (api.ListTransferRawPackagesResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) GetTransferRawPackage(context.Context, api.GetTransferRawPackageRequestObject) (api.GetTransferRawPackageResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListRawPackageCopies(context.Context, api.ListRawPackageCopiesRequestObject) (api.ListRawPackageCopiesResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) GetPackageMetadata(context.Context, api.GetPackageMetadataRequestObject) (api.GetPackageMetadataResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) PutPackageMetadata(context.Context, api.PutPackageMetadataRequestObject) (api.PutPackageMetadataResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListRoutes(context.Context, api.ListRoutesRequestObject) (api.ListRoutesResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) GetRoute(context.Context, api.GetRouteRequestObject) (api.GetRouteResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) UpdateRoute(context.Context, api.UpdateRouteRequestObject) (api.UpdateRouteResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListSites(context.Context, api.ListSitesRequestObject) (api.ListSitesResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListTransfers(context.Context, api.ListTransfersRequestObject) (api.ListTransfersResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) GetTransfer(context.Context, api.GetTransferRequestObject) (api.GetTransferResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListTransferLogs(context.Context, api.ListTransferLogsRequestObject) (api.ListTransferLogsResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) ListStagingJobs(context.Context, api.ListStagingJobsRequestObject) (api.ListStagingJobsResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) CreateStagingJob(context.Context, api.CreateStagingJobRequestObject) (api.CreateStagingJobResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) GetStagingJob(context.Context, api.GetStagingJobRequestObject) (api.GetStagingJobResponseObject, error) { return nil, errUnfinishedTransfer }

func (s *Server) CancelStagingJob(context.Context, api.CancelStagingJobRequestObject) (api.CancelStagingJobResponseObject, error) { return nil, errUnfinishedTransfer }
