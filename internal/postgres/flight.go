package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/faults"
	"github.com/ccatobs/opsdb/internal/lsn"
)

// Session is the executor's own connection to the main database. It is used by one goroutine.
type Session struct {
	*maindb.Queries
	conn *pgx.Conn
	wire *wire
}

const (
	// connectTimeout bounds the attempt to reach the main database, and each silence while it lets a connection in: on a
	// link that swallows packets nothing else ends it.
	connectTimeout = 4 * time.Second
	// admitTimeout bounds the whole: with TLS and a password that is eight round trips, of a second and more each on a link
	// that others have filled.
	admitTimeout = 15 * time.Second
)

// Session connects for an executor, under an application name by which its successor can end what it leaves behind.
func (m *Main) Session(ctx context.Context, application string) (*Session, error) {
	config := m.pool.Config().ConnConfig.Copy()
	config.ConnectTimeout = admitTimeout
	config.RuntimeParams["application_name"] = application
	// The position after COMMIT covers the commit record only when the commit waits for its own flush.
	config.RuntimeParams["synchronous_commit"] = "on"
	// Plans are kept for the life of the session. One made while a table is small would read all of it when it has grown.
	config.RuntimeParams["enable_seqscan"] = "off"
	// A deadline would end a flight that a thin link carries slowly but surely; Flight watches progress instead.
	delete(config.RuntimeParams, "statement_timeout")
	ctx, cancel := context.WithTimeout(ctx, admitTimeout)
	defer cancel()
	// The driver dials again to cancel a statement; the session's own is the last before it is connected.
	var last atomic.Pointer[wire]
	connecting, connected := context.WithCancel(ctx)
	defer connected()
	dial := (&net.Dialer{Timeout: connectTimeout, KeepAlive: 5 * time.Second}).DialContext
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		w := &wire{Conn: &hearing{conn, m.guard.pulse}, pulse: m.guard.pulse}
		last.Store(w)
		context.AfterFunc(connecting, w.watch(connectTimeout, cancel))
		return w, nil
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	m.guard.pulse.admitted.pass()
	if err := registerTypes(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return &Session{Queries: maindb.New(conn), conn: conn, wire: last.Load()}, nil
}

// Close ends the connection without waiting for a server that may be out of reach.
func (s *Session) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if err := s.conn.Close(ctx); err != nil {
		// The server's side is then ended by the next session of the same name.
		s.wire.abandon()
	}
}

// Alive tells whether the connection can carry another flight.
func (s *Session) Alive() bool { return !s.conn.IsClosed() }

// Flight collects the statements of one database transaction that travels in one round trip.
type Flight struct {
	*maindb.Queries
	batch pgx.Batch
}

// NewFlight returns an empty flight. Its generated methods put statements in line; they return no results.
func NewFlight() *Flight {
	f := &Flight{}
	f.batch.Queue("begin")
	f.Queries = maindb.New(line{&f.batch})
	return f
}

// Len returns the number of statements put in line so far.
func (f *Flight) Len() int { return f.batch.Len() - 1 }

// Cut takes the statements from the one at n on out of the line again.
func (f *Flight) Cut(n int) { f.batch.QueuedQueries = f.batch.QueuedQueries[:n+1] }

// Lift moves the last statement to the place of the one at n.
func (f *Flight) Lift(n int) {
	q := f.batch.QueuedQueries
	last := q[len(q)-1]
	copy(q[n+2:], q[n+1:len(q)-1])
	q[n+1] = last
}

// FlightError tells which statement of a flight failed. The whole flight is undone.
type FlightError struct {
	Statement int // as Flight.Len was before it was put in line; -1: the beginning
	Err       error
}

// Error implements error.
func (e *FlightError) Error() string { return fmt.Sprintf("statement %d: %v", e.Statement, e.Err) }

// Unwrap returns the error of the database.
func (e *FlightError) Unwrap() error { return e.Err }

// Landed is what a committed flight brings back.
type Landed struct {
	LSN     lsn.LSN
	At      time.Time // the main database's clock
	Elapsed time.Duration
	Sent    int64 // bytes
}

