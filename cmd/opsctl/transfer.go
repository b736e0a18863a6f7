package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

func (a *app) transfer() *cobra.Command {
	return a.group("transfer", "See how data travel into the archives", "Shows how the data travel, tries again what has failed, and says which files are safe.",
		a.transferOverview(), a.transferList(), a.transferShow(), a.transferReset(), a.transferSafe())
}

func (a *app) transferOverview() *cobra.Command {
	return a.command("overview", "Show the whole pipeline",
		`Shows what is at which stage, how fast it goes, and what has stalled or failed. Which packages
those are, "opsctl package list --stage" tells, and which transfers "opsctl transfer list".`,
		`  opsctl transfer overview`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			api, err := a.api()
			if err != nil {
				return err
			}
			o, err := opsdb.Value[client.TransferOverview](api.GetTransferOverviewWithResponse(ctx, nil))
			if err != nil {
				return err
			}
			return a.show(o, func(w io.Writer) { showOverview(w, o) })
		})
}

func showOverview(w io.Writer, o client.TransferOverview) {
	t := newTable(w, "STAGE", "PACKAGES", "SIZE", "PENDING", "IN PROGRESS", "COMPLETED", "FAILED")
	for _, s := range o.Stages {
		t.row(fmt.Sprintf("%d %s", s.Stage, s.Name), number(s.Packages), size(s.Bytes), number(s.Pending+s.Scheduled), number(s.InProgress), number(s.Completed), number(s.Failed))
	}
	t.flush()
	fmt.Fprintln(w)
	facts(w,
		"under way", fmt.Sprintf("%d, of them stalled %d", o.ActiveTransfers, o.StalledTransfers),
		"bandwidth", size(int64(o.BandwidthBytesS))+"/s",
		"remaining", size(o.RemainingBytes),
		"through in", secondsNull(o.ETASeconds),
		"in the last day", size(o.TransferredBytesDay),
		"oldest unarchived", clock(orZero(o.OldestUnarchived)),
		"failed", failures(o.Failures),
	)
}

