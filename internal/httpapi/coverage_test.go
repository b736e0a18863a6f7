package httpapi_test

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// responses are those of the document that the tests of this binary have got and found as documented.
type responses struct {
	mu   sync.Mutex
	seen map[string]bool
}

var validated = responses{seen: map[string]bool{}}

// note remembers that an answer of an operation was as documented.
func (r *responses) note(o *openapi3.Operation, status int) {
	documented := strconv.Itoa(status)
	if o.Responses.Value(documented) == nil {
		documented = "default"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[o.OperationID+" "+documented] = true
}

// unseen returns the responses of the document that no test has got.
func (r *responses) unseen(doc *openapi3.T) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var missing []string
	for _, item := range doc.Paths.Map() {
		for _, o := range item.Operations() {
			for status := range o.Responses.Map() {
				if name := o.OperationID + " " + status; !r.seen[name] {
					missing = append(missing, name)
				}
			}
		}
	}
	slices.Sort(missing)
	return missing
}

// everythingRan tells whether this run was of all tests of the package: less cannot have got every response.
func everythingRan() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return true
}

// reportUnseen returns the exit code of a run of all tests: a documented response that none of them got is a failure.
func reportUnseen(w io.Writer) int {
	doc, err := readDocument()
	if err != nil {
		fmt.Fprintln(w, err)
		return 1
	}
	missing := validated.unseen(doc)
	for _, name := range missing {
		fmt.Fprintln(w, "the document has a response that no test got:", name)
	}
	return min(len(missing), 1)
}
