package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/ccatobs/opsdb/internal/bench"
)

const benchHelp = `
Usage: opsdb bench [flags]

Starts two sites on this machine and measures latency, throughput, drain, reads, memory and start, each beside the raw
limit of this machine. It prints a table and writes the same as JSON.

The environment variable BENCH_ONLY names the figures to measure, separated by commas; without it, all are.`

func benchCommand(ctx context.Context, p program) error {
	flags := p.flags("bench", benchHelp)
	result := flags.String("out", "build/bench.json", "`file` for the figures")
	brief := flags.Bool("brief", false, "do everything as little as possible: the figures are there, and mean nothing")
	profiles := flags.String("profiles", "", "`directory` for CPU profiles of the site's API under load")
	load := flags.Bool("load", false, "be the load generator: what to do comes on the standard input")
	if err := p.parse(flags); err != nil {
		return err
	}
	if *load {
		return bench.Load(p.in, p.out)
	}
	options := bench.Options{Brief: *brief, Profiles: *profiles}
	for _, entry := range p.environ {
		if names, ok := strings.CutPrefix(entry, "BENCH_ONLY="); ok && names != "" {
			options.Only = strings.Split(names, ",")
		}
	}
	if *profiles != "" {
		if err := os.MkdirAll(*profiles, 0o755); err != nil {
			return err
		}
	}
	figures, err := bench.Run(ctx, options, p.out)
	if errors.Is(err, bench.ErrUnknown) {
		return p.misused("BENCH_ONLY: %v", err)
	}
	if err != nil {
		return err
	}
	return writeFigures(*result, figures)
}

func writeFigures(path string, figures []bench.Figure) error {
	text, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
