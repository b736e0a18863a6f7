// Package auth knows who calls and what they may do: API tokens of scripts, sessions of people, their permissions, and how
// each is checked at a site that is cut off from everything but its own Redis.
package auth

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Credential says by what somebody is let in.
type Credential string

// The credentials.
const (
	ByToken      Credential = "token"
	BySession    Credential = "session"
	ByBreakGlass Credential = "break_glass"
)

// Principal is who makes a request.
type Principal struct {
	UserID      uuid.UUID  `json:"user_id"` // uuid.Nil for the operator for emergencies
	Name        string     `json:"name"`    // login name
	FullName    string     `json:"full_name,omitempty"`
	Email       string     `json:"email,omitempty"`
	Roles       []string   `json:"roles"`
	Permissions []string   `json:"permissions"` // "action:resource"; * stands for any
	Credential  Credential `json:"credential"`
	TokenID     uuid.UUID  `json:"token_id"`             // of ByToken
	SessionID   uuid.UUID  `json:"session_id"`           // of the others
	Started     *time.Time `json:"-"`                    // when the session began; nil for ByToken
	Expires     *time.Time `json:"expires_at,omitempty"` // of the credential; nil: never
	Limited     bool       `json:"limited,omitempty"`    // the token has scopes
	Rehashed    *string    `json:"-"`                    // hash of the token with the present key, when it is stored with the previous one
}

// service is the action that no wildcard covers: what only tokens of the observatory's systems may do.
const service = "act"

// Can reports whether the principal has a permission such as "write:observations".
func (p Principal) Can(permission string) bool { return covers(p.Permissions, permission) }

// Beyond returns those scopes that go beyond what the principal may do.
func (p Principal) Beyond(scopes []string) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool { return covers(p.Permissions, scope) })
}

func covers(granted []string, permission string) bool {
	return slices.ContainsFunc(granted, func(g string) bool {
		common, ok := intersection(g, permission)
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
	if !okA || !okB || !sameAction || !sameResource || action == service && actionA != actionB {
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
