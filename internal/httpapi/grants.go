package httpapi

import (
	"context"
	"reflect"
	"slices"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
)

// mayMakeOf checks that the caller may make a user what he is to be: who manages users gives nobody roles, and lets nobody
// in as one who has roles, that permit more than his own credential. A user may be disabled, signed out and left without
// roles whatever they permit. Errors: errs.Forbidden named scope-exceeded; those of the replica.
func (s *Server) mayMakeOf(ctx context.Context, was, next replicadb.UserAccount) error {
	given := slices.Clone(next.GrantedRoles)
	if next.GitHubLogin != nil && !reflect.DeepEqual(was.GitHubLogin, next.GitHubLogin) {
		given = auth.RolesOf(next)
	} else {
		given = slices.DeleteFunc(given, func(role string) bool { return slices.Contains(was.GrantedRoles, role) })
	}
	for _, role := range given {
		permissions, err := s.access.Directory.PermissionsOf(ctx, role)
		if err != nil {
			return err
		}
		holder := auth.Owner{Permissions: permissions}
		if len(holder.Exceeding(exchangeOf(ctx).principal, nil)) > 0 {
			return exceeded("The role %s permits more than what you ask with.", role)
		}
	}
	return nil
}
