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
