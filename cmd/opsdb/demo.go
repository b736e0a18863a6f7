package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ccatobs/opsdb/internal/demo"
	"github.com/ccatobs/opsdb/internal/lab"
)

const demoHelp = `
Usage: opsdb demo [flags]

Plays a night of observations at an observatory whose link is cut in the middle and whose executing API is killed, heals
the link, and compares every answer that the observing scripts got with the main database and the replica. It starts all
that it needs on this machine and ends it.

It writes demo-acks.jsonl, the scripts' own file of answers, and demo.json, the result. Exit code 0 only if nothing was
lost or doubled and everything is replicated.`

func demoCommand(ctx context.Context, p program) error {
	flags := p.flags("demo", demoHelp)
	length := flags.Duration("length", 40*time.Second, "how long the night takes")
	dir := flags.String("dir", "build", "`directory` of the files it writes")
	plain := flags.Bool("plain", false, "lines of text even on a terminal")
	if err := p.parse(flags); err != nil {
		return err
	}
	if *length <= 0 {
		return p.misused("-length must be positive")
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	return demo.Run(ctx, demo.Options{
		Lab: lab.Options{APIs: 2}, Length: *length, Dir: *dir, Out: p.out, Plain: *plain, Getenv: os.Getenv,
	})
}
