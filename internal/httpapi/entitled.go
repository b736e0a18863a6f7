package httpapi

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// entitled lets the main database decide once more whether the caller may make a write that goes to it directly: a site
// that lags lets in who was shut out elsewhere, and he must not make himself tokens that outlive that. What is critical
// is never refused for it, and who has no credential is nobody whose rights could have been taken.
func (x *exchange) entitled(build func(context.Context, *buffer.Transaction) error) func(context.Context, *buffer.Transaction) error {
	p := x.principal
	if x.operation.critical || p.UserID == uuid.Nil || p.Credential == "" {
		return build
	}
	var survived *time.Time // also by the clocks of other sites
	if p.Started != nil {
		survived = new(auth.SurvivedSignOut(*p.Started))
	}
	required := ops.RequireAccess.With(maindb.RequireAccessParams{
		UserID: p.UserID, TokenID: optional(p.TokenID), SessionStarted: survived, Roles: append([]string{}, p.Roles...),
	})
	return func(ctx context.Context, tx *buffer.Transaction) error {
		err := build(ctx, tx)
		tx.Require(required)
		return err
	}
}

// accessLost says in the client's terms what ops.RequireAccess has found. Other errors stay as they are.
func accessLost(err error) error {
	database, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	found, ok := strings.CutPrefix(database.Message, "access ")
	if !ok {
		return err
	}
	slug, _, _ := strings.Cut(found, ":")
	// The cause is left out: its SQLSTATE says that a record is missing, which would be taken for one of the request's.
	if slug == "forbidden" {
		return errs.New(errs.Forbidden, "Your roles were changed, and this site does not know yet to what.")
	}
	return errs.New(errs.Unauthenticated, "The main site does not let you in any more.").Named(slug)
}
