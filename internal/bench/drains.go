package bench

import (
	"context"
	"slices"
	"time"

	"github.com/ccatobs/opsdb/gen/client"
)

// drainPart measures how the backlog of an outage is executed. The rate counts from when the executor has got through to
// the main database again; how long that takes after healing is a figure of its own.
func drainPart(name string, trip time.Duration) part {
	names := []string{"drain_tps_" + name, "drain_resume_ms_" + name}
	return part{names, func(ctx context.Context, s *station) ([]Figure, error) {
		if err := s.empty(ctx); err != nil {
			return nil, err
		}
		s.link.Slow(trip, 0)
		limit, err := s.inserts(ctx)
		if err != nil {
			return nil, err
		}
		var rates []float64
		var resumed []time.Duration
		for range s.sizes.drains {
			resume, took, err := s.drain(ctx, trip)
			if err != nil {
				return nil, err
			}
			rates = append(rates, float64(s.sizes.backlog)/took.Seconds())
			resumed = append(resumed, resume)
		}
		slices.Sort(rates)
		slices.Sort(resumed)
		return []Figure{
			figure(names[0], "tx/s", rates[len(rates)/2], limit),
			figure(names[1], "ms", milliseconds(resumed[len(resumed)/2]), milliseconds(trip)),
		}, nil
	}}
}

// drain makes a backlog behind a cut link and heals it. It returns the time until the executor resumes, and from then on
// until the buffer is empty.
func (s *station) drain(ctx context.Context, trip time.Duration) (resume, took time.Duration, err error) {
	if err := s.empty(ctx); err != nil {
		return 0, 0, err
	}
	if err := s.cut(ctx); err != nil {
		return 0, 0, err
	}
	if err := s.fill(ctx, s.sizes.backlog); err != nil {
		return 0, 0, err
	}
	s.link.Slow(trip, 0)
	healed := time.Now()
	if err := s.link.Heal(); err != nil {
		return 0, 0, err
	}
	if _, err := s.stats(ctx, "the executor resumes", func(b client.BufferStats) bool { return b.Executor != "backing off" }); err != nil {
		return 0, 0, err
	}
	resumed := time.Now()
	_, err = s.stats(ctx, "the buffer is empty", func(b client.BufferStats) bool { return b.PendingTransactions == 0 })
	return resumed.Sub(healed), time.Since(resumed), err
}
