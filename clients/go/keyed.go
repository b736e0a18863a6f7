package opsdb

import (
	"net/http"
	"strings"
)

// keyedOperations are those of the document that take an Idempotency-Key.
var keyedOperations = routes(
	"POST /executed_obs_units/start",
	"PUT /executed_obs_units/{id}/finish",
	"POST /raw_data_files/{$}",
	"POST /raw_data_files/bulk",
	"DELETE /raw_data_files/{id}",
	"POST /raw_data_package/{$}",
	"PUT /raw_data_package/{id}/finalize",
	"POST /admin/users",
	"POST /api/transfer/archive-transfers/{id}/reset",
	"POST /api/transfer/data-transfer/{id}/reset",
	"POST /instrument_module_configurations/{$}",
	"POST /obs_unit/{$}",
	"POST /observation_configurations/{$}",
	"POST /observing_program/{$}",
	"POST /observing_program/{id}/sub_programs",
	"POST /sources/{$}",
	"POST /staging/{$}",
	"POST /staging/{id}/cancel",
	"POST /staging/{id}/reset",
)

func routes(patterns ...string) *http.ServeMux {
	mux := http.NewServeMux()
	for _, pattern := range patterns {
		mux.Handle(pattern, http.NotFoundHandler())
	}
	return mux
}

// keyed tells whether a request, sent to a site whose paths begin with prefix, takes an Idempotency-Key.
func keyed(prefix string, r *http.Request) bool {
	path, ok := strings.CutPrefix(r.URL.Path, prefix)
	if !ok || r.Method == http.MethodGet {
		return false
	}
	at := *r.URL
	at.Path, at.RawPath = path, ""
	_, pattern := keyedOperations.Handler(&http.Request{Method: r.Method, URL: &at, Host: r.Host})
	return pattern != ""
}
