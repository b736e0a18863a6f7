package ops_test

import (
	"encoding/json"

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
		ops.CreateUnit.With(maindb.CreateObsUnitParams{
			ID: 1 << 30, ObservingProgramID: 7, SubObservingProgramID: new(int32(8)), SourceID: 1, ObsModeID: 2, ObservationConfigurationID: new(int32(3)),
			Name: "Orion A, deep", Description: "In winter.", DurationS: 540, PlannedExecutions: 3, Priority: -5, Active: true,
			InstrumentModuleConfigurationIDs: []int32{1, 2},
		}),
		ops.UpdateUnit.With(maindb.UpdateObsUnitParams{
			ID: 1 << 30, SourceID: 1, ObsModeID: 2, Name: "Orion A, deep", DurationS: 540, PlannedExecutions: 3, Version: 3,
			InstrumentModuleConfigurationIDs: []int32{1, 2},
		}),
		ops.CreateConfiguration.With(maindb.CreateObservationConfigurationParams{
			ID: 1 << 30, Name: "CHAI map", Description: "Lines.", Parameters: json.RawMessage(`{"pattern":"linear"}`), Chai: chaiSample(),
		}),
		ops.UpdateConfiguration.With(maindb.UpdateObservationConfigurationParams{
			ID: 1 << 30, Name: "CHAI map", Parameters: json.RawMessage(`{}`), Chai: chaiSample(), Version: 3,
		}),
		ops.CreateModuleConfiguration.With(maindb.CreateModuleConfigurationParams{
			ID: 1 << 30, InstrumentModuleID: 4, Name: "CO 4-3", Parameters: json.RawMessage(`{}`), Chai: tuningSample(),
		}),
		ops.UpdateModuleConfiguration.With(maindb.UpdateModuleConfigurationParams{
			ID: 1 << 30, Name: "CO 4-3", Parameters: json.RawMessage(`{}`), Chai: tuningSample(), Version: 3,
		}),
		ops.UpdateInstrument.With(maindb.UpdateInstrumentParams{ID: 1 << 30, Available: true, Version: 3}),
	}
}

func chaiSample() *json.RawMessage {
	return new(json.RawMessage(`{"integration_time_s":2.5,"reference_offset_lon_arcsec":0,"reference_offset_lat_arcsec":1,` +
		`"tiles":[{"offset_lon_arcsec":1,"offset_lat_arcsec":2,"width_arcsec":3,"height_arcsec":4,"angle_deg":5}],` +
		`"inpar":[{"name":"step","value":"6.5","unit":"arcsec"}]}`))
}

func tuningSample() *json.RawMessage {
	return new(json.RawMessage(`{"line":"CO 4-3","rest_frequency_ghz":461.0407682,"velocity_km_s":220,"sideband":"upper"}`))
}
