package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	headerRequestID = "X-Request-ID"
	headerAsOf      = "Ops-As-Of"
	headerPending   = "Ops-Pending"
	headerPosition  = "Ops-Position"
)

// observe wraps every request: it gives it an id, answers for errors and panics, and writes the log and the figures.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		x := &exchange{requestID: requestID(c.Request()), address: s.clientAddress(c.Request()), header: c.Response().Header(), sent: c.Request().Header}
		c.SetRequest(c.Request().WithContext(withExchange(c.Request().Context(), x)))
		x.header.Set(headerRequestID, x.requestID)
		for name, value := range s.cautions {
			x.header.Set(name, value)
		}
		var refused *problem
		err := guarded(next, c)
		if err != nil {
			p := problemOf(err)
			refused = &p
			err = errors.Join(err, s.answer(c, x, p))
		}
		s.record(c, x, time.Since(began), refused, err)
		return nil
	}
}

// guarded turns a panic into an error.
func guarded(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it by identity, too
				panic(cause)
			}
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return next(c)
}

// answer sends an error as a problem, unless a part of another answer has been sent.
func (s *Server) answer(c echo.Context, x *exchange, p problem) error {
	if c.Response().Committed {
		return errors.New("the answer was cut")
	}
	if p.recorded != nil && p.requested == nil {
		p.requested = raw(x.body)
	}
	return p.write(c.Response(), s.publicURL, c.Request().URL.Path, x.requestID)
}

// record writes one line of the access log. It never holds a query, a header or a body: they may hold secrets.
func (s *Server) record(c echo.Context, x *exchange, took time.Duration, refused *problem, err error) {
	name, status, level := "none", c.Response().Status, slog.LevelInfo
	if x.operation != nil {
		name = x.operation.id
		if !x.operation.authenticated {
			level = slog.LevelDebug
		}
	}
	attrs := []slog.Attr{
		slog.String("request_id", x.requestID), slog.String("method", c.Request().Method),
		slog.String("path", c.Request().URL.Path), slog.String("operation", name),
		slog.Duration("took", took), slog.Int64("bytes", c.Response().Size), slog.String("principal", x.principal.Name),
	}
	if refused != nil {
		level, status = refused.level, refused.status
		attrs = append(attrs, slog.Any("error", err))
	}
	attrs = append(attrs, slog.Int("status", status))
	s.log.LogAttrs(c.Request().Context(), level, "request", attrs...)
	if x.operation != nil && x.operation.topic != "" {
		took = 0 // a stream takes as long as its reader likes
	}
	s.metrics.requests.WithLabelValues(name, strconv.Itoa(status)).Observe(took.Seconds())
}

// requestID returns the client's own id when it is harmless, else a new one.
func requestID(r *http.Request) string {
	given := r.Header.Get(headerRequestID)
	unseen := func(r rune) bool { return r < '!' || r > '~' }
	if given != "" && len(given) <= 128 && !strings.ContainsFunc(given, unseen) {
		return given
	}
	return uuid.Must(uuid.NewV7()).String()
}

// freshness says how old the site's view is and how much is on its way.
func (s *Server) freshness(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		stats := s.stats.read(c.Request().Context())
		if !stats.AsOf.IsZero() {
			c.Response().Header().Set(headerAsOf, stats.AsOf.UTC().Format(time.RFC3339Nano))
		}
		if stats.RedisReachable {
			c.Response().Header().Set(headerPending, strconv.Itoa(stats.Pending()+stats.Unreplicated))
		}
		return next(c)
	}
}

// chain builds what stands before the handler of an operation, in this order.
func (s *Server) chain(op *operation) []echo.MiddlewareFunc {
	chain := []echo.MiddlewareFunc{found(op)}
	if op.saysFreshness {
		chain = append(chain, s.freshness)
	}
	if op.authenticated {
		chain = append(chain, s.authenticate)
		if !op.critical {
			chain = append(chain, s.limits.limit)
		}
		chain = append(chain, authorise(op.permissions))
	}
	if op.byCookie {
		chain = append(chain, s.onlyOwnPages)
	}
	chain = append(chain, s.validate(op))
	if op.awaitsPosition {
		wait := s.buffer.WaitReplicated
		if op.merges {
			wait = s.buffer.WaitPosition
		}
		chain = append(chain, func(next echo.HandlerFunc) echo.HandlerFunc { return awaitPosition(wait, next) })
	}
	if op.conditional {
		chain = append(chain, conditional)
	}
	return chain
}

// found notes which operation a request is for.
func found(op *operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			exchangeOf(c.Request().Context()).operation = op
			return next(c)
		}
	}
}

// authenticate finds out who calls.
func (s *Server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		x := exchangeOf(ctx)
		bearer, err := s.bearer(c.Request(), x.operation)
		if err != nil {
			return s.limits.failed(x.address, err)
		}
		if bearer == "" {
			return errs.New(errs.Unauthenticated, "Could not validate credentials: send Authorization: Bearer and a token.")
		}
		if x.principal, err = s.access.Verifier.Verify(ctx, bearer); err != nil {
			x.principal = auth.Principal{}
			return s.limits.failed(x.address, err)
		}
		x.bearer = bearer
		s.access.Usage.Count(x.principal, x.address)
		return next(c)
	}
}

// bearer returns the credential of a request, empty when it has none. Streams take it in more ways: browsers cannot send
// the header with a WebSocket.
func (s *Server) bearer(r *http.Request, op *operation) (string, error) {
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") && token != "" {
		return strings.TrimSpace(token), nil
	}
	if op.topic == "" {
		return "", nil
	}
	return s.streamBearer(r)
}

// authorise lets those pass who have every permission.
func authorise(permissions []string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			principal := exchangeOf(c.Request().Context()).principal
			for _, p := range permissions {
				if !principal.Can(p) {
					return errs.New(errs.Forbidden, "This needs the permission %s.", p)
				}
			}
			return next(c)
		}
	}
}

// maxPositionWait bounds how long a read waits for the write it must show.
const maxPositionWait = 5 * time.Second

// awaitPosition holds a read until this site has reached the write that the client has seen elsewhere.
func awaitPosition(wait func(context.Context, string) error, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		position := c.Request().Header.Get(headerPosition)
		if position == "" {
			return next(c)
		}
		ctx, cancel := context.WithTimeout(c.Request().Context(), maxPositionWait)
		defer cancel()
		if err := wait(ctx, position); err != nil {
			return err
		}
		return next(c)
	}
}
