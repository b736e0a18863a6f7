package ops

import (
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
)

// More tables of the plan.
const (
	TableProgram    = "observing_program"
	TableSubProgram = "sub_observing_program"
)

// The writes of programs, by people, who go to the main database directly.
var (
	CreateProgram = buffer.Register(&Registry, "observing_program.create", (*maindb.Queries).CreateObservingProgram,
		func(p maindb.CreateObservingProgramParams) buffer.Effect { return planInsert(TableProgram, p.ID) })

	UpdateProgram = buffer.Register(&Registry, "observing_program.update", (*maindb.Queries).UpdateObservingProgram,
		func(p maindb.UpdateObservingProgramParams) buffer.Effect { return planPatch(TableProgram, p.ID) })

	CreateSubProgram = buffer.Register(&Registry, "sub_observing_program.create", (*maindb.Queries).CreateSubObservingProgram,
		func(p maindb.CreateSubObservingProgramParams) buffer.Effect {
			return planInsert(TableSubProgram, p.ID, planned(TableProgram, p.ObservingProgramID))
		})

	UpdateSubProgram = buffer.Register(&Registry, "sub_observing_program.update", (*maindb.Queries).UpdateSubObservingProgram,
		func(p maindb.UpdateSubObservingProgramParams) buffer.Effect { return planPatch(TableSubProgram, p.ID) })
)

// planInsert is the effect of a new record of the plan, which no list of pending records shows.
func planInsert(table string, id int32, needs ...buffer.Record) buffer.Effect {
	return buffer.Effect{Writes: []buffer.Change{{Record: planned(table, id), Action: buffer.Insert}}, Needs: needs}
}

// planPatch is the effect of a change of a record of the plan.
func planPatch(table string, id int32, needs ...buffer.Record) buffer.Effect {
	return buffer.Effect{Writes: []buffer.Change{{Record: planned(table, id), Action: buffer.Patch}}, Needs: needs}
}

// Tables of how is observed, and what with.
const (
	TableConfiguration       = "observation_configuration"
	TableModuleConfiguration = "instrument_module_configuration"
	TableInstrument          = "instrument"
	TableMode                = "obs_mode"
)

// The writes of units, configurations and instruments, by people, who go to the main database directly.
var (
	CreateUnit = buffer.Register(&Registry, "obs_unit.create", (*maindb.Queries).CreateObsUnit,
		func(p maindb.CreateObsUnitParams) buffer.Effect {
			needs := unitNeeds(p.SourceID, p.ObsModeID, p.SubObservingProgramID, p.ObservationConfigurationID)
			return planInsert(TableObsUnit, p.ID, append(needs, planned(TableProgram, p.ObservingProgramID))...)
		})

	UpdateUnit = buffer.Register(&Registry, "obs_unit.update", (*maindb.Queries).UpdateObsUnit,
		func(p maindb.UpdateObsUnitParams) buffer.Effect {
			return planPatch(TableObsUnit, p.ID, unitNeeds(p.SourceID, p.ObsModeID, p.SubObservingProgramID, p.ObservationConfigurationID)...)
		})

	CreateConfiguration = buffer.Register(&Registry, "observation_configuration.create", (*maindb.Queries).CreateObservationConfiguration,
		func(p maindb.CreateObservationConfigurationParams) buffer.Effect {
			return planInsert(TableConfiguration, p.ID)
		})

	UpdateConfiguration = buffer.Register(&Registry, "observation_configuration.update", (*maindb.Queries).UpdateObservationConfiguration,
		func(p maindb.UpdateObservationConfigurationParams) buffer.Effect {
			return planPatch(TableConfiguration, p.ID)
		})

	CreateModuleConfiguration = buffer.Register(&Registry, "instrument_module_configuration.create", (*maindb.Queries).CreateModuleConfiguration,
		func(p maindb.CreateModuleConfigurationParams) buffer.Effect {
			return planInsert(TableModuleConfiguration, p.ID, planned(TableModule, p.InstrumentModuleID))
		})

	UpdateModuleConfiguration = buffer.Register(&Registry, "instrument_module_configuration.update", (*maindb.Queries).UpdateModuleConfiguration,
		func(p maindb.UpdateModuleConfigurationParams) buffer.Effect {
			return planPatch(TableModuleConfiguration, p.ID)
		})

	UpdateInstrument = buffer.Register(&Registry, "instrument.update", (*maindb.Queries).UpdateInstrument,
		func(p maindb.UpdateInstrumentParams) buffer.Effect { return planPatch(TableInstrument, p.ID) })
)

// unitNeeds are the records that a unit refers to.
func unitNeeds(sourceID, mode int32, subProgram, configuration *int32) []buffer.Record {
	needs := []buffer.Record{source(sourceID), planned(TableMode, mode)}
	if subProgram != nil {
		needs = append(needs, planned(TableSubProgram, *subProgram))
	}
	if configuration != nil {
		needs = append(needs, planned(TableConfiguration, *configuration))
	}
	return needs
}
