package bench

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// memoryPart measures what a long backlog takes.
func memoryPart() part {
	names := []string{"rss_mb_100000", "redis_mb_100000"}
	return part{names, func(ctx context.Context, s *station) ([]Figure, error) {
		pending := s.sizes.pending[2]
		if err := s.pend(ctx, pending); err != nil {
			return nil, err
		}
		api, err := s.resident(theAPI)
		if err != nil {
			return nil, err
		}
		redis, err := s.resident(theRedis)
		if err != nil {
			return nil, err
		}
		return []Figure{
			figure(names[0], "MB", api, s.raw.idle),
			figure(names[1], "MB", redis, float64(pending*s.raw.payload)/1e6),
		}, nil
	}}
}

// startPart measures how long the API takes from its start until it accepts writes.
func startPart() part {
	names := []string{"start_ms"}
	return part{names, func(ctx context.Context, s *station) ([]Figure, error) {
		var starts, limits []time.Duration
		for range s.sizes.starts {
			if err := s.lab.TakeDown(ctx, theAPI); err != nil {
				return nil, err
			}
			began := time.Now()
			if err := s.lab.BringUp(ctx, theAPI); err != nil {
				return nil, err
			}
			starts = append(starts, time.Since(began))
			began = time.Now()
			if text, err := exec.CommandContext(ctx, s.options.Idle[0], s.options.Idle[1:]...).CombinedOutput(); err != nil {
				return nil, fmt.Errorf("%w: %s", err, text)
			}
			limits = append(limits, time.Since(began))
		}
		slices.Sort(starts)
		slices.Sort(limits)
		return []Figure{
			figure(names[0], "ms", milliseconds(starts[len(starts)/2]), milliseconds(limits[len(limits)/2])),
		}, nil
	}}
}
