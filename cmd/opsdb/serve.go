package main

import (
	"context"

	"github.com/ccatobs/opsdb/internal/serve"
)

const serveHelp = `
Usage: opsdb serve

Serves the API of this site until SIGTERM or an interrupt, then finishes the requests under way and hands the execution
of buffered writes over. A second signal ends it at once.

It waits for a Redis or a database that is away, and says so in /health. It refuses to start with settings that cannot
work (exit code 2) and with a Redis that evicts keys or answers before it has written to disk (exit code 1): either
could lose observations.

Logs are lines of JSON on the standard error output.`

func serveCommand(ctx context.Context, p program) error {
	if err := p.parse(p.flags("serve", serveHelp)); err != nil {
		return err
	}
	return serve.Run(ctx, p.environ, p.err)
}
