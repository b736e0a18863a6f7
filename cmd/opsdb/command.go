package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/ccatobs/opsdb/internal/config"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// program is what a command gets from its surroundings. args are those after the command's name.
type program struct {
	args     []string
	environ  []string
	in       io.Reader
	out, err io.Writer
}

// command is one of the things this program does.
type command struct {
	name    string
	summary string
	run     func(context.Context, program) error
}

// commands in the order of the help text. A new one is a line here and a function.
var commands = []command{
	{"serve", "serve the API of this site", serveCommand},
	{"migrate", "bring the main database's schema up to date, or show its version", migrateCommand},
	{"seed", "load the observatory's telescopes, instruments, programs and sources", seedCommand},
	{"token", "create, list and revoke API tokens", tokenCommand},
	{"user", "create users, give them roles, end their sessions, read the audit trail", userCommand},
	{"demo", "play an observing night through an outage and count what was lost", demoCommand},
	{"lab", "start a main site and secondary sites on this machine, with a link that can fail", labCommand},
	{"bench", "measure a system of two sites on this machine beside the machine's own limits", benchCommand},
	{"doctor", "check settings, Redis, databases, replication and clocks", doctorCommand},
	{"version", "show what this program was built from", versionCommand},
}

const overview = `opsdb is the operations database of an observatory with several sites.

Usage:

	opsdb <command> [flags]

Commands:

%s
"opsdb <command> -h" tells more about a command. Settings come from the environment, then from .env in the working
directory; README.md lists them.

Exit codes: 0 done, 1 failed, 2 wrong usage or settings.
`

// errUsage is the error of a command line that cannot be understood; what is wrong has been said.
var errUsage = errors.New("wrong usage")

// run executes the command that p.args name and returns the exit code.
func run(ctx context.Context, p program) int {
	if len(p.args) == 0 {
		fmt.Fprint(p.err, help())
		return exitUsage
	}
	name := p.args[0]
	p.args = p.args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		fmt.Fprint(p.out, help())
		return exitDone
	case "-v", "-version", "--version":
		name = "version"
	}
	for _, c := range commands {
		if c.name == name {
			return exitCode(c.run(ctx, p), name, p.err)
		}
	}
	fmt.Fprintf(p.err, "opsdb: there is no command %q; \"opsdb help\" lists them\n", name)
	return exitUsage
}

func exitCode(err error, name string, stderr io.Writer) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.Is(err, errUsage):
		return exitUsage
	}
	fmt.Fprintf(stderr, "opsdb %s: %v\n", name, err)
	if errors.Is(err, config.ErrInvalid) {
		return exitUsage
	}
	return exitFailed
}

func help() string {
	var list strings.Builder
	for _, c := range commands {
		fmt.Fprintf(&list, "\t%-10s %s\n", c.name, c.summary)
	}
	return fmt.Sprintf(overview, list.String())
}

// flags returns a set of flags whose help begins with text. Help that is asked for goes to the standard output.
func (p program) flags(name, text string) *flag.FlagSet {
	flags := flag.NewFlagSet("opsdb "+name, flag.ContinueOnError)
	flags.SetOutput(p.err)
	for _, arg := range p.args {
		if arg == "-h" || arg == "-help" || arg == "--help" {
			flags.SetOutput(p.out)
		}
	}
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "%s\n", strings.TrimSpace(text))
		has := false
		flags.VisitAll(func(*flag.Flag) { has = true })
		if has {
			fmt.Fprint(flags.Output(), "\nFlags:\n\n")
			flags.PrintDefaults()
		}
	}
	return flags
}

// parse reads the flags of p.args; nothing but flags may stand there.
func (p program) parse(flags *flag.FlagSet) error {
	arguments, err := p.arguments(flags)
	if err == nil && len(arguments) > 0 {
		return p.misused("unexpected %q", arguments[0])
	}
	return err
}

// arguments reads the flags of p.args and returns what stands behind them.
func (p program) arguments(flags *flag.FlagSet) ([]string, error) {
	if err := flags.Parse(p.args); errors.Is(err, flag.ErrHelp) {
		return nil, err
	} else if err != nil {
		return nil, errUsage // the flag package has said what is wrong
	}
	return flags.Args(), nil
}

// misused says what is wrong with the command line and returns errUsage.
func (p program) misused(format string, args ...any) error {
	fmt.Fprintf(p.err, format+"\n", args...)
	return errUsage
}

// settings reads the configuration, reports names that look misspelt, and checks what the command needs of it.
func (p program) settings(check func(config.Config) error) (config.Config, error) {
	c, err := config.Load(p.environ)
	if err != nil {
		return c, err
	}
	for _, unknown := range c.Unknown {
		fmt.Fprintf(p.err, "warning: %s\n", unknown)
	}
	return c, check(c)
}
