// Package buildinfo says what the running program was built from.
package buildinfo

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Info is what the Go tool recorded when it built the program.
type Info struct {
	Version  string `json:"version"`            // of the module; "(devel)" when it was not built from a tagged version
	Revision string `json:"revision,omitempty"` // of the repository
	Time     string `json:"time,omitempty"`     // of that revision
	Modified bool   `json:"modified,omitempty"` // files had been changed since
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// Read returns the Info of this program.
func Read() Info {
	info := Info{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return info
	}
	if build.Main.Version != "" {
		info.Version = build.Main.Version
	}
	for _, setting := range build.Settings {
		switch setting.Key {
		case "vcs.revision":
			info.Revision = setting.Value
		case "vcs.time":
			info.Time = setting.Value
		case "vcs.modified":
			info.Modified = setting.Value == "true"
		}
	}
	return info
}

// String returns one line for a person.
func (i Info) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "opsdb %s", i.Version)
	if i.Revision != "" {
		fmt.Fprintf(&b, " (%.12s of %s", i.Revision, i.Time)
		if i.Modified {
			b.WriteString(", modified")
		}
		b.WriteString(")")
	}
	fmt.Fprintf(&b, " built with %s for %s", i.Go, i.Platform)
	return b.String()
}
