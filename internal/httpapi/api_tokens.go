package httpapi

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres"
)

// manageUsers is the permission to see and manage what is everybody's.
const manageUsers = "manage:users"

// ListScopes lists what the caller may give to a token of his own.
func (s *Server) ListScopes(ctx context.Context, _ api.ListScopesRequestObject) (api.ListScopesResponseObject, error) {
	caller := exchangeOf(ctx).principal
	list := api.ScopeList{Items: []api.ScopeInfo{}}
	if caller.UserID == uuid.Nil {
		return api.ListScopes200JSONResponse(list), nil
	}
	rows, err := s.replica.ListPermissions(ctx)
	if err != nil {
		return nil, err
	}
	owner, err := s.tokenOwner(ctx, caller.UserID)
	if err != nil {
		return nil, err
	}
	described := wildcards(rows, caller, owner)
	for _, held := range caller.Permissions {
		described[held] = "everything of it that there is, now and later"
	}
	for _, row := range rows {
		if caller.Can(row.Name) || !strings.Contains(row.Name, "*") {
			described[row.Name] = row.Description
		}
	}
	for scope, description := range described {
		if len(owner.Exceeding(caller, []string{scope})) == 0 {
			list.Items = append(list.Items, api.ScopeInfo{Scope: scope, Description: description})
		}
	}
	slices.SortFunc(list.Items, func(a, b api.ScopeInfo) int { return strings.Compare(a.Scope, b.Scope) })
	return api.ListScopes200JSONResponse(list), nil
}

// wildcards describes the scopes that stand for several permissions which caller and owner have.
func wildcards(rows []replicadb.ListPermissionsRow, caller auth.Principal, owner auth.Owner) map[string]string {
	described, found := map[string]string{}, map[string]int{}
	for _, row := range rows {
		action, resource, _ := strings.Cut(row.Name, ":")
		if strings.Contains(row.Name, "*") || auth.OfSystems(row.Name) || len(owner.Exceeding(caller, []string{row.Name})) > 0 {
			continue
		}
		described[action+":*"] = "all of the action " + action + " that its user may do, now and later"
		described["*:"+resource] = "all that its user may do with " + resource + ", now and later"
		found[action+":*"]++
		found["*:"+resource]++
	}
	maps.DeleteFunc(described, func(scope, _ string) bool { return found[scope] < 2 })
	return described
}

