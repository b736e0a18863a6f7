package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/ccatobs/opsdb/gen/replicadb"
)

// Replica is the way to the database that the site reads: its standby, at the main site the main database. It cannot
// write. It is safe for concurrent use.
//
// Errors of its methods are errs.Unavailable when the database cannot be reached or cannot do it now, with the cause;
// all others are those of the driver.
type Replica struct {
	*replicadb.Queries
	guard *guard
	pool  *pgxpool.Pool
}

const (
	replicaConnections = 16
	// The replica is next door: what takes longer than this to connect to is down.
	replicaConnectTimeout = time.Second
	// replicaLimit is far more than any read needs.
	replicaLimit = 3 * time.Second
)

// NewReplica returns the way to the replica, without connecting: it may be out of reach. application is the name by
// which the server knows its connections.
func NewReplica(ctx context.Context, a Address, application string) (*Replica, error) {
	config, err := a.poolConfig(application)
	if err != nil {
		return nil, err
	}
	config.MaxConns = replicaConnections
	config.PingTimeout = replicaConnectTimeout / 2
	config.ConnConfig.ConnectTimeout = replicaConnectTimeout
	heard, dial := new(moment), config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return answering{conn, heard}, nil
	}
	parameters := config.ConnConfig.RuntimeParams
	parameters["default_transaction_read_only"] = "on"
	// A plan for all values of optional filters uses no index for any.
	parameters["plan_cache_mode"] = "force_custom_plan"
	// Compiling a plan takes many times as long as reading a page with it.
	parameters["jit"] = "off"
	parameters["statement_timeout"] = milliseconds(replicaLimit)
	parameters["idle_in_transaction_session_timeout"] = milliseconds(replicaLimit)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("replica: %w", err)
	}
	g := &guard{pool: pool, name: "database of this site", slug: "replica-unreachable", limit: replicaLimit + grace, heard: heard}
	return &Replica{Queries: replicadb.New(g), guard: g, pool: pool}, nil
}

// answering is a connection that notes when something comes from the server.
type answering struct {
	net.Conn
	heard *moment
}

// Read implements net.Conn.
func (a answering) Read(p []byte) (int, error) {
	n, err := a.Conn.Read(p)
	if n > 0 {
		a.heard.pass()
	}
	return n, err
}

// Close ends all connections and waits for those in use.
func (r *Replica) Close() { r.pool.Close() }

// Ping returns nil when the database answers.
func (r *Replica) Ping(ctx context.Context) error {
	_, err := r.guard.Exec(ctx, "select")
	return err
}

// Snapshot runs f on one unchanging state of the database, with a context that ends when nobody should wait for the
// database any longer. It runs f a second time when the first was in the way of replay, met a migration or lost its
// connection, so f must begin from nothing each time. An error of f is returned.
func (r *Replica) Snapshot(ctx context.Context, f func(context.Context, *replicadb.Queries) error) error {
	err := r.snapshot(ctx, f)
	if SQLState(err) == serializationFailure || stalePlan(err) || connectionBroke(err) {
		err = r.snapshot(ctx, f)
	}
	return err
}

func (r *Replica) snapshot(ctx context.Context, f func(context.Context, *replicadb.Queries) error) error {
	visit, err := r.guard.enter(ctx)
	if err != nil {
		return err
	}
	defer visit.end(nil) // when f panics
	return visit.leave(r.read(visit.ctx, f))
}

func (r *Replica) read(ctx context.Context, f func(context.Context, *replicadb.Queries) error) error {
	conn, err := r.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	// A connection with an open transaction is not used again, whatever happened.
	defer conn.Release()
	if _, err := conn.Exec(ctx, "begin isolation level repeatable read read only"); err != nil {
		return err
	}
	if err := f(ctx, replicadb.New(conn)); err != nil {
		return errors.Join(err, rollback(ctx, conn))
	}
	tag, err := conn.Exec(ctx, "commit")
	return errors.Join(err, committed(tag))
}
