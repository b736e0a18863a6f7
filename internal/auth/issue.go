package auth

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/postgres"
)

// Grant says for whom a token is made and what it is good for.
type Grant struct {
	User    string     // login name; made when there is no such user yet
	Role    string     // given to the user if missing; empty: the user keeps the roles he has
	Name    string     // what the token is for
	Scopes  []string   // permissions the token is limited to; empty: all of the user's
	Expires *time.Time // nil: never
	By      string     // who makes it
}

// Issued is a new token.
type Issued struct {
	ID        uuid.UUID  `json:"id"`
	Token     string     `json:"token"` // cannot be had again: only its keyed hash is stored
	User      string     `json:"user"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at"`
}

var scopePattern = regexp.MustCompile(`^([a-z]+|\*):([a-z_]+|\*)$`)

// Mint makes a token. It completes p, which says whose it is and what for, by what is stored of the token.
func (k Keys) Mint(p maindb.CreateAPITokenParams) (token string, stored maindb.CreateAPITokenParams) {
	return k.mint(tokenPrefix, p)
}

// MintDemo is Mint for a token whose prefix says that it is for trying the system out.
func (k Keys) MintDemo(p maindb.CreateAPITokenParams) (token string, stored maindb.CreateAPITokenParams) {
	return k.mint(demoPrefix, p)
}

func (k Keys) mint(prefix string, p maindb.CreateAPITokenParams) (string, maindb.CreateAPITokenParams) {
	token := newToken(prefix)
	p.TokenHash, p.KeyID, p.TokenPrefix = k.present.hash(token), k.present.id, shown(token)
	p.ID = idOf(p.TokenHash)
	return token, p
}

// Issue makes a token. db must be in a transaction on the main database. It fails with errs.Invalid for a grant that
// cannot be, with errs.NotFound for an unknown role and with errs.Forbidden for a user who is disabled.
func Issue(ctx context.Context, db *maindb.Queries, keys Keys, g Grant) (Issued, error) {
	if err := g.validate(); err != nil {
		return Issued{}, err
	}
	user, err := db.EnsureUser(ctx, maindb.EnsureUserParams{ID: uuid.Must(uuid.NewV7()), Name: g.User})
	if err != nil {
		return Issued{}, err
	}
	if user.Disabled {
		return Issued{}, errs.New(errs.Forbidden, "user %s is disabled", g.User)
	}
	if g.Role != "" {
		_, err := db.GrantRole(ctx, maindb.GrantRoleParams{UserID: user.ID, Role: g.Role})
		if errors.Is(err, pgx.ErrNoRows) {
			return Issued{}, errs.New(errs.NotFound, "there is no role %s", g.Role)
		}
		if err != nil {
			return Issued{}, err
		}
	}
	token, p := keys.Mint(maindb.CreateAPITokenParams{
		UserID: user.ID, Name: g.Name, Scopes: append([]string{}, g.Scopes...), CreatedAt: time.Now().UTC().Truncate(time.Microsecond),
		CreatedBy: g.By, ExpiresAt: g.Expires,
	})
	issued := Issued{ID: p.ID, Token: token, User: g.User, Name: g.Name, Scopes: p.Scopes, CreatedAt: p.CreatedAt, ExpiresAt: g.Expires}
	return issued, db.CreateAPIToken(ctx, p)
}

func (g Grant) validate() error {
	if g.User == "" {
		return errs.New(errs.Invalid, "a token needs a user")
	}
	if g.Name == "" {
		return errs.New(errs.Invalid, "a token needs a name")
	}
	for _, scope := range g.Scopes {
		if !scopePattern.MatchString(scope) {
			return errs.New(errs.Invalid, "scope %q is not of the form action:resource", scope)
		}
	}
	if g.Expires != nil && !g.Expires.After(time.Now()) {
		return errs.New(errs.Invalid, "the token would have expired already")
	}
	return nil
}

// Revoked is a token that is not accepted any more.
type Revoked struct {
	ID        uuid.UUID `json:"id"`
	User      string    `json:"user"`
	Name      string    `json:"name"`
	RevokedAt time.Time `json:"revoked_at"`
}

// Revoke ends a token in the main database; other sites learn of it by replication. It may be called again. It fails
// with errs.NotFound for an unknown id.
func Revoke(ctx context.Context, db *maindb.Queries, id uuid.UUID) (Revoked, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	err := db.RevokeAPIToken(ctx, maindb.RevokeAPITokenParams{ID: id, RevokedAt: now})
	if postgres.SQLState(err) == "P0002" {
		return Revoked{}, errs.New(errs.NotFound, "there is no token %s", id)
	}
	if err != nil {
		return Revoked{}, err
	}
	row, err := db.DescribeAPIToken(ctx, maindb.DescribeAPITokenParams{ID: id})
	if err != nil {
		return Revoked{}, err
	}
	return Revoked{ID: id, User: row.UserName, Name: row.Name, RevokedAt: *row.RevokedAt}, nil
}
