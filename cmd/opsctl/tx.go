package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

func (a *app) tx() *cobra.Command {
	return a.group("tx", "See where writes are, and decide about parked ones",
		`Every write is a transaction, and is buffered, committed, replicated; or parked, which is stopped by a permanent error, with
those blocked behind it, until a person retries, edits or discards it.`,
		a.txList(), a.txShow(), a.txWait(), a.txRetry(), a.txDiscard(), a.txEdit())
}

var transactionStates = []client.TransactionState{
	client.TransactionStateBuffered, client.TransactionStateExecuting, client.TransactionStateCommitted, client.TransactionStateParked,
	client.TransactionStateBlocked, client.TransactionStateDiscarded,
}

func (a *app) txList() *cobra.Command {
	var (
		states   []string
		sqlstate string
		most     int
	)
	c := a.command("list [flags]", "List writes that are not yet replicated", "Lists writes that are not yet replicated, the oldest first.",
		`  opsctl tx list --state parked --state blocked
  opsctl tx list --sqlstate 23503 --json | jq -r .id`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			p := client.ListTransactionsParams{Sqlstate: nonZero(sqlstate), Limit: new(min(deref(pageSize(most)), 100))}
			for _, text := range states {
				state := client.TransactionState(text)
				if !slices.Contains(transactionStates, state) {
					return misused("--state %s: it is %s", text, (&oneOf[client.TransactionState]{values: transactionStates}).choice())
				}
				p.State = append(p.State, state)
			}
			api, err := a.api()
			if err != nil {
				return err
			}
			items := opsdb.All(func(cursor *string) ([]client.Transaction, nullable.Nullable[string], error) {
				p.Cursor = cursor
				page, err := opsdb.Value[client.TransactionPage](api.ListTransactionsWithResponse(ctx, &p))
				return page.Items, page.NextCursor, err
			})
			return list(a, items, most, []string{"ID", "STATE", "ACCEPTED", "OPERATION", "BY", "WHY"}, func(t client.Transaction) []string {
				return []string{t.ID.String(), string(t.State), clock(t.AcceptedAt), t.Operation, t.Principal, why(t)}
			})
		})
	c.Flags().StringArrayVar(&states, "state", nil, "only those in this `state`; may be repeated")
	complete(c, "state", transactionStates...)
	c.Flags().StringVar(&sqlstate, "sqlstate", "", "only those that failed with this `SQLSTATE`")
	mostFlag(c, &most)
	return c
}

// why says in a few words why a write does not go on.
func why(t client.Transaction) string {
	switch {
	case len(t.BlockedBy) > 0:
		return "behind " + t.BlockedBy[0].String()
	case t.Failure != nil:
		return t.Failure.SQLState + " " + t.Failure.Message
	default:
		return ""
	}
}

func (a *app) txShow() *cobra.Command {
	return a.command("show ID", "Show a write", "Shows a write, what it writes, and everything that was done about it.", `  opsctl tx show "$transaction"`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			return show(ctx, a, args[0], func(ctx context.Context, api *opsdb.Client, id uuid.UUID) (client.Transaction, error) {
				return opsdb.Value[client.Transaction](api.GetTransactionWithResponse(ctx, id, nil))
			}, showTransaction)
		})
}

func showTransaction(w io.Writer, t client.Transaction) {
	facts(w, "id", t.ID.String(), "state", string(t.State), "site", t.Site, "operation", t.Operation, "by", t.Principal, "accepted", clock(t.AcceptedAt),
		"executed", clockOf(t.ExecutedAt), "replicated", clockOf(t.ReplicatedAt), "tried again", clockOf(t.RetryAt), "blocked by", ids(t.BlockedBy),
		"replaces", idOf(t.Replaces), "replaced by", idOf(t.ReplacedBy), "position", deref(t.LSN))
	if f := t.Failure; f != nil {
		facts(w, "attempts", number(t.Attempts), "failure", f.SQLState+" "+f.Message, "detail", f.Detail, "at", clock(f.At))
	}
	for _, r := range t.Records {
		facts(w, "writes", r.Table+" "+r.ID)
	}
	for _, s := range t.Steps {
		facts(w, "step", s.Kind+" "+string(s.Params))
	}
	for _, e := range t.Audit {
		facts(w, "audit", strings.TrimSpace(clock(e.At)+" "+e.Action+" by "+e.By+" "+e.Reason))
	}
}

