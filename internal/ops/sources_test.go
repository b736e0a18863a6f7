package ops_test

import (
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// sourceSamples is one step of every kind that is about sources.
func sourceSamples() []buffer.Step {
	ra, dec, motion, class, naif := 269.452, 4.693, 10328.12, maindb.SolarSystemClassPlanet, int32(799)
	return []buffer.Step{
		ops.CreateSource.With(maindb.CreateSourceParams{
			ID: 1 << 30, Kind: maindb.SourceKindFixed, Name: "Barnard", RaDeg: &ra, DecDeg: &dec, ExtentRaDeg: new(0.0), ExtentDecDeg: new(0.0),
			ProperMotionRaMasYr: new(-798.58), ProperMotionDecMasYr: &motion,
		}),
		ops.UpdateSource.With(maindb.UpdateSourceParams{
			ID: 1 << 30, Kind: maindb.SourceKindSolarSystemObject, Name: "Uranus", Version: 3, Class: &class, NaifID: &naif,
		}),
	}
}
