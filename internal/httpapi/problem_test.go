package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/labstack/echo/v4"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/errs"
)

// Each cause is tried bare, wrapped, and deep down.
func TestCausesAndTheirAnswers(t *testing.T) {
	secret := errors.New("password=hunter2")
	record := &pgconn.PgError{Code: "23000", Detail: `{"id":1}`}
	for name, test := range map[string]struct {
		cause  error
		slug   string
		status int
		level  slog.Level
	}{
		"invalid":           {errs.New(errs.Invalid, "no"), "invalid", 422, slog.LevelInfo},
		"malformed":         {&errs.Error{Kind: errs.Invalid, Slug: "malformed", Status: 400}, "malformed", 400, slog.LevelInfo},
		"unauthenticated":   {errs.New(errs.Unauthenticated, "no"), "unauthenticated", 401, slog.LevelInfo},
		"forbidden":         {errs.New(errs.Forbidden, "no"), "forbidden", 403, slog.LevelInfo},
		"not found":         {errs.New(errs.NotFound, "no"), "not-found", 404, slog.LevelInfo},
		"conflict":          {errs.New(errs.Conflict, "no").Because(record), "conflict", 409, slog.LevelInfo},
		"two versions":      {differs("execution", map[string]int{"a": 1}, map[string]int{"a": 2}), "record-differs", 409, slog.LevelInfo},
		"key reused":        {errs.New(errs.Invalid, "no").Named("idempotency-key-reused"), "idempotency-key-reused", 422, slog.LevelInfo},
		"unavailable":       {errs.New(errs.Unavailable, "no").After(1500 * time.Millisecond), "unavailable", 503, slog.LevelWarn},
		"without a time":    {errs.New(errs.Unavailable, "no").Because(secret), "unavailable", 503, slog.LevelWarn},
		"internal":          {errs.New(errs.Internal, "%v", secret), "internal", 500, slog.LevelError},
		"slug of nobody":    {errs.New(errs.Conflict, "no").Named("never-heard-of"), "conflict", 409, slog.LevelInfo},
		"unknown":           {secret, "internal", 500, slog.LevelError},
		"database":          {&pgconn.PgError{Code: "42703", Message: "hunter2"}, "internal", 500, slog.LevelError},
		"no row":            {pgx.ErrNoRows, "not-found", 404, slog.LevelInfo},
		"deadline":          {context.DeadlineExceeded, "unavailable", 503, slog.LevelWarn},
		"client gone":       {context.Canceled, "unavailable", 499, slog.LevelInfo},
		"large":             {&http.MaxBytesError{Limit: 10}, "too-large", 413, slog.LevelInfo},
		"unknown path":      {echo.ErrNotFound, "not-found", 404, slog.LevelInfo},
		"unknown method":    {echo.ErrMethodNotAllowed, "method-not-allowed", 405, slog.LevelInfo},
		"media type":        {echo.ErrUnsupportedMediaType, "unsupported-media-type", 415, slog.LevelInfo},
		"large for echo":    {echo.ErrStatusRequestEntityTooLarge, "too-large", 413, slog.LevelInfo},
		"refused by a type": {echo.NewHTTPError(http.StatusBadRequest, "hunter2"), "invalid", 422, slog.LevelInfo},
		"anything of echo":  {echo.ErrTeapot, "internal", 500, slog.LevelError},
	} {
		for depth, err := range []error{test.cause, fmt.Errorf("hunter2: %w", test.cause), errors.Join(io.EOF, fmt.Errorf("hunter2: %w", test.cause))} {
			t.Run(fmt.Sprint(name, " at depth ", depth), func(t *testing.T) {
				p := problemOf(err)
				if string(p.slug) != test.slug || p.status != test.status || p.level != test.level {
					t.Errorf("got %s %d %s", p.slug, p.status, p.level)
				}
				w := httptest.NewRecorder()
				if err := p.write(w, "http://ops.example", "/a", "r-1"); err != nil {
					t.Fatal(err)
				}
				checkAnswer(t, w, p)
			})
		}
	}
}

func checkAnswer(t *testing.T, w *httptest.ResponseRecorder, p problem) {
	t.Helper()
	if strings.Contains(w.Body.String(), "hunter2") {
		t.Errorf("it tells a secret: %s", w.Body)
	}
	var body api.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if body.Type != "http://ops.example/problems/"+string(p.slug) || body.Title == "" || int(body.Status) != p.status || body.RequestID != "r-1" || body.Instance != "/a" {
		t.Errorf("the body is %+v", body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	if got := w.Header().Get("WWW-Authenticate"); (got != "") != (p.status == http.StatusUnauthorized) {
		t.Errorf("WWW-Authenticate %q", got)
	}
	if got := w.Header().Get("Retry-After"); (got != "") != (p.status == http.StatusServiceUnavailable) || got == "0" {
		t.Errorf("Retry-After %q", got)
	}
	if p.slug == "record-differs" && (body.Recorded == nil || body.Requested == nil) {
		t.Errorf("a version is missing: %s", w.Body)
	}
}
