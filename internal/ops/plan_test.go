package ops_test

import (
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// planSamples is one step of every kind that is about the plan.
func planSamples() []buffer.Step {
	return []buffer.Step{
		ops.CreateProgram.With(maindb.CreateObservingProgramParams{
			ID: 1 << 30, ShortName: "DSFG", Name: "Dusty star-forming galaxies", Scientific: true, Description: "Deep fields.", Active: true,
		}),
		ops.UpdateProgram.With(maindb.UpdateObservingProgramParams{ID: 1 << 30, ShortName: "Cal", Name: "Calibration", Version: 3}),
		ops.CreateSubProgram.With(maindb.CreateSubObservingProgramParams{
			ID: 1 << 30, ObservingProgramID: 7, ShortName: "NG", Name: "Nearby galaxies", Description: "Within 20 Mpc.",
		}),
		ops.UpdateSubProgram.With(maindb.UpdateSubObservingProgramParams{ID: 1 << 30, ShortName: "NG", Name: "Nearby galaxies", Version: 3}),
	}
}
