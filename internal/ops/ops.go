// Package ops lists every write that can be buffered, one registration each, and tells how a pending one looks to a
// reader.
//
// Kinds live for ever: steps of a kind may lie in a buffer or a journal when a new release starts. A changed meaning gets
// a new kind, and only nullable or defaulted columns are added to an existing one.
package ops

import (
	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
)

// Tables that are written through the buffer.
const (
	TableExecution = "executed_obs_unit"
	TablePackage   = "raw_data_package"
	TableFile      = "raw_data_file"
)

// Tables of the plan, which comes from the main site by replication.
const (
	TableObsUnit = "obs_unit"
	TableModule  = "instrument_module"
)

// Registry knows every bufferable write.
var Registry buffer.Registry

// The bufferable writes.
var (
	StartObservation = buffer.Register(&Registry, "executed_obs_unit.create", (*maindb.Queries).CreateExecutedObsUnit,
		func(p maindb.CreateExecutedObsUnitParams) buffer.Effect {
			return buffer.Effect{
				Writes: []buffer.Change{insert(executionPlace(p.ID, p.ObsUnitID, p.StartTime, maindb.ObservationStatusRunning))},
				Needs:  []buffer.Record{planned(TableObsUnit, p.ObsUnitID)},
			}
		})

	FinishObservation = buffer.Register(&Registry, "executed_obs_unit.finish", (*maindb.Queries).FinishExecutedObsUnit,
		func(p maindb.FinishExecutedObsUnitParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: execution(p.ID), Action: buffer.Patch}}}
		})

	CreatePackage = buffer.Register(&Registry, "raw_data_package.create", (*maindb.Queries).CreateRawDataPackage,
		func(p maindb.CreateRawDataPackageParams) buffer.Effect {
			return buffer.Effect{
				Writes: []buffer.Change{insert(packagePlace(p.ID, p.ExecutedObsUnitID))},
				Needs:  []buffer.Record{execution(p.ExecutedObsUnitID), planned(TableModule, p.InstrumentModuleID)},
			}
		})

	FinalizePackage = buffer.Register(&Registry, "raw_data_package.finalize", (*maindb.Queries).FinalizeRawDataPackage,
		func(p maindb.FinalizeRawDataPackageParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: dataPackage(p.ID), Action: buffer.Patch}}}
		})

	RegisterFiles = buffer.Register(&Registry, "raw_data_file.create_many", (*maindb.Queries).CreateRawDataFiles, registerFilesEffect)

	AssignFiles = buffer.Register(&Registry, "raw_data_file.assign", (*maindb.Queries).AssignRawDataFiles,
		func(p maindb.AssignRawDataFilesParams) buffer.Effect {
			e := buffer.Effect{Needs: []buffer.Record{dataPackage(p.RawDataPackageID)}}
			for _, id := range p.IDs {
				e.Writes = append(e.Writes, buffer.Change{Record: file(id), Action: buffer.Patch})
			}
			return e
		})

	WithdrawFile = buffer.Register(&Registry, "raw_data_file.delete", (*maindb.Queries).DeleteRawDataFile,
		func(p maindb.DeleteRawDataFileParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: file(p.ID), Action: buffer.Delete}}}
		})
)

// registerFilesEffect describes a bulk: one entry for the lists, and every row under its id.
func registerFilesEffect(p maindb.CreateRawDataFilesParams) buffer.Effect {
	var (
		e     buffer.Effect
		lists []string
		needs = make(map[buffer.Record]bool)
	)
	need := func(r buffer.Record) {
		if !needs[r] {
			needs[r] = true
			e.Needs = append(e.Needs, r)
		}
	}
	listed := make(map[string]bool)
	list := func(name string) {
		if !listed[name] {
			listed[name] = true
			lists = append(lists, name)
		}
	}
	for i, id := range p.IDs {
		e.Writes = append(e.Writes, buffer.Change{Record: file(id), Action: buffer.Bulk})
		need(execution(p.ExecutedObsUnitIDs[i]))
		need(planned(TableModule, p.InstrumentModuleIDs[i]))
		list(OfExecution(p.ExecutedObsUnitIDs[i]))
		if p.RawDataPackageIDs[i] != uuid.Nil {
			need(dataPackage(p.RawDataPackageIDs[i]))
			list(OfPackage(p.RawDataPackageIDs[i]))
		}
	}
	entry := buffer.Record{Table: TableFile}
	e.Writes = append(e.Writes, buffer.Change{Record: entry, Action: buffer.Bulk, Place: &buffer.Place{Record: entry, Lists: lists}})
	return e
}

func insert(p buffer.Place) buffer.Change {
	return buffer.Change{Record: p.Record, Action: buffer.Insert, Place: &p}
}
