package bench

import (
	"context"
	"fmt"
)

// clientCounts are the numbers of clients of the writes.
var clientCounts = []int{1, 8, 32}

// postPart measures starts of observations. With the link up they are executed meanwhile.
func postPart(clients int, cut bool) part {
	suffix := fmt.Sprintf("_c%d", clients)
	if cut {
		suffix += "_link_cut"
	}
	names := []string{"post_p50_ms" + suffix, "post_p99_ms" + suffix, "post_rps" + suffix}
	return part{names, func(ctx context.Context, s *station) ([]Figure, error) {
		prepare := s.empty
		if cut {
			prepare = s.cut
		}
		if err := prepare(ctx); err != nil {
			return nil, err
		}
		limit, err := s.push(ctx, clients)
		if err != nil {
			return nil, err
		}
		seen, err := s.profiled(ctx, "post"+suffix, s.posts(clients))
		if err != nil {
			return nil, err
		}
		return []Figure{
			figure(names[0], "ms", milliseconds(seen.P50), milliseconds(limit.P50)),
			figure(names[1], "ms", milliseconds(seen.P99), milliseconds(limit.P99)),
			figure(names[2], "1/s", seen.rate(), limit.rate()),
		}, nil
	}}
}
