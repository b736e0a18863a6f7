package httpapi

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

const (
	// demoLifetime is how long a demo token is good.
	demoLifetime = 24 * time.Hour
	// demoPerSecond and demoAtOnce bound how many are made: anybody may ask.
	demoPerSecond = 10.0 / 60
	demoAtOnce    = 10
)

// demoSpace is the name space of the ids of demo users: all sites make the same ones.
var demoSpace = uuid.MustParse("b1c8f3c6-7f0e-5d0a-8f4e-3e8d5f7b9a21")

// CreateDemoToken lets in whoever asks, where the site is for trying out.
func (s *Server) CreateDemoToken(ctx context.Context, r api.CreateDemoTokenRequestObject) (api.CreateDemoTokenResponseObject, error) {
	if !s.access.DemoTokens {
		return nil, errs.New(errs.NotFound, "This site gives no demo tokens.").Named("demo-off")
	}
	if wait := s.demos.take(""); wait > 0 {
		return nil, tooMany(wait, "These are more demo tokens than are given.")
	}
	role := api.DemoRoleObserver
	if r.Body != nil && r.Body.Role != nil {
		role = *r.Body.Role
	}
	user, steps, err := s.demoUser(ctx, string(role))
	if err != nil {
		return nil, err
	}
	scopes, err := s.demoScopes(ctx, string(role))
	if err != nil {
		return nil, err
	}
	now := instant(time.Now())
	secret, p := s.access.Keys.MintDemo(maindb.CreateAPITokenParams{
		UserID: user.ID, Name: "demo", Scopes: scopes, CreatedAt: now, CreatedBy: user.Name, ExpiresAt: new(now.Add(demoLifetime)),
	})
	receipt, err := s.write(ctx, nil, func(ctx context.Context, tx *buffer.Transaction) error {
		tx.Add(steps...)
		tx.Add(ops.CreateToken.With(p))
		return s.noteBy(ctx, tx, user.Name, accessEvent{action: api.AccessActionTokenCreated, user: p.UserID, token: p.ID, detail: describeToken(p)})
	})
	if err != nil {
		return nil, auth.UserRefused(err)
	}
	s.access.Verifier.Changed(ctx)
	return api.CreateDemoToken201JSONResponse{
		Body:    api.DemoToken{Token: secret, UserID: user.ID, Role: role, ExpiresAt: *p.ExpiresAt},
		Headers: api.CreateDemoToken201ResponseHeaders{OpsPosition: position(receipt)},
	}, nil
}

// demoUser returns the user of all demo tokens of a role, and the steps that make him if he is not there yet. Made twice
// at the same time he is the same. Errors: errs.Forbidden when he is disabled.
func (s *Server) demoUser(ctx context.Context, role string) (u replicadb.UserAccount, steps []buffer.Step, err error) {
	name := "demo-" + role
	id := uuid.NewSHA1(demoSpace, []byte(name))
	owner, err := s.access.Directory.Owner(ctx, id)
	switch {
	case err != nil:
		return u, nil, err
	case owner == nil:
		u = replicadb.UserAccount{ID: id, Name: name, FullName: "Everybody", CreatedAt: instant(time.Now()), GrantedRoles: []string{role}, GitHubRoles: []string{}}
		steps, _ = auth.CreateUser(u)
		return u, steps, nil
	case owner.DisabledAt != nil:
		return u, nil, errs.New(errs.Forbidden, "The user %s is disabled.", name)
	default:
		return owner.UserAccount, nil, nil
	}
}

// demoScopes returns what a demo token of a role is good for: no more than the role, whatever its user is given, not what
// only systems of the observatory may do, and not the making of tokens that live longer than itself.
func (s *Server) demoScopes(ctx context.Context, role string) ([]string, error) {
	permissions, err := s.access.Directory.PermissionsOf(ctx, role)
	return slices.DeleteFunc(slices.Clone(permissions), func(p string) bool {
		return auth.Covers(p, "write:account") || auth.Covers(p, manageUsers) || auth.OfSystems(p)
	}), err
}
