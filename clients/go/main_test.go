package opsdb_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

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
		APIs: 1, RestartAfter: 20 * time.Millisecond, Env: []string{"TRANSACTION_RETRY_ATTEMPTS=1", "REFERENCE_FRESHNESS=4s"},
	}, func(l *lab.Lab) {
		world = l
		// For the example.
		site := l.Site(observatory)
		if err := errors.Join(os.Setenv("OPS_API_URL", site.URL), os.Setenv("OPS_API_TOKEN", site.Token)); err != nil {
			panic(err)
		}
	})
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}
