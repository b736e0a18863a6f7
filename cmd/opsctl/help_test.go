package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/ccatobs/opsdb/clients/go/profile"
)

// everyCommand calls f for each command, the root first.
func everyCommand(c *cobra.Command, f func(*cobra.Command)) {
	f(c)
	for _, child := range c.Commands() {
		everyCommand(child, f)
	}
}

// The help is all that most people ever read. UPDATE_GOLDEN=1 writes it anew.
func TestHelp(t *testing.T) {
	t.Parallel()
	s := at(t, "")
	var all strings.Builder
	everyCommand(s.app(nil, nil).root(), func(c *cobra.Command) {
		args := append(strings.Fields(c.CommandPath())[1:], "--help")
		all.WriteString("$ opsctl " + strings.Join(args, " ") + "\n" + s.run(args...).exits(exitDone).out + "\n")
		if c.Short == "" || !c.HasSubCommands() && c.Example == "" {
			t.Errorf("%s has no summary or no example", c.CommandPath())
		}
	})
	const golden = "testdata/help.txt"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		must(t, os.WriteFile(golden, []byte(all.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if all.String() != string(want) {
		t.Errorf("the help is not that of %s; UPDATE_GOLDEN=1 writes it anew", golden)
	}
	for line := range strings.Lines(all.String()) {
		if columns := len([]rune(strings.TrimRight(line, "\n"))); columns > 140 {
			t.Errorf("%d columns are more than most terminals have: %s", columns, line)
		}
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	s := at(t, "")
	for _, args := range []string{
		"", "obs", "nonsense", "obs nonsense", "obs start", "obs start x", "obs start 0", "obs start 1 --start yesterday", "obs start 1 --condition x",
		"obs start 1 --wait never", "obs finish 1", "obs list --night x", "obs list --nonsense", "files add x", "files add x --obs y --module 1",
		"tx list --state lost", "tx retry", "tx discard 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f", "token create x --expires soon", "watch --topic x",
		"visibility 1 --from 2026-07-15T11:20:00Z", "lag --timeout 0s", "lag", "login",
	} {
		s.run(strings.Fields(args)...).exits(exitUsage)
	}
	s.environ["OPS_API_URL"] = "ops.example.org"
	s.run("lag").exits(exitUsage).says("no address of a site")
}

// What is wrong with the choice of a site is put right in the file of the profiles, and no help of a command tells how.
func TestNoSite(t *testing.T) {
	t.Parallel()
	for content, args := range map[string]string{
		"":                         "lag",
		"[sites":                   "lag",
		"default = \"a\"":          "lag",
		"[sites.a]":                "lag",
		"[sites.a]\nurl = \"x:y\"": "lag --site b",
	} {
		s := at(t, "")
		file, err := profile.Path(func(name string) string { return s.environ[name] })
		must(t, err)
		must(t, os.MkdirAll(filepath.Dir(file), 0o700))
		must(t, os.WriteFile(file, []byte(content), 0o600))
		if o := s.run(strings.Fields(args)...).exits(exitUsage).says("sites are in " + file); strings.Contains(o.err, "--help") {
			t.Errorf("%q: %s", content, o.err)
		}
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	s := at(t, "")
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if script := s.ok("completion", shell); !strings.Contains(script, "opsctl") {
			t.Errorf("%s: %s", shell, script)
		}
	}
	if words := s.ok("__complete", "obs", "finish", "--status", ""); !strings.Contains(words, "aborted") {
		t.Error(words)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if v := decode[build](t, at(t, "").ok("version", "--json")); v.Go == "" {
		t.Errorf("%+v", v)
	}
}
