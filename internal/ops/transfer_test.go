package ops_test

import (
	"encoding/json"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// transferSamples is one step of every kind that is about how data travel.
func transferSamples() []buffer.Step {
	return []buffer.Step{
		ops.ResetTransfer.With(maindb.ResetDataTransferParams{ID: id, RetryCount: 2}),
		ops.ResetUnpacking.With(maindb.ResetUnpackingParams{ID: id, RetryCount: 2}),
		ops.ResetArchiveTransfer.With(maindb.ResetArchiveTransferParams{ID: id, RetryCount: 2}),
		ops.SetRouteActive.With(maindb.SetRouteActiveParams{ID: 1 << 20, Active: true, Version: 3}),
		ops.PutPackageMetadata.With(maindb.PutPackageMetadataParams{
			RawDataPackageID: id, Document: json.RawMessage(`{"night":"2026-07-15"}`), UpdatedAt: at, Version: 3,
		}),
		ops.CreateStagingJob.With(maindb.CreateStagingJobParams{
			ID: id, DestinationLocationID: 1 << 20, RequestedBy: "night-shift", Reason: "Reduction of Orion A", CreatedAt: at,
		}),
		ops.AddStagingPackages.With(maindb.AddStagingPackagesParams{StagingJobID: id, RawDataPackageIDs: []uuid.UUID{other, parent}}),
		ops.ResetStagingJob.With(maindb.ResetStagingJobParams{ID: id, RetryCount: 2}),
		ops.CancelStagingJob.With(maindb.CancelStagingJobParams{ID: id, FinishedAt: at, CancelledBy: "night-shift"}),
	}
}
