// Package auth knows who calls and what they may do: API tokens, their permissions, and how a token is checked at a site
// that is cut off from everything but its own Redis.
package auth

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Principal is who makes a request.
type Principal struct {
	Name        string    // login name of the user
	TokenID     uuid.UUID // the token the request came with
	Permissions []string  // "action:resource"; * stands for any
}

// Can reports whether the principal has a permission such as "write:observations".
func (p Principal) Can(permission string) bool {
	return slices.ContainsFunc(p.Permissions, func(granted string) bool {
		common, ok := intersection(granted, permission)
		return ok && common == permission
	})
}

// limit returns what both the permissions of a user and the scopes of a token allow; no scopes do not limit.
func limit(permissions, scopes []string) []string {
	if len(scopes) == 0 {
		return permissions
	}
	limited := []string{}
	for _, permission := range permissions {
		for _, scope := range scopes {
			if common, ok := intersection(permission, scope); ok {
				limited = append(limited, common)
			}
		}
	}
	slices.Sort(limited)
	return slices.Compact(limited)
}

// intersection returns the permission that two have in common: read:* and *:files have read:files.
func intersection(a, b string) (string, bool) {
	actionA, resourceA, okA := strings.Cut(a, ":")
	actionB, resourceB, okB := strings.Cut(b, ":")
	action, sameAction := narrower(actionA, actionB)
	resource, sameResource := narrower(resourceA, resourceB)
	if !okA || !okB || !sameAction || !sameResource {
		return "", false
	}
	return action + ":" + resource, true
}

func narrower(a, b string) (string, bool) {
	switch {
	case a == b || b == "*":
		return a, true
	case a == "*":
		return b, true
	default:
		return "", false
	}
}