// Send carries a flight: its statements, COMMIT and the position of the log after it, in one round trip. It gives up
// when no byte has moved for stall; a slow link may take as long as it needs.
// Errors: *FlightError when a statement failed and nothing was committed; any other error leaves the outcome unknown,
// and the session cannot be used again.
func (s *Session) Send(ctx context.Context, f *Flight, stall time.Duration) (Landed, error) {
	statements := f.Len()
	f.batch.Queue("commit")
	if _, err := f.WALPosition(ctx); !errors.Is(err, errInLine) {
		return Landed{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer s.wire.watch(stall, func() { cancel(errStalled) })()
	began, sent := time.Now(), s.wire.sent.Load()
	s.wire.flying.Store(true)
	defer s.wire.flying.Store(false)
	landed, err := s.results(ctx, f, statements)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = errors.Join(cause, err)
		}
		return Landed{}, err
	}
	landed.Elapsed, landed.Sent = time.Since(began), s.wire.sent.Load()-sent
	return landed, nil
}

var errStalled = errors.New("no byte has moved on the link")

func (s *Session) results(ctx context.Context, f *Flight, statements int) (Landed, error) {
	results := s.conn.SendBatch(ctx, &f.batch)
	for i := range statements + 2 {
		if _, err := results.Exec(); err != nil {
			return Landed{}, s.failed(ctx, results, i-1, statements, err)
		}
	}
	var landed Landed
	if err := results.QueryRow().Scan(&landed.LSN, &landed.At); err != nil {
		return Landed{}, s.failed(ctx, results, statements+1, statements, err)
	}
	return landed, results.Close()
}

// failed ends a flight of which one answer was an error, and makes the session ready for the next.
func (s *Session) failed(ctx context.Context, results pgx.BatchResults, statement, statements int, err error) error {
	var database *pgconn.PgError
	if !errors.As(err, &database) || database.Severity == "FATAL" {
		s.wire.abandon()
		return errors.Join(err, results.Close())
	}
	if statement > statements-1 {
		// COMMIT or what follows it failed: nothing is known until the ledger is asked.
		s.wire.abandon()
		return errors.Join(err, results.Close())
	}
	// Closing repeats the error that the flight ended with.
	if closing := results.Close(); closing != nil && s.conn.IsClosed() {
		return errors.Join(err, closing)
	}
	if s.conn.PgConn().TxStatus() != 'I' {
		if _, err := s.conn.Exec(ctx, "rollback"); err != nil {
			return err
		}
	}
	return &FlightError{Statement: statement, Err: err}
}

// line puts statements in line instead of sending them.
type line struct{ batch *pgx.Batch }

// Exec implements maindb.DBTX.
func (l line) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	l.batch.Queue(sql, args...)
	return pgconn.CommandTag{}, nil
}

// Query implements maindb.DBTX: a flight carries no lists back.
func (l line) Query(context.Context, string, ...any) (pgx.Rows, error) { return nil, errInLine }

// QueryRow implements maindb.DBTX: the row comes when the flight has landed.
func (l line) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	l.batch.Queue(sql, args...)
	return inLine{}
}

var errInLine = errors.New("the row comes when the flight has landed")

type inLine struct{}

// Scan implements pgx.Row.
func (inLine) Scan(...any) error { return errInLine }

// wire notes when bytes last moved.
type wire struct {
	net.Conn
	pulse  *pulse
	moved  moment
	sent   atomic.Int64
	flying atomic.Bool
}

// Read implements net.Conn.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.moved.pass()
	}
	return n, err
}

// Write implements net.Conn. It writes in pieces: a large flight on a thin link is progress, not silence.
func (w *wire) Write(p []byte) (int, error) {
	const piece = 16 << 10
	// This side takes in at once what it has room for, also when the link is cut.
	const waited = 20 * time.Millisecond
	written := 0
	flying := w.flying.Load()
	for written < len(p) {
		if flying && written >= len(p)/2 {
			faults.Point(faults.FlightHalfSent)
		}
		began := time.Now()
		n, err := w.Conn.Write(p[written:min(written+piece, len(p))])
		written += n
		w.sent.Add(int64(n))
		w.moved.pass()
		if err != nil {
			return written, err
		}
		if flying && time.Since(began) > waited {
			// The other side has made room. A large flight keeps everybody's questions waiting behind it.
			w.pulse.hear()
		}
	}
	if flying {
		faults.Point(faults.CommitSent)
	}
	return written, nil
}

// watch calls stalled when no byte has moved for that long; the returned function ends the watch.
func (w *wire) watch(stall time.Duration, stalled func()) (stop func()) {
	w.moved.pass()
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(stall / 10)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if time.Since(w.moved.at()) > stall {
					stalled()
					return
				}
			}
		}
	}()
	return func() { close(done) }
}

// abandon closes the socket; what it breaks is ended on the server by the next session.
func (w *wire) abandon() {
	if err := w.SetDeadline(time.Now()); err != nil {
		return // it is closed already
	}
}
