package httpapi

import (
	"context"
	"maps"
	"reflect"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/postgres"
)

const (
	// maxAdmissions and admissionPause bound how long a sign-in waits for what others have just written of the user.
	maxAdmissions  = 8
	admissionPause = 250 * time.Millisecond
	// textTimeout bounds a write without which the user can be let in as well.
	textTimeout = 2 * time.Second
	// uniqueViolation is the SQLSTATE of a value that another record has.
	uniqueViolation = "23505"
)

// admit returns the user of a person who has signed in at GitHub, in line with what GitHub says. Who is known as he is
// needs no write, and so is let in at a site that is cut off, too.
//
// Errors: those of auth.SignIn.Entry; errs.Forbidden named no-role; errs.Conflict named last-admin; errs.Unavailable when
// the main database is away and what GitHub says makes a difference.
func (s *Server) admit(ctx context.Context, person auth.Person) (u replicadb.UserAccount, err error) {
	for range maxAdmissions {
		var e auth.Entry
		if e, err = s.access.SignIn.Entry(ctx, person); err != nil {
			return u, err
		}
		exchangeOf(ctx).principal = auth.Principal{UserID: e.Next.ID, Name: e.Next.Name}
		if !e.Changed() || e.Seen == nil && e.Refused != nil {
			return e.Next, e.Refused
		}
		err = s.enter(ctx, e)
		switch code := postgres.SQLState(err); {
		case err == nil:
			return e.Next, e.Refused
		case code == auth.VersionDiffers || code == uniqueViolation:
		case e.Refused != nil:
			s.log.WarnContext(ctx, "a user keeps roles that GitHub does not give him any more", "user_id", e.Next.ID, "error", err)
			return u, e.Refused
		case !e.Needed() && errs.KindOf(err) == errs.Unavailable:
			s.log.WarnContext(ctx, "what GitHub says of a user is not entered", "user_id", e.Next.ID, "error", err)
			return *e.Seen, nil
		default:
			return u, auth.UserRefused(err)
		}
		// Somebody has just written what this site does not know yet.
		select {
		case <-time.After(admissionPause):
		case <-ctx.Done():
			return u, ctx.Err()
		}
	}
	return u, errs.New(errs.Unavailable, "The user is being changed, and this site does not know how yet.").Named("contended").Because(err)
}

// enter writes what a sign-in makes of a user, in force at this site when it returns.
func (s *Server) enter(ctx context.Context, e auth.Entry) error {
	if !e.Needed() {
		short, cancel := context.WithTimeout(ctx, textTimeout)
		defer cancel()
		ctx = short
	}
	_, err := s.write(ctx, nil, func(ctx context.Context, tx *buffer.Transaction) error {
		tx.Add(e.Steps()...)
		event := accessEvent{action: api.AccessActionUserUpdated, user: e.Next.ID}
		before, after := map[string]any{}, describeAccount(e.Next)
		if e.Seen == nil {
			event.action = api.AccessActionUserCreated
		} else {
			before = describeAccount(*e.Seen)
		}
		maps.DeleteFunc(after, func(field string, is any) bool { return reflect.DeepEqual(before[field], is) })
		maps.DeleteFunc(before, func(field string, _ any) bool { _, differs := after[field]; return !differs })
		event.detail = map[string]any{"by": "github", "name": e.Next.Name, "before": before, "after": after}
		return s.note(ctx, tx, event)
	})
	if err == nil {
		s.access.Verifier.Changed(ctx)
	}
	return err
}

// describeAccount returns what a sign-in can change of a user, by the names of the document.
func describeAccount(u replicadb.UserAccount) map[string]any {
	return map[string]any{
		"full_name": u.FullName, "email": u.Email, "github_id": value(u.GitHubID), "github_login": value(u.GitHubLogin), "github_roles": u.GitHubRoles,
	}
}
