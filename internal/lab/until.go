package lab

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Permanent marks an error after which Until does not try again.
type Permanent struct{ Err error }

// Error implements error.
func (p Permanent) Error() string { return p.Err.Error() }

// Until calls try every few milliseconds until it returns nil. It gives up with the error of try when that is Permanent,
// and with what, which says what did not come true, when ctx ends.
func Until(ctx context.Context, what string, try func(context.Context) error) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		if stop, ok := errors.AsType[Permanent](err); ok {
			return stop.Err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("not true in time: %s: %w", what, errors.Join(ctx.Err(), err))
		}
	}
}
