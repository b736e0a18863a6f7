package main

import (
	"context"
	"runtime/debug"
	"slices"
	"strings"

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
	collectRarely(p.environ)
	return serve.Run(ctx, p.environ, p.err)
}

// collectRarely spends memory on fewer garbage collections. A request leaves 17 kB of garbage and keeps nothing, so that
// with Go's own pace they take a twelfth of the processor's time. GOGC and GOMEMLIMIT decide where they are set.
func collectRarely(environ []string) {
	const percent, limit = 400, 256 << 20
	set := func(name string) bool {
		return slices.ContainsFunc(environ, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
	}
	if !set("GOGC") {
		debug.SetGCPercent(percent)
	}
	if !set("GOMEMLIMIT") {
		debug.SetMemoryLimit(limit)
	}
}
