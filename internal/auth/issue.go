package auth

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
	Most    int        // tokens of the user that may be good at a time; 0: any number
	By      string     // who makes it
}

// Issued is a new token.
type Issued struct {
	ID        uuid.UUID  `json:"id"`
	Token     string     `json:"token"` // cannot be had again: only its keyed hash is stored
	UserID    uuid.UUID  `json:"user_id"`
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
	issued := Issued{ID: p.ID, Token: token, UserID: user.ID, User: g.User, Name: g.Name, Scopes: p.Scopes, CreatedAt: p.CreatedAt, ExpiresAt: g.Expires}
	if err := room(ctx, db, user.ID, g.Most, nil); err != nil {
		return Issued{}, err
	}
	return issued, db.CreateAPIToken(ctx, p)
}

// room fails when a user may not have another token beside his others, not counting one that it takes the place of.
func room(ctx context.Context, db *maindb.Queries, user uuid.UUID, most int, replaced *uuid.UUID) error {
	if most == 0 {
		return nil
	}
	return TokenRefused(db.RequireAPITokenRoom(ctx, maindb.RequireAPITokenRoomParams{UserID: user, Most: int32(most), Replaced: replaced}))
}

func (g Grant) validate() error {
	if g.User == "" {
		return errs.New(errs.Invalid, "a token needs a user")
	}
	if strings.TrimSpace(g.Name) == "" {
		return errs.New(errs.Invalid, "a token needs a name")
	}
	if Deceptive(g.Name) {
		return errs.New(errs.Invalid, "the name of a token has only characters that can be seen")
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

// Deceptive tells whether a text has characters by which it looks like another: control characters, and those of Unicode
// that are not seen or turn the order of others. No name of a token or a person has such.
func Deceptive(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
}

// Rotated is a new token that takes the place of another.
type Rotated struct {
	Issued
	From  uuid.UUID `json:"rotated_from"`
	Until time.Time `json:"rotated_from_ends_at"` // when the other ends
}

// Rotate makes a token that takes the place of another, which stays good for a grace period. The new one has its name,
// scopes and lifetime. db must be in a transaction on the main database. most bounds how many tokens the user has beside the
// old one; 0: nothing does. It fails with errs.NotFound for an unknown id, and with errs.Conflict, named token-ended for a
// token that has ended or has been replaced by one that is not revoked, and too-many-tokens.
func Rotate(ctx context.Context, db *maindb.Queries, keys Keys, id uuid.UUID, grace time.Duration, most int, by string) (Rotated, error) {
	old, err := describe(ctx, db, id)
	if err != nil {
		return Rotated{}, err
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	expires := Renewed(old.CreatedAt, old.ExpiresAt, now)
	token, p := keys.Mint(maindb.CreateAPITokenParams{
		UserID: old.UserID, Name: old.Name, Scopes: old.Scopes, CreatedAt: now, CreatedBy: by, ExpiresAt: expires, RotatedFrom: &id,
	})
	if err := room(ctx, db, old.UserID, most, &id); err != nil {
		return Rotated{}, err
	}
	if err := db.CreateAPIToken(ctx, p); err != nil {
		return Rotated{}, rotationRefused(err)
	}
	r := Rotated{
		Issued: Issued{ID: p.ID, Token: token, UserID: p.UserID, User: old.UserName, Name: p.Name, Scopes: p.Scopes, CreatedAt: now, ExpiresAt: expires},
		From:   id, Until: now.Add(grace),
	}
	if grace > 0 {
		return r, db.RetireAPIToken(ctx, maindb.RetireAPITokenParams{ID: id, ExpiresAt: r.Until})
	}
	return r, db.RevokeAPIToken(ctx, maindb.RevokeAPITokenParams{ID: id, RevokedAt: now})
}

// TokenRefused says in the client's terms that a user has as many tokens as he may have; other errors stay as they are.
func TokenRefused(err error) error {
	database, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || database.ConstraintName != "api_token_limit" {
		return err
	}
	return errs.New(errs.Conflict, "The user has %s API tokens that are good, and may have no more: revoke some that nobody needs. One that is rotated without a grace period makes room for its successor.", database.Detail).
		Named("too-many-tokens").Because(err)
}

func rotationRefused(err error) error {
	switch postgres.SQLState(err) {
	case "P0002":
		return ErrTokenEnded(err)
	case "23505":
		return ErrTokenReplaced(err)
	default:
		return err
	}
}

// ErrTokenEnded is the refusal to let a token take the place of one that has ended.
func ErrTokenEnded(cause error) error {
	return errs.New(errs.Conflict, "The token is revoked or has expired.").Named("token-ended").Because(cause)
}

// ErrTokenReplaced is the refusal to let a second token take the place of one.
func ErrTokenReplaced(cause error) error {
	return errs.New(errs.Conflict, "Another token has taken its place already; revoke that one first if nobody has it.").Named("token-ended").Because(cause)
}

// Renewed is when a token expires that is made now and lives as long as one before; nil: never.
func Renewed(created time.Time, expires *time.Time, now time.Time) *time.Time {
	if expires == nil {
		return nil
	}
	return new(now.Add(expires.Sub(created)))
}

// Revoked is a token that is not accepted any more.
type Revoked struct {
	ID        uuid.UUID `json:"id"`
	UserID    uuid.UUID `json:"user_id"`
	User      string    `json:"user"`
	Name      string    `json:"name"`
	RevokedAt time.Time `json:"revoked_at"`
	Before    bool      `json:"-"` // it was revoked before
	// Successors were revoked along with it.
	Successors []uuid.UUID `json:"successors"`
}

// Revoke ends a token in the main database; other sites learn of it by replication. It may be called again. It fails
// with errs.NotFound for an unknown id. What came from the token by rotation ends with it, unless it is to be kept.
func Revoke(ctx context.Context, db *maindb.Queries, id uuid.UUID, keepSuccessors bool) (Revoked, error) {
	old, err := describe(ctx, db, id)
	if err != nil {
		return Revoked{}, err
	}
	r := Revoked{ID: id, UserID: old.UserID, User: old.UserName, Name: old.Name, Before: old.RevokedAt != nil}
	r.RevokedAt = time.Now().UTC().Truncate(time.Microsecond)
	now := r.RevokedAt
	if r.Before {
		r.RevokedAt = *old.RevokedAt
	}
	if keepSuccessors {
		return r, db.RevokeAPIToken(ctx, maindb.RevokeAPITokenParams{ID: id, RevokedAt: now})
	}
	if err := db.RevokeAPITokenLine(ctx, maindb.RevokeAPITokenLineParams{ID: id, RevokedAt: now}); err != nil {
		return r, err
	}
	r.Successors, err = db.RevokedAPITokenSuccessors(ctx, maindb.RevokedAPITokenSuccessorsParams{ID: &id, RevokedAt: now})
	return r, err
}

// describe reads a token that nobody else changes until the end of the transaction.
func describe(ctx context.Context, db *maindb.Queries, id uuid.UUID) (maindb.DescribeAPITokenRow, error) {
	row, err := db.DescribeAPIToken(ctx, maindb.DescribeAPITokenParams{ID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return row, errs.New(errs.NotFound, "there is no token %s", id)
	}
	return row, err
}

// Event is an entry of the audit trail about what was done by the command line.
type Event struct {
	Site   string
	Actor  string
	Action string
	User   uuid.UUID // whom it concerns; uuid.Nil: nobody
	Token  uuid.UUID // uuid.Nil: none
	Detail any       // an object; nil: empty; never a secret
}

// Note enters an event, now. db must be in the transaction on the main database that does what the event says.
func (e Event) Note(ctx context.Context, db *maindb.Queries) error {
	detail := json.RawMessage("{}")
	if e.Detail != nil {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return err
		}
	}
	p := maindb.CreateAccessEventParams{
		ID: uuid.Must(uuid.NewV7()), At: time.Now().UTC().Truncate(time.Microsecond), Site: e.Site, Actor: e.Actor, Action: e.Action, Detail: detail,
	}
	if e.User != uuid.Nil {
		p.UserID = &e.User
	}
	if e.Token != uuid.Nil {
		p.TokenID = &e.Token
	}
	return db.CreateAccessEvent(ctx, p)
}
