package contract_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

// A page that is written with the types of the document works at both sites, cut off from each other, and the compiler
// finds the mistakes in it.
func TestTypeScript(t *testing.T) {
	page := compiled(t)
	sites := labtest.Start(t, lab.Options{APIs: 1})
	if err := sites.Link(cutOff).Cut(lab.Refuse, lab.Both); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{lab.MainSite, cutOff} {
		site := sites.Site(name)
		command := exec.CommandContext(labtest.Context(t), "node", page)
		command.Env = append(os.Environ(), "OPSDB_URL="+site.URL, "OPSDB_TOKEN="+site.Token, "NODE_PATH="+tool(t, "node/node_modules"))
		if output, err := command.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, output)
		}
	}
}

// compiled returns the program that the compiler makes of the page.
func compiled(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	command := exec.CommandContext(t.Context(), tool(t, "node/node_modules/.bin/tsc"), "--project", "typescript", "--outDir", out)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return filepath.Join(out, "observe.js")
}
