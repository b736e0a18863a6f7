package auth

import (
	"strings"

	"github.com/ccatobs/opsdb/gen/replicadb"
)

func judgeToken(k known, keys Keys) verdict {
	if len(k.tokens) == 0 {
		return verdict{refused: refuse("token-unknown", "the token is unknown at this site")}
	}
	t := k.tokens[0]
	if t.RevokedAt != nil {
		return verdict{refused: refuse("token-revoked", "the token was revoked"), revoked: true}
	}
	owner := k.user(t.UserID)
	if owner == nil || owner.DisabledAt != nil {
		return verdict{refused: refuse("user-disabled", "the user is disabled")}
	}
	p := principalOf(*owner, ByToken)
	p.Permissions, p.Limited = limit(k.permissions(*owner), t.Scopes), len(t.Scopes) > 0
	p.TokenID, p.Expires = t.ID, t.ExpiresAt
	return verdict{principal: p, staleKey: t.KeyID != keys.present.id}
}

func judgeSession(k known, c claims) verdict {
	u := k.user(c.UserID)
	switch {
	case u == nil || u.DisabledAt != nil:
		return verdict{refused: refuse("user-disabled", "the user is disabled")}
	case u.SignedOutAt != nil && !SurvivedSignOut(c.Started).After(*u.SignedOutAt):
		return verdict{refused: errSessionEnded, revoked: true}
	}
	p := principalOf(*u, BySession)
	p.Permissions = withoutService(k.permissions(*u))
	p.SessionID, p.Started, p.Expires = c.SessionID, &c.Started, &c.Expires
	return verdict{principal: p}
}

// judgeBreakGlass answers for a session that is there: it ends when its operator is removed.
func (v *Verifier) judgeBreakGlass(c claims) verdict {
	if v.operators == nil {
		return verdict{refused: errSessionEnded}
	}
	return verdict{principal: breakGlassPrincipal(c)}
}

func principalOf(u replicadb.UserAccount, by Credential) Principal {
	return Principal{UserID: u.ID, Name: u.Name, FullName: u.FullName, Email: u.Email, Roles: RolesOf(u), Credential: by}
}

// withoutService leaves out what only tokens may do.
func withoutService(permissions []string) []string {
	kept := []string{}
	for _, p := range permissions {
		if !OfSystems(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// OfSystems tells whether a permission is one of those that only tokens of the observatory's systems have.
func OfSystems(permission string) bool { return strings.HasPrefix(permission, service+":") }
