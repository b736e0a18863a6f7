package httpapi

import (
	"context"
	"fmt"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ccatobs/opsdb/gen/api"
)

// contract is the document and what is made of it.
type contract struct {
	text documentFile
	doc  *openapi3.T
	ops  []*operation
	page []byte // for people
}

// theContract reads the document once: nothing of it ever changes, so that all servers of a process share it.
var theContract = sync.OnceValues(func() (c contract, err error) {
	if c.text, err = api.GetSpecJSON(); err != nil {
		return c, fmt.Errorf("the document: %w", err)
	}
	if c.doc, err = loadDocument(c.text); err != nil {
		return c, err
	}
	if c.ops, err = operations(c.doc); err != nil {
		return c, fmt.Errorf("the document: %w", err)
	}
	if c.page, err = renderDocs(c.doc, c.ops); err != nil {
		return c, fmt.Errorf("the docs page: %w", err)
	}
	return c, nil
})

func loadDocument(text []byte) (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("the document: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("the document: %w", err)
	}
	// With servers in it the validation would compare host names, which a proxy changes.
	doc.Servers = nil
	return doc, nil
}
