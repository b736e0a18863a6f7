package main

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

func (a *app) obs() *cobra.Command {
	return a.group("obs", "Record and read observations", "Record and read executions of planned units.",
		a.obsStart(), a.obsFinish(), a.obsList(), a.obsShow())
}

func (a *app) obsStart() *cobra.Command {
	var (
		w          writeFlags
		body       client.ExecutedObsUnitStart
		id         idFlag
		start      timeFlag
		conditions conditionsFlag
		observer   string
		comment    string
	)
	c := a.command("start UNIT [flags]", "Record that an observation starts",
		`Records that the execution of the planned unit UNIT starts, and prints its id, which leads to it from now on. It succeeds
without the network between the sites. A script that may be started again gives --key or --id, and starts it once.`,
		`  id=$(opsctl obs start 17 --observer night-shift --condition pwv_mm=0.41)
  opsctl obs start 17 --key night-42-unit-17 --wait committed`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) (err error) {
			if body.ObsUnitID, err = parseNumber("a unit", args[0]); err != nil {
				return err
			}
			if body.Conditions, err = conditions.conditions(); err != nil {
				return err
			}
			body.ID, body.StartTime, body.Observer, body.Comment = id.id, start.at, nonZero(observer), nonZero(comment)
			api, err := a.api()
			if err != nil {
				return err
			}
			receipt, err := opsdb.Value[client.WriteReceipt](api.StartExecutedObsUnitWithResponse(ctx, &client.StartExecutedObsUnitParams{IdempotencyKey: nonZero(w.key)}, body))
			if err != nil {
				return err
			}
			return a.written(ctx, api, receipt, &w)
		})
	w.add(c)
	c.Flags().Var(&id, "id", "an id of your own")
	c.Flags().Var(&start, "start", "when it started; without it, now")
	c.Flags().StringVar(&observer, "observer", "", "who observes")
	c.Flags().StringVar(&comment, "comment", "", "what there is to say")
	c.Flags().Var(&conditions, "condition", "`NAME=VALUE` of the conditions; may be repeated")
	return c
}

func (a *app) obsFinish() *cobra.Command {
	var (
		w          writeFlags
		comment    string
		end        timeFlag
		conditions conditionsFlag
		status     *oneOf[client.FinalStatus]
	)
	var c *cobra.Command
	c = a.command("finish ID [flags]", "Record that an observation ends",
		`Records how the execution ID ended. What is not given keeps its value. It is finished once: the same again is no error,
something else is a conflict.`,
		`  opsctl obs finish "$id"
  opsctl obs finish "$id" --status aborted --comment "clouds" --wait replicated`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			body := client.ExecutedObsUnitFinish{Status: status.value, EndTime: end.at, Comment: optional(c, "comment", &comment)}
			if body.Conditions, err = conditions.conditions(); err != nil {
				return err
			}
			api, err := a.api()
			if err != nil {
				return err
			}
			receipt, err := opsdb.Value[client.WriteReceipt](api.FinishExecutedObsUnitWithResponse(ctx, id, &client.FinishExecutedObsUnitParams{IdempotencyKey: nonZero(w.key)}, body))
			if err != nil {
				return err
			}
			return a.written(ctx, api, receipt, &w)
		})
	w.add(c)
	status = enumFlag(c, "status", "how it ended", client.FinalStatusCompleted, client.FinalStatusAborted, client.FinalStatusFailed)
	c.Flags().Var(&end, "end", "when it ended; without it, now")
	c.Flags().StringVar(&comment, "comment", "", "what there is to say")
	c.Flags().Var(&conditions, "condition", "`NAME=VALUE` of the conditions; may be repeated")
	return c
}

