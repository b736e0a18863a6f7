package contract_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A client of the last release goes on: nothing is taken away, and nothing new is asked for.
func TestNothingBreaks(t *testing.T) {
	if found, broken := breaking(t, document); broken {
		t.Errorf("clients of %s break:\n%s", filepath.Base(lastRelease(t)), found)
	}
}

// What would break clients is objected to.
func TestBreakingIsNoticed(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"an operation is gone":    {"  /executed_obs_units/start:\n    post:", "  /executed_obs_units/start:\n    put:"},
		"a field becomes needed":  {"    WriteReceipt:\n      type: object", "    WriteReceipt:\n      nullable: true\n      type: object"},
		"a limit becomes smaller": {"schema: {type: integer, format: int32, minimum: 1, maximum: 1000, default: 100}", "schema: {type: integer, format: int32, minimum: 1, maximum: 10, default: 10}"},
	} {
		if strings.Count(string(text), change[0]) != 1 {
			t.Errorf("%s: the document has changed, change the test", what)
			continue
		}
		path := filepath.Join(t.TempDir(), "changed.yaml")
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), change[0], change[1], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if found, broken := breaking(t, path); !broken {
			t.Errorf("%s, and nobody minds: %s", what, found)
		}
	}
}

// breaking compares a document with the last release.
func breaking(t *testing.T, path string) (found string, broken bool) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "tool", "-modfile="+root+"/internal/tools/go.mod", "oasdiff",
		"breaking", lastRelease(t), path, "--fail-on", "ERR")
	output, err := command.CombinedOutput()
	// 1 is what it says of breaking changes; all else is that it could not compare.
	if command.ProcessState == nil || command.ProcessState.ExitCode() > 1 {
		t.Fatalf("oasdiff: %v\n%s", err, output)
	}
	return string(output), err != nil
}

func lastRelease(t *testing.T) string {
	t.Helper()
	released, err := filepath.Glob(root + "/api/releases/*.yaml")
	if err != nil || len(released) == 0 {
		t.Fatalf("no release of the document: %v", err)
	}
	version := func(path string) (numbers []int) {
		for number := range strings.SplitSeq(strings.TrimSuffix(filepath.Base(path), ".yaml"), ".") {
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatalf("%s has no version as its name: %v", path, err)
			}
			numbers = append(numbers, n)
		}
		return numbers
	}
	return slices.MaxFunc(released, func(a, b string) int { return slices.Compare(version(a), version(b)) })
}
