package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
)

// Exit codes. They are documented in the help, and scripts rely on them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitTimeout     = 3
	exitParked      = 4
	exitUnreachable = 5
	exitInterrupted = 130
)

// errSaid is the error of a command that failed and has said why.
var errSaid = errors.New("failed")

// report says why a command has failed and returns the exit code.
func (a *app) report(command *cobra.Command, err error) int {
	code := exitCode(err)
	switch {
	case err == nil, errors.Is(err, errSaid):
		return code
	case a.json:
		a.reportJSON(code, err)
		return code
	}
	fmt.Fprintf(a.err, "%s: %s\n", command.CommandPath(), plain(err.Error()))
	switch code {
	case exitUsage:
		if m, ok := errors.AsType[*misuse](err); ok && m.profiles != "" {
			fmt.Fprintf(a.err, "sites are in %s; \"opsctl login\" adds one\n", m.profiles)
		} else {
			fmt.Fprintf(a.err, "\"%s --help\" tells more\n", command.CommandPath())
		}
	case exitUnreachable:
		fmt.Fprintln(a.err, "\"opsctl doctor\" looks for the reason")
	}
	if p, ok := errors.AsType[*opsdb.Problem](err); ok && p.Status == http.StatusUnauthorized {
		fmt.Fprintln(a.err, "\"opsctl login\" gets another token")
	}
	return code
}

// failure is what is printed of an error for programs.
type failure struct {
	Error   string         `json:"error"`
	Exit    int            `json:"exit"`
	Problem *opsdb.Problem `json:"problem,omitempty"` // what the site says
}

func (a *app) reportJSON(code int, err error) {
	f := failure{Error: err.Error(), Exit: code}
	if p, ok := errors.AsType[*opsdb.Problem](err); ok {
		f.Problem = p
	}
	line, err := json.Marshal(f)
	if err != nil {
		line = fmt.Appendf(nil, `{"error": %q, "exit": %d}`, f.Error, code)
	}
	fmt.Fprintf(a.err, "%s\n", line)
}

func exitCode(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	if _, ok := errors.AsType[*misuse](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*opsdb.StoppedError](err); ok {
		return exitParked
	}
	if _, ok := errors.AsType[*opsdb.UnreachableError](err); ok {
		return exitUnreachable
	}
	// Something in front of the site says that there is none behind it.
	if p, ok := errors.AsType[*opsdb.Problem](err); ok && p.Type == "" && p.Status >= http.StatusBadGateway {
		return exitUnreachable
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return exitTimeout
	}
	return exitFailed
}
