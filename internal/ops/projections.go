package ops

import (
	"cmp"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/overlay"
)

// Pending is one pending write of one record, as a reader sees it.
type Pending[R any] struct {
	overlay.Change[R]
	Transaction buffer.PendingTransaction
	Kind        string
	Fields      any // what a patch sets, for showing a stopped one beside the row
}

// View holds the pending writes of the records of one table, each list in order of acceptance.
type View[R any] map[uuid.UUID][]Pending[R]

// Changes returns what overlay.Merge takes.
func (v View[R]) Changes() map[uuid.UUID][]overlay.Change[R] {
	changes := make(map[uuid.UUID][]overlay.Change[R], len(v))
	for id, list := range v {
		for _, p := range list {
			changes[id] = append(changes[id], p.Change)
		}
	}
	return changes
}

// Unexecuted tells whether the record is created by a write that no database has executed yet: no replica can show it.
// A creation that was repeated does not count: the record may be there already, and further than the creation says.
func (v View[R]) Unexecuted(id uuid.UUID) bool {
	for _, p := range v[id] {
		if p.Insert != nil && p.Transaction.New && p.Transaction.State == buffer.Buffered {
			return true
		}
	}
	return false
}

// State tells how far the record has travelled: as far as the least advanced of its pending writes.
func (v View[R]) State(id uuid.UUID) buffer.State {
	rank := map[buffer.State]int{buffer.Committed: 1, buffer.Executing: 2, buffer.Buffered: 3, buffer.Blocked: 4, buffer.Parked: 5}
	state := buffer.Replicated
	for _, p := range v[id] {
		if rank[p.Transaction.State] > rank[state] {
			state = p.Transaction.State
		}
	}
	return state
}

type projector[R any] func(v View[R], t buffer.PendingTransaction, s buffer.Step) error