func failures(f client.TransferFailures) string {
	var parts []string
	for _, part := range []struct {
		n    int64
		what string
	}{
		{f.Packages, "packages"},
		{f.Transfers, "transfers"},
		{f.Unpackings, "unpackings"},
		{f.ArchiveTransfers, "transfers into archives"},
		{f.StagingJobs, "staging jobs"},
		{f.Deletions, "deletions"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

func secondsNull(n nullable.Nullable[float64]) string {
	s, err := n.Get()
	if err != nil {
		return ""
	}
	return seconds(s)
}

var transferStatuses = []client.TransferStatus{
	client.TransferStatusPending, client.TransferStatusScheduled, client.TransferStatusInProgress, client.TransferStatusCompleted, client.TransferStatusFailed,
}

func (a *app) transferList() *cobra.Command {
	var (
		p              client.ListTransfersParams
		status, unpack *oneOf[client.TransferStatus]
		route          int32
		stalled        bool
		pack           idFlag
		from, before   timeFlag
		most           int
	)
	c := a.command("list [flags]", "List transfers between sites", "Lists transfers between sites, the newest first.",
		`  opsctl transfer list --status failed
  opsctl transfer list --stalled --json`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			api, err := a.api()
			if err != nil {
				return err
			}
			p.Status, p.UnpackStatus, p.Stalled, p.RouteID, p.DataTransferPackageID = status.value, unpack.value, nonZero(stalled), nonZero(route), pack.id
			p.CreatedFrom, p.CreatedBefore, p.Limit = from.at, before.at, pageSize(most)
			items := opsdb.All(func(cursor *string) ([]client.Transfer, nullable.Nullable[string], error) {
				p.Cursor = cursor
				page, err := opsdb.Value[client.TransferPage](api.ListTransfersWithResponse(ctx, &p))
				return page.Items, page.NextCursor, err
			})
			return list(a, items, most, []string{"ID", "STATUS", "UNPACKED", "DONE", "SIZE", "RATE", "LEFT", "WHY"}, func(t client.Transfer) []string {
				return []string{t.ID.String(), transferState(t), string(t.UnpackStatus), percent(t.TransferredBytes, t.SizeBytes), size(t.SizeBytes), rate(t), secondsNull(t.ETASeconds), orZero(t.Failure)}
			})
		})
	status = enumFlag(c, "status", "only those that are", transferStatuses...)
	unpack = enumFlag(c, "unpack-status", "only those whose unpacking is", transferStatuses...)
	c.Flags().BoolVar(&stalled, "stalled", false, "only those that have stalled")
	c.Flags().Int32Var(&route, "route", 0, "only those on this route")
	c.Flags().Var(&pack, "package", "only those of this transfer package")
	c.Flags().Var(&from, "from", "only those made then or later")
	c.Flags().Var(&before, "before", "only those made before")
	mostFlag(c, &most)
	return c
}

func transferState(t client.Transfer) string {
	if t.Stalled {
		return "stalled"
	}
	return string(t.Status)
}

func rate(t client.Transfer) string {
	bandwidth, err := t.BandwidthBytesS.Get()
	if err != nil {
		return ""
	}
	return size(int64(bandwidth)) + "/s"
}

func percent(done, all int64) string {
	if all == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", 100*float64(done)/float64(all))
}

func (a *app) transferShow() *cobra.Command {
	return a.command("show ID", "Show a transfer", "Shows a transfer between sites.", `  opsctl transfer show "$transfer"`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			return show(ctx, a, args[0], func(ctx context.Context, api *opsdb.Client, id uuid.UUID) (client.Transfer, error) {
				return opsdb.Value[client.Transfer](api.GetTransferWithResponse(ctx, id, nil))
			}, showTransfer)
		})
}

func showTransfer(w io.Writer, t client.Transfer) {
	facts(w, "id", t.ID.String(), "package", t.DataTransferPackageID.String(), "route", number(t.RouteID), "from location", number(t.OriginLocationID),
		"to location", number(t.DestinationLocationID), "status", transferState(t), "unpacking", string(t.UnpackStatus), "tried again", number(t.RetryCount),
		"done", size(t.TransferredBytes)+" of "+size(t.SizeBytes)+", "+percent(t.TransferredBytes, t.SizeBytes), "rate", rate(t), "ends in", secondsNull(t.ETASeconds),
		"failure", orZero(t.Failure), "created", clock(t.CreatedAt), "started", clock(orZero(t.StartedAt)), "progress", clock(orZero(t.ProgressAt)),
		"finished", clock(orZero(t.FinishedAt)), "unpacked", clock(orZero(t.UnpackedAt)))
}

func (a *app) transferReset() *cobra.Command {
	var (
		archive bool
		key     string
		part    *oneOf[client.TransferResetPart]
	)
	c := a.command("reset ID [flags]", "Try a failed transfer again", "Lets a failed transfer, or its unpacking, or a failed transfer into an archive, be tried again.",
		`  opsctl transfer reset "$transfer"
  opsctl transfer reset "$transfer" --part unpack
  opsctl transfer reset "$transfer" --archive`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			if archive && part.value != nil {
				return misused("a transfer into an archive has no --part")
			}
			if archive {
				return show(ctx, a, args[0], func(ctx context.Context, api *opsdb.Client, id uuid.UUID) (client.ArchiveTransfer, error) {
					return opsdb.Value[client.ArchiveTransfer](api.ResetArchiveTransferWithResponse(ctx, id, &client.ResetArchiveTransferParams{IdempotencyKey: nonZero(key)}))
				}, func(w io.Writer, t client.ArchiveTransfer) { fmt.Fprintln(w, t.ID, t.Status) })
			}
			return show(ctx, a, args[0], func(ctx context.Context, api *opsdb.Client, id uuid.UUID) (client.Transfer, error) {
				return opsdb.Value[client.Transfer](api.ResetTransferWithResponse(ctx, id, &client.ResetTransferParams{IdempotencyKey: nonZero(key)}, client.TransferReset{Part: part.value}))
			}, func(w io.Writer, t client.Transfer) { fmt.Fprintln(w, t.ID, t.Status, t.UnpackStatus) })
		})
	part = enumFlag(c, "part", "what to try again", client.TransferResetPartTransfer, client.TransferResetPartUnpack)
	c.Flags().BoolVar(&archive, "archive", false, "ID is a transfer into an archive")
	c.Flags().StringVar(&key, "key", "", "an Idempotency-`KEY` of your own")
	return c
}

func (a *app) transferSafe() *cobra.Command {
	var copies int32
	c := a.command("safe-to-delete FILE... [flags]", "Say whether files can be deleted where they were recorded",
		`Says for each file, by its id, whether enough verified copies of it are elsewhere, one of them in an archive. The exit code
is 0 only when that is so for all of them.`,
		`  opsctl transfer safe-to-delete "$file" && rm "$path"`,
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
			api, err := a.api()
			if err != nil {
				return err
			}
			safe := true
			for _, text := range args {
				id, err := parseID(text)
				if err != nil {
					return err
				}
				s, err := opsdb.Value[client.SafeToDelete](api.GetSafeToDeleteWithResponse(ctx, id, &client.GetSafeToDeleteParams{MinCopies: &copies}))
				if err != nil {
					return fmt.Errorf("%s: %w", id, err)
				}
				safe = safe && s.Safe
				if err := a.show(s, func(w io.Writer) { showSafe(w, s) }); err != nil {
					return err
				}
			}
			if !safe {
				return errSaid
			}
			return nil
		})
	c.Flags().Int32Var(&copies, "copies", 2, "how many copies are enough")
	return c
}

func showSafe(w io.Writer, s client.SafeToDelete) {
	reasons := make([]string, len(s.Reasons))
	for i, r := range s.Reasons {
		reasons[i] = string(r)
	}
	verdict := map[bool]string{true: "safe", false: "not safe: " + strings.Join(reasons, ", ")}[s.Safe]
	fmt.Fprintf(w, "%s %s (%d of %d copies verified)\n", s.RawDataFileID, verdict, s.VerifiedCopies, s.MinCopies)
}
