// Package examples_test runs the examples, at a whole system of two sites.
package examples_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/serve/servetest"
)

const observatory = "observatory"

var world *lab.Lab

func TestMain(m *testing.M) {
	os.Exit(labtest.MainWithLab(m, servetest.API, lab.Options{APIs: 1}, func(l *lab.Lab) { world = l }))
}

// run starts a program at the observatory and returns what it prints.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	site := world.Site(observatory)
	cmd := exec.CommandContext(labtest.Context(t), program, args...)
	cmd.Env = append(os.Environ(), "OPS_API_URL="+site.URL, "OPS_API_TOKEN="+site.Token, "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}

// build returns the path of a program of this module.
func build(t *testing.T, source string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), filepath.Base(source))
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// files returns how many files the main database has of executions.
func files(ctx context.Context, executions []string) (n int, err error) {
	conn, err := pgx.Connect(ctx, world.Site(lab.MainSite).Database)
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx) //nolint:errcheck // of a connection that was only read from
	err = conn.QueryRow(ctx, `select count(*) from raw_data_file f join executed_obs_unit e on e.id = f.executed_obs_unit_id
		where e.id = any($1::uuid[]) and e.status = 'completed'`, executions).Scan(&n)
	return n, err
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// The script in Python observes while the link is whole, and the same way while it is cut.
func TestObserveInPython(t *testing.T) {
	python := filepath.Join("..", "build", "tools", "python", "bin", "python3")
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("make tools installs it: %v", err)
	}
	t.Setenv("PYTHONPATH", filepath.Join("..", "clients", "python", "src"))
	observe := func(wait string) []string {
		out := run(t, python, "observe.py", "--unit", "1", "--module", "1", "--data", t.TempDir(), "--scans", "2", "--wait", wait)
		if came := strings.Contains(out, "to the main database and back"); came != (wait == "60") {
			t.Errorf("after %s s: %s", wait, out)
		}
		return uuids.FindAllString(out, 2)
	}
	executions := observe("60")
	link := world.Link(observatory)
	if err := link.Cut(lab.Swallow, lab.Both); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := link.Heal(); err != nil { // also for the other tests, should this one fail
			t.Error(err)
		}
	})
	executions = append(executions, observe("0.1")...)
	if err := link.Heal(); err != nil {
		t.Fatal(err)
	}
	labtest.Eventually(t, "all that was observed is in the main database", func(ctx context.Context) error {
		n, err := files(ctx, executions)
		if err == nil && n != 12 {
			err = fmt.Errorf("%d files", n)
		}
		return err
	})
}

func TestObserveInTheShell(t *testing.T) {
	t.Setenv("PATH", filepath.Dir(build(t, "../cmd/opsctl"))+":"+os.Getenv("PATH"))
	out := run(t, "./observe.sh", "1", "1", t.TempDir())
	if id := uuids.FindString(out); !strings.Contains(out, "completed") {
		t.Errorf("execution %s: %s", id, out)
	}
}

func TestShiftLogInGo(t *testing.T) {
	day := time.Now().UTC().Add(-16*time.Hour - 31*time.Minute).Format(time.DateOnly) // it begins at 16:31
	if out := run(t, build(t, "./shiftlog"), day); !strings.Contains(out, "completed") {
		t.Error(out)
	}
}
