package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"github.com/ccatobs/opsdb/internal/live"
)

// defaultBodyLimit is how many bytes a request body may have when the operation does not say otherwise.
const defaultBodyLimit = 64 << 10

// operation is what the document says about one operation, as far as it drives behaviour.
type operation struct {
	id             string
	method         string
	path           string     // as in the document, with {braces}
	authenticated  bool       // only with a token
	byCookie       bool       // with the cookie of a session, which the handler reads
	permissions    []string   // all of them are needed
	critical       bool       // must succeed without the network
	writesAccess   bool       // of users, tokens or preferences
	bodyLimit      int64      // bytes
	awaitsPosition bool       // takes the header Ops-Position
	merges         bool       // shows what is on its way; without the header Ops-Degraded it reads the replica alone
	foreignQuery   bool       // the query is made by somebody who does not know the document
	saysFreshness  bool       // answers with the header Ops-As-Of
	conditional    bool       // takes the header If-None-Match
	topic          live.Topic // of its stream; empty: it is none
	query          map[string]bool
	route          *routers.Route
}

// operations reads the document once. Its error names every operation that says something this server does not know:
// a misspelt field is found at the start of the program and not by a user.
func operations(doc *openapi3.T) ([]*operation, error) {
	var (
		found []*operation
		wrong []error
	)
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			op, err := newOperation(doc, path, item, method, o)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("%s %s: %w", method, path, err))
				continue
			}
			found = append(found, op)
		}
	}
	slices.SortFunc(found, func(a, b *operation) int { return strings.Compare(a.id, b.id) })
	for i := 1; i < len(found); i++ {
		if found[i-1].id == found[i].id {
			wrong = append(wrong, fmt.Errorf("operationId %s is used twice", found[i].id))
		}
	}
	return found, errors.Join(wrong...)
}

func newOperation(doc *openapi3.T, path string, item *openapi3.PathItem, method string, o *openapi3.Operation) (*operation, error) {
	if o.OperationID == "" || len(o.Tags) != 1 || o.Security == nil {
		return nil, errors.New("needs an operationId, one tag and security")
	}
	op := &operation{id: o.OperationID, method: method, path: path, bodyLimit: defaultBodyLimit, query: map[string]bool{}}
	if err := op.readExtensions(o.Extensions); err != nil {
		return nil, err
	}
	for _, way := range *o.Security {
		// An operation by cookie reads it itself: what it is good for is the session, not a permission.
		if _, ok := way["bearerAuth"]; ok {
			op.authenticated = true
		}
		if _, ok := way["sessionCookie"]; ok {
			op.byCookie = true
		}
	}
	op.writesAccess = op.authenticated && !op.critical && method != http.MethodGet && slices.Contains([]string{"tokens", "admin", "preferences"}, o.Tags[0])
	if !op.authenticated && len(op.permissions) > 0 {
		return nil, errors.New("security and x-permissions contradict each other")
	}
	if op.topic != "" && !slices.Contains(live.Topics(), op.topic) {
		return nil, fmt.Errorf("the topic %s is not known", op.topic)
	}
	if op.critical && method == http.MethodGet {
		return nil, errors.New("a read cannot be x-critical")
	}
	for _, p := range o.Parameters {
		switch {
		case p.Value.In == openapi3.ParameterInQuery:
			op.query[p.Value.Name] = p.Value.Schema.Value.Type.Is(openapi3.TypeArray)
		case p.Value.In == openapi3.ParameterInHeader && p.Value.Name == headerPosition:
			op.awaitsPosition = true
		case p.Value.In == openapi3.ParameterInHeader && p.Value.Name == headerIfNoneMatch:
			op.conditional = true
		}
	}
	for _, r := range o.Responses.Map() {
		if _, ok := r.Value.Headers[headerAsOf]; ok {
			op.saysFreshness = true
		}
		if _, ok := r.Value.Headers[headerDegraded]; ok {
			op.merges = true
		}
	}
	// Who calls is checked before and cheaper than openapi3filter would.
	unsecured := *o
	unsecured.Security = openapi3.NewSecurityRequirements()
	op.route = &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: &unsecured}
	return op, nil
}

// readExtensions takes in the fields of our own. x-audience says who an operation is for, which changes nothing here.
func (op *operation) readExtensions(extensions map[string]any) error {
	if _, ok := extensions["x-permissions"]; !ok {
		return errors.New("x-permissions is missing")
	}
	for name, value := range extensions {
		var target any
		switch name {
		case "x-permissions":
			target = &op.permissions
		case "x-critical":
			target = &op.critical
		case "x-body-limit":
			target = &op.bodyLimit
		case "x-foreign-query":
			target = &op.foreignQuery
		case "x-topic":
			target = &op.topic
		case "x-audience":
			target = new(string)
		default:
			return fmt.Errorf("%s is not known", name)
		}
		if err := assign(value, target); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// assign converts a value of the document to the type of target.
func assign(value, target any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target)
}
