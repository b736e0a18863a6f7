package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/ccatobs/opsdb/internal/errs"
)

// finding is one thing that is wrong with a request.
type finding struct {
	errs.Field
	tooLarge bool // the body itself has too many rows
}

func at(pointer, detail string) finding {
	return finding{Field: errs.Field{Pointer: pointer, Detail: detail}}
}

// findings turns what the validator says into pointers and sentences of our own: its texts repeat the schema and the
// value, which may be a secret. Base is what pointers begin with.
func findings(err error, base string) []finding {
	switch e := err.(type) { //nolint:errorlint // a tree is walked, and each node is what it is
	case nil:
		return nil
	case openapi3.MultiError:
		var all []finding
		for _, one := range e {
			all = append(all, findings(one, base)...)
		}
		return all
	case *openapi3filter.RequestError:
		return ofRequest(e)
	case *openapi3.SchemaError:
		return ofSchema(e, base)
	default:
		return []finding{at(base, "cannot be read")}
	}
}

func ofRequest(e *openapi3filter.RequestError) []finding {
	base := ""
	if e.Parameter != nil {
		base = e.Parameter.In + ":" + e.Parameter.Name
	}
	var parse *openapi3filter.ParseError
	switch {
	case errors.Is(e.Err, openapi3filter.ErrInvalidRequired):
		return []finding{at(base, "is required")}
	case errors.Is(e.Err, openapi3filter.ErrInvalidEmptyValue):
		return []finding{at(base, "must not be empty")}
	case errors.As(e.Err, &parse) && e.Parameter != nil:
		schema := e.Parameter.Schema.Value
		if schema.Items != nil { // one of a list cannot be read
			schema = schema.Items.Value
		}
		if errors.Is(parse.RootCause(), strconv.ErrRange) {
			return []finding{at(base, beyond(schema))}
		}
		return []finding{at(base, "must be "+typeName(schema))}
	default:
		return findings(e.Err, base)
	}
}

func ofSchema(e *openapi3.SchemaError, base string) []finding {
	pointer := base + pointerOf(e.JSONPointer()...)
	switch e.SchemaField {
	case "allOf":
		if parts, ok := errors.AsType[openapi3.MultiError](e.Origin); ok {
			return findings(parts, base) // their paths begin where that of e does
		}
		return []finding{at(pointer, expectation(e))}
	case "properties":
		return unknownFields(e, pointer)
	case "maxItems":
		f := at(pointer, fmt.Sprintf("must have at most %d items", *e.Schema.MaxItems))
		f.tooLarge = pointer == ""
		return []finding{f}
	default:
		return []finding{at(pointer, expectation(e))}
	}
}

func unknownFields(e *openapi3.SchemaError, pointer string) []finding {
	object, ok := e.Value.(map[string]any)
	if !ok {
		return []finding{at(pointer, "has an unknown field")}
	}
	var all []finding
	for name := range object {
		if e.Schema.Properties[name] == nil {
			all = append(all, at(pointer+pointerOf(shorten(name)), "is not a field of this object"))
		}
	}
	slices.SortFunc(all, func(a, b finding) int { return strings.Compare(a.Pointer, b.Pointer) })
	return all
}

// expectation says what a value must be, from the schema alone.
func expectation(e *openapi3.SchemaError) string {
	schema := e.Schema
	switch e.SchemaField {
	case "required":
		return "is required"
	case "type":
		return "must be " + typeName(schema)
	case "nullable":
		return "must not be null"
	case "enum":
		return "must be one of " + listed(schema.Enum)
	case "minimum":
		return "must be at least " + number(*schema.Min)
	case "maximum":
		return "must be at most " + number(*schema.Max)
	case "exclusiveMinimum":
		return "must be more than " + number(*schema.Min)
	case "exclusiveMaximum":
		return "must be less than " + number(*schema.Max)
	case "minLength":
		return fmt.Sprintf("must have at least %d characters", schema.MinLength)
	case "maxLength":
		return fmt.Sprintf("must have at most %d characters", *schema.MaxLength)
	case "minItems":
		return fmt.Sprintf("must have at least %d items", schema.MinItems)
	case "uniqueItems":
		return "must not have an item twice"
	case "minProperties", "maxProperties":
		return ofSize(e)
	case "pattern":
		return ofPattern(schema)
	case "format":
		if e.Origin != nil && schema.Type.Is(openapi3.TypeString) {
			return ofFormat(e)
		}
		return beyond(schema)
	default:
		return "does not match the document"
	}
}

