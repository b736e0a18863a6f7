package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

// profileSocket is where an API of the lab serves its profiles, in its working directory.
const profileSocket = "profile.sock"

// profiled runs a load; meanwhile, if that is asked for, it takes a CPU profile of the API.
func (s *station) profiled(ctx context.Context, name string, l load) (seen outcome, err error) {
	if s.options.Profiles == "" {
		return l.generate(ctx, s.options.Load)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		seen, err = l.generate(ctx, s.options.Load)
		return err
	})
	group.Go(func() error { return s.profile(ctx, name, int((l.Warmup + l.Time).Seconds())) })
	return seen, group.Wait()
}

func (s *station) profile(ctx context.Context, name string, seconds int) (err error) {
	socket := fmt.Sprintf("/proc/%d/cwd/%s", s.lab.PIDs()[theAPI], profileSocket)
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://api/debug/pprof/profile?seconds=%d", seconds), nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.options.Profiles, name+".pprof"), content, 0o644)
}
