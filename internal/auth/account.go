package auth

import (
	"errors"
	"reflect"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// CreateUser returns the steps that make a user with the roles granted to him, and what the audit trail says of it.
func CreateUser(u replicadb.UserAccount) (steps []buffer.Step, detail map[string]any) {
	detail = Describe(u)
	delete(detail, "signed_out_at")
	return []buffer.Step{
		ops.CreateUser.With(maindb.CreateUserParams{
			ID: u.ID, Name: u.Name, FullName: u.FullName, Email: u.Email, GitHubID: u.GitHubID, GitHubLogin: u.GitHubLogin, CreatedAt: u.CreatedAt,
		}),
		ops.GiveRoles(u.ID, u.Name, maindb.RoleSourceGranted, u.GrantedRoles),
	}, detail
}

// ChangeUser returns the steps that make a user from what he is, and what the audit trail says of it; no steps when
// nothing differs. They fail with the SQLSTATE VersionDiffers when he is something else by then.
func ChangeUser(from, to replicadb.UserAccount) (steps []buffer.Step, detail map[string]any) {
	before, after := Describe(from), Describe(to)
	for field, was := range before {
		if reflect.DeepEqual(was, after[field]) {
			delete(before, field)
			delete(after, field)
		}
	}
	if len(after) == 0 {
		return nil, nil
	}
	steps = append(steps, ops.ChangeUser(from, maindb.UpdateUserParams{
		ID: from.ID, FullName: to.FullName, Email: to.Email, GitHubID: to.GitHubID, GitHubLogin: to.GitHubLogin,
		DisabledAt: to.DisabledAt, SignedOutAt: to.SignedOutAt, Version: from.Version,
	}))
	if !slices.Equal(from.GrantedRoles, to.GrantedRoles) {
		steps = append(steps, ops.GiveRoles(from.ID, from.Name, maindb.RoleSourceGranted, to.GrantedRoles))
	}
	return steps, map[string]any{"name": from.Name, "before": before, "after": after}
}

// VersionDiffers is the SQLSTATE of a record that is not what its writer saw.
const VersionDiffers = "23000"

// Describe returns what an administrator decides of a user, by the names of the document.
func Describe(u replicadb.UserAccount) map[string]any {
	login := ""
	if u.GitHubLogin != nil {
		login = *u.GitHubLogin
	}
	described := map[string]any{
		"name": u.Name, "full_name": u.FullName, "email": u.Email, "github_login": login, "roles": append([]string{}, u.GrantedRoles...),
		"disabled": u.DisabledAt != nil, "signed_out_at": nil,
	}
	if u.SignedOutAt != nil {
		described["signed_out_at"] = u.SignedOutAt.UTC()
	}
	return described
}

// UserRefused says in the client's terms why the main database does not take a user. Other errors stay as they are.
func UserRefused(err error) error {
	database, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	switch database.ConstraintName {
	case "last_admin":
		return errs.New(errs.Conflict, "Nobody else is an administrator who is let in.").Named("last-admin").Because(err)
	case "user_name_key":
		return errs.New(errs.Conflict, "Another user has this name.").Named("name-taken").At("/name", "is taken").Because(err)
	case "user_github_login_key", "user_github_id_key":
		return errs.New(errs.Conflict, "Another user signs in by this GitHub account.").Named("name-taken").At("/github_login", "is taken").Because(err)
	case "user_name_check":
		return errs.New(errs.Invalid, "A login name has at most 64 lower case letters, digits, dots, dashes and underscores.").Because(err)
	case "user_github_login_check":
		return errs.New(errs.Invalid, "A GitHub account has at most 64 lower case letters, digits, dashes and underscores.").Because(err)
	default:
		return err
	}
}
