package auth

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	// goodFor is how long a credential stays good without asking again, should nothing have said that something changed.
	goodFor = 5 * time.Second
	// refusedFor is shorter: a new token is refused until it is replicated, and should not be for long after.
	refusedFor = 2 * time.Second
	// copyAgain is when a copy in Redis is written again though it has not changed: Redis may have been replaced.
	copyAgain = 10 * time.Minute
	// askTimeout bounds the questions to the replica and Redis together.
	askTimeout = 3 * time.Second
	// copyTimeout bounds a write to Redis, which is not worth a long wait.
	copyTimeout = 250 * time.Millisecond
)

// Verifier tells whose a credential is. It asks, in this order: its memory, the site's overlay and replica and, when the
// replica cannot be asked, the copy in the site's Redis of what was known last. It is safe for concurrent use.
type Verifier struct {
	keys      Keys
	directory *Directory
	sessions  *Sessions
	copies    copies
	log       *slog.Logger
	verdicts  *verdicts
	asking    singleflight.Group
	changes   atomic.Int64 // what was asked before one of them is not kept
	now       func() time.Time
}

// NewVerifier returns a Verifier of the credentials that the keys have made and the sessions of this site.
func NewVerifier(keys Keys, directory *Directory, sessions *Sessions, log *slog.Logger) *Verifier {
	return &Verifier{
		keys: keys, directory: directory, sessions: sessions, log: log, verdicts: newVerdicts(), now: time.Now,
		copies: copies{redis: sessions.redis, keys: sessions.names},
	}
}

// verdict is what is known about a credential.
type verdict struct {
	principal Principal
	staleKey  bool        // the hash in the database is made with the previous key
	refused   *errs.Error // nil: good until it expires
	revoked   bool        // and so will never be good again, whatever an old copy says
	asked     time.Time
	copied    string // the copy in Redis, as far as this process has written it
	copiedAt  time.Time
}

func (d verdict) answer(now time.Time) (Principal, error) {
	if d.refused != nil {
		return Principal{}, d.refused
	}
	if d.principal.Expires != nil && !now.Before(*d.principal.Expires) {
		return Principal{}, refuse("token-expired", "the token has expired")
	}
	return d.principal, nil
}

func (d verdict) fresh(now time.Time) bool {
	age := now.Sub(d.asked)
	return age >= 0 && (d.refused == nil && age < goodFor || d.refused != nil && age < refusedFor)
}

func refuse(slug, detail string) *errs.Error {
	return errs.New(errs.Unauthenticated, "%s", detail).Named(slug)
}

// maxBearer is more than any credential of this system has.
const maxBearer = 4096

// Verify returns the principal that a credential belongs to: an API token, or the access token of a session. It fails
// with errs.Unauthenticated for one that is not good and with errs.Unavailable when neither the replica nor Redis can
// tell.
func (v *Verifier) Verify(ctx context.Context, bearer string) (Principal, error) {
	if len(bearer) > maxBearer || !wellFormed(bearer) && strings.Count(bearer, ".") != 2 {
		return Principal{}, refuse("token-malformed", "this is not a token of this system, or it is mistyped or cut off")
	}
	hash := v.keys.present.hash(bearer)
	now := v.now()
	if known, ok := v.verdicts.get(hash); ok && known.fresh(now) {
		return known.answer(now)
	}
	// Of many requests with one token only one asks, and it goes on when its client has gone.
	answer := v.asking.DoChan(hash, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
		defer cancel()
		return v.ask(ctx, hash, bearer)
	})
	select {
	case result := <-answer:
		if result.Err != nil {
			return Principal{}, result.Err
		}
		return result.Val.(verdict).answer(v.now()) //nolint:errcheck // ask returns nothing else
	case <-ctx.Done():
		return Principal{}, ctx.Err()
	}
}

// ask returns a new verdict and keeps it.
func (v *Verifier) ask(ctx context.Context, hash, bearer string) (verdict, error) {
	before, _ := v.verdicts.get(hash)
	changes := v.changes.Load()
	var (
		now verdict
		err error
	)
	if wellFormed(bearer) {
		now, err = v.askToken(ctx, bearer, before)
	} else {
		now, err = v.askSession(ctx, bearer, before)
	}
	if err != nil {
		return verdict{}, err
	}
	// What was asked for before a change may be out of date: it is good for this one answer.
	if now.asked = v.now(); v.changes.Load() != changes {
		now.asked = time.Time{}
	}
	v.verdicts.put(hash, now)
	return now, nil
}

// askToken finds out about an API token.
func (v *Verifier) askToken(ctx context.Context, bearer string, before verdict) (verdict, error) {
	hashes := v.keys.hashes(bearer)
	w := wanted{hashes: hashes}
	for _, h := range hashes {
		w.tokens = append(w.tokens, idOf(h))
	}
	if before.principal.UserID != uuid.Nil {
		w.users = append(w.users, before.principal.UserID)
	}
	copied := make([]string, len(hashes))
	for i, h := range hashes {
		copied[i] = v.copies.keys.Token(h)
	}
	found, err := v.directory.read(ctx, w)
	if err != nil {
		return v.recall(ctx, copied, before, err)
	}
	now := judgeToken(found, v.keys)
	if len(found.tokens) > 0 {
		copied = []string{v.copies.keys.Token(found.tokens[0].TokenHash)}
	}
	v.copy(ctx, copied, before, &now)
	return now, nil
}

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
	p.Permissions, p.TokenID, p.Expires = limit(k.permissions(*owner), t.Scopes), t.ID, t.ExpiresAt
	return verdict{principal: p, staleKey: t.KeyID != keys.present.id}
}

