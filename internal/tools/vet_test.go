// Package tools_test proves that the rules in sqlc.yaml bite.
package tools_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const project = "../.."

var queries = []struct {
	name, directory, query string
	breaks                 string // the rule; empty: none
}{
	{"select", "replica", "-- name: Get :one\nselect site from site_progress where site = @site;", ""},
	{"words of a write in a column", "replica", "-- name: Get :one\nselect fence as last_update from site_progress where site = @site;", ""},
	{"write", "replica", "-- name: Forget :one\ndelete from site_progress where site = @site returning site;", "replica-reads-only"},
	{"row lock", "replica", "-- name: Lock :one\nselect site from site_progress where site = @site for no key update;", "replica-reads-only"},
	{"no rows", "replica", "-- name: Look :exec\nselect site from site_progress;", "replica-reads-only"},
	{
		"guarded write", "main",
		"-- name: Forget :exec\nwith gone as (delete from site_progress where site = @site returning 1)\nselect expect_rows((select count(*) from gone), 1, 'site_progress');", "",
	},
	{"write that returns a row", "main", "-- name: Forget :one\ndelete from site_progress where site = @site returning site;", ""},
	{"delete", "main", "-- name: Forget :exec\ndelete from site_progress where site = @site;", "main-asserts-rows"},
	{"update", "main", "-- name: Raise :exec\nupdate site_progress p set fence = p.fence + 1 where p.site = @site;", "main-asserts-rows"},
	{"insert", "main", "-- name: Alias :exec\ninsert into record_alias (id, table_name, same_as) values (@id, 'x', @same_as);", "main-asserts-rows"},
	{
		"conflict passed over", "main",
		"-- name: Alias :one\ninsert into record_alias (id, table_name, same_as) values (@id, 'x', @same_as)\non conflict\n  do  nothing returning id;", "main-no-silence",
	},
	{"rows counted on the client", "main", "-- name: Forget :execrows\nselect expect_rows(0, 0, 'x');", "main-commands"},
}

func TestVetRules(t *testing.T) {
	for _, test := range queries {
		t.Run(test.directory+"/"+test.name, func(t *testing.T) {
			output, err := vet(t, test.directory, test.query)
			switch {
			case test.breaks == "" && err != nil:
				t.Errorf("refused: %v\n%s", err, output)
			case test.breaks != "" && err == nil:
				t.Errorf("passed, want %s", test.breaks)
			case test.breaks != "" && !strings.Contains(output, ": "+test.breaks+":"):
				t.Errorf("want %s:\n%s", test.breaks, output)
			}
		})
	}
}

// vet runs the project's rules on one query beside a harmless one in the other directory.
func vet(t *testing.T, directory, query string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "schema"), os.DirFS(filepath.Join(project, "schema"))); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(project, "sqlc.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "sqlc.yaml"), string(config))
	for _, d := range []string{"main", "replica"} {
		write(t, filepath.Join(dir, "queries", d, "other.sql"), "-- name: Other :one\nselect site from site_progress limit 1;")
	}
	write(t, filepath.Join(dir, "queries", directory, "query.sql"), query)
	output, err := exec.CommandContext(t.Context(), "go", "tool", "sqlc", "-f", filepath.Join(dir, "sqlc.yaml"), "vet").CombinedOutput()
	return string(output), err
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
