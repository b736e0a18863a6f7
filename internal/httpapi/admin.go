package httpapi

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/postgres"
)

// ListRoles lists the roles and what they permit.
func (s *Server) ListRoles(ctx context.Context, _ api.ListRolesRequestObject) (api.ListRolesResponseObject, error) {
	rows, err := s.replica.ListRoles(ctx)
	if err != nil {
		return nil, err
	}
	list := api.RoleList{Items: make([]api.Role, len(rows))}
	for i, row := range rows {
		list.Items[i] = api.Role{Name: api.RoleName(row.Name), Description: row.Description, Permissions: row.Permissions}
	}
	return api.ListRoles200JSONResponse(list), nil
}

// GetUser reads one user.
func (s *Server) GetUser(ctx context.Context, r api.GetUserRequestObject) (api.GetUserResponseObject, error) {
	known, err := s.lookUser(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if !known.Found {
		return nil, unknown("user", r.ID)
	}
	return api.GetUser200JSONResponse{Body: userOf(known), Headers: api.GetUser200ResponseHeaders{ETag: userTag(known.Row)}}, nil
}

// CreateUser makes a user with the roles that an administrator grants.
func (s *Server) CreateUser(ctx context.Context, r api.CreateUserRequestObject) (api.CreateUserResponseObject, error) {
	if err := seenName(r.Body.FullName); err != nil {
		return nil, err
	}
	var made Merged[replicadb.UserAccount]
	receipt, err := s.create(ctx, r.Params.IdempotencyKey, r.Body.ID != nil, func(ctx context.Context, tx *buffer.Transaction) error {
		made = Merged[replicadb.UserAccount]{Row: newUser(tx.RecordID(r.Body.ID), *r.Body), Found: true}
		if r.Body.ID != nil && !tx.Seen() {
			known, err := s.lookUser(ctx, made.Row.ID)
			tx.Saw(known.Look)
			if err != nil || known.Found {
				return errors.Join(err, sameUser(known, made.Row))
			}
		}
		if err := s.mayMakeOf(ctx, replicadb.UserAccount{}, made.Row); err != nil {
			return err
		}
		steps, detail := auth.CreateUser(made.Row)
		tx.Add(steps...)
		return s.note(ctx, tx, accessEvent{action: api.AccessActionUserCreated, user: made.Row.ID, detail: detail})
	})
	if err != nil {
		return nil, auth.UserRefused(err)
	}
	s.access.Verifier.Changed(ctx)
	made.State = receipt.State
	// Who sends a request again gets the user as he is, not as he was.
	if known, err := s.lookUser(ctx, made.Row.ID); err == nil && known.Found {
		made = known
	}
	location := "/admin/users/" + made.Row.ID.String()
	return api.CreateUser201JSONResponse{Body: userOf(made), Headers: api.CreateUser201ResponseHeaders{
		Location: &location, ETag: userTag(made.Row), OpsPosition: position(receipt), IdempotencyReplayed: replayed(receipt),
	}}, nil
}

// seenName refuses a name by which somebody could look like another. Its error is errs.Invalid.
func seenName(full *string) error {
	if auth.Deceptive(value(full)) {
		return errs.New(errs.Invalid, "A name has only characters that can be seen.").At("/full_name", "has characters that are not seen")
	}
	return nil
}

// newUser is a user as a request wants him.
func newUser(id uuid.UUID, b api.UserCreate) replicadb.UserAccount {
	return replicadb.UserAccount{
		ID: id, Name: b.Name, FullName: value(b.FullName), Email: value(b.Email), GitHubLogin: optional(value(b.GithubLogin)),
		Version: 1, CreatedAt: instant(time.Now()), GrantedRoles: rolesOf(b.Roles), GitHubRoles: []string{},
	}
}

// sameUser compares a user that brings his own id with the one of that id. Errors: errs.Conflict for other content.
func sameUser(known Merged[replicadb.UserAccount], wanted replicadb.UserAccount) error {
	if known.Found && !reflect.DeepEqual(auth.Describe(known.Row), auth.Describe(wanted)) {
		return differs("user", userOf(known), nil)
	}
	return nil
}

// UpdateUser changes a user, his roles, or whether he is let in.
func (s *Server) UpdateUser(ctx context.Context, r api.UpdateUserRequestObject) (api.UpdateUserResponseObject, error) {
	if err := seenName(r.Body.FullName); err != nil {
		return nil, err
	}
	changed, receipt, err := s.changeUser(ctx, r.ID, condition(r.Params.IfMatch), api.AccessActionUserUpdated, func(u replicadb.UserAccount) replicadb.UserAccount {
		return updated(u, *r.Body)
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateUser200JSONResponse{Body: userOf(changed), Headers: api.UpdateUser200ResponseHeaders{
		ETag: userTag(changed.Row), OpsPosition: position(receipt),
	}}, nil
}

// updated is a user after a change; what it does not mention stays.
func updated(u replicadb.UserAccount, b api.UserUpdate) replicadb.UserAccount {
	if b.FullName != nil {
		u.FullName = *b.FullName
	}
	if b.Email != nil {
		u.Email = *b.Email
	}
	if b.GithubLogin != nil && *b.GithubLogin != value(u.GitHubLogin) {
		// The number is that of the account before: the next sign-in brings that of the new one.
		u.GitHubLogin, u.GitHubID = optional(*b.GithubLogin), nil
	}
	if b.Roles != nil {
		u.GrantedRoles = rolesOf(b.Roles)
	}
	switch {
	case b.Disabled == nil:
	case !*b.Disabled:
		u.DisabledAt = nil
	case u.DisabledAt == nil:
		u.DisabledAt = new(instant(time.Now()))
	}
	return u
}

// SignOutUser ends all sessions of a user: those of this site now, those of others when they learn of it.
func (s *Server) SignOutUser(ctx context.Context, r api.SignOutUserRequestObject) (api.SignOutUserResponseObject, error) {
	changed, receipt, err := s.changeUser(ctx, r.ID, nil, api.AccessActionUserSignedOut, func(u replicadb.UserAccount) replicadb.UserAccount {
		u.SignedOutAt = new(instant(time.Now()))
		return u
	})
	if err != nil {
		return nil, err
	}
	s.endLocal(ctx, r.ID)
	return api.SignOutUser200JSONResponse{Body: userOf(changed), Headers: api.SignOutUser200ResponseHeaders{
		ETag: userTag(changed.Row), OpsPosition: position(receipt),
	}}, nil
}

// maxChanges bounds how often a change is tried over what others have changed meanwhile.
const maxChanges = 4

// changeUser replaces a user by what change makes of him, in force at this site when it returns. What others change
// meanwhile stays: change runs again then. Errors: errs.NotFound; errs.Conflict for the last administrator, a taken GitHub
// account, a version that is not demanded, and when this site does not yet have what others have changed.
func (s *Server) changeUser(
	ctx context.Context, id uuid.UUID, demanded *string, action api.AccessAction, change func(replicadb.UserAccount) replicadb.UserAccount,
) (now Merged[replicadb.UserAccount], receipt buffer.Receipt, err error) {
	for range maxChanges {
		receipt, err = s.write(ctx, nil, func(ctx context.Context, tx *buffer.Transaction) (err error) {
			now, err = s.lookUser(ctx, id)
			tx.Saw(now.Look)
			switch {
			case err != nil:
				return err
			case !now.Found:
				return unknown("user", id)
			case !matches(demanded, *userTag(now.Row)):
				return outdated()
			}
			return s.replaceUser(ctx, tx, action, &now.Row, change(now.Row))
		})
		if postgres.SQLState(err) != auth.VersionDiffers {
			break
		}
	}
	switch {
	case postgres.SQLState(err) == auth.VersionDiffers && demanded != nil:
		return now, receipt, outdated().Because(err)
	case postgres.SQLState(err) == auth.VersionDiffers:
		return now, receipt, errs.New(errs.Conflict, "Somebody has just changed the user, and this site does not have it yet.").
			Named("record-differs").Because(err)
	case err != nil:
		return now, receipt, auth.UserRefused(err)
	}
	// Another site may just have made the same change, and this process not have noticed yet.
	s.access.Verifier.Changed(ctx)
	if receipt.Transaction != uuid.Nil {
		now.State = receipt.State
	}
	return now, receipt, nil
}

// replaceUser adds the steps that make a user from what he is, and their entry in the audit trail; none when nothing
// differs. It sets the user to what he will be.
func (s *Server) replaceUser(ctx context.Context, tx *buffer.Transaction, action api.AccessAction, u *replicadb.UserAccount, next replicadb.UserAccount) error {
	steps, detail := auth.ChangeUser(*u, next)
	if len(steps) == 0 {
		return nil
	}
	if err := s.mayMakeOf(ctx, *u, next); err != nil {
		return err
	}
	tx.Add(steps...)
	*u = next
	u.Version++
	return s.note(ctx, tx, accessEvent{action: action, user: u.ID, detail: detail})
}

// rolesOf returns the names of roles in order, each once.
func rolesOf(roles []api.RoleName) []string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = string(role)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func roleNames(names []string) []api.RoleName {
	roles := make([]api.RoleName, len(names))
	for i, name := range names {
		roles[i] = api.RoleName(name)
	}
	return roles
}

// userOf is a user as a client sees him.
func userOf(m Merged[replicadb.UserAccount]) api.User {
	u := m.Row
	return api.User{
		ID: u.ID, Name: u.Name, FullName: u.FullName, Email: u.Email, GitHubLogin: nullableOf(u.GitHubLogin),
		Roles: roleNames(u.GrantedRoles), GitHubRoles: roleNames(u.GitHubRoles), CreatedAt: u.CreatedAt.UTC(),
		DisabledAt: nullableOf(utc(u.DisabledAt)), SignedOutAt: nullableOf(utc(u.SignedOutAt)), Sync: api.SyncState(m.State),
	}
}

// userTag is the ETag of a user.
func userTag(u replicadb.UserAccount) *string {
	return new(strconv.Quote(strconv.Itoa(int(u.Version))))
}

// position is the value of the header Ops-Position, nil when nothing was written.
func position(r buffer.Receipt) *string { return optional(r.Position) }
