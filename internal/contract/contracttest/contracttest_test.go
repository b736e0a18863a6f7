package contracttest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/internal/contract/contracttest"
)

// complaints takes in what would fail a test.
type complaints struct {
	testing.TB
	said []string
}

func (c *complaints) Error(args ...any) { c.said = append(c.said, fmt.Sprint(args...)) }

func TestTransport(t *testing.T) {
	for name, test := range map[string]struct {
		path, mediaType, body string
		status                int
		wrong                 string // part of what is said; empty: nothing
	}{
		"as documented":   {"/api/site/info", "application/json", `{"site_name":"cologne","site_type":"main","buffering_enabled":true,"main_db_host":"a","local_db_host":"b","version":"1"}`, 200, ""},
		"a field missing": {"/api/site/info", "application/json", `{"site_name":"cologne"}`, 200, "site_type"},
		"null":            {"/api/site/info", "application/json", `null`, 200, "null"},
		"not a problem":   {"/api/site/info", "application/json", `{"error":"x"}`, 500, "application/json"},
		"another status":  {"/docs", "text/html", `<p>`, 204, "204"},
		"no operation":    {"/elsewhere", "text/plain", `x`, 418, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", test.mediaType)
				w.WriteHeader(test.status)
				fmt.Fprint(w, test.body)
			}))
			defer server.Close()
			c := &complaints{TB: t}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+test.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			response, err := contracttest.Transport(c, http.DefaultTransport).RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := response.Body.Close(); err != nil {
				t.Fatal(err)
			}
			said := strings.Join(c.said, "\n")
			if (test.wrong == "") != (said == "") || !strings.Contains(said, test.wrong) {
				t.Errorf("it says %q, want %q", said, test.wrong)
			}
		})
	}
}
