package httpapi_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// walk reads all pages of a list and checks that none is longer than asked for and none but the last shorter.
func walk[T any](s *station, op, id, query string, limit int) []T {
	s.t.Helper()
	var all []T
	for cursor := ""; ; {
		q := fmt.Sprintf("limit=%d&%s", limit, query)
		if cursor != "" {
			q += "&cursor=" + cursor
		}
		page := decode[struct {
			Items      []T     `json:"items"`
			NextCursor *string `json:"next_cursor"`
		}](s.do(call{op: op, id: id, query: strings.TrimSuffix(q, "&")}).want(http.StatusOK))
		all = append(all, page.Items...)
		if page.NextCursor == nil {
			return all
		}
		if cursor = *page.NextCursor; len(page.Items) != limit {
			s.t.Fatalf("%s %s: %d of %d items on a page that is not the last", op, query, len(page.Items), limit)
		}
	}
}

// dice returns a source of chance whose seed the test shows.
func dice(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// randomName is a name that few have, of letters that sort differently in most languages.
func randomName(random *rand.Rand) string {
	letters := []rune("aAbBzZäÖ_-. 09é")
	name := []rune{letters[random.IntN(4)]}
	for range random.IntN(3) {
		name = append(name, letters[random.IntN(len(letters))])
	}
	return string(name) + "x"
}

// comparePages checks that a list shows exactly these rows in order, on pages of any length.
func comparePages[T any](s *station, op, id, query string, random *rand.Rand, want []string, show func(T) string) {
	s.t.Helper()
	for _, limit := range []int{1 + random.IntN(4), 5 + random.IntN(20), 1000} {
		var got []string
		for _, item := range walk[T](s, op, id, query, limit) {
			got = append(got, show(item))
		}
		if !slices.Equal(want, got) {
			s.t.Fatalf("%s %s, %d a page:\nwant %q\ngot  %q", op, query, limit, want, got)
		}
	}
}

// contains tells whether one of the names contains a text, in capitals or not.
func contains(text string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(strings.ToLower(name), strings.ToLower(text)) })
}

// ofVersion tells whether a read shows the version that a write has this tag of.
func ofVersion(read answer, tag string) bool {
	return strings.HasPrefix(read.header.Get("ETag"), strings.TrimSuffix(tag, `"`)+".")
}

func ifMatch(tag string) map[string]string { return map[string]string{"If-Match": tag} }
