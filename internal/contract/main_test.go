package contract_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/serve"
)

func TestMain(m *testing.M) { os.Exit(labtest.Main(m, api)) }

// api is the test program as the API of a site.
func api() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := serve.Run(ctx, os.Environ(), os.Stdout); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// Where things are, seen from this package.
const (
	root     = "../.."
	document = root + "/api/openapi.yaml"
)

// tool returns the path of a program that "make tools" installs.
func tool(t testing.TB, path string) string {
	t.Helper()
	found, err := filepath.Abs(filepath.Join(root, "build/tools", path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(found); err != nil {
		t.Fatalf("%v: make tools installs it", err)
	}
	return found
}
