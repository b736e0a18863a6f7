package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"go.uber.org/goleak"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/serve/servetest"
)

const observatory = "observatory"

// world is the lab of all tests.
var world *lab.Lab

func TestMain(m *testing.M) {
	code := labtest.MainWithLab(m, servetest.API, lab.Options{
		APIs: 1, RestartAfter: 20 * time.Millisecond,
		Env: []string{"TRANSACTION_RETRY_ATTEMPTS=1", "TRANSACTION_RETRY_DELAY=0.1", "REFERENCE_FRESHNESS=4s", "MAIN_WRITE_TIMEOUT=1s"},
	}, func(l *lab.Lab) { world = l })
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// shell is where a person or a script calls opsctl.
type shell struct {
	t       *testing.T
	ctx     context.Context
	environ map[string]string
	in      io.Reader
	columns int // of the terminal; 0: there is none
	rows    int
}

// at returns a shell whose environment leads to a site of the lab; empty: to none.
func at(t *testing.T, site string) *shell {
	t.Helper()
	s := &shell{t: t, ctx: labtest.Context(t), environ: map[string]string{"HOME": t.TempDir()}, in: strings.NewReader("")}
	if site != "" {
		s.environ["OPS_API_URL"], s.environ["OPS_API_TOKEN"] = world.Site(site).URL, world.Site(site).Token
	}
	return s
}

// outcome is what a call of opsctl came to.
type outcome struct {
	t        *testing.T
	args     []string
	code     int
	out, err string
}

// app returns the program as it is in the shell.
func (s *shell) app(out, err io.Writer) *app {
	return &app{
		getenv: func(name string) string { return s.environ[name] }, in: s.in, out: out, err: err,
		size: func(any) (int, int) { return s.columns, s.rows },
	}
}

// run calls opsctl.
func (s *shell) run(args ...string) *outcome {
	s.t.Helper()
	var out, err bytes.Buffer
	code := s.app(&out, &err).run(s.ctx, args)
	return &outcome{t: s.t, args: args, code: code, out: out.String(), err: err.String()}
}

// ok calls opsctl, which must succeed, and returns what it prints.
func (s *shell) ok(args ...string) string {
	s.t.Helper()
	return strings.TrimSpace(s.run(args...).exits(exitDone).out)
}

func (o *outcome) exits(code int) *outcome {
	o.t.Helper()
	if o.code != code {
		o.t.Fatalf("opsctl %s exits with %d instead of %d\n%s%s", strings.Join(o.args, " "), o.code, code, o.out, o.err)
	}
	return o
}

// says checks that the output or the errors have a text.
func (o *outcome) says(text string) *outcome {
	o.t.Helper()
	if !strings.Contains(o.out+o.err, text) {
		o.t.Errorf("opsctl %s does not say %q:\n%s%s", strings.Join(o.args, " "), text, o.out, o.err)
	}
	return o
}

// decode reads the one line of JSON that a call prints.
func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return value
}

// lines reads JSON, one value a line.
func lines[T any](t *testing.T, text string) []T {
	t.Helper()
	var values []T
	for line := range strings.Lines(text) {
		values = append(values, decode[T](t, line))
	}
	return values
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// document is the document of the API.
func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	must(t, err)
	return doc
}

// cutLink cuts the link of the observatory until the test ends, or heal is called.
func cutLink(t *testing.T, how lab.Mode) (heal func()) {
	t.Helper()
	must(t, world.Link(observatory).Cut(how, lab.Both))
	heal = sync.OnceFunc(func() {
		must(t, world.Link(observatory).Heal())
		s := at(t, observatory)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		s.ctx = ctx
		must(t, lab.Until(ctx, "the observatory sees the main database", func(context.Context) error {
			if r := decode[lagReport](t, s.ok("lag", "--json")); !r.MainReachable || !r.Fresh {
				return fmt.Errorf("%+v", r)
			}
			return nil
		}))
	})
	t.Cleanup(heal)
	return heal
}
