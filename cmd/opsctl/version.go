package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) version() *cobra.Command {
	return a.command("version", "Show what this program was built from", "Shows what this program was built from; \"opsctl doctor\" shows the version of the site.", `  opsctl version`,
		cobra.NoArgs, func(context.Context, []string) error {
			v := versionOf()
			return a.show(v, func(w io.Writer) {
				fmt.Fprintf(w, "opsctl %s %s, %s\n", v.Version, v.Revision, v.Go)
			})
		})
}

// build is what this program was built from.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
}

func versionOf() build {
	b := build{Version: "(devel)", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Revision = s.Value
		}
	}
	return b
}
