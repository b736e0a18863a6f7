package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/ccatobs/opsdb/gen/client"
)

// listed are the numbers of pending transactions of the merged lists, as they stand in the names.
var listed = [3]string{"0", "1000", "100000"}

// listPart measures the list of executions, all of which are pending and match: its first page and one in the middle.
func listPart(which int) part {
	whole := "merged_list_p99_ms_" + listed[which]
	names := []string{whole + "_first", whole + "_middle", whole}
	return part{names, func(ctx context.Context, s *station) ([]Figure, error) {
		pending := s.sizes.pending[which]
		if err := s.pend(ctx, pending); err != nil {
			return nil, err
		}
		limit, err := s.ping(ctx)
		if err != nil {
			return nil, err
		}
		middle, err := s.cursor(ctx, max(pending, s.sizes.pending[1])/2)
		if err != nil {
			return nil, err
		}
		var figures []Figure
		for i, target := range []string{listPath, listPath + "?cursor=" + url.QueryEscape(middle)} {
			list := s.http(1, httpRequest(http.MethodGet, target, s.site.Token, nil))
			seen, err := s.profiled(ctx, names[i], list)
			if err != nil {
				return nil, err
			}
			figures = append(figures, figure(names[i], "ms", milliseconds(seen.P99), milliseconds(limit.P99)))
		}
		worse := slices.MaxFunc(figures, func(a, b Figure) int { return int(a.Value*1e3) - int(b.Value*1e3) })
		worse.Name = whole
		return append(figures, worse), nil
	}}
}

// pend brings the number of pending transactions to n; with none pending, the replica has enough for a middle page.
func (s *station) pend(ctx context.Context, n int) error {
	if n > 0 {
		if err := s.cut(ctx); err != nil {
			return err
		}
		return s.fill(ctx, n)
	}
	if err := s.empty(ctx); err != nil {
		return err
	}
	some := s.posts(clientCounts[1])
	some.Answers = 2 * s.sizes.pending[1]
	if _, err := some.generate(ctx, s.options.Load); err != nil {
		return err
	}
	return s.empty(ctx)
}

// cursor returns the cursor behind about so many executions.
func (s *station) cursor(ctx context.Context, behind int) (string, error) {
	cursor := ""
	for passed := 0; passed < behind; {
		query := url.Values{"limit": {strconv.Itoa(min(s.sizes.page, behind-passed))}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		var page client.ExecutedObsUnitPage
		if err := s.call(ctx, http.MethodGet, listPath+"?"+query.Encode(), nil, &page); err != nil {
			return "", err
		}
		next, err := page.NextCursor.Get()
		if err != nil {
			return "", fmt.Errorf("the list ends after %d executions", passed)
		}
		cursor, passed = next, passed+len(page.Items)
	}
	return cursor, nil
}

// replicationPart measures how long a write takes from its 201 until the site knows it replicated, and how much of that is
// after the replica has it.
func replicationPart() part {
	names := []string{
		"replicated_delay_ms_p50", "replicated_delay_ms_p99", "replicated_after_replay_ms_p50", "replicated_after_replay_ms_p99",
	}
	return part{names, func(ctx context.Context, s *station) ([]Figure, error) {
		if err := s.empty(ctx); err != nil {
			return nil, err
		}
		limit, err := s.replication(ctx)
		if err != nil {
			return nil, err
		}
		var whole, after []time.Duration
		for range s.sizes.samples {
			total, rest, err := s.replicated(ctx)
			if err != nil {
				return nil, err
			}
			whole, after = append(whole, total), append(after, rest)
		}
		slices.Sort(whole)
		slices.Sort(after)
		var figures []Figure
		for i, delays := range [][]time.Duration{whole, after} {
			for j, p := range []int{50, 99} {
				figures = append(figures, figure(names[2*i+j], "ms", milliseconds(percentile(delays, p)), milliseconds(percentile(limit, p))))
			}
		}
		return figures, nil
	}}
}

// replicated makes one write and returns the time until it is replicated, and the part of it after its replay.
func (s *station) replicated(ctx context.Context) (total, after time.Duration, err error) {
	receipt, err := s.start(ctx)
	if err != nil {
		return 0, 0, err
	}
	acknowledged := time.Now()
	replayed := make(chan time.Time, 1)
	failed := make(chan error, 1)
	go func() {
		err := s.replayed(ctx, "executed_obs_unit", receipt.ID)
		replayed <- time.Now()
		failed <- err
	}()
	var status client.Transaction
	path := "/transactions/" + receipt.TransactionID.String() + "?wait=replicated&timeout=30s"
	if err := s.call(ctx, http.MethodGet, path, nil, &status); err != nil {
		return 0, 0, err
	}
	known := time.Now()
	if err := <-failed; err != nil {
		return 0, 0, err
	}
	if status.State != client.TransactionStateReplicated {
		return 0, 0, fmt.Errorf("transaction %s is %s after 30 s", receipt.TransactionID, status.State)
	}
	return known.Sub(acknowledged), max(0, known.Sub(<-replayed)), nil
}
