package demo

import (
	"context"
	"fmt"
	"path"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/client"
)

// registrar registers and packages the files of one instrument module.
type registrar struct {
	*staff
	module Module
	id     int32
	data   dataDir
}

// register follows the executions of the night.
func (r *registrar) register(ctx context.Context, executions []*execution) error {
	for _, e := range executions {
		if !e.uses(r.module) {
			continue
		}
		select {
		case <-e.started:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := r.archive(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// archive registers the files of an execution as they are complete and makes a package of them.
func (r *registrar) archive(ctx context.Context, e *execution) error {
	var ids []uuid.UUID
	for i, batch := range r.module.batches(e.Observation) {
		if err := r.clock.wait(ctx, batch[len(batch)-1].done); err != nil {
			return err
		}
		bodies, err := r.describe(e, batch)
		if err != nil {
			return err
		}
		registered, err := r.registerBatch(ctx, e, i, bodies)
		if err != nil {
			return err
		}
		ids = append(ids, registered...)
		r.registered(r.module.Instrument, batch[len(batch)-1].name())
	}
	return r.pack(ctx, e, ids)
}

// describe writes a batch of files as the instrument does and reads what they are known by.
func (r *registrar) describe(e *execution, batch []dataFile) ([]client.RawDataFileCreate, error) {
	bodies := make([]client.RawDataFileCreate, len(batch))
	for i, f := range batch {
		if err := r.data.write(f); err != nil {
			return nil, err
		}
		known, err := r.data.read(f.path)
		if err != nil {
			return nil, err
		}
		bodies[i] = client.RawDataFileCreate{
			ExecutedObsUnitID: e.id, InstrumentModuleID: r.id, Name: f.name(), RelativePath: f.path, FileType: &f.format,
			SizeBytes: known.size, Checksum: known.sha256, ChecksumAlgorithm: client.ChecksumAlgorithmSha256,
		}
	}
	return bodies, nil
}

// registerBatch registers files, one by itself, several in bulk, and returns their ids.
func (r *registrar) registerBatch(ctx context.Context, e *execution, number int, bodies []client.RawDataFileCreate) ([]uuid.UUID, error) {
	contents := make([]map[string]any, len(bodies))
	for i, body := range bodies {
		fields, err := contentOf(body)
		if err != nil {
			return nil, err
		}
		contents[i] = fields
	}
	key := r.key(e, fmt.Sprintf("%s-files-%d", r.module.Package, number+1))
	if r.module.Batch == 1 {
		return r.registerOne(ctx, key, bodies[0], contents[0])
	}
	answer, err := write(ctx, r.staff, "createRawDataFiles",
		func(ctx context.Context, api *client.ClientWithResponses) (*client.CreateRawDataFilesResponse, error) {
			return api.CreateRawDataFilesWithResponse(ctx, &client.CreateRawDataFilesParams{IdempotencyKey: key}, bodies)
		},
		func(a *client.CreateRawDataFilesResponse) (uuid.UUID, []record) {
			records := make([]record, len(a.JSON201.IDs))
			for i, id := range a.JSON201.IDs {
				records[i] = record{"raw_data_file", id, contents[i]}
			}
			return a.JSON201.TransactionID, records
		})
	if err != nil {
		return nil, err
	}
	return answer.JSON201.IDs, nil
}

func (r *registrar) registerOne(ctx context.Context, key *string, body client.RawDataFileCreate, fields map[string]any) ([]uuid.UUID, error) {
	answer, err := write(ctx, r.staff, "createRawDataFile",
		func(ctx context.Context, api *client.ClientWithResponses) (*client.CreateRawDataFileResponse, error) {
			return api.CreateRawDataFileWithResponse(ctx, &client.CreateRawDataFileParams{IdempotencyKey: key}, body)
		},
		func(a *client.CreateRawDataFileResponse) (uuid.UUID, []record) {
			return a.JSON201.TransactionID, []record{{"raw_data_file", a.JSON201.ID, fields}}
		})
	if err != nil {
		return nil, err
	}
	return []uuid.UUID{answer.JSON201.ID}, nil
}

// pack makes a package of the files that have these ids and finalizes it.
func (r *registrar) pack(ctx context.Context, e *execution, ids []uuid.UUID) error {
	name := r.module.packagePath(e.Observation)
	body := client.RawDataPackageCreate{
		ExecutedObsUnitID: e.id, InstrumentModuleID: r.id, Name: path.Base(name), RelativePath: name, RawDataFileIDs: ids,
	}
	fields, err := contentOf(body, "raw_data_file_ids")
	if err != nil {
		return err
	}
	params := &client.CreateRawDataPackageParams{IdempotencyKey: r.key(e, r.module.Package+"-package")}
	answer, err := write(ctx, r.staff, "createRawDataPackage",
		func(ctx context.Context, api *client.ClientWithResponses) (*client.CreateRawDataPackageResponse, error) {
			return api.CreateRawDataPackageWithResponse(ctx, params, body)
		},
		func(a *client.CreateRawDataPackageResponse) (uuid.UUID, []record) {
			records := []record{{"raw_data_package", a.JSON201.ID, fields}}
			for _, id := range ids {
				records = append(records, record{"raw_data_file", id, map[string]any{"raw_data_package_id": a.JSON201.ID}})
			}
			return a.JSON201.TransactionID, records
		})
	if err != nil {
		return err
	}
	return r.finalize(ctx, e, answer.JSON201.ID)
}

func (r *registrar) finalize(ctx context.Context, e *execution, id uuid.UUID) error {
	name := r.module.packagePath(e.Observation)
	if err := r.data.pack(name, r.module.files(e.Observation)); err != nil {
		return err
	}
	known, err := r.data.read(name)
	if err != nil {
		return err
	}
	algorithm := client.ChecksumAlgorithmSha256
	body := client.RawDataPackageFinalize{SizeBytes: &known.size, Checksum: &known.sha256, ChecksumAlgorithm: &algorithm}
	fields, err := contentOf(body)
	if err != nil {
		return err
	}
	fields["status"] = client.PackageStatusComplete
	params := &client.FinalizeRawDataPackageParams{IdempotencyKey: r.key(e, r.module.Package+"-finalize")}
	_, err = write(ctx, r.staff, "finalizeRawDataPackage",
		func(ctx context.Context, api *client.ClientWithResponses) (*client.FinalizeRawDataPackageResponse, error) {
			return api.FinalizeRawDataPackageWithResponse(ctx, id, params, body)
		},
		func(a *client.FinalizeRawDataPackageResponse) (uuid.UUID, []record) {
			return a.JSON200.TransactionID, []record{{"raw_data_package", id, fields}}
		})
	return err
}
