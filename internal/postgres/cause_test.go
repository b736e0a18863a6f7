package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The cause of a failure says what to look at and nothing about where.
func TestCause(t *testing.T) {
	for want, err := range map[string]error{
		"its host name is not known here":                              &net.DNSError{Err: "no such host", Name: "secret.example"},
		"nothing listens at its address":                               &net.OpError{Op: "dial", Addr: &net.TCPAddr{Port: 5432}, Err: syscall.ECONNREFUSED},
		"it does not have what is looked for yet":                      pgx.ErrNoRows,
		"there is no way to its host":                                  &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH},
		"it does not answer in time":                                   fmt.Errorf("secret: %w", context.DeadlineExceeded),
		"the connection to it broke":                                   fmt.Errorf("secret: %w", io.ErrUnexpectedEOF),
		"it cannot be used; the log says why":                          errors.New("secret"),
		"it refuses the user or the password (SQLSTATE 28P01)":         &pgconn.PgError{Code: "28P01", Message: "secret"},
		"it has no database of that name (SQLSTATE 3D000)":             &pgconn.PgError{Code: "3D000", Message: "secret"},
		"its user lacks a privilege (SQLSTATE 42501)":                  &pgconn.PgError{Code: "42501", Message: "secret"},
		"it is starting or going down (SQLSTATE 57P03)":                &pgconn.PgError{Code: "57P03", Message: "secret"},
		"it is out of resources (SQLSTATE 53300)":                      &pgconn.PgError{Code: "53300", Message: "secret"},
		"its schema is not what this program expects (SQLSTATE 42P01)": &pgconn.PgError{Code: "42P01", Message: "secret"},
		"it refuses (SQLSTATE 25006)":                                  &pgconn.PgError{Code: "25006", Message: "secret"},
	} {
		for _, err := range []error{err, fmt.Errorf("secret: %w", err), errors.Join(errors.New("secret"), err)} {
			if got := Cause(err); got != want || strings.Contains(got, "secret") {
				t.Errorf("%v: %q, want %q", err, got, want)
			}
		}
	}
	main, err := NewMain(t.Context(), Address{Host: "127.0.0.1", Port: 1, User: "nobody", Name: "nothing"}, "test", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer main.Close()
	if got := Cause(main.Ping(t.Context())); got != "nothing listens at its address" {
		t.Errorf("a real one: %q", got)
	}
}
