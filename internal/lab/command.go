package lab

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/ccatobs/opsdb/internal/lab/transfers"
)

const usage = `Usage: opsdb lab [flags]

Starts a whole system on this machine, with nothing but the installed PostgreSQL and Redis: the main site cologne and
secondary sites with a replica each, their APIs, and between the sites a link that can be cut, healed, slowed and made to
stall. It prints how everything is reached and runs until it is interrupted; then nothing is left of it.

Flags:

`

// Command is "opsdb lab": it starts a lab, prints how it is reached when everything is ready, and keeps it running until
// ctx ends or the process is asked to end by SIGINT, SIGTERM or SIGHUP. Help asked for is flag.ErrHelp.
func Command(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("lab", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // an error is returned, not printed
	asJSON := flags.Bool("json", false, "print one line of JSON when everything is ready")
	secondaries := flags.Int("secondaries", 1, "number of secondary sites")
	apis := flags.Int("apis", 1, "number of APIs at each site")
	portBase := flags.Int("port-base", 0, "first of the consecutive ports; 0: free ones")
	restartAfter := flags.Duration("restart-after", time.Second, "pause before a killed server is started again; negative: it stays down")
	fsync := flags.Bool("fsync", true, "false: PostgreSQL does not wait for the disk")
	var moving *transfers.Options
	flags.Func("transfers", "play the programs that move data, so many times faster than in reality, such as `100x`", func(speed string) (err error) {
		moving, err = nightly(speed)
		return err
	})
	var env []string
	flags.Func("env", "setting of all APIs, `NAME=value`; may be given several times", func(entry string) error {
		if !strings.Contains(entry, "=") {
			return errors.New("must be NAME=value")
		}
		env = append(env, entry)
		return nil
	})
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return err
	} else if err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *secondaries < 1 {
		return fmt.Errorf("%d secondaries: at least one is needed", *secondaries)
	}
	options := Options{
		Secondaries: SecondaryNames(*secondaries), APIs: *apis, PortBase: *portBase, RestartAfter: *restartAfter,
		NoFsync: !*fsync, Env: env, Transfers: moving, Log: slog.New(slog.NewTextHandler(stderr, nil)),
	}
	if options.RestartAfter == 0 {
		options.RestartAfter = time.Nanosecond // at once; in Options zero is the default
	}

	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	lab, err := Start(ctx, options)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("interrupted before everything was ready: %w", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lab.Close()) }()
	if err := present(stdout, lab.Describe(), *asJSON); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func present(w io.Writer, d Description, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(d)
	}
	var failures []error
	show := func(format string, args ...any) {
		_, err := fmt.Fprintf(w, format, args...)
		failures = append(failures, err)
	}
	for _, s := range d.Sites {
		show("%s (%s)\n", s.Name, s.Type)
		for _, url := range s.URLs {
			show("  API       %s\n", url)
		}
		show("  token     %s\n  database  %s\n  redis     %s\n", s.Token, s.Database, s.Redis)
	}
	show("link        %s\n", d.Link)
	show("github      %s, where %s can sign in\n", d.GitHub.URL, strings.Join(d.GitHub.Accounts, ", "))
	show("names       %s\n", d.Names)
	show("\n  curl -X POST '%s/cut'                        bytes vanish\n", d.Link)
	show("  curl -X POST '%s/heal'\n", d.Link)
	show("  curl -X POST '%s/slow?rtt=230ms&rate=64k'\n", d.Link)
	show("  curl '%s/'                                   state and process ids\n", d.Link)
	show("  curl -X POST '%sfail?how=down'            also slow, swallow, error, limited, revoked; heal\n", d.GitHub.Control)
	show("  curl -X POST '%s/control/fail?service=sesame&how=down'    also swallow, nonsense; ned; heal\n", d.Names)
	return errors.Join(failures...)
}
