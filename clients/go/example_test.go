package opsdb_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/oapi-codegen/nullable"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

// A program records an observation, waits until it is in the main database and back, and looks at what is recorded.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := observe(ctx); err != nil {
		slog.Default().Error("the observation is not recorded", "error", err)
	}
	// Output:
	// started
	// replicated
	// completed
}

func observe(ctx context.Context) error {
	api, err := opsdb.New(os.Getenv("OPS_API_URL"), os.Getenv("OPS_API_TOKEN"))
	if err != nil {
		return err
	}
	defer api.Close()

	start, err := opsdb.Value[client.WriteReceipt](api.StartExecutedObsUnitWithResponse(ctx, nil, client.ExecutedObsUnitStart{ObsUnitID: 1}))
	if err != nil {
		return err
	}
	fmt.Println("started")

	status := client.FinalStatusCompleted
	end, err := opsdb.Value[client.WriteReceipt](api.FinishExecutedObsUnitWithResponse(ctx, start.ID, nil, client.ExecutedObsUnitFinish{Status: &status}))
	if err != nil {
		return err
	}
	write, err := api.Wait(ctx, end.TransactionID, client.WaitStateReplicated)
	if err != nil {
		return err
	}
	fmt.Println(write.State)

	unit := int32(1)
	observations := opsdb.All(func(cursor *string) ([]client.ExecutedObsUnit, nullable.Nullable[string], error) {
		page, err := opsdb.Value[client.ExecutedObsUnitPage](api.ListExecutedObsUnitsWithResponse(ctx, &client.ListExecutedObsUnitsParams{ObsUnitID: &unit, Cursor: cursor}))
		return page.Items, page.NextCursor, err
	})
	for o, err := range observations {
		if err != nil {
			return err
		}
		if o.ID == start.ID {
			fmt.Println(o.Status)
		}
	}
	return nil
}
