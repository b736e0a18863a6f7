package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"
)

// Options say what is measured and how.
type Options struct {
	Only     []string     // names of figures; the parts that measure them run. None: all
	Brief    bool         // everything is as small and short as possible: all figures are there, and mean nothing
	Profiles string       // directory for CPU profiles of the site's API under load; empty: none are made
	API      []string     // command that starts an API; none: this program with the argument "serve"
	Load     []string     // command that starts the load generator; none: this program with "bench" and "-load"
	Idle     []string     // command that starts this program and ends at once; none: this program with "version"
	Log      *slog.Logger // takes what the lab has to say; nil: nothing is said
}

// sizes say how much of everything is measured.
type sizes struct {
	load    time.Duration // of the clients
	warmup  time.Duration
	backlog int    // transactions of a drain
	drains  int    // of which the median counts
	pending [3]int // of the merged lists
	starts  int    // of which the median counts
	samples int    // of the replication delay
	page    int    // items on a page of a walk
	checks  int    // of a credential
	readers int    // of a stream
}

var (
	fullSize  = sizes{4 * time.Second, 500 * time.Millisecond, 10_000, 3, [3]int{0, 1000, 100_000}, 5, 100, 1000, 200_000, 1000}
	briefSize = sizes{50 * time.Millisecond, 10 * time.Millisecond, 40, 1, [3]int{0, 20, 50}, 1, 3, 10, 100, 5}
)

// part measures some figures that belong together.
type part struct {
	names []string
	run   func(context.Context, *station) ([]Figure, error)
}

// parts in an order in which each finds most of what it needs as the one before has left it: first those with a whole
// link, then those with a cut one and ever more pending transactions.
func parts() []part {
	list := []part{startPart(), accessPart()}
	for _, clients := range clientCounts {
		list = append(list, postPart(clients, false))
	}
	list = append(list, streamPart(), replicationPart(), listPart(0), drainPart("local", 0), drainPart("230ms", 230*time.Millisecond), listPart(1))
	for _, clients := range clientCounts {
		list = append(list, postPart(clients, true))
	}
	return append(list, listPart(2), memoryPart())
}

// Names returns the names of all figures.
func Names() []string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.names...)
	}
	return names
}

// ErrUnknown is in the chain of the error of Run when Options.Only names a figure that there is not.
var ErrUnknown = errors.New("no such figure")

// Run measures, prints a table line by line to out, and returns what it has measured. Nothing is left running.
func Run(ctx context.Context, options Options, out io.Writer) (figures []Figure, err error) {
	chosen, err := choose(options.Only)
	if err != nil {
		return nil, err
	}
	if err := options.complete(); err != nil {
		return nil, err
	}
	s, err := open(ctx, options)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	t := table{out}
	t.head()
	for _, p := range chosen {
		measured, err := p.run(ctx, s)
		if err != nil {
			return figures, fmt.Errorf("%s: %w", p.names[0], err)
		}
		for _, f := range measured {
			t.add(f)
		}
		figures = append(figures, measured...)
	}
	return figures, nil
}

// choose returns the parts that measure the named figures, all when none are named.
func choose(names []string) ([]part, error) {
	all := parts()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []part
	for _, p := range all {
		if slices.ContainsFunc(p.names, func(name string) bool { return slices.Contains(names, name) }) {
			chosen = append(chosen, p)
		}
	}
	known := Names()
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%w: %q; there are %s", ErrUnknown, name, strings.Join(known, ", "))
		}
	}
	return chosen, nil
}

func (o *Options) complete() error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("what starts this program again: %w", err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if len(o.API) == 0 {
		o.API = []string{self, "serve"}
	}
	if len(o.Load) == 0 {
		o.Load = []string{self, "bench", "-load"}
	}
	if len(o.Idle) == 0 {
		o.Idle = []string{self, "version"}
	}
	return nil
}

func (o *Options) sizes() sizes {
	if o.Brief {
		return briefSize
	}
	return fullSize
}
