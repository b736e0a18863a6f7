package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/ccatobs/opsdb/internal/errs"
)

// validation is how every request is compared with the document. The handler gets the very value that was validated.
var validation = &openapi3filter.Options{
	MultiError:         true,
	KeepValidatedValue: true,
	SchemaValidationOptions: []openapi3.SchemaValidationOption{
		openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
			"uuid":      openapi3.NewCallbackValidator(checkUUID),
			"date":      openapi3.NewCallbackValidator(checkDate),
			"date-time": openapi3.NewCallbackValidator(checkTime),
			"wait-time": openapi3.NewCallbackValidator(checkWait),
			"path":      openapi3.NewCallbackValidator(checkPath),
		}),
	},
}

// validate refuses what the document does not allow, with a pointer to every offending part.
func (s *Server) validate(op *operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			x := exchangeOf(c.Request().Context())
			x.params = make(map[string]string, len(c.ParamNames()))
			for i, name := range c.ParamNames() {
				x.params[name] = c.ParamValues()[i]
			}
			body, err := op.check(c.Response().Writer, c.Request(), x.params)
			if err != nil {
				return err
			}
			x.body = body
			return next(c)
		}
	}
}

// check compares a request with the document and returns the validated body, nil when there is none. Errors:
// errs.Invalid with the status 400, 413, 415 or 422.
func (op *operation) check(w http.ResponseWriter, r *http.Request, params map[string]string) (any, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, errs.New(errs.Invalid, "The query cannot be read.").At("query:", "is not percent-encoded correctly")
	}
	wrong := op.checkQuery(query)
	data, err := op.readBody(w, r)
	if err != nil {
		return nil, err
	}
	wrong = append(wrong, ambiguous(data)...)
	wrong = append(wrong, op.nulls(data)...)
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, QueryParams: query, Route: op.route, Options: validation,
	})
	wrong = append(wrong, findings(err, "")...)
	var body any
	if kept, ok := r.Body.(interface{ ValidatedValue() any }); ok {
		body = kept.ValidatedValue()
		wrong = append(wrong, unstorable(body, "", 1)...)
	}
	return body, refuse(wrong)
}

// maxFindings bounds what one answer lists.
const maxFindings = 50

// refuse returns nil when nothing is wrong.
func refuse(wrong []finding) error {
	if len(wrong) == 0 {
		return nil
	}
	e := errs.New(errs.Invalid, "The request does not match the document.")
	listed := make(map[string]bool)
	for _, f := range wrong {
		if f.tooLarge {
			e = errs.New(errs.Invalid, "The body has more rows than this operation takes.").Named("too-large").At(f.Pointer, f.Detail)
			e.Status = http.StatusRequestEntityTooLarge
			return e
		}
		if !listed[f.Pointer] && len(e.Fields) < maxFindings {
			listed[f.Pointer] = true
			e = e.At(f.Pointer, f.Detail)
		}
	}
	return e
}

// checkQuery finds parameters that the document does not have, and single ones that are given twice.
func (op *operation) checkQuery(query url.Values) []finding {
	var wrong []finding
	for name, values := range query {
		list, known := op.query[name]
		switch {
		case !known && op.foreignQuery:
		case !known:
			wrong = append(wrong, at("query:"+shorten(name), "is not a parameter of this operation"))
		case !list && len(values) > 1:
			wrong = append(wrong, at("query:"+name, "must be given once"))
		case slices.Contains(values, ""):
			wrong = append(wrong, at("query:"+name, "must not be empty"))
		case slices.ContainsFunc(values, unreadable):
			wrong = append(wrong, at("query:"+name, "must be UTF-8 without the character NUL"))
		}
	}
	return wrong
}

// unreadable tells whether a text is one that the database does not take.
func unreadable(text string) bool { return !utf8.ValidString(text) || strings.ContainsRune(text, 0) }

// nulls finds what is null where the document has a default and no null: the validator takes that for something not said.
func (op *operation) nulls(body []byte) []finding {
	var value any
	if !bytes.Contains(body, []byte("null")) || json.Unmarshal(body, &value) != nil {
		return nil
	}
	return nullsIn(value, op.route.Operation.RequestBody.Value.Content.Get("application/json").Schema.Value, "")
}

