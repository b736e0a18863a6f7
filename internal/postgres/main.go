package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/lsn"
)

// Main is the way to the authoritative database. It is safe for concurrent use.
//
// Errors of its methods are errs.Unavailable when the database cannot be reached or cannot do it now, with the cause;
// all others are those of the driver.
type Main struct {
	*maindb.Queries
	guard *guard
	pool  *pgxpool.Pool
}

// mainConnections is enough: what is bulky goes by the executor's own session.
const mainConnections = 8

// NewMain returns the way to the main database, without connecting: it may be out of reach. application is the name by
// which the server knows its connections, limit the longest time a single statement or a transaction may take.
func NewMain(ctx context.Context, a Address, application string, limit time.Duration) (*Main, error) {
	config, err := a.poolConfig(application)
	if err != nil {
		return nil, err
	}
	config.MaxConns = mainConnections
	config.PingTimeout = connectTimeout
	config.ConnConfig.ConnectTimeout = admitTimeout
	pulse := newPulse(pgconn.NetworkAddress(config.ConnConfig.Host, config.ConnConfig.Port))
	config.ConnConfig.DialFunc = pulse.dial
	config.ConnConfig.AfterNetConnect = func(_ context.Context, _ *pgconn.Config, conn net.Conn) (net.Conn, error) {
		return conn, conn.SetDeadline(time.Time{})
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		pulse.admitted.pass()
		return registerTypes(ctx, conn)
	}
	parameters := config.ConnConfig.RuntimeParams
	// The position after COMMIT covers the commit record only when the commit waits for its own flush.
	parameters["synchronous_commit"] = "on"
	parameters["statement_timeout"] = milliseconds(limit)
	parameters["idle_in_transaction_session_timeout"] = milliseconds(limit)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("main database: %w", err)
	}
	g := &guard{pool: pool, name: "main database", slug: "main-unreachable", limit: limit + grace, pulse: pulse, heard: &pulse.last}
	pulse.silenced = g.silenced
	return &Main{Queries: maindb.New(g), guard: g, pool: pool}, nil
}

// Close ends all connections and waits for those in use.
func (m *Main) Close() {
	m.guard.pulse.end()
	m.pool.Close()
}

// Ping returns nil when the database answers.
func (m *Main) Ping(ctx context.Context) error {
	_, err := m.guard.Exec(ctx, "select")
	return err
}

// AwaySince returns since when the database has not answered this process; zero while it does, as far as is known.
func (m *Main) AwaySince() time.Time { return m.guard.awaySince() }

// Heard tells whether the database could be heard while somebody waited for it: nothing came for less time than it takes
// to call it silent.
func (m *Main) Heard() bool { return time.Since(m.guard.pulse.heard()) < silence }

// WhileHeard returns a context that ends, with ErrSilent as its cause, when nothing is heard of the database for some
// seconds. Calls end so by themselves; it is for who waits for something else that the database has to do. stop has to be
// called when the waiting is over.
func (m *Main) WhileHeard(ctx context.Context) (_ context.Context, stop context.CancelFunc) {
	return m.guard.pulse.wait(ctx)
}

// InTx runs f in a database transaction, with a context that ends when nobody should wait for the database any longer,
// and returns the position of the log after its COMMIT: a replica that has replayed it shows what f wrote. An error of f
// is returned and nothing is written. When COMMIT itself gets no answer, only the ledger knows whether it happened.
func (m *Main) InTx(ctx context.Context, f func(context.Context, *maindb.Queries) error) (lsn.LSN, error) {
	visit, err := m.guard.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer visit.end(nil) // when f panics
	position, err := m.inTx(visit.ctx, f)
	return position, visit.leave(err)
}

func (m *Main) inTx(ctx context.Context, f func(context.Context, *maindb.Queries) error) (lsn.LSN, error) {
	conn, err := m.pool.Acquire(ctx)
	if err != nil {
		return 0, &unsent{err}
	}
	// A connection with an open transaction is not used again, whatever happened.
	defer conn.Release()
	if _, err := conn.Exec(ctx, "begin"); err != nil {
		return 0, err
	}
	if err := f(ctx, maindb.New(conn)); err != nil {
		return 0, errors.Join(err, rollback(ctx, conn))
	}
	return commit(ctx, conn.Conn().PgConn())
}

// commit ends a transaction and asks for the position in the same round trip.
func commit(ctx context.Context, conn *pgconn.PgConn) (position lsn.LSN, err error) {
	results, err := conn.Exec(ctx, "commit; select pg_current_wal_lsn()").ReadAll()
	if err != nil {
		return 0, err
	}
	if err := committed(results[0].CommandTag); err != nil {
		return 0, err
	}
	return position, position.UnmarshalText(results[1].Rows[0][0])
}

// rollback ends a transaction also when its context has ended. It is not tried on a connection that is broken.
func rollback(ctx context.Context, conn *pgxpool.Conn) error {
	if conn.Conn().IsClosed() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	_, err := conn.Exec(ctx, "rollback")
	return err
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
