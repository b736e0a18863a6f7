package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
)

// makeFaults cuts the link, kills the API that executes, and heals the link, each at its time.
func (p *performance) makeFaults(ctx context.Context) error {
	link := p.lab.Link(p.site)
	if err := p.clock.wait(ctx, p.night.Faults.Cut); err != nil {
		return err
	}
	if err := link.Cut(lab.Swallow, lab.Both); err != nil {
		return err
	}
	p.watch.cut()
	if err := p.clock.wait(ctx, p.night.Faults.Kill); err != nil {
		return err
	}
	var killed string
	err := lab.Until(ctx, "an API executes and is killed", func(ctx context.Context) (err error) {
		killed, err = p.kill(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if err := p.lab.WaitReady(ctx, killed); err != nil {
		return err
	}
	p.watch.note("", killed+" is back")
	if err := p.clock.wait(ctx, p.night.Faults.Heal); err != nil {
		return err
	}
	if err := link.Heal(); err != nil {
		return err
	}
	p.watch.healed()
	return nil
}

// kill kills the API that executes, whichever it is, and returns its name; the lab starts it again.
func (p *performance) kill(ctx context.Context) (string, error) {
	answer, err := send(ctx, p.observatory, "ask who executes", func(ctx context.Context, api *client.ClientWithResponses) (*client.GetBufferStatsResponse, error) {
		return api.GetBufferStatsWithResponse(ctx)
	})
	if err != nil {
		return "", lab.FinalError{Err: err}
	}
	if answer.JSON200.ExecutorHolder == nil {
		return "", fmt.Errorf("the executor is %q", answer.JSON200.Executor)
	}
	name := apiOf(p.lab.PIDs(), p.site, *answer.JSON200.ExecutorHolder)
	if name == "" {
		return "", fmt.Errorf("%q is no API of the lab", *answer.JSON200.ExecutorHolder)
	}
	if err := p.lab.Kill(name); err != nil {
		return "", lab.FinalError{Err: err}
	}
	p.watch.note(strings.TrimPrefix(name, p.site+"/")+" killed", name+", which executes, is killed; the scripts go on with the other")
	return name, nil
}

// apiOf returns the lab's name of the API of a site that holds the lease as host/pid/…; "" if there is none.
func apiOf(pids map[string]int, site, holder string) string {
	parts := strings.Split(holder, "/")
	for name, pid := range pids {
		if strings.HasPrefix(name, site+"/api-") && len(parts) == 3 && parts[1] == fmt.Sprint(pid) {
			return name
		}
	}
	return ""
}
