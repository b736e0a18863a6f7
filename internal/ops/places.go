package ops

import (
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
)

func execution(id uuid.UUID) buffer.Record {
	return buffer.Record{Table: TableExecution, ID: id.String()}
}

func dataPackage(id uuid.UUID) buffer.Record {
	return buffer.Record{Table: TablePackage, ID: id.String()}
}

func file(id uuid.UUID) buffer.Record { return buffer.Record{Table: TableFile, ID: id.String()} }

func planned(table string, id int32) buffer.Record {
	return buffer.Record{Table: table, ID: strconv.Itoa(int(id))}
}

// whatever in the name of a list stands for any unit.
const whatever = "*"

// statuses are all that an execution can have.
var statuses = []maindb.ObservationStatus{
	maindb.ObservationStatusRunning, maindb.ObservationStatusCompleted, maindb.ObservationStatusAborted, maindb.ObservationStatusFailed,
}

// ExecutionLists names the lists whose union are the pending executions of a planned unit (0: of all) in a state (empty:
// in any). An execution is on two lists, whatever it is looked for by: each costs Redis memory and time.
func ExecutionLists(obsUnitID int32, status string) []string {
	if status != "" {
		return []string{executionList(obsUnitID, maindb.ObservationStatus(status))}
	}
	lists := make([]string, len(statuses))
	for i, status := range statuses {
		lists[i] = executionList(obsUnitID, status)
	}
	return lists
}

func executionList(obsUnitID int32, status maindb.ObservationStatus) string {
	unit := whatever
	if obsUnitID != 0 {
		unit = strconv.Itoa(int(obsUnitID))
	}
	return unit + ":" + string(status)
}

// ExecutionSort orders executions by start: the start in microseconds, of fixed width. With an id behind it, it is a
// position in a list; the same order as (start_time, id) has in the database.
func ExecutionSort(start time.Time) string { return fmt.Sprintf("%016d", start.UnixMicro()) }

// OfExecution names the list of pending packages or files of an execution.
func OfExecution(id uuid.UUID) string { return "execution:" + id.String() }

// OfPackage names the list of pending files of a package.
func OfPackage(id uuid.UUID) string { return "package:" + id.String() }

func executionPlace(id uuid.UUID, obsUnitID int32, start time.Time, status maindb.ObservationStatus) buffer.Place {
	return buffer.Place{
		Record: execution(id),
		Sort:   ExecutionSort(start),
		Lists:  []string{executionList(0, status), executionList(obsUnitID, status)},
	}
}

func packagePlace(id, executionID uuid.UUID) buffer.Place {
	return buffer.Place{Record: dataPackage(id), Lists: []string{OfExecution(executionID)}}
}

func filePlace(f replicadb.RawDataFile, packages ...uuid.UUID) buffer.Place {
	p := buffer.Place{Record: file(f.ID), Lists: []string{OfExecution(f.ExecutedObsUnitID)}}
	if f.RawDataPackageID != nil {
		packages = append(packages, *f.RawDataPackageID)
	}
	for _, id := range packages {
		p.Lists = append(p.Lists, OfPackage(id))
	}
	return p
}

// Finish is the step that finishes an execution. seen is the execution as the writer saw it, nil when it saw none; it
// tells the lists where the finished one belongs.
func Finish(seen *replicadb.ExecutedObsUnit, p maindb.FinishExecutedObsUnitParams) buffer.Step {
	if seen == nil {
		return FinishObservation.With(p)
	}
	return FinishObservation.With(p, executionPlace(p.ID, seen.ObsUnitID, seen.StartTime, p.Status))
}

// Finalize is the step that closes a package; seen as in Finish.
func Finalize(seen *replicadb.RawDataPackage, p maindb.FinalizeRawDataPackageParams) buffer.Step {
	if seen == nil {
		return FinalizePackage.With(p)
	}
	return FinalizePackage.With(p, packagePlace(p.ID, seen.ExecutedObsUnitID))
}

// Assign is the step that puts files into a package; seen are those files that the writer saw.
func Assign(seen []replicadb.RawDataFile, p maindb.AssignRawDataFilesParams) buffer.Step {
	places := make([]buffer.Place, len(seen))
	for i, f := range seen {
		places[i] = filePlace(f, p.RawDataPackageID)
	}
	return AssignFiles.With(p, places...)
}

// Withdraw is the step that takes a registration back, as its writer saw it.
func Withdraw(seen replicadb.RawDataFile) buffer.Step {
	return WithdrawFile.With(maindb.DeleteRawDataFileParams{ID: seen.ID, Checksum: seen.Checksum, SizeBytes: seen.SizeBytes}, filePlace(seen))
}
