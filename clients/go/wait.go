package opsdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/client"
)

// longestStep bounds how long one request waits at the site.
const longestStep = 20 * time.Second

// Wait waits until a write is committed in the main database, or replicated to the site that is asked, and returns it as
// it is then. A write that was replaced by an edit, now or long ago, is followed to the one that replaces it. Who gives ctx a deadline sits out a
// restart of the site.
//
// Errors: *StoppedError for a write that does not go on by itself; the cause of ctx's end, with the write as far as it has
// come; *UnreachableError when the site does not answer; *Problem, such as transaction-unknown.
func (c *Client) Wait(ctx context.Context, id uuid.UUID, level client.WaitState) (client.Transaction, error) {
	var last client.Transaction
	for failures := 1; ; {
		now, err := c.waitOnce(ctx, id, level, longestStep)
		switch _, bounded := ctx.Deadline(); {
		case err == nil && now.ReplacedBy != nil:
			id = *now.ReplacedBy
		case err == nil && reached(now.State, level):
			return now, nil
		case err == nil && stopped(now.State):
			return now, &StoppedError{Transaction: now}
		case err == nil:
			last, failures = now, 1
		case ctx.Err() != nil && last.ID != uuid.Nil:
			return last, context.Cause(ctx)
		case ctx.Err() != nil && !passing(err):
			return last, &UnreachableError{Err: err, Attempts: failures}
		case ctx.Err() != nil || !bounded || !passing(err):
			return last, err
		default:
			failures++
			if sleep(ctx, backoff(failures)) != nil {
				return last, err
			}
		}
	}
}

// waitOnce lets the site wait for a step, and for no more than a part of the time that ctx leaves, so that its answer comes
// in time.
func (c *Client) waitOnce(ctx context.Context, id uuid.UUID, level client.WaitState, step time.Duration) (client.Transaction, error) {
	if end, ok := ctx.Deadline(); ok {
		left := time.Until(end)
		step = max(min(step, left-min(time.Second, left/5)), time.Millisecond)
	}
	timeout := fmt.Sprintf("%.3f", step.Seconds())
	return Value[client.Transaction](c.GetTransactionWithResponse(ctx, id, &client.GetTransactionParams{Wait: &level, Timeout: &timeout}))
}

func reached(state client.TransactionState, level client.WaitState) bool {
	return state == client.TransactionStateReplicated || state == client.TransactionStateCommitted && level == client.WaitStateCommitted
}

func stopped(state client.TransactionState) bool {
	return state == client.TransactionStateParked || state == client.TransactionStateBlocked || state == client.TransactionStateDiscarded
}

// passing tells whether an error may be over by itself.
func passing(err error) bool {
	if _, ok := errors.AsType[*UnreachableError](err); ok {
		return true
	}
	p, ok := errors.AsType[*Problem](err)
	return ok && later(p.Status)
}
