package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Unknown is a name that looks like one of ours but is not.
type Unknown struct {
	Name    string
	Nearest string // the known name that is most like it
}

// String says what an operator should look at.
func (u Unknown) String() string {
	return fmt.Sprintf("%s is not a setting of this program; did you mean %s?", u.Name, u.Nearest)
}

// ours are the beginnings of names that only this program should have. A name without one of them is reported when it
// is nearly a known one.
var ours = []string{
	"SITE_", "CRITICAL_OPERATIONS_", "MAIN_DB_", "MAIN_WRITE_", "LOCAL_DB_", "REDIS_", "TRANSACTION_", "BACKGROUND_PROCESSING_",
	"LSN_", "JOURNAL_", "LEDGER_", "REFERENCE_", "SHUTDOWN_", "PROFILE_", "SECRET_KEY", "CORS_", "TRUSTED_PROX", "RATE_LIMIT",
}

// nearly is how many letters a misspelt name may differ in.
const nearly = 2

// unknownNames returns the names in settings that are not known but look as if they should be, in alphabetical order.
func unknownNames(settings map[string]string) []Unknown {
	known := map[string]struct{}{}
	for _, variable := range Variables() {
		known[variable.Name] = struct{}{}
	}
	var unknown []Unknown
	for name := range settings {
		if _, ok := known[name]; ok {
			continue
		}
		upper := strings.ToUpper(name)
		nearest, distance := nearestName(upper, known)
		if distance <= nearly || hasPrefix(upper, ours) {
			unknown = append(unknown, Unknown{Name: name, Nearest: nearest})
		}
	}
	slices.SortFunc(unknown, func(a, b Unknown) int { return cmp.Compare(a.Name, b.Name) })
	return unknown
}

func hasPrefix(name string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

func nearestName(name string, known map[string]struct{}) (nearest string, distance int) {
	for candidate := range known {
		d := editDistance(name, candidate)
		if nearest == "" || d < distance || d == distance && better(name, candidate, nearest) {
			nearest, distance = candidate, d
		}
	}
	return nearest, distance
}

// better tells which of two equally distant names is meant: the one that begins alike, else the first of the alphabet.
func better(name, candidate, than string) bool {
	a, b := alike(name, candidate), alike(name, than)
	return a > b || a == b && candidate < than
}

// alike counts the letters at the beginning that are the same.
func alike(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// editDistance counts the letters to insert, delete or replace to make b out of a.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
