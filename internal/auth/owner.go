package auth

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
)

// Owner is a user as the owner of tokens.
type Owner struct {
	replicadb.UserAccount
	Permissions []string // by all his roles
}

// Owner returns the user of an id, nil when there is none. Its errors are those of the replica.
func (d *Directory) Owner(ctx context.Context, id uuid.UUID) (*Owner, error) {
	found, err := d.read(ctx, wanted{users: []uuid.UUID{id}})
	if err != nil {
		return nil, err
	}
	u := found.user(id)
	if u == nil {
		return nil, nil //nolint:nilnil // nobody
	}
	return &Owner{UserAccount: *u, Permissions: found.permissions(*u)}, nil
}

// PermissionsOf returns what a role permits. Its errors are those of the replica.
func (d *Directory) PermissionsOf(ctx context.Context, role string) ([]string, error) {
	var k known
	if err := k.readRoles(ctx, d.replica.Queries); err != nil {
		return nil, err
	}
	return k.roles[role], nil
}

// Covers reports whether a permission includes another: read:* includes read:files.
func Covers(permission, other string) bool { return covers([]string{permission}, other) }

// everything is the permission that covers all others, but for those of the action act.
const everything = "*:*"

// Exceeding returns those scopes that a token which maker makes for an owner must not have, in order; none may be had by
// both. Without scopes the token may do whatever its owner may, so its maker has to be allowed all of that. Whoever may do
// everything may also make tokens of the observatory's systems, for users whose role says that they are such.
func (o Owner) Exceeding(maker Principal, scopes []string) []string {
	wanted := scopes
	if len(scopes) == 0 {
		wanted = o.Permissions
	}
	exceeding := slices.DeleteFunc(slices.Clone(wanted), func(scope string) bool {
		return covers(o.Permissions, scope) && (maker.Can(scope) || OfSystems(scope) && maker.Can(everything)) ||
			len(scopes) > 0 && o.harmless(maker, scope)
	})
	slices.Sort(exceeding)
	return slices.Compact(exceeding)
}

// harmless tells whether a scope with a wildcard can be given though it covers more than there is to give now: a token is
// never good for more than its owner, so somebody may give one of his own whatever meets his rights, and others one that
// covers no more than what their maker may do. A limited token could outgrow its limits by it.
func (o Owner) harmless(maker Principal, scope string) bool {
	if !strings.Contains(scope, "*") || maker.UserID != o.ID && !maker.Can(scope) || maker.Limited && !maker.Can(scope) {
		return false
	}
	return slices.ContainsFunc(limit(o.Permissions, []string{scope}), maker.Can)
}
