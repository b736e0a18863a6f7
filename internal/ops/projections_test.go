package ops_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/overlay"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// What is finished or finalized twice, as by two scripts, shows while it is on its way what the database will say of it.
func TestWhatIsRepeatedShowsAsItWillBe(t *testing.T) {
	db := pgtest.Connect(t, pgtest.New(t))
	if _, err := db.Exec(t.Context(), "set time zone 'UTC'"); err != nil {
		t.Fatal(err)
	}
	var unit, module int32
	if err := db.QueryRow(t.Context(), "select (select min(id) from obs_unit), (select min(id) from instrument_module)").Scan(&unit, &module); err != nil {
		t.Fatal(err)
	}
	finish := func(by string) buffer.Step {
		return ops.Finish(nil, maindb.FinishExecutedObsUnitParams{ID: id, Status: maindb.ObservationStatusCompleted, EndTime: at.Add(time.Hour), FinishedBy: by})
	}
	finalize := func(when time.Time) buffer.Step {
		return ops.Finalize(nil, maindb.FinalizeRawDataPackageParams{ID: other, FinalizedAt: when})
	}
	pending := &buffer.Pending{}
	for _, step := range []buffer.Step{
		ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{ID: id, ObsUnitID: unit, Site: "observatory", StartTime: at, Conditions: []byte("{}"), RecordedAt: at}),
		ops.CreatePackage.With(maindb.CreateRawDataPackageParams{ID: other, ExecutedObsUnitID: id, InstrumentModuleID: module, Name: "a", RelativePath: "a", CreatedAt: at}),
		finish("night-shift"), finish("scheduler"), finalize(at), finalize(at.Add(time.Minute)),
	} {
		if err := ops.Registry.Run(t.Context(), maindb.New(db), step); err != nil {
			t.Fatal(step.Kind, err)
		}
		pending.Transactions = append(pending.Transactions, buffer.PendingTransaction{State: buffer.Buffered, Steps: []buffer.Step{step}})
	}
	executions, err := ops.Executions(pending)
	if err != nil {
		t.Fatal(err)
	}
	packages, err := ops.Packages(pending)
	if err != nil {
		t.Fatal(err)
	}
	read := replicadb.New(db)
	finished, err := read.GetExecutedObsUnits(t.Context(), replicadb.GetExecutedObsUnitsParams{IDs: []uuid.UUID{id}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(finished, []replicadb.ExecutedObsUnit{*overlay.Apply(nil, executions.Changes()[id])}); diff != "" {
		t.Errorf("execution: -database +pending:\n%s", diff)
	}
	finalized, err := read.GetRawDataPackages(t.Context(), replicadb.GetRawDataPackagesParams{IDs: []uuid.UUID{other}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(finalized, []replicadb.RawDataPackage{*overlay.Apply(nil, packages.Changes()[other])}); diff != "" {
		t.Errorf("package: -database +pending:\n%s", diff)
	}
}