func principalOf(u replicadb.UserAccount, by Credential) Principal {
	return Principal{UserID: u.ID, Name: u.Name, FullName: u.FullName, Email: u.Email, Roles: RolesOf(u), Credential: by}
}

// askSession finds out about the access token of a session.
func (v *Verifier) askSession(ctx context.Context, bearer string, before verdict) (verdict, error) {
	c, refused := v.sessions.parse(bearer, v.now())
	if refused != nil {
		return verdict{refused: refused}, nil
	}
	alive, err := v.sessions.alive(ctx, c.SessionID)
	switch {
	case before.revoked || err == nil && !alive:
		return verdict{refused: refuse("session-ended", "the session has ended"), revoked: true}, nil
	case err != nil:
		// Without Redis nobody can end a session here: it was good when the token was made, at most 30 minutes ago.
		v.log.WarnContext(ctx, "whether a session has ended could not be asked", "session_id", c.SessionID, "error", err)
	}
	if c.Credential == ByBreakGlass {
		return verdict{principal: breakGlassPrincipal(c)}, nil
	}
	return v.askAccount(ctx, c, before)
}

// askAccount finds out what the user of a session may do now.
func (v *Verifier) askAccount(ctx context.Context, c claims, before verdict) (verdict, error) {
	copied := []string{v.copies.keys.Account(c.UserID.String())}
	found, err := v.directory.read(ctx, wanted{users: []uuid.UUID{c.UserID}})
	if err != nil {
		now, err := v.recall(ctx, copied, before, err)
		now.principal.SessionID, now.principal.Expires = c.SessionID, &c.Expires
		return now, err
	}
	now := judgeSession(found, c)
	v.copy(ctx, copied, before, &now)
	return now, nil
}

func judgeSession(k known, c claims) verdict {
	u := k.user(c.UserID)
	switch {
	case u == nil || u.DisabledAt != nil:
		return verdict{refused: refuse("user-disabled", "the user is disabled")}
	case u.SignedOutAt != nil && !c.Started.After(*u.SignedOutAt):
		return verdict{refused: refuse("session-ended", "the session has ended"), revoked: true}
	}
	p := principalOf(*u, BySession)
	p.Permissions = withoutService(k.permissions(*u))
	p.SessionID, p.Expires = c.SessionID, &c.Expires
	return verdict{principal: p}
}

// withoutService leaves out what only tokens may do.
func withoutService(permissions []string) []string {
	kept := []string{}
	for _, p := range permissions {
		if !strings.HasPrefix(p, service+":") {
			kept = append(kept, p)
		}
	}
	return kept
}

// recall decides when the replica cannot be asked: the copy decides, unless the credential is known to be revoked.
func (v *Verifier) recall(ctx context.Context, keys []string, before verdict, cause error) (verdict, error) {
	if before.revoked {
		return before, nil
	}
	text, err := v.copies.get(ctx, keys)
	if err != nil && !before.asked.IsZero() && before.refused == nil {
		return before, nil // Redis is away, too: nobody has said anything else since
	}
	if err != nil || text == "" {
		return verdict{}, errs.New(errs.Unavailable, "the token cannot be checked: the site's database is not reachable and the token was not used here before").
			Named("token-unverifiable").After(time.Second).Because(errors.Join(cause, err))
	}
	var p Principal
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return verdict{}, errs.New(errs.Internal, "the copy of the token cannot be read").Because(err)
	}
	return verdict{principal: p, copied: text, copiedAt: v.now()}, nil
}

// copy brings Redis in line with what the site has just said.
func (v *Verifier) copy(ctx context.Context, keys []string, before verdict, now *verdict) {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	if now.refused != nil {
		if err := v.copies.remove(ctx, keys...); err != nil {
			v.log.WarnContext(ctx, "the copy of a token that is refused could not be removed", "error", err)
		}
		return
	}
	p := now.principal
	expires := p.Expires
	if p.Credential == BySession {
		// It is the copy of a user, for whatever session of his asks next.
		p.SessionID, p.Expires = uuid.Nil, nil
	}
	text, err := json.Marshal(p)
	if err != nil {
		v.log.ErrorContext(ctx, "a principal could not be encoded", "token_id", p.TokenID, "error", err)
		return
	}
	now.copied, now.copiedAt = before.copied, before.copiedAt
	if before.copied == string(text) && v.now().Sub(before.copiedAt) < copyAgain {
		return
	}
	if p.Credential == BySession {
		accountExpires := v.now().Add(v.sessions.lifetime)
		expires = &accountExpires
	}
	if err := v.copies.set(ctx, keys[0], string(text), expires); err != nil {
		v.log.WarnContext(ctx, "a token could not be copied to Redis; it is not good here while the database is away",
			"token_id", p.TokenID, "error", err)
		return
	}
	now.copied, now.copiedAt = string(text), v.now()
}