// ofSize says how many fields an object must have, and which when it is one of several.
func ofSize(e *openapi3.SchemaError) string {
	schema := e.Schema
	if most := schema.MaxProps; most != nil && *most == schema.MinProps && *most == uint64(len(schema.Required))+1 {
		choice := slices.DeleteFunc(slices.Sorted(maps.Keys(schema.Properties)), func(name string) bool { return slices.Contains(schema.Required, name) })
		return "must have exactly one of " + strings.Join(choice, ", ")
	}
	if e.SchemaField == "minProperties" {
		return fmt.Sprintf("must have more fields: at least %d", schema.MinProps)
	}
	return fmt.Sprintf("must have at most %d fields", *schema.MaxProps)
}

// extPattern is what the document says of a pattern to those who do not read regular expressions.
const extPattern = "x-pattern-says"

func ofPattern(schema *openapi3.Schema) string {
	if says, ok := schema.Extensions[extPattern].(string); ok {
		return says
	}
	return "must match " + schema.Pattern
}

// ofFormat is what the check of a format says, without the validator's words around it.
func ofFormat(e *openapi3.SchemaError) string {
	text := e.Origin.Error()
	if _, own, wrapped := strings.Cut(text, strconv.Quote(e.Schema.Format)+": "); wrapped {
		return own
	}
	return text
}

// beyond says which numbers a format has room for.
func beyond(schema *openapi3.Schema) string {
	switch schema.Format {
	case "int32":
		return fmt.Sprintf("must lie between %d and %d", math.MinInt32, math.MaxInt32)
	case "int64":
		return fmt.Sprintf("must lie between %d and %d", math.MinInt64, math.MaxInt64)
	default:
		return "must be " + typeName(schema) + " that fits 64 bits"
	}
}

func typeName(schema *openapi3.Schema) string {
	if schema == nil || schema.Type == nil || len(*schema.Type) == 0 {
		return "as the document says"
	}
	switch name := (*schema.Type)[0]; name {
	case openapi3.TypeArray, openapi3.TypeInteger, openapi3.TypeObject:
		return "an " + name
	default:
		return "a " + name
	}
}

func listed(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointerOf returns the JSON pointer (RFC 6901) of a path.
func pointerOf(path ...string) string {
	var pointer strings.Builder
	for _, part := range path {
		pointer.WriteByte('/')
		pointer.WriteString(pointerEscapes.Replace(part))
	}
	return pointer.String()
}

// shorten bounds a name that a client chose.
func shorten(name string) string {
	const most = 64
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return name
}

// maxDepth is how deep JSON may be nested.
const maxDepth = 16

func tooDeep(pointer string) finding {
	return at(pointer, fmt.Sprintf("must be nested at most %d levels deep", maxDepth))
}

// maxDigits is how many characters a number may have.
const maxDigits = 100

// tooExtreme tells whether a number is beyond what 64 bits of floating point can hold, in size or in digits.
func tooExtreme(n json.Number) bool {
	f, err := n.Float64()
	mantissa, _, _ := strings.Cut(strings.ToLower(n.String()), "e")
	vanished := f == 0 && strings.ContainsAny(mantissa, "123456789")
	return err != nil || math.IsInf(f, 0) || vanished || len(n) > maxDigits
}

// unstorable finds what JSON allows and the database does not: NUL characters, numbers beyond its range, and nesting
// without end.
func unstorable(value any, pointer string, depth int) []finding {
	if depth > maxDepth {
		return []finding{tooDeep(pointer)}
	}
	switch v := value.(type) {
	case string:
		if strings.ContainsRune(v, 0) {
			return []finding{at(pointer, "must not contain the character NUL")}
		}
	case json.Number:
		if tooExtreme(v) {
			return []finding{at(pointer, "must be a number that fits 64 bits")}
		}
	case []any:
		var all []finding
		for i, item := range v {
			all = append(all, unstorable(item, pointer+"/"+strconv.Itoa(i), depth+1)...)
		}
		return all
	case map[string]any:
		var all []finding
		for name, item := range v {
			if strings.ContainsRune(name, 0) {
				all = append(all, at(pointer, "must not have a field whose name contains the character NUL"))
			}
			all = append(all, unstorable(item, pointer+pointerOf(shorten(name)), depth+1)...)
		}
		return all
	}
	return nil
}
