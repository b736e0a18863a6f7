package ops

import (
	"strconv"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
)

// Tables of how data travel.
const (
	TableTransfer        = "data_transfer"
	TableArchiveTransfer = "long_term_archive_transfer"
	TableRoute           = "data_transfer_route"
	TablePackageMetadata = "raw_data_package_metadata"
	TableLocation        = "data_location"
	TableStagingJob      = "staging_job"
	TableStagingPackage  = "staging_job_package"
)

// What people do about the transfers. It goes to the main database directly; the transfers themselves are the work of
// programs that write there by themselves.
var (
	ResetTransfer = buffer.Register(&Registry, "data_transfer.reset", (*maindb.Queries).ResetDataTransfer,
		func(p maindb.ResetDataTransferParams) buffer.Effect { return patch(TableTransfer, p.ID) })

	ResetUnpacking = buffer.Register(&Registry, "data_transfer.reset_unpacking", (*maindb.Queries).ResetUnpacking,
		func(p maindb.ResetUnpackingParams) buffer.Effect { return patch(TableTransfer, p.ID) })

	ResetArchiveTransfer = buffer.Register(&Registry, "long_term_archive_transfer.reset", (*maindb.Queries).ResetArchiveTransfer,
		func(p maindb.ResetArchiveTransferParams) buffer.Effect { return patch(TableArchiveTransfer, p.ID) })

	SetRouteActive = buffer.Register(&Registry, "data_transfer_route.set_active", (*maindb.Queries).SetRouteActive,
		func(p maindb.SetRouteActiveParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: buffer.Record{Table: TableRoute, ID: strconv.Itoa(int(p.ID))}, Action: buffer.Patch}}}
		})

	PutPackageMetadata = buffer.Register(&Registry, "raw_data_package_metadata.put", (*maindb.Queries).PutPackageMetadata,
		func(p maindb.PutPackageMetadataParams) buffer.Effect {
			return buffer.Effect{
				Writes: []buffer.Change{{Record: buffer.Record{Table: TablePackageMetadata, ID: p.RawDataPackageID.String()}, Action: buffer.Insert}},
				Needs:  []buffer.Record{dataPackage(p.RawDataPackageID)},
			}
		})

	CreateStagingJob = buffer.Register(&Registry, "staging_job.create", (*maindb.Queries).CreateStagingJob,
		func(p maindb.CreateStagingJobParams) buffer.Effect {
			return buffer.Effect{
				Writes: []buffer.Change{{Record: buffer.Record{Table: TableStagingJob, ID: p.ID.String()}, Action: buffer.Insert}},
				Needs:  []buffer.Record{planned(TableLocation, p.DestinationLocationID)},
			}
		})

	AddStagingPackages = buffer.Register(&Registry, "staging_job.add_packages", (*maindb.Queries).AddStagingPackages,
		func(p maindb.AddStagingPackagesParams) buffer.Effect {
			e := buffer.Effect{
				Writes: []buffer.Change{{Record: buffer.Record{Table: TableStagingPackage, ID: p.StagingJobID.String()}, Action: buffer.Insert}},
				Needs:  []buffer.Record{{Table: TableStagingJob, ID: p.StagingJobID.String()}},
			}
			for _, id := range p.RawDataPackageIDs {
				e.Needs = append(e.Needs, dataPackage(id))
			}
			return e
		})

	ResetStagingJob = buffer.Register(&Registry, "staging_job.reset", (*maindb.Queries).ResetStagingJob,
		func(p maindb.ResetStagingJobParams) buffer.Effect { return patch(TableStagingJob, p.ID) })

	CancelStagingJob = buffer.Register(&Registry, "staging_job.cancel", (*maindb.Queries).CancelStagingJob,
		func(p maindb.CancelStagingJobParams) buffer.Effect { return patch(TableStagingJob, p.ID) })
)

// patch describes a change of one record.
func patch(table string, id uuid.UUID) buffer.Effect {
	return buffer.Effect{Writes: []buffer.Change{{Record: buffer.Record{Table: table, ID: id.String()}, Action: buffer.Patch}}}
}
