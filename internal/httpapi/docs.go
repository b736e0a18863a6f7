package httpapi

import (
	"bytes"
	"cmp"
	_ "embed" // the template
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed docs.html.tmpl
var docsTemplate string

// docsPage is the document as the template needs it.
type docsPage struct {
	Title, Version string
	Description    string
	Tags           []docsTag
	Schemas        []docsSchema
	Problems       []docsProblem
}

type docsTag struct {
	Name, Description, Audience string
	Operations                  []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Description string
	Needs                                  []string // what the caller must have or be
	Critical                               bool
	BodyLimit                              int64
	Parameters                             []docsField
	Body                                   string // name of the schema
	Example                                string
	Answers                                []docsAnswer
}

type docsAnswer struct{ Status, Description, Schema string }

type docsSchema struct {
	Name, Description, Type string
	Fields                  []docsField
}

type docsField struct {
	Name, Where, Type, Description string
	Required                       bool
}

type docsProblem struct {
	Slug    string
	Status  int
	Title   string
	Meaning string
}

// renderDocs makes the page once: it needs no script and nothing from the network.
func renderDocs(doc *openapi3.T, ops []*operation) ([]byte, error) {
	t, err := template.New("docs").Funcs(template.FuncMap{"prose": prose, "link": link}).Parse(docsTemplate)
	if err != nil {
		return nil, err
	}
	page := docsPage{Title: doc.Info.Title, Version: doc.Info.Version, Description: doc.Info.Description}
	for _, tag := range doc.Tags {
		page.Tags = append(page.Tags, docsOfTag(tag, ops))
	}
	for name, ref := range doc.Components.Schemas {
		page.Schemas = append(page.Schemas, docsOfSchema(name, ref.Value))
	}
	slices.SortFunc(page.Schemas, func(a, b docsSchema) int { return cmp.Compare(a.Name, b.Name) })
	for slug, m := range meanings {
		page.Problems = append(page.Problems, docsProblem{string(slug), m.status, m.title, m.text})
	}
	slices.SortFunc(page.Problems, func(a, b docsProblem) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Slug, b.Slug))
	})
	var out bytes.Buffer
	if err := t.Execute(&out, page); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func docsOfTag(tag *openapi3.Tag, ops []*operation) docsTag {
	t := docsTag{Name: tag.Name, Description: tag.Description, Audience: fmt.Sprint(tag.Extensions["x-audience"])}
	for _, op := range ops {
		if op.route.Operation.Tags[0] == tag.Name {
			t.Operations = append(t.Operations, docsOfOperation(op))
		}
	}
	slices.SortFunc(t.Operations, func(a, b docsOperation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return t
}

func docsOfOperation(op *operation) docsOperation {
	o := op.route.Operation
	d := docsOperation{
		ID: op.id, Method: op.method, Path: op.path, Summary: o.Summary, Description: o.Description,
		Needs: needsOf(op), Critical: op.critical,
	}
	for _, p := range o.Parameters {
		v := p.Value
		d.Parameters = append(d.Parameters, docsField{v.Name, v.In, typeOf(v.Schema), v.Description, v.Required})
	}
	if o.RequestBody != nil {
		media := o.RequestBody.Value.Content.Get("application/json")
		d.Body, d.BodyLimit = typeOf(media.Schema), op.bodyLimit
		if text, err := json.MarshalIndent(media.Example, "", "  "); err == nil && media.Example != nil {
			d.Example = string(text)
		}
	}
	for status, r := range o.Responses.Map() {
		a := docsAnswer{Status: status}
		if r.Value.Description != nil {
			a.Description = *r.Value.Description
		}
		for _, media := range r.Value.Content {
			a.Schema = typeOf(media.Schema)
		}
		d.Answers = append(d.Answers, a)
	}
	slices.SortFunc(d.Answers, func(a, b docsAnswer) int { return cmp.Compare(a.Status, b.Status) })
	return d
}

// needsOf says in a few words who may call an operation.
func needsOf(op *operation) []string {
	switch {
	case len(op.permissions) > 0:
		return op.permissions
	case op.authenticated:
		return []string{"any valid token"}
	case op.byCookie:
		return []string{"the cookie of a session"}
	default:
		return []string{"public"}
	}
}

func docsOfSchema(name string, schema *openapi3.Schema) docsSchema {
	d := docsSchema{Name: name, Description: schema.Description, Type: typeOf(&openapi3.SchemaRef{Value: schema})}
	for _, part := range append(openapi3.SchemaRefs{{Value: schema}}, schema.AllOf...) {
		for field, ref := range part.Value.Properties {
			d.Fields = append(d.Fields, docsField{
				Name: field, Type: typeOf(ref), Description: ref.Value.Description,
				Required: slices.Contains(part.Value.Required, field),
			})
		}
	}
	slices.SortFunc(d.Fields, func(a, b docsField) int { return cmp.Compare(a.Name, b.Name) })
	return d
}

// typeOf returns the name of a schema, or what it is made of.
func typeOf(ref *openapi3.SchemaRef) string {
	if ref == nil || ref.Value == nil {
		return ""
	}
	if name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok {
		return name
	}
	schema := ref.Value
	kind := "object"
	if schema.Type != nil && len(*schema.Type) > 0 {
		kind = (*schema.Type)[0]
	}
	switch {
	case len(schema.Enum) == 1:
		return "always " + listed(schema.Enum)
	case len(schema.Enum) > 0:
		return listed(schema.Enum)
	case kind == openapi3.TypeArray:
		return "list of " + typeOf(schema.Items)
	case schema.Format != "":
		kind += " (" + schema.Format + ")"
	}
	if schema.Nullable {
		kind += " or null"
	}
	return kind
}

// link leads from the name of a schema to its description; other types stay as they are.
func link(kind string) template.HTML {
	text := template.HTMLEscapeString(kind)
	name := strings.TrimPrefix(text, "list of ")
	if name == "" || name[0] < 'A' || name[0] > 'Z' {
		return template.HTML(text) //nolint:gosec // escaped above
	}
	return template.HTML(`<a href="#schema-` + name + `">` + text + `</a>`) //nolint:gosec // escaped above
}

// prose sets the little Markdown that the document uses: paragraphs, **strong** and `code`.
func prose(text string) template.HTML {
	var out strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		out.WriteString("<p>")
		for i, part := range strings.Split(template.HTMLEscapeString(paragraph), "`") {
			if i%2 == 1 {
				out.WriteString("<code>" + part + "</code>")
				continue
			}
			for j, words := range strings.Split(part, "**") {
				if j%2 == 1 {
					words = "<strong>" + words + "</strong>"
				}
				out.WriteString(words)
			}
		}
		out.WriteString("</p>\n")
	}
	return template.HTML(out.String()) //nolint:gosec // every part of the text was escaped above
}
