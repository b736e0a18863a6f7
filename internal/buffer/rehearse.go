package buffer

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/errs"
)

// errRehearsed takes a rehearsal back.
var errRehearsed = errors.New("a rehearsal")

// Rehearse finds out what the main database would say to a transaction, and does nothing: it is executed there and taken
// back. Its errors are those of Write for a transaction that is not buffered.
func (b *Buffer) Rehearse(ctx context.Context, r Request, build func(context.Context, *Transaction) error) error {
	t := newTransaction(Request{Operation: r.Operation, Principal: r.Principal})
	if err := build(ctx, t); err != nil {
		return err
	}
	return b.Ask(ctx, func(ctx context.Context, q *maindb.Queries) error {
		for _, step := range t.steps {
			if step.err != nil {
				return errs.New(errs.Invalid, "a value of %s cannot be stored", step.Kind).Because(step.err)
			}
			if err := b.registry.Run(ctx, q, step); err != nil {
				return err
			}
		}
		return errRehearsed
	})
}

// Ask runs f on the main database, over the link from a secondary site, and keeps nothing of what it writes but the
// numbers that it takes from sequences. It fails with errs.Unavailable when the main database cannot be reached in time,
// and with what the database refuses, in the client's terms.
func (b *Buffer) Ask(ctx context.Context, f func(context.Context, *maindb.Queries) error) error {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, b.cfg.DirectTimeout)
	defer cancel()
	_, err := b.main.InTx(ctx, func(ctx context.Context, q *maindb.Queries) error {
		if err := f(ctx, q); err != nil {
			return err
		}
		return errRehearsed
	})
	var (
		database *pgconn.PgError
		known    *errs.Error
	)
	switch {
	case err == nil || errors.Is(err, errRehearsed):
		return nil
	case errors.As(err, &database) && database.Severity != "FATAL":
		return refusal(err, database)
	case errors.As(err, &known) && known.Kind != errs.Unavailable:
		return err
	default:
		return b.mainAway(err, began, "")
	}
}
