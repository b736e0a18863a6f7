// Package labtest runs labs in tests, with the test program itself, started again, as the API of every site: the race
// detector covers the APIs, too.
package labtest

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/lab"
)

// child tells the test program that it is an API.
const child = "OPSDB_LAB_TEST_CHILD"

// deadline bounds whatever a test waits for.
const deadline = time.Minute

// Main is called by TestMain. In an API's process it runs serve, which takes its settings from the environment and ends
// on SIGTERM; otherwise the tests.
func Main(m *testing.M, serve func() int) int {
	if os.Getenv(child) != "" {
		return serve()
	}
	return m.Run()
}

// MainWithLab is Main with one lab for all tests of a package, which use gets before they run. A failed lab fails them.
func MainWithLab(m *testing.M, serve func() int, options lab.Options, use func(*lab.Lab)) int {
	if os.Getenv(child) != "" {
		return serve()
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	l, err := lab.Start(ctx, forTests(options))
	if err != nil {
		fmt.Fprintln(os.Stderr, "start a lab:", err)
		return 1
	}
	use(l)
	code := m.Run()
	if err := l.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// forTests completes options: the test program is the API, and nothing but processes fails.
func forTests(options lab.Options) lab.Options {
	options.Command = []string{os.Args[0]}
	options.Env = append(options.Env, child+"=1", "GORACE=halt_on_error=1 atexit_sleep_ms=0")
	options.NoFsync = true
	return options
}

// Start runs a lab for as long as the test. PostgreSQL does not wait for the disk; a data race or another exit of its
// own of an API fails the test, and a failed test shows what its servers logged.
func Start(t testing.TB, options lab.Options) *lab.Lab {
	t.Helper()
	l, err := lab.Start(Context(t), forTests(options))
	if err != nil {
		t.Fatalf("start a lab: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			showLogs(t, l)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// Context returns a context that ends with the test or when the test has waited too long.
func Context(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(cancel)
	return ctx
}

// Eventually waits until try returns nil; what says what is waited for.
func Eventually(t testing.TB, what string, try func(context.Context) error) {
	t.Helper()
	if err := lab.Until(Context(t), what, try); err != nil {
		t.Fatal(err)
	}
}

func showLogs(t testing.TB, l *lab.Lab) {
	const enough = 4000
	for name := range l.PIDs() {
		log, err := l.Log(name)
		if err != nil {
			t.Error(err)
			continue
		}
		t.Logf("%s:\n%s", name, log[max(0, len(log)-enough):])
	}
}
