// Command opsctl is the command line of the operations database, for scripts, operators and administrators.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends in good order; from then on a second one ends at once.
	context.AfterFunc(ctx, stop)
	a := &app{getenv: os.Getenv, in: os.Stdin, out: os.Stdout, err: os.Stderr, size: terminalSize}
	os.Exit(a.run(ctx, os.Args[1:]))
}

// terminalSize returns the columns and rows of the terminal that a file is; 0 when it is none.
func terminalSize(file any) (columns, rows int) {
	f, ok := file.(*os.File)
	if !ok {
		return 0, 0
	}
	columns, rows, err := term.GetSize(int(f.Fd())) //nolint:gosec // a descriptor is a small number
	if err != nil {
		return 0, 0
	}
	return max(columns, 1), max(rows, 1)
}
