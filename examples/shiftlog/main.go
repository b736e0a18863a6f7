// Command shiftlog prints what was observed in the night of an observing day, unit by unit, and which writes wait for a
// person.
//
//	OPS_API_URL=http://localhost:8000 OPS_API_TOKEN=... shiftlog 2026-07-15
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/oapi-codegen/nullable"
	"github.com/oapi-codegen/runtime/types"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "shiftlog:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: shiftlog DAY, such as %s", time.Now().Format(time.DateOnly))
	}
	day, err := time.Parse(time.DateOnly, args[0])
	if err != nil {
		return err
	}
	api, err := opsdb.New(os.Getenv("OPS_API_URL"), os.Getenv("OPS_API_TOKEN"))
	if err != nil {
		return err
	}
	defer api.Close()
	if err := observed(ctx, api, types.Date{Time: day}, out); err != nil {
		return err
	}
	return waiting(ctx, api, out)
}

// tally is what became of the executions of a unit.
type tally struct {
	byStatus map[client.ObservationStatus]int
	onTarget time.Duration
}

// observed prints a line for each unit.
func observed(ctx context.Context, api *opsdb.Client, day types.Date, out io.Writer) error {
	executions := opsdb.All(func(cursor *string) ([]client.ExecutedObsUnit, nullable.Nullable[string], error) {
		page, err := opsdb.Value[client.ExecutedObsUnitPage](api.ListExecutedObsUnitsWithResponse(ctx,
			&client.ListExecutedObsUnitsParams{DayObs: &day, Cursor: cursor}))
		return page.Items, page.NextCursor, err
	})
	units := map[int32]*tally{}
	for execution, err := range executions {
		if err != nil {
			return err
		}
		t := units[execution.ObsUnitID]
		if t == nil {
			t = &tally{byStatus: map[client.ObservationStatus]int{}}
			units[execution.ObsUnitID] = t
		}
		t.byStatus[execution.Status]++
		if end, err := execution.EndTime.Get(); err == nil {
			t.onTarget += end.Sub(execution.StartTime)
		}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "unit\tcompleted\taborted\tfailed\trunning\ttime")
	for _, unit := range slices.SortedFunc(maps.Keys(units), cmp.Compare) {
		n := units[unit].byStatus
		fmt.Fprintf(table, "%d\t%d\t%d\t%d\t%d\t%s\n", unit, n[client.ObservationStatusCompleted], n[client.ObservationStatusAborted],
			n[client.ObservationStatusFailed], n[client.ObservationStatusRunning], units[unit].onTarget.Round(time.Second))
	}
	return table.Flush()
}

// waiting prints the writes that a person must decide about.
func waiting(ctx context.Context, api *opsdb.Client, out io.Writer) error {
	parked := opsdb.All(func(cursor *string) ([]client.Transaction, nullable.Nullable[string], error) {
		page, err := opsdb.Value[client.TransactionPage](api.ListTransactionsWithResponse(ctx,
			&client.ListTransactionsParams{State: []client.TransactionState{client.TransactionStateParked}, Cursor: cursor}))
		return page.Items, page.NextCursor, err
	})
	for transaction, err := range parked {
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "parked: %s\n", transaction.ID)
	}
	return nil
}