// GetToken reads one token.
func (s *Server) GetToken(ctx context.Context, r api.GetTokenRequestObject) (api.GetTokenResponseObject, error) {
	known, err := s.lookToken(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	tokens, err := s.tokensOf(ctx, []Merged[replicadb.APITokenAccount]{known})
	if err != nil {
		return nil, err
	}
	return api.GetToken200JSONResponse{Body: tokens[0]}, nil
}

// ListTokenHistory reads what happened to the tokens that the caller may know of.
func (s *Server) ListTokenHistory(ctx context.Context, r api.ListTokenHistoryRequestObject) (api.ListTokenHistoryResponseObject, error) {
	caller := exchangeOf(ctx).principal
	q := eventQuery{token: r.Params.TokenID, ofTokens: true, limit: int(value(r.Params.Limit))}
	if !caller.Can(manageUsers) {
		q.user = &caller.UserID
	}
	var err error
	if q.after, err = afterCursor(r.Params.Cursor); err != nil {
		return nil, err
	}
	page, err := s.listEvents(ctx, q)
	if err != nil {
		return nil, err
	}
	return api.ListTokenHistory200JSONResponse{Body: page}, nil
}

// CreateToken makes a token, good at this site when it returns.
func (s *Server) CreateToken(ctx context.Context, r api.CreateTokenRequestObject) (api.CreateTokenResponseObject, error) {
	caller, id := exchangeOf(ctx).principal, value(r.Body.UserID)
	if r.Body.UserID == nil {
		id = caller.UserID
	}
	if id != caller.UserID && !caller.Can(manageUsers) {
		return nil, needs(manageUsers)
	}
	if strings.TrimSpace(r.Body.Name) == "" || auth.Deceptive(r.Body.Name) {
		return nil, errs.New(errs.Invalid, "A token needs a name that can be read.").At("/name", "is blank, or has characters that are not seen")
	}
	owner, err := s.tokenOwner(ctx, id)
	if err != nil {
		return nil, err
	}
	now := instant(time.Now())
	expires, err := s.expiry(r.Body.ExpiresAt, now)
	if err != nil {
		return nil, err
	}
	scopes := scopesOf(r.Body.Scopes)
	if err := mayMake(caller, owner, scopes); err != nil {
		return nil, err
	}
	issued, receipt, err := s.issue(ctx, owner, api.AccessActionTokenCreated, maindb.CreateAPITokenParams{
		UserID: id, Name: r.Body.Name, Scopes: scopes, CreatedAt: now, CreatedBy: caller.Name, ExpiresAt: &expires,
	}, func(create buffer.Step) []buffer.Step { return []buffer.Step{s.room(id, nil), create} })
	if err != nil {
		return nil, err
	}
	return api.CreateToken201JSONResponse{Body: issued, Headers: api.CreateToken201ResponseHeaders{
		Location: locationOf(issued), OpsPosition: position(receipt),
	}}, nil
}

func scopesOf(given []string) []string {
	scopes := append([]string{}, given...)
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

// tokenOwner returns the user a token is to be made for. Errors: errs.Forbidden for who is no user, errs.NotFound,
// errs.Invalid for one who is disabled.
func (s *Server) tokenOwner(ctx context.Context, id uuid.UUID) (auth.Owner, error) {
	if id == uuid.Nil {
		return auth.Owner{}, errs.New(errs.Forbidden, "Only users have tokens; the operator for emergencies is none.")
	}
	owner, err := s.access.Directory.Owner(ctx, id)
	switch {
	case err != nil:
		return auth.Owner{}, err
	case owner == nil:
		return auth.Owner{}, unknown("user", id)
	case owner.DisabledAt != nil:
		return auth.Owner{}, errs.New(errs.Invalid, "The user %s is disabled.", owner.Name).At("/user_id", "is disabled")
	default:
		return *owner, nil
	}
}

// mayMake checks that a token is good for no more than its maker and its owner may do. Errors: errs.Forbidden named
// scope-exceeded.
func mayMake(maker auth.Principal, owner auth.Owner, scopes []string) error {
	if len(scopes) == 0 && maker.Limited {
		return exceeded("A token that is limited by scopes cannot make one that is not.")
	}
	if beyond := owner.Exceeding(maker, scopes); len(beyond) > 0 {
		return exceeded("This goes beyond what you and %s may do: %s.", owner.Name, strings.Join(beyond, ", "))
	}
	return nil
}

func exceeded(format string, args ...any) error {
	return errs.New(errs.Forbidden, format, args...).Named("scope-exceeded")
}

// expiry returns when a token expires for which a time is asked, or none. Errors: errs.Invalid.
func (s *Server) expiry(asked *time.Time, now time.Time) (time.Time, error) {
	if asked == nil {
		return now.Add(min(s.access.TokenLifetime, s.access.TokenLifetimeMax)), nil
	}
	at, latest := instant(*asked), now.Add(s.access.TokenLifetimeMax)
	switch {
	case !at.After(now):
		return at, errs.New(errs.Invalid, "The token would have expired already.").At("/expires_at", "is in the past")
	case at.After(latest):
		return at, errs.New(errs.Invalid, "Tokens live no longer than %s here.", s.access.TokenLifetimeMax).
			At("/expires_at", "is later than "+latest.Format(time.RFC3339))
	default:
		return at, nil
	}
}

// room is the step that fails when the user may not have the token beside the others. One whose place it takes is not
// counted: it may stay good for a while.
func (s *Server) room(user uuid.UUID, replaced *uuid.UUID) buffer.Step {
	return ops.RequireTokenRoom.With(maindb.RequireAPITokenRoomParams{UserID: user, Most: int32(s.access.TokensPerUser), Replaced: replaced})
}

// issue makes a token, by steps of which one creates what is given. It is good at this site when issue returns.
func (s *Server) issue(
	ctx context.Context, owner auth.Owner, action api.AccessAction, p maindb.CreateAPITokenParams, around func(buffer.Step) []buffer.Step,
) (api.IssuedToken, buffer.Receipt, error) {
	secret, p := s.access.Keys.Mint(p)
	receipt, err := s.write(ctx, nil, func(ctx context.Context, tx *buffer.Transaction) error {
		tx.Add(around(ops.CreateToken.With(p))...)
		return s.note(ctx, tx, accessEvent{action: action, user: p.UserID, token: p.ID, detail: describeToken(p)})
	})
	if err != nil {
		return api.IssuedToken{}, receipt, auth.TokenRefused(err)
	}
	s.access.Verifier.Changed(ctx)
	return issuedOf(p, owner.Name, secret, receipt), receipt, nil
}

// describeToken is what the audit trail says of a new token.
func describeToken(p maindb.CreateAPITokenParams) map[string]any {
	detail := map[string]any{"name": p.Name, "prefix": p.TokenPrefix, "scopes": p.Scopes, "expires_at": p.ExpiresAt}
	if p.RotatedFrom != nil {
		detail["rotated_from"] = p.RotatedFrom
	}
	return detail
}

func issuedOf(p maindb.CreateAPITokenParams, owner, secret string, receipt buffer.Receipt) api.IssuedToken {
	return api.IssuedToken{
		ID: p.ID, UserID: p.UserID, User: owner, Name: p.Name, Prefix: p.TokenPrefix, Scopes: p.Scopes, CreatedAt: p.CreatedAt, CreatedBy: p.CreatedBy,
		ExpiresAt: nullableOf(p.ExpiresAt), RotatedFrom: nullableOf(p.RotatedFrom), RevokedAt: nullableOf[time.Time](nil),
		LastUsedAt: nullableOf[time.Time](nil), LastUsedFrom: nullableOf[string](nil), LastUsedSite: nullableOf[string](nil),
		Sync: api.SyncState(receipt.State), Token: secret,
	}
}

func locationOf(t api.IssuedToken) *string { return new("/api/tokens/" + t.ID.String()) }

// RotateToken replaces a token by a new one, and lets it live on for a while.
func (s *Server) RotateToken(ctx context.Context, r api.RotateTokenRequestObject) (api.RotateTokenResponseObject, error) {
	known, err := s.lookToken(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	now := instant(time.Now())
	if hasEnded(known.Row, now) {
		return nil, auth.ErrTokenEnded(nil)
	}
	caller := exchangeOf(ctx).principal
	owner, err := s.tokenOwner(ctx, known.Row.UserID)
	if err != nil {
		return nil, err
	}
	scopes := append([]string{}, known.Row.Scopes...)
	// What takes its own place is good for no more than before.
	if known.Row.ID != caller.TokenID {
		if err := mayMake(caller, owner, scopes); err != nil {
			return nil, err
		}
	}
	// Without a grace period there are no more tokens than before.
	replace := func(create buffer.Step) []buffer.Step { return []buffer.Step{create, ops.Revoke(known.Row, now)} }
	if grace := time.Duration(value(r.Body.GraceSeconds)) * time.Second; grace > 0 {
		replace = func(create buffer.Step) []buffer.Step {
			return []buffer.Step{s.room(owner.ID, &known.Row.ID), create, ops.Retire(known.Row, now.Add(grace))}
		}
	}
	issued, receipt, err := s.issue(ctx, owner, api.AccessActionTokenRotated, maindb.CreateAPITokenParams{
		UserID: owner.ID, Name: known.Row.Name, Scopes: scopes, CreatedAt: now, CreatedBy: caller.Name,
		ExpiresAt: s.renewed(known.Row, now), RotatedFrom: &known.Row.ID,
	}, replace)
	if err != nil {
		return nil, rotationRefused(err)
	}
	return api.RotateToken201JSONResponse{Body: issued, Headers: api.RotateToken201ResponseHeaders{
		Location: locationOf(issued), OpsPosition: position(receipt),
	}}, nil
}

// renewed is when a token expires that takes the place of another: it lives as long, but not for ever.
func (s *Server) renewed(old replicadb.APITokenAccount, now time.Time) *time.Time {
	expires, latest := auth.Renewed(old.CreatedAt, old.ExpiresAt, now), now.Add(s.access.TokenLifetimeMax)
	if expires == nil || expires.After(latest) {
		return &latest
	}
	return expires
}

// rotationRefused says in the client's terms why the main database does not let a token take the place of another.
func rotationRefused(err error) error {
	database, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case ok && database.ConstraintName == "api_token_successor":
		return auth.ErrTokenReplaced(err)
	case postgres.SQLState(err) == "P0002":
		return auth.ErrTokenEnded(err)
	default:
		return err
	}
}