func (a *app) obsList() *cobra.Command {
	var (
		p                     client.ListExecutedObsUnitsParams
		unit, program, module int32
		from, before          timeFlag
		night                 dayFlag
		oldest                bool
		most                  int
		status                *oneOf[client.ObservationStatus]
	)
	c := a.command("list [flags]", "List observations",
		"Lists executions, the newest first, with those that are still on their way from this site.",
		`  opsctl obs list --status running
  opsctl obs list --night 2026-07-15 --json | jq -r .id`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			api, err := a.api()
			if err != nil {
				return err
			}
			p.Status, p.ObsUnitID, p.ObservingProgramID, p.InstrumentModuleID = status.value, nonZero(unit), nonZero(program), nonZero(module)
			p.StartFrom, p.StartBefore, p.DayObs, p.Limit = from.at, before.at, night.day, pageSize(most)
			if oldest {
				p.Order = new(client.OrderOldest)
			}
			items := opsdb.All(func(cursor *string) ([]client.ExecutedObsUnit, nullable.Nullable[string], error) {
				p.Cursor = cursor
				page, err := opsdb.Value[client.ExecutedObsUnitPage](api.ListExecutedObsUnitsWithResponse(ctx, &p))
				return page.Items, page.NextCursor, err
			})
			return list(a, items, most, []string{"ID", "UNIT", "STATUS", "START", "END", "OBSERVER", "SITE", "SYNC"}, func(u client.ExecutedObsUnit) []string {
				return []string{u.ID.String(), number(u.ObsUnitID), string(u.Status), clock(u.StartTime), clock(orZero(u.EndTime)), u.Observer, u.Site, string(u.Sync)}
			})
		})
	status = enumFlag(c, "status", "only those that are", client.ObservationStatusRunning, client.ObservationStatusCompleted, client.ObservationStatusAborted, client.ObservationStatusFailed)
	c.Flags().Int32Var(&unit, "unit", 0, "only those of this planned unit")
	c.Flags().Int32Var(&program, "program", 0, "only those of this observing program")
	c.Flags().Int32Var(&module, "module", 0, "only those planned with this instrument module")
	c.Flags().Var(&from, "from", "only those that started then or later")
	c.Flags().Var(&before, "before", "only those that started before")
	c.Flags().Var(&night, "night", "only those of this observing day")
	c.Flags().BoolVar(&oldest, "oldest-first", false, "the oldest first")
	mostFlag(c, &most)
	return c
}

func (a *app) obsShow() *cobra.Command {
	return a.command("show ID", "Show an observation with its packages and files", "Shows an execution with its packages and files.",
		`  opsctl obs show "$id"
  opsctl obs show "$id" --json | jq -r '.raw_data_files[].relative_path'`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			return show(ctx, a, args[0], func(ctx context.Context, api *opsdb.Client, id uuid.UUID) (client.ExecutedObsUnitDetail, error) {
				return opsdb.Value[client.ExecutedObsUnitDetail](api.GetExecutedObsUnitWithResponse(ctx, id, nil))
			}, showObs)
		})
}

func showObs(w io.Writer, u client.ExecutedObsUnitDetail) {
	facts(w, "id", u.ID.String(), "unit", number(u.ObsUnitID), "status", string(u.Status), "start", clock(u.StartTime), "end", clock(orZero(u.EndTime)),
		"observer", u.Observer, "finished by", orZero(u.FinishedBy), "comment", u.Comment, "conditions", string(u.Conditions), "site", u.Site, "sync", string(u.Sync))
	for _, p := range u.ParkedChanges {
		facts(w, "parked", p.Kind+" by transaction "+p.TransactionID.String()+": "+p.Error)
	}
	if len(u.RawDataPackages) > 0 {
		fmt.Fprintln(w)
		t := newTable(w, "PACKAGE", "STATUS", "STATE", "PATH", "SYNC")
		for _, p := range u.RawDataPackages {
			t.row(p.ID.String(), string(p.Status), string(p.State), p.RelativePath, string(p.Sync))
		}
		t.flush()
	}
	showFiles(w, u.RawDataFiles)
}

func showFiles(w io.Writer, files []client.RawDataFile) {
	if len(files) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := newTable(w, "FILE", "MODULE", "SIZE", "PATH", "SYNC")
	for _, f := range files {
		t.row(f.ID.String(), number(f.InstrumentModuleID), size(f.SizeBytes), f.RelativePath, string(f.Sync))
	}
	t.flush()
}

// mostFlag bounds what a list shows.
func mostFlag(c *cobra.Command, most *int) {
	c.Flags().IntVar(most, "limit", 50, "how many at most; 0 for all")
}

// pageSize returns the size of pages for so many items.
func pageSize(most int) *int32 {
	const largest = 1000
	if most <= 0 || most > largest {
		return new(int32(largest))
	}
	return new(int32(most)) //nolint:gosec // it is at most 1000
}
