// Command opsdb is the server of the operations database and its administration.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends in good order; from then on a second one ends at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, program{args: os.Args[1:], environ: os.Environ(), in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}
