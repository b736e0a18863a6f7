// Package errs holds the one error type of the system. Everything that can go wrong for a client is one of seven
// kinds; a single function in httpapi turns them into responses.
package errs

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Kind says what went wrong in the client's terms.
type Kind string

// The seven kinds.
const (
	Invalid         Kind = "invalid"
	Unauthenticated Kind = "unauthenticated"
	Forbidden       Kind = "forbidden"
	NotFound        Kind = "not-found"
	Conflict        Kind = "conflict"
	Unavailable     Kind = "unavailable"
	Internal        Kind = "internal"
)

// Field is one offending part of a request.
type Field struct {
	Pointer string // JSON pointer into the body, or "query:limit", "path:id", "header:Idempotency-Key"
	Detail  string
}

// Error is the one error type. Detail is safe to show to the client; Err is the cause and stays in the log.
type Error struct {
	Kind       Kind
	Slug       string // stable name of the particular problem, such as "idempotency-key-reused"; empty: the kind's own
	Status     int    // HTTP status where the kind's own does not fit (400, 413, 415); zero: the kind's own
	Detail     string
	Fields     []Field
	RetryAfter time.Duration // for Unavailable
	Err        error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Kind, e.Detail, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Kind, e.Detail)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error of a kind with a detail that is safe to show.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Detail: fmt.Sprintf(format, args...)}
}

// Named sets the slug of the particular problem and returns e.
func (e *Error) Named(slug string) *Error {
	e.Slug = slug
	return e
}

// Because sets the cause and returns e.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// After sets when a retry makes sense and returns e.
func (e *Error) After(d time.Duration) *Error {
	e.RetryAfter = d
	return e
}

// At adds an offending field and returns e.
func (e *Error) At(pointer, detail string) *Error {
	e.Fields = append(e.Fields, Field{Pointer: pointer, Detail: detail})
	return e
}

// KindOf returns the kind of the first Error in err's chain; Unavailable for an expired deadline; else Internal.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.DeadlineExceeded):
		return Unavailable
	default:
		return Internal
	}
}
