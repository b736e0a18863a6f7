package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/clients/go/profile"
)

// app is what the commands get from their surroundings, and what all of them are told.
type app struct {
	getenv   func(string) string
	in       io.Reader
	out, err io.Writer
	// size returns the columns and rows of the terminal that in, out or err is; 0 when it is none.
	size func(file any) (columns, rows int)

	site     string
	json     bool
	patience time.Duration
	running  bool // the command line was understood
}

const overview = `opsctl talks to a site of the operations database: it records observations and files, shows where every write and
every byte is, and does what operators and administrators do.

Which site, and as whom: --site NAME names a profile in ~/.config/opsdb/config.toml ("opsctl login" makes one). Without
it OPS_API_URL and OPS_API_TOKEN say so, or OPS_SITE names a profile, or the file has a default. Who names a site by
--site means it: OPS_API_URL and OPS_API_TOKEN do not matter then.

A request is sent again until it is answered or --timeout is over. What is recorded carries an Idempotency-Key, so that it is
executed once, however often it is sent.

With --json every command prints JSON: one object in one line, lists one item a line; errors, too, on the standard error.
The fields are those of the site's document (/docs).

Exit codes:
  0    done
  1    failed: the site refuses, or something here is not as it should be
  2    wrong usage, or no site is chosen
  3    the time is over: the write has not come as far as was waited for
  4    parked: the write is stopped, and a person must decide ("opsctl tx")
  5    the site does not answer
  130  interrupted`

const overviewExample = `  opsctl login --site observatory --url https://ops.example.org
  id=$(opsctl obs start 17 --observer night-shift)
  opsctl files add /data/17841 --obs "$id" --module 1
  opsctl obs finish "$id" --wait replicated
  opsctl watch`

const (
	groupRecord     = "record"
	groupOperate    = "operate"
	groupAdminister = "administer"
)

// root returns the tree of all commands.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: "opsctl", Short: "The command line of the operations database", Long: overview, Example: overviewExample,
		Args: cobra.NoArgs, SilenceErrors: true, SilenceUsage: true, RunE: a.needCommand,
	}
	root.PersistentFlags().StringVar(&a.site, "site", "", "the `NAME` of a profile")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print JSON")
	root.PersistentFlags().DurationVar(&a.patience, "timeout", 30*time.Second, "how long a request is tried, and how long is waited")
	root.AddGroup(&cobra.Group{ID: groupRecord, Title: "Record:"}, &cobra.Group{ID: groupOperate, Title: "Operate:"},
		&cobra.Group{ID: groupAdminister, Title: "Administer:"})
	for group, commands := range map[string][]*cobra.Command{
		groupRecord:     {a.obs(), a.files(), a.packages()},
		groupOperate:    {a.watch(), a.tx(), a.buffer(), a.lag(), a.transfer(), a.visibility()},
		groupAdminister: {a.login(), a.doctor(), a.token(), a.version()},
	} {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	root.SetHelpCommandGroupID(groupAdminister)
	root.SetCompletionCommandGroupID(groupAdminister)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return err })
	return root
}

// run executes a command line and returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	out, size := &faithful{Writer: a.out}, a.size
	a.out = out
	a.size = func(file any) (columns, rows int) {
		if file == any(out) {
			file = out.Writer
		}
		return size(file)
	}
	root := a.root()
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	if err == nil && out.failed != nil {
		a.running, err = true, out.failed
	}
	if err != nil && !a.running {
		err = &misuse{cause: err}
	}
	return a.report(command, err)
}

// misuse is the error of a command line that cannot be understood, or of one for which no site is chosen.
type misuse struct {
	cause    error
	profiles string // the file to look into, where it is about the site
}

// Error implements error.
func (m *misuse) Error() string { return m.cause.Error() }

// Unwrap returns what is wrong.
func (m *misuse) Unwrap() error { return m.cause }

func misused(format string, args ...any) error { return &misuse{cause: fmt.Errorf(format, args...)} }

// action is what a command does.
type action func(ctx context.Context, args []string) error

// command makes a command. use begins with its name and shows its arguments.
func (a *app) command(use, short, long, example string, args cobra.PositionalArgs, do action) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long, Example: example, Args: args, DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			a.running = true
			if a.patience <= 0 {
				return misused("--timeout %s: must be longer than nothing", a.patience)
			}
			return do(cmd.Context(), args)
		},
	}
}

// group makes a command that only has others.
func (a *app) group(use, short, long string, commands ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{Use: use, Short: short, Long: long, Args: cobra.ArbitraryArgs, DisableFlagsInUseLine: true, RunE: a.needCommand}
	g.AddCommand(commands...)
	return g
}

func (a *app) needCommand(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("there is no command %q", args[0])
	}
	cmd.SetOut(a.err)
	if err := cmd.Help(); err != nil {
		return err
	}
	return errSaid
}

// chosen returns the site to ask, and warns of a file with tokens that others can read.
func (a *app) chosen() (profile.Site, error) {
	f, err := profile.Load(a.getenv)
	if err != nil {
		return profile.Site{}, &misuse{err, f.Path}
	}
	if f.Exposed {
		a.say("warning: others can read the tokens in %s: chmod 600 %[1]s", f.Path)
	}
	s, err := f.Choose(a.site, a.getenv)
	if err != nil {
		return s, &misuse{err, f.Path}
	}
	return s, nil
}

// api returns a client of the chosen site.
func (a *app) api() (*opsdb.Client, error) {
	s, err := a.chosen()
	if err != nil {
		return nil, err
	}
	return a.apiOf(s)
}

func (a *app) apiOf(s profile.Site) (*opsdb.Client, error) {
	api, err := opsdb.New(s.URL, s.Token, opsdb.WithPatience(a.patience),
		opsdb.WithUserAgent("opsctl"), opsdb.WithNotice(a.notice))
	if err != nil {
		return nil, &misuse{cause: err}
	}
	return api, nil
}

// notice tells a person why he waits.
func (a *app) notice(err error, pause time.Duration) {
	if a.width(a.err) > 0 && pause >= 500*time.Millisecond {
		a.say("%v; trying again in %s", err, pause.Round(100*time.Millisecond))
	}
}

// width returns the columns of the terminal that out or err is; 0 when it is none.
func (a *app) width(file any) int {
	columns, _ := a.size(file)
	return columns
}

// say tells a person something that is no result.
func (a *app) say(format string, args ...any) { fmt.Fprintf(a.err, "opsctl: "+format+"\n", args...) }
