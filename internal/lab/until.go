package lab

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// FinalError is an error after which Until does not try again.
type FinalError struct{ Err error }

// Error implements error.
func (e FinalError) Error() string { return e.Err.Error() }

// Until calls try every few milliseconds until it returns nil. It gives up with the error of try when that is a FinalError,
// and with what, which says what did not come true, when ctx ends.
func Until(ctx context.Context, what string, try func(context.Context) error) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		if stop, ok := errors.AsType[FinalError](err); ok {
			return stop.Err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("not true in time: %s: %w", what, errors.Join(ctx.Err(), err))
		}
	}
}
