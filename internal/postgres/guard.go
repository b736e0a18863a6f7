package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	// A connection is replaced now and then, so that a change of address or of the server's settings is noticed.
	maxLifetime = 30 * time.Minute
	maxIdle     = 5 * time.Minute
	// hold is how long an unreachable database is not asked again.
	hold = time.Second
	// grace is what a statement gets beyond the server's own limit before the server is taken for dead.
	grace = time.Second
)

// guard is the way to a database: it bounds every call and remembers that the database cannot be reached. It implements
// the DBTX of the generated packages.
type guard struct {
	pool  *pgxpool.Pool
	name  string        // for people: "main database"
	slug  string        // of the problem: "main-unreachable"
	limit time.Duration // of a call
	pulse *pulse        // nil: a call waits for its limit
	heard *moment       // when the server said something last, on whatever connection

	mu      sync.Mutex
	down    error     // nil: reachable, as far as is known
	since   time.Time // when the first call that was not answered began to wait in vain
	until   time.Time // nobody asks before
	probing bool      // somebody is asking
}

// errTooSlow is the cause of a context that the guard itself ended: the server would have answered a single statement by
// then, with an error if need be.
var errTooSlow = errors.New("no answer in time")

// visit is one call under way.
type visit struct {
	*guard
	ctx    context.Context
	cancel context.CancelFunc
	began  time.Time
	probe  bool
	once   sync.Once
	lost   bool // the server could not be asked
}

// enter begins a call, or refuses it while the database is known to be unreachable.
func (g *guard) enter(ctx context.Context) (*visit, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	v := &visit{guard: g, began: time.Now()}
	if g.heardAgain() {
		g.down = nil
	}
	if g.down != nil {
		if g.probing || time.Now().Before(g.until) {
			return nil, g.unavailable(&unsent{g.down})
		}
		g.probing, v.probe = true, true
	}
	stop := func() {}
	if g.pulse != nil {
		ctx, stop = g.pulse.wait(ctx)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, g.limit, errTooSlow)
	v.ctx, v.cancel = ctx, func() { cancel(); stop() }
	return v, nil
}

// leave ends a call and returns its error in the terms of errs where the database is at fault. Only the first of
// several calls counts.
func (v *visit) leave(err error) error {
	v.end(err)
	switch {
	case err == nil:
		return nil
	case v.lost:
		return v.unavailable(err)
	case temporary(err), v.late(err):
		return errs.New(errs.Unavailable, "the %s cannot do it now", v.name).Named("database-busy").After(hold).Because(err)
	default:
		return err
	}
}

func (v *visit) end(err error) { v.once.Do(func() { v.judge(err) }) }

func (v *visit) judge(err error) {
	defer v.cancel()
	v.lost = v.unanswered(err)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.probe {
		v.probing = false
	}
	switch {
	case v.silent():
		// All who waited have the same verdict: it stands already, and something may have been heard since.
	case connectionBroke(err), stalePlan(err):
		// What happened to this connection would happen to the others, one after the other.
		v.pool.Reset()
	case v.lost:
		if v.down == nil {
			v.since = v.began
		}
		v.down, v.until = err, time.Now().Add(hold)
		v.pool.Reset()
	case v.ctx.Err() == nil:
		v.down = nil
	}
}

// unanswered says whether the server could not be asked. A client that lost patience says nothing about the server.
func (v *visit) unanswered(err error) bool {
	switch cause := context.Cause(v.ctx); {
	case err == nil:
		return false
	case cause != nil:
		return (v.silent() || errors.Is(cause, errTooSlow) && v.mute()) && SQLState(err) == ""
	default:
		return Unreachable(err)
	}
}

// mute says whether the server has said nothing to anybody for as long as a statement may take. One that has is busy: the
// call stood in line for a connection, or had many statements.
func (g *guard) mute() bool { return time.Since(g.heard.at()) >= g.limit-grace }

// late says whether the guard has ended the call.
func (v *visit) late(err error) bool {
	return errors.Is(context.Cause(v.ctx), errTooSlow) && errors.Is(err, context.DeadlineExceeded)
}

// heardAgain says whether a database that gave no answer has said something since, to whomever in this process. One that
// answered that it cannot be used has to let somebody in.
func (g *guard) heardAgain() bool {
	if g.down == nil || g.pulse == nil {
		return false
	}
	heard := g.pulse.heard()
	if SQLState(g.down) != "" {
		heard = g.pulse.admitted.at()
	}
	return heard.After(g.until.Add(-hold))
}

// silenced notes that nothing is heard of the database since a time though somebody waits.
func (g *guard) silenced(since time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down == nil {
		g.since = since
	}
	g.down, g.until = ErrSilent, time.Now().Add(hold)
	g.pool.Reset()
}

// silent says whether the call was ended because nothing was heard any more.
func (v *visit) silent() bool { return errors.Is(context.Cause(v.ctx), ErrSilent) }

// awaySince returns since when the database has not answered; zero while it does, as far as is known.
func (g *guard) awaySince() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down == nil {
		return time.Time{}
	}
	return g.since
}

func (g *guard) unavailable(cause error) error {
	return errs.New(errs.Unavailable, "the %s cannot be reached", g.name).Named(g.slug).After(hold).Because(cause)
}

// Exec implements DBTX.
func (g *guard) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	v, err := g.enter(ctx)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := g.pool.Exec(v.ctx, sql, args...)
	return tag, v.leave(err)
}

// Query implements DBTX.
func (g *guard) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	v, err := g.enter(ctx)
	if err != nil {
		return nil, err
	}
	found, err := g.pool.Query(v.ctx, sql, args...)
	if err != nil {
		return nil, v.leave(err)
	}
	return &rows{Rows: found, visit: v}, nil
}

// QueryRow implements DBTX.
func (g *guard) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	v, err := g.enter(ctx)
	if err != nil {
		return refused{err}
	}
	return row{g.pool.QueryRow(v.ctx, sql, args...), v}
}

// rows ends the visit when they are closed.
type rows struct {
	pgx.Rows
	visit *visit
}

// Close implements pgx.Rows.
func (r *rows) Close() {
	r.Rows.Close()
	r.visit.end(r.Rows.Err())
}

// Err implements pgx.Rows.
func (r *rows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return r.visit.leave(err)
	}
	return nil
}

// row ends the visit when it is read.
type row struct {
	pgx.Row
	visit *visit
}

// Scan implements pgx.Row.
func (r row) Scan(dest ...any) error { return r.visit.leave(r.Row.Scan(dest...)) }

// refused is the row of a call that was not made.
type refused struct{ err error }

// Scan implements pgx.Row.
func (r refused) Scan(...any) error { return r.err }

// connectLimit makes ConnectTimeout the limit of a whole attempt to connect. For the driver it is the limit of each of
// its parts: every address of the host, with TLS and without.
type connectLimit struct{}

type cancelKey struct{}

// TraceConnectStart implements pgx.ConnectTracer.
func (connectLimit) TraceConnectStart(ctx context.Context, data pgx.TraceConnectStartData) context.Context {
	ctx, cancel := context.WithTimeout(ctx, data.ConnConfig.ConnectTimeout)
	return context.WithValue(ctx, cancelKey{}, cancel)
}

// TraceConnectEnd implements pgx.ConnectTracer.
func (connectLimit) TraceConnectEnd(ctx context.Context, _ pgx.TraceConnectEndData) {
	if cancel, ok := ctx.Value(cancelKey{}).(context.CancelFunc); ok {
		cancel()
	}
}

// TraceQueryStart implements pgx.QueryTracer.
func (connectLimit) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (connectLimit) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
