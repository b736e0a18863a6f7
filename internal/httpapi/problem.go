package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/labstack/echo/v4"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/errs"
)

// statusClientGone is what the log says of a request whose client did not wait for the answer.
const statusClientGone = 499

// defaultRetryAfter is what a client is told to wait when the cause does not know better.
const defaultRetryAfter = 2 * time.Second

// conflict is a request for other content than the record has.
type conflict struct {
	cause     *errs.Error
	recorded  any
	requested any
}

// Error implements error.
func (c *conflict) Error() string { return c.cause.Error() }

// Unwrap returns the error in the client's terms.
func (c *conflict) Unwrap() error { return c.cause }

// problem is an error as the client and the log see it.
type problem struct {
	slug       api.ProblemSlug
	status     int
	detail     string
	fields     []errs.Field
	retryAfter time.Duration
	recorded   json.RawMessage
	requested  json.RawMessage
	level      slog.Level
}

// problemOf is the one place where an error becomes a response. Nothing of an error that is not meant for the client
// leaves it.
func problemOf(err error) problem {
	p := classify(err)
	if slug, ok := meanings[p.slug]; ok && p.status == 0 {
		p.status = slug.status
	}
	if p.status == http.StatusServiceUnavailable && p.retryAfter <= 0 {
		p.retryAfter = defaultRetryAfter
	}
	switch {
	case p.status == http.StatusServiceUnavailable:
		p.level = slog.LevelWarn
	case p.status >= http.StatusInternalServerError:
		p.level = slog.LevelError
	}
	return p
}

func classify(err error) problem {
	var (
		known *errs.Error
		web   *echo.HTTPError
		large *http.MaxBytesError
	)
	switch {
	case errors.As(err, &known):
		return ofKnown(err, known)
	case errors.Is(err, context.Canceled):
		return problem{slug: api.ProblemSlugUnavailable, status: statusClientGone, detail: "The client went away."}
	case errors.Is(err, context.DeadlineExceeded):
		return problem{slug: api.ProblemSlugUnavailable, detail: "It took too long."}
	case errors.Is(err, pgx.ErrNoRows):
		return problem{slug: api.ProblemSlugNotFound, detail: "There is no such record."}
	case errors.As(err, &large):
		return problem{slug: api.ProblemSlugTooLarge, detail: "The body has more than " + strconv.FormatInt(large.Limit, 10) + " bytes."}
	case errors.As(err, &web):
		return ofWeb(web)
	default:
		return problem{slug: api.ProblemSlugInternal, detail: "The server failed; the site's log says why under this request_id."}
	}
}

func ofKnown(err error, known *errs.Error) problem {
	p := problem{
		slug: api.ProblemSlug(known.Slug), status: known.Status, detail: known.Detail, fields: known.Fields,
		retryAfter: known.RetryAfter,
	}
	if _, ok := meanings[p.slug]; !ok {
		p.slug = api.ProblemSlug(known.Kind)
	}
	if known.Kind == errs.Internal {
		p.detail = "The server failed; the site's log says why under this request_id."
	}
	p.recorded, p.requested = versions(err)
	return p
}

// versions returns both versions of a conflict, found here or by the main database, which sends the record along.
func versions(err error) (recorded, requested json.RawMessage) {
	var (
		here  *conflict
		there *pgconn.PgError
	)
	switch {
	case errors.As(err, &here):
		return raw(here.recorded), raw(here.requested)
	case errors.As(err, &there) && there.Code == "23000" && json.Valid([]byte(there.Detail)):
		return json.RawMessage(there.Detail), nil
	default:
		return nil, nil
	}
}

func raw(value any) json.RawMessage {
	text, err := json.Marshal(value)
	if err != nil || value == nil {
		return nil
	}
	return text
}

// ofWeb translates what the web framework refuses: unknown routes and methods, and values that fit the document but not
// the type of the handler, such as 1e3 for an integer.
func ofWeb(e *echo.HTTPError) problem {
	switch e.Code {
	case http.StatusNotFound:
		return problem{slug: api.ProblemSlugNotFound, detail: "There is nothing at this path."}
	case http.StatusMethodNotAllowed:
		return problem{slug: api.ProblemSlugMethodNotAllowed, detail: "The header Allow lists the methods of this path."}
	case http.StatusUnsupportedMediaType:
		return problem{slug: api.ProblemSlugUnsupportedMediaType, detail: "Send application/json."}
	case http.StatusRequestEntityTooLarge:
		return problem{slug: api.ProblemSlugTooLarge, detail: "The body is too large."}
	case http.StatusBadRequest:
		p := problem{slug: api.ProblemSlugInvalid, detail: "A value has not the type that the document says."}
		if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](e); ok {
			pointer := pointerOf(strings.Split(mismatch.Field, ".")...)
			p.fields = []errs.Field{{Pointer: pointer, Detail: "must be written in digits alone, without a point or an exponent"}}
		}
		return p
	default:
		return problem{slug: api.ProblemSlugInternal, detail: "The server failed; the site's log says why under this request_id."}
	}
}

// write sends the problem as RFC 9457 says.
func (p problem) write(w http.ResponseWriter, publicURL, instance, requestID string) error {
	body := api.Problem{
		Type: publicURL + "/problems/" + string(p.slug), Title: meanings[p.slug].title, Status: int32(p.status),
		Instance: instance, RequestID: requestID, Recorded: p.recorded, Requested: p.requested,
	}
	if p.detail != "" {
		body.Detail = &p.detail
	}
	for _, f := range p.fields {
		body.Errors = append(body.Errors, api.ProblemField{Pointer: f.Pointer, Detail: f.Detail})
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if p.retryAfter > 0 {
		seconds := max(1, int(math.Ceil(p.retryAfter.Seconds())))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		body.RetryAfter = &seconds
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.status)
	return json.NewEncoder(w).Encode(body)
}
