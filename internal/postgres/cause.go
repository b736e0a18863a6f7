package postgres

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Cause says in a few words why a database could not be used. Unlike the error itself it names no host, user or table,
// so that it can be shown to everybody; the log has the error.
func Cause(err error) string {
	if code := SQLState(err); code != "" {
		return refusal(code) + " (SQLSTATE " + code + ")"
	}
	var (
		unknown *net.DNSError
		failed  *pgconn.ConnectError
	)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "it does not have what is looked for yet"
	case errors.As(err, &unknown):
		return "its host name is not known here"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens at its address"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to its host"
	case pgconn.Timeout(err), errors.Is(err, context.DeadlineExceeded):
		return "it does not answer in time"
	case errors.As(err, &failed):
		return "no connection to it can be made"
	case Unreachable(err):
		return "the connection to it broke"
	default:
		return "it cannot be used; the log says why"
	}
}

// refusal is what a code of a server that answers stands for.
func refusal(code string) string {
	switch {
	case strings.HasPrefix(code, "28"):
		return "it refuses the user or the password"
	case code == "3D000":
		return "it has no database of that name"
	case code == "42501":
		return "its user lacks a privilege"
	case strings.HasPrefix(code, "57P0"):
		return "it is starting or going down"
	case strings.HasPrefix(code, "53"):
		return "it is out of resources"
	case strings.HasPrefix(code, "42"):
		return "its schema is not what this program expects"
	default:
		return "it refuses"
	}
}
