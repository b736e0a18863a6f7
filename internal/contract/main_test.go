package contract_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/serve/servetest"
)

func TestMain(m *testing.M) { os.Exit(labtest.Main(m, servetest.API)) }

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
