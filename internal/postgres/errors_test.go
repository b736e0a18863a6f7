package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/postgres"
)

func TestClassesOfErrors(t *testing.T) {
	code := func(code string) error {
		return errs.New(errs.Unavailable, "x").Because(fmt.Errorf("step 3: %w", &pgconn.PgError{Code: code, Severity: "ERROR"}))
	}
	for _, test := range []struct {
		name                   string
		err                    error
		state                  string
		permanent, unreachable bool
	}{
		{"none", nil, "", false, false},
		{"value", code("22P02"), "22P02", true, false},
		{"constraint", code("23505"), "23505", true, false},
		{"guard", code("P0002"), "P0002", true, false},
		{"too large for an index", code("54000"), "54000", true, false},
		{"other raised", code("P0001"), "P0001", false, false},
		{"fence", code("OD001"), "OD001", false, false},
		{"deadlock", code("40P01"), "40P01", false, false},
		{"missing column", code("42703"), "42703", false, false},
		{"read-only", code("25006"), "25006", false, false},
		{"disk full", code("53100"), "53100", false, false},
		{"too long", code("57014"), "57014", false, false},
		{"shutdown", code("57P01"), "57P01", false, true},
		{"starting", code("57P03"), "57P03", false, true},
		{"connection lost", code("08006"), "08006", false, true},
		{"no connection", fmt.Errorf("x: %w", &pgconn.ConnectError{}), "", false, true},
		{"refused", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "", false, true},
		{"end of stream", fmt.Errorf("x: %w", io.ErrUnexpectedEOF), "", false, true},
		{"closed", fmt.Errorf("x: %w", pgconn.ErrConnClosed), "", false, true},
		{"the client left", fmt.Errorf("x: %w", context.Canceled), "", false, false},
		{"the client lost patience", fmt.Errorf("x: %w", context.DeadlineExceeded), "", false, false},
		{"no row", pgx.ErrNoRows, "", false, false},
		{"ours", errors.New("x"), "", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := postgres.SQLState(test.err); got != test.state {
				t.Errorf("SQLState %q, want %q", got, test.state)
			}
			if got := postgres.Permanent(test.err); got != test.permanent {
				t.Errorf("Permanent %t", got)
			}
			if got := postgres.Unreachable(test.err); got != test.unreachable {
				t.Errorf("Unreachable %t", got)
			}
		})
	}
}
