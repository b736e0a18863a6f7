package demo

import (
	"context"
	"time"
)

// clock lets the night pass faster than it did.
type clock struct {
	started time.Time // when the night began for us
	begin   time.Time // when it began at the telescope
	faster  float64
}

// startClock begins the night now; it takes that long.
func startClock(n Night, length time.Duration) clock {
	return clock{started: time.Now(), begin: n.begin(), faster: float64(n.end().Sub(n.begin())) / float64(length)}
}

// now returns what time of the night it is.
func (c clock) now() time.Time {
	return c.begin.Add(time.Duration(float64(time.Since(c.started)) * c.faster))
}

// wait waits for a time of the night. It fails when ctx ends before.
func (c clock) wait(ctx context.Context, at time.Time) error {
	return pause(ctx, time.Until(c.started.Add(time.Duration(float64(at.Sub(c.begin))/c.faster))))
}

// pause waits for a time. It fails when ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
