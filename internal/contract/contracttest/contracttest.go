// Package contracttest checks in tests that what a server answers is what the document says.
package contracttest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// Transport sends requests by another transport and fails the test for each answer that the document has not: its status,
// its headers and its body. Streams, and what is no operation of the document, pass.
func Transport(t testing.TB, base http.RoundTripper) http.RoundTripper {
	return transport{t, base}
}

type transport struct {
	t    testing.TB
	base http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (p transport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := p.base.RoundTrip(r)
	if err != nil || endless(response) {
		return response, err
	}
	route, err := find(r)
	if err != nil {
		p.t.Error(err)
	}
	if route == nil {
		return response, nil
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err // the connection was cut
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	if err := Check(route, r, response.StatusCode, response.Header, body); err != nil {
		p.t.Error(err)
	}
	return response, nil
}

func endless(r *http.Response) bool {
	return r.StatusCode == http.StatusSwitchingProtocols || strings.HasPrefix(r.Header.Get("Content-Type"), "text/event-stream")
}

// Check compares an answer with what the document says of the operation that the request was for.
func Check(route *routers.Route, r *http.Request, status int, header http.Header, body []byte) error {
	decoders()
	err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: route},
		Status:                 status, Header: header.Clone(), Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		return fmt.Errorf("%s answered %d against the document: %w\n%s", route.Operation.OperationID, status, err, body)
	}
	return nil
}

// decoders lets pages and events be read.
var decoders = sync.OnceFunc(func() {
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/event-stream", openapi3filter.PlainBodyDecoder)
})

// find returns the operation that a request is for, nil when the document has none.
func find(r *http.Request) (*routers.Route, error) {
	router, err := routes()
	if err != nil {
		return nil, err
	}
	route, _, err := router.FindRoute(r)
	if _, none := errors.AsType[*routers.RouteError](err); none {
		return nil, nil
	}
	return route, err
}

// routes reads the document, once for all tests of a program.
var routes = sync.OnceValues(func() (routers.Router, error) {
	path, err := document()
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, err
	}
	doc.Servers = nil // whatever the address
	return legacy.NewRouter(doc)
})

// home is where the tests of a package begin; some go elsewhere.
var home, homeless = os.Getwd()

// document returns the path of the document, from wherever in the module the tests run.
func document() (string, error) {
	err := homeless
	for dir := home; err == nil; dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return filepath.Join(dir, "api", "openapi.yaml"), nil
		}
		if dir == filepath.Dir(dir) {
			err = errors.New("the tests do not run in the module")
		}
	}
	return "", err
}