func ids(list []uuid.UUID) string {
	texts := make([]string, len(list))
	for i, id := range list {
		texts[i] = id.String()
	}
	return strings.Join(texts, " ")
}

func idOf(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

func (a *app) txWait() *cobra.Command {
	var level *oneOf[client.WaitState]
	c := a.command("wait ID [flags]", "Wait until a write has come so far",
		`Waits until a write is committed in the main database or, without --for, replicated to this site; as long as --timeout says.
A write that was edited meanwhile is followed to the one that replaces it.

Exit codes: 0 it has come so far, 3 it has not yet, 4 it is parked, blocked or discarded, 5 the site does not answer.`,
		`  opsctl tx wait "$transaction" --for committed --timeout 5m`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			api, err := a.api()
			if err != nil {
				return err
			}
			until := client.WaitStateReplicated
			if level.value != nil {
				until = *level.value
			}
			t, err := a.await(ctx, api, id, until)
			if err != nil {
				return err
			}
			return a.show(t, func(w io.Writer) { fmt.Fprintln(w, t.State) })
		})
	level = waitFlag(c, "for", "what to wait for; without it, replicated")
	return c
}

func (a *app) txRetry() *cobra.Command {
	var sqlstate string
	c := a.command("retry ID... | --sqlstate STATE", "Put parked writes back into the buffer",
		"Puts parked writes back into the buffer, with what waits behind them, in their original order.",
		`  opsctl tx retry "$transaction"
  opsctl tx retry --sqlstate 23503`,
		cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
			if (sqlstate == "") == (len(args) == 0) {
				return misused("either ids or --sqlstate are needed")
			}
			api, err := a.api()
			if err != nil {
				return err
			}
			if sqlstate != "" {
				result, err := opsdb.Value[client.RetryAllResult](api.RetryTransactionsWithResponse(ctx, client.RetryAll{Sqlstate: sqlstate}))
				if err != nil {
					return err
				}
				return a.show(result, func(w io.Writer) { fmt.Fprintf(w, "%d back in the buffer\n", result.Retried) })
			}
			return a.eachTransaction(args, func(id uuid.UUID) (client.Transaction, error) {
				return opsdb.Value[client.Transaction](api.RetryTransactionWithResponse(ctx, id))
			})
		})
	c.Flags().StringVar(&sqlstate, "sqlstate", "", "all that failed with this `SQLSTATE`")
	return c
}

func (a *app) txDiscard() *cobra.Command {
	var body client.TransactionDiscard
	var cascade bool
	c := a.command("discard ID... --reason TEXT [flags]", "Give parked writes up",
		"Gives parked writes up for good. When others wait behind one, only with --cascade, which gives them up, too.",
		`  opsctl tx discard "$transaction" --reason "registered twice by hand"`,
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
			body.Cascade = &cascade
			api, err := a.api()
			if err != nil {
				return err
			}
			return a.eachTransaction(args, func(id uuid.UUID) (client.Transaction, error) {
				return opsdb.Value[client.Transaction](api.DiscardTransactionWithResponse(ctx, id, body))
			})
		})
	c.Flags().StringVar(&body.Reason, "reason", "", "why; it stays in the audit trail")
	c.Flags().BoolVar(&cascade, "cascade", false, "also what waits behind it")
	need(c, "reason")
	return c
}

// eachTransaction does something with transactions, in order, until one fails.
func (a *app) eachTransaction(args []string, do func(uuid.UUID) (client.Transaction, error)) error {
	list := make([]uuid.UUID, len(args))
	for i, text := range args {
		id, err := parseID(text)
		if err != nil {
			return err
		}
		list[i] = id
	}
	for _, id := range list {
		t, err := do(id)
		if err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		if err := a.show(t, func(w io.Writer) { fmt.Fprintln(w, t.ID, t.State) }); err != nil {
			return err
		}
	}
	return nil
}