func project[R any](p *buffer.Pending, kinds map[string]projector[R]) (View[R], error) {
	v := make(View[R])
	for _, t := range p.Transactions {
		for _, s := range t.Steps {
			projector, ok := kinds[s.Kind]
			if !ok {
				continue
			}
			if err := projector(v, t, s); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// on makes the projector of an op from a function that calls add for each record that the parameters write.
func on[R, P any](op buffer.Op[P], each func(p P, add func(uuid.UUID, overlay.Change[R]))) projector[R] {
	return func(v View[R], t buffer.PendingTransaction, s buffer.Step) error {
		p, err := op.Decode(s)
		if err != nil {
			return err
		}
		each(p, func(id uuid.UUID, c overlay.Change[R]) {
			c.Live = t.Live()
			v[id] = append(v[id], Pending[R]{Change: c, Transaction: t, Kind: s.Kind, Fields: p})
		})
		return nil
	}
}

var executionKinds = map[string]projector[replicadb.ExecutedObsUnit]{
	StartObservation.Kind(): on(StartObservation, func(p maindb.CreateExecutedObsUnitParams, add func(uuid.UUID, overlay.Change[replicadb.ExecutedObsUnit])) {
		add(p.ID, overlay.Change[replicadb.ExecutedObsUnit]{Insert: &replicadb.ExecutedObsUnit{
			ID: p.ID, ObsUnitID: p.ObsUnitID, Site: p.Site, Status: replicadb.ObservationStatusRunning, StartTime: p.StartTime,
			Observer: p.Observer, Comment: p.Comment, Conditions: p.Conditions, RecordedAt: p.RecordedAt,
		}})
	}),
	FinishObservation.Kind(): on(FinishObservation, func(p maindb.FinishExecutedObsUnitParams, add func(uuid.UUID, overlay.Change[replicadb.ExecutedObsUnit])) {
		add(p.ID, overlay.Change[replicadb.ExecutedObsUnit]{Patch: func(r replicadb.ExecutedObsUnit) replicadb.ExecutedObsUnit {
			r.Status, r.EndTime, r.FinishedBy = replicadb.ObservationStatus(p.Status), &p.EndTime, cmp.Or(r.FinishedBy, &p.FinishedBy)
			if p.Comment != nil {
				r.Comment = *p.Comment
			}
			if p.Conditions != nil {
				r.Conditions = *p.Conditions
			}
			return r
		}})
	}),
}

// Executions returns the pending writes of executions.
func Executions(p *buffer.Pending) (View[replicadb.ExecutedObsUnit], error) {
	return project(p, executionKinds)
}

var packageKinds = map[string]projector[replicadb.RawDataPackage]{
	CreatePackage.Kind(): on(CreatePackage, func(p maindb.CreateRawDataPackageParams, add func(uuid.UUID, overlay.Change[replicadb.RawDataPackage])) {
		add(p.ID, overlay.Change[replicadb.RawDataPackage]{Insert: &replicadb.RawDataPackage{
			ID: p.ID, ExecutedObsUnitID: p.ExecutedObsUnitID, InstrumentModuleID: p.InstrumentModuleID, Name: p.Name,
			RelativePath: p.RelativePath, Status: replicadb.PackageStatusBuilding, State: replicadb.PackageStateWaiting, CreatedAt: p.CreatedAt,
		}})
	}),
	FinalizePackage.Kind(): on(FinalizePackage, func(p maindb.FinalizeRawDataPackageParams, add func(uuid.UUID, overlay.Change[replicadb.RawDataPackage])) {
		add(p.ID, overlay.Change[replicadb.RawDataPackage]{Patch: func(r replicadb.RawDataPackage) replicadb.RawDataPackage {
			r.Status, r.SizeBytes, r.Checksum = replicadb.PackageStatusComplete, p.SizeBytes, p.Checksum
			r.ChecksumAlgorithm = (*replicadb.ChecksumAlgorithm)(p.ChecksumAlgorithm)
			r.FinalizedAt = cmp.Or(r.FinalizedAt, &p.FinalizedAt)
			return r
		}})
	}),
}

// Packages returns the pending writes of packages.
func Packages(p *buffer.Pending) (View[replicadb.RawDataPackage], error) {
	return project(p, packageKinds)
}

var fileKinds = map[string]projector[replicadb.RawDataFile]{
	RegisterFiles.Kind(): on(RegisterFiles, func(p maindb.CreateRawDataFilesParams, add func(uuid.UUID, overlay.Change[replicadb.RawDataFile])) {
		for i, id := range p.IDs {
			row := replicadb.RawDataFile{
				ID: id, ExecutedObsUnitID: p.ExecutedObsUnitIDs[i], InstrumentModuleID: p.InstrumentModuleIDs[i], Name: p.Names[i],
				RelativePath: p.RelativePaths[i], FileType: p.FileTypes[i], SizeBytes: p.SizesBytes[i], Checksum: p.Checksums[i],
				ChecksumAlgorithm: replicadb.ChecksumAlgorithm(p.ChecksumAlgorithms[i]), RecordedAt: p.RecordedAts[i].In(time.UTC),
			}
			if p.RawDataPackageIDs[i] != uuid.Nil {
				row.RawDataPackageID = &p.RawDataPackageIDs[i]
			}
			add(id, overlay.Change[replicadb.RawDataFile]{Insert: &row})
		}
	}),
	AssignFiles.Kind(): on(AssignFiles, func(p maindb.AssignRawDataFilesParams, add func(uuid.UUID, overlay.Change[replicadb.RawDataFile])) {
		for _, id := range p.IDs {
			add(id, overlay.Change[replicadb.RawDataFile]{Patch: func(r replicadb.RawDataFile) replicadb.RawDataFile {
				r.RawDataPackageID = &p.RawDataPackageID
				return r
			}})
		}
	}),
	WithdrawFile.Kind(): on(WithdrawFile, func(p maindb.DeleteRawDataFileParams, add func(uuid.UUID, overlay.Change[replicadb.RawDataFile])) {
		add(p.ID, overlay.Change[replicadb.RawDataFile]{Delete: true})
	}),
}

// Files returns the pending writes of files.
func Files(p *buffer.Pending) (View[replicadb.RawDataFile], error) {
	return project(p, fileKinds)
}
