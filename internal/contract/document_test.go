package contract_test

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// operation is what the document says of one.
type operation struct {
	id, name string // such as getHealth, "GET /health"
	critical bool
	*openapi3.Operation
}

func load(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(document)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func operationsOf(doc *openapi3.T) []operation {
	var all []operation
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			all = append(all, operation{o.OperationID, method + " " + path, o.Extensions["x-critical"] == true, o})
		}
	}
	return all
}