func nullsIn(value any, schema *openapi3.Schema, pointer string) []finding {
	var all []finding
	for _, part := range schema.AllOf {
		all = append(all, nullsIn(value, part.Value, pointer)...)
	}
	switch v := value.(type) {
	case []any:
		if schema.Items == nil {
			break
		}
		for i, item := range v {
			all = append(all, nullsIn(item, schema.Items.Value, pointer+"/"+strconv.Itoa(i))...)
		}
	case map[string]any:
		for name, property := range schema.Properties {
			field, given := v[name]
			where, known := pointer+pointerOf(name), property.Value
			if given && field == nil && known.Default != nil && !known.Nullable {
				all = append(all, at(where, "must not be null"))
			}
			all = append(all, nullsIn(field, known, where)...)
		}
	}
	return all
}

// readBody takes the body in, leaves it in r for the validation, and returns it. Errors: 413, 415, and 400 for what is not
// JSON.
func (op *operation) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if op.route.Operation.RequestBody == nil {
		return nil, nil
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, op.bodyLimit))
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return nil, err
	}
	if err != nil {
		e := errs.New(errs.Invalid, "The body ended before it was complete.").Named("malformed").Because(err)
		e.Status = http.StatusBadRequest
		return nil, e
	}
	if len(data) == 0 && !op.route.Operation.RequestBody.Value.Required {
		// Nothing said is nothing changed: the defaults of the document apply.
		data = []byte("{}")
		r.Header.Set("Content-Type", "application/json")
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	if len(data) == 0 {
		return nil, nil
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		e := errs.New(errs.Invalid, "Send the body as application/json.").Named("unsupported-media-type")
		e.Status = http.StatusUnsupportedMediaType
		return nil, e
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		e := errs.New(errs.Invalid, "Send the body uncompressed.").Named("unsupported-media-type")
		e.Status = http.StatusUnsupportedMediaType
		return nil, e
	}
	return data, wellFormed(data)
}

// wellFormed returns errs.Invalid with the status 400 for what is not JSON.
func wellFormed(data []byte) error {
	var detail string
	switch {
	case !utf8.Valid(data):
		detail = "The body is not UTF-8."
	case !json.Valid(data):
		detail = "The body is not JSON."
	default:
		return nil
	}
	e := errs.New(errs.Invalid, "%s", detail).Named("malformed")
	e.Status = http.StatusBadRequest
	return e
}

func checkUUID(text string) error {
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return errors.New("must be a UUID in its usual form of 36 characters")
	}
	if id == uuid.Nil {
		return errors.New("must not be the nil UUID")
	}
	return nil
}

func checkTime(text string) error {
	var t time.Time
	if err := t.UnmarshalText([]byte(text)); err != nil {
		return errors.New("must be an RFC 3339 time with a zone, such as 2026-07-15T11:20:00Z")
	}
	return checkYear(t)
}

func checkDate(text string) error {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return errors.New("must be a date that the calendar has, such as 2026-07-15")
	}
	return checkYear(day)
}

// checkYear lets those times pass that the document allows.
func checkYear(t time.Time) error {
	if t.Before(firstStart) || !t.Before(lastStart) {
		return errors.New("must lie between 1970 and 2200")
	}
	return nil
}

// checkPath lets those paths pass that name one place below the root and name it in one way: a file is known by its path.
func checkPath(text string) error {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return errors.New("must not contain control characters")
	}
	for part := range strings.SplitSeq(text, "/") {
		if part == "" || part == "." || part == ".." {
			return errors.New("must be relative, without parts that are empty, a dot or two dots")
		}
	}
	return nil
}

func checkWait(text string) error {
	_, err := parseWait(text)
	return err
}

// maxWait bounds how long a request may be held.
const maxWait = time.Minute

// parseWait reads a time to wait, such as "10s", "500ms" or "2.5" (seconds).
func parseWait(text string) (time.Duration, error) {
	if strings.Trim(text, "0123456789.") == "" {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > maxWait {
		return 0, errors.New("must be a time of at most 60 seconds, such as 10s or 0.5")
	}
	return d, nil
}
