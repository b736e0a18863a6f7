// Package servetest lets a test program be the API of a site.
package servetest

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/ccatobs/opsdb/internal/serve"
)

// API serves as opsdb serve does, with the settings of the environment, until SIGTERM, and returns the exit code: what
// labtest.Main runs in an API's process.
func API() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := serve.Run(ctx, os.Environ(), os.Stdout); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}
