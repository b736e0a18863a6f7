package httpapi_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// collect returns the first column of all rows.
func collect[T any](t testing.TB, rows pgx.Rows) []T {
	t.Helper()
	values, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatal(err)
	}
	return values
}

var slugPattern = regexp.MustCompile(`(?:\.Named\(|refuse\(|slug: )"([a-z-]+)"`)

// slugsInTheCode lists the problems that any package of a server names.
func slugsInTheCode(t testing.TB) []string {
	t.Helper()
	var slugs []string
	for _, folder := range []string{"auth", "buffer", "cache", "httpapi", "ops", "postgres", "resolver", "visibility"} {
		files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range slugPattern.FindAllStringSubmatch(string(text), -1) {
				slugs = append(slugs, found[1])
			}
		}
	}
	if len(slugs) == 0 {
		t.Fatal("no problem was found in the code")
	}
	return slugs
}
