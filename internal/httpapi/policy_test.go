package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ccatobs/opsdb/gen/api"
)

// document returns the embedded document and its operations by id.
func document(t testing.TB) (*openapi3.T, map[string]*operation) {
	t.Helper()
	text, err := api.GetSpecJSON()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := loadDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	ops, err := operations(doc)
	if err != nil {
		t.Fatal(err)
	}
	byID := make(map[string]*operation)
	for _, op := range ops {
		byID[op.id] = op
	}
	return doc, byID
}

func TestTheDocumentSaysWhatTheServerNeeds(t *testing.T) {
	doc, ops := document(t)
	tags := make(map[string]bool)
	for _, tag := range doc.Tags {
		tags[tag.Name] = true
		if audience := tag.Extensions["x-audience"]; audience != "ops" && audience != "ui" && audience != "all" {
			t.Errorf("tag %s: audience %v", tag.Name, audience)
		}
	}
	for id, op := range ops {
		o := op.route.Operation
		if !tags[o.Tags[0]] {
			t.Errorf("%s: the tag %s is not described", id, o.Tags[0])
		}
		if o.Summary == "" {
			t.Errorf("%s has no summary", id)
		}
		if o.Responses.Default() == nil {
			t.Errorf("%s does not say what a problem looks like", id)
		}
		takesKey := o.Parameters.GetByInAndName(openapi3.ParameterInHeader, "Idempotency-Key") != nil
		if op.critical && !takesKey {
			t.Errorf("%s is a critical write without an Idempotency-Key", id)
		}
		if op.method == http.MethodGet && (takesKey || o.RequestBody != nil) {
			t.Errorf("%s is a read with a key or a body", id)
		}
		if o.RequestBody != nil && o.RequestBody.Value.Content.Get("application/json").Example == nil {
			t.Errorf("%s has no example of its body", id)
		}
	}
	critical := []string{
		"startExecutedObsUnit", "finishExecutedObsUnit", "createRawDataFile", "createRawDataFiles", "withdrawRawDataFile",
		"createRawDataPackage", "finalizeRawDataPackage",
	}
	for _, id := range critical {
		if op := ops[id]; op == nil || !op.critical {
			t.Errorf("%s must succeed without the network", id)
		}
	}
}

// Bodies are objects that know all their fields, or lists of such.
func TestNoBodyTakesUnknownFields(t *testing.T) {
	_, ops := document(t)
	for id, op := range ops {
		if op.route.Operation.RequestBody == nil {
			continue
		}
		schema := op.route.Operation.RequestBody.Value.Content.Get("application/json").Schema.Value
		if schema.Type.Is(openapi3.TypeArray) {
			schema = schema.Items.Value
		}
		if more := schema.AdditionalProperties.Has; more == nil || *more {
			t.Errorf("the body of %s takes unknown fields", id)
		}
	}
}

func TestOperationsRefusesWhatItDoesNotKnow(t *testing.T) {
	const head = `{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{`
	const good = `"operationId":"a","tags":["t"],"security":[],"x-permissions":[],"responses":{"200":{"description":"d"}}`
	for name, test := range map[string]struct{ operation, want string }{
		"good":                   {good, ""},
		"unknown field":          {good + `,"x-permision":[]`, "x-permision is not known"},
		"wrong type":             {good + `,"x-critical":"yes"`, "x-critical"},
		"unknown topic":          {good + `,"x-topic":"weather"`, "weather is not known"},
		"critical read":          {good + `,"x-critical":true`, "a read cannot be x-critical"},
		"no permissions":         {strings.Replace(good, `"x-permissions":[],`, "", 1), "x-permissions is missing"},
		"public with permission": {strings.Replace(good, `"x-permissions":[]`, `"x-permissions":["read:all"]`, 1), "contradict"},
		"any credential":         {strings.Replace(good, `"security":[]`, `"security":[{"bearerAuth":[]}]`, 1), ""},
		"no operationId":         {strings.Replace(good, `"operationId":"a",`, "", 1), "operationId"},
		"two tags":               {strings.Replace(good, `["t"]`, `["t","u"]`, 1), "one tag"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := openapi3.NewLoader().LoadFromData([]byte(head + test.operation + `}}}}`))
			if err != nil {
				t.Fatal(err)
			}
			_, err = operations(doc)
			if test.want == "" && err != nil {
				t.Errorf("got %v", err)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want something about %q", err, test.want)
			}
		})
	}
}
