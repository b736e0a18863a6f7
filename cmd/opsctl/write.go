package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

// writeFlags are the flags of all commands that record something.
type writeFlags struct {
	key  string
	wait *oneOf[client.WaitState]
}

func (w *writeFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&w.key, "key", "", "an Idempotency-`KEY` of your own: with the same one the same command is executed once, anywhere")
	w.wait = waitFlag(c, "wait", "also wait until the write is")
}

func waitFlag(c *cobra.Command, name, usage string) *oneOf[client.WaitState] {
	return enumFlag(c, name, usage, client.WaitStateCommitted, client.WaitStateReplicated)
}

// written shows the receipt of a write, the id alone on the standard output, and waits if it is asked to. What was
// accepted is shown whatever becomes of the waiting.
func (a *app) written(ctx context.Context, api *opsdb.Client, receipt client.WriteReceipt, w *writeFlags) error {
	if !a.json {
		fmt.Fprintln(a.out, receipt.ID)
		a.say("%s, transaction %s%s", receipt.Status, receipt.TransactionID, unverified(receipt.References))
	}
	status, failed := a.awaited(ctx, api, receipt.TransactionID, w.wait.value)
	if status != "" {
		receipt.Status = status
	}
	if a.json {
		return errors.Join(a.encode(receipt), failed)
	}
	if status != "" && failed == nil {
		a.say("%s", status)
	}
	return failed
}

func unverified(r client.References) string {
	if r == client.ReferencesUnverified {
		return "; what it refers to cannot be checked here now, and is when it is executed"
	}
	return ""
}

// awaited waits until a write has come so far, if it is to be waited for, and returns its state.
func (a *app) awaited(ctx context.Context, api *opsdb.Client, id uuid.UUID, level *client.WaitState) (client.TransactionState, error) {
	if level == nil {
		return "", nil
	}
	t, err := a.await(ctx, api, id, *level)
	return t.State, err
}

// await waits as long as --timeout allows.
func (a *app) await(ctx context.Context, api *opsdb.Client, id uuid.UUID, level client.WaitState) (client.Transaction, error) {
	errLate := lateError(a.patience)
	ctx, cancel := context.WithTimeoutCause(ctx, a.patience, errLate)
	defer cancel()
	t, err := api.Wait(ctx, id, level)
	if _, silent := errors.AsType[*opsdb.UnreachableError](err); errors.Is(err, errLate) && !silent {
		err = fmt.Errorf("the write %s is %s and not %s %w", t.ID, t.State, level, errLate)
	}
	return t, err
}

// lateError is the error of a time that is over.
type lateError time.Duration

// Error implements error.
func (l lateError) Error() string { return "after " + time.Duration(l).String() }

// Is tells that it is an end of time like others.
func (lateError) Is(target error) bool { return target == context.DeadlineExceeded }
