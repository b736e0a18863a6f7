package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Codes of errors that are more than their class.
const (
	missingRow           = "P0002" // raised by expect_rows
	serializationFailure = "40001" // on a standby: replay removed what the transaction reads
	featureNotSupported  = "0A000" // also: a prepared statement from before a migration
)

// SQLState returns the code of a database error, "" for all other errors.
func SQLState(err error) string {
	if database, ok := errors.AsType[*pgconn.PgError](err); ok {
		return database.Code
	}
	return ""
}

// Permanent says whether a statement would fail again however often it is sent: the values are wrong (class 22), a
// constraint or a guard forbids them (23), they are larger or deeper than the server can take (54, as a text that does
// not fit an index), or a row is missing (P0002). Everything else is the system's fault, not that of what was written.
func Permanent(err error) bool {
	code := SQLState(err)
	return code == missingRow || strings.HasPrefix(code, "22") || strings.HasPrefix(code, "23") || strings.HasPrefix(code, "54")
}

// Unreachable says whether the server could not be asked: there is no connection, it broke, or the server is starting
// or going down. It says nothing about whether a statement under way was executed, and the end of a context says
// nothing about the server.
func Unreachable(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if code := SQLState(err); code != "" {
		return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57P0")
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// unsent is the error of a call that ended before anything of it was sent.
type unsent struct{ error }

// Unwrap returns why.
func (u *unsent) Unwrap() error { return u.error }

// Unsent says whether a call ended before anything of it was sent, so that nothing of it was executed.
func Unsent(err error) bool {
	_, ok := errors.AsType[*unsent](err)
	return ok
}

// temporary says whether a server that answers may do later what it refuses now: it is out of resources (53), the
// statement took too long or was cancelled (57), or it was in the way of another transaction (40, 55P03).
func temporary(err error) bool {
	code := SQLState(err)
	return strings.HasPrefix(code, "53") || strings.HasPrefix(code, "57") || strings.HasPrefix(code, "40") || code == "55P03"
}

func stalePlan(err error) bool {
	database, ok := errors.AsType[*pgconn.PgError](err)
	return ok && database.Code == featureNotSupported && strings.Contains(database.Message, "cached plan")
}

// connectionBroke says whether a connection was lost that had been there.
func connectionBroke(err error) bool {
	_, failed := errors.AsType[*pgconn.ConnectError](err)
	return Unreachable(err) && !failed && !pgconn.Timeout(err)
}

// rolledBack is the answer to the COMMIT of a transaction that had failed before.
const rolledBack = "ROLLBACK"

func committed(tag pgconn.CommandTag) error {
	if tag.String() == rolledBack {
		return pgx.ErrTxCommitRollback
	}
	return nil
}
