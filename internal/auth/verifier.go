package auth

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/singleflight"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

const (
	// goodFor is how long a token stays good without asking again, and so how long a revocation takes to be seen.
	goodFor = 5 * time.Second
	// refusedFor is shorter: a new token is refused until it is replicated, and should not be for long after.
	refusedFor = 2 * time.Second
	// copyAgain is when a copy in Redis is written again though it has not changed: Redis may have been replaced.
	copyAgain = 10 * time.Minute
	// askTimeout bounds the questions to the replica and Redis together.
	askTimeout = 3 * time.Second
	// copyTimeout bounds a write to Redis, which is not worth a long wait.
	copyTimeout = 250 * time.Millisecond
	sweepEvery  = 30 * time.Second
	// sweepOverlap covers transactions that were committed later than the times they carry.
	sweepOverlap = time.Hour
)

// Verifier tells whose a token is. It asks, in this order: its memory, the replica and, when that cannot be asked, the
// copy in the site's Redis of what the replica said last. It is safe for concurrent use.
type Verifier struct {
	key      Key
	replica  *replicadb.Queries
	copies   copies
	log      *slog.Logger
	verdicts *verdicts
	asking   singleflight.Group
	now      func() time.Time
}

// NewVerifier returns a Verifier for the named site.
func NewVerifier(key Key, site string, replica *replicadb.Queries, redis *redisclient.Client, log *slog.Logger) *Verifier {
	return &Verifier{
		key: key, replica: replica, log: log, verdicts: newVerdicts(), now: time.Now,
		copies: copies{redis: redis, keys: rediskeys.Site(site)},
	}
}

// verdict is what is known about a token.
type verdict struct {
	principal Principal
	expires   *time.Time
	refused   *errs.Error // nil: the token is good until it expires
	revoked   bool        // and so will never be good again, whatever an old copy says
	asked     time.Time
	copied    string // the copy in Redis, as far as this process has written it
	copiedAt  time.Time
}

func (d verdict) answer(now time.Time) (Principal, error) {
	if d.refused != nil {
		return Principal{}, d.refused
	}
	if d.expires != nil && !now.Before(*d.expires) {
		return Principal{}, refuse("token-expired", "the token has expired")
	}
	return d.principal, nil
}

func (d verdict) fresh(now time.Time) bool {
	age := now.Sub(d.asked)
	return d.refused == nil && age < goodFor || d.refused != nil && age < refusedFor
}

func refuse(slug, detail string) *errs.Error {
	return errs.New(errs.Unauthenticated, "%s", detail).Named(slug)
}

// Verify returns the principal a token belongs to. It fails with errs.Unauthenticated for a token that is not good and
// with errs.Unavailable when neither the replica nor Redis can tell.
func (v *Verifier) Verify(ctx context.Context, token string) (Principal, error) {
	if !wellFormed(token) {
		return Principal{}, refuse("token-malformed", "this is not a token of this system, or it is mistyped or cut off")
	}
	hash := v.key.hash(token)
	now := v.now()
	if known, ok := v.verdicts.get(hash); ok && known.fresh(now) {
		return known.answer(now)
	}
	// Of many requests with one token only one asks, and it goes on when its client has gone.
	answer := v.asking.DoChan(hash, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
		defer cancel()
		return v.ask(ctx, hash)
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
func (v *Verifier) ask(ctx context.Context, hash string) (verdict, error) {
	before, _ := v.verdicts.get(hash)
	now, err := v.look(ctx, hash)
	if err == nil {
		v.copy(ctx, hash, before, &now)
	} else if now, err = v.recall(ctx, hash, before, err); err != nil {
		return verdict{}, err
	}
	now.asked = v.now()
	v.verdicts.put(hash, now)
	return now, nil
}

// look asks the replica.
func (v *Verifier) look(ctx context.Context, hash string) (verdict, error) {
	row, err := v.replica.APITokenByHash(ctx, replicadb.APITokenByHashParams{TokenHash: hash})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return verdict{refused: refuse("token-unknown", "the token is unknown at this site")}, nil
	case err != nil:
		return verdict{}, err
	default:
		return judge(row), nil
	}
}

func judge(row replicadb.APITokenByHashRow) verdict {
	switch {
	case row.Revoked:
		return verdict{refused: refuse("token-revoked", "the token was revoked"), revoked: true}
	case row.Disabled:
		return verdict{refused: refuse("user-disabled", "the user is disabled")}
	}
	return verdict{
		principal: Principal{Name: row.UserName, TokenID: row.ID, Permissions: limit(row.Permissions, row.Scopes)},
		expires:   row.ExpiresAt,
	}
}

// recall decides when the replica cannot be asked: the copy decides, unless the token is known to be revoked.
func (v *Verifier) recall(ctx context.Context, hash string, before verdict, cause error) (verdict, error) {
	if before.revoked {
		return before, nil
	}
	text, err := v.copies.get(ctx, hash)
	if err != nil && !before.asked.IsZero() && before.refused == nil {
		return before, nil // Redis is away, too: nobody has said anything else since
	}
	if err != nil || text == "" {
		return verdict{}, errs.New(errs.Unavailable, "the token cannot be checked: the site's database is not reachable and the token was not used here before").
			Named("token-unverifiable").After(time.Second).Because(errors.Join(cause, err))
	}
	var copied copied
	if err := json.Unmarshal([]byte(text), &copied); err != nil {
		return verdict{}, errs.New(errs.Internal, "the copy of the token cannot be read").Because(err)
	}
	return verdict{principal: copied.Principal, expires: copied.ExpiresAt, copied: text, copiedAt: v.now()}, nil
}

// copied is the form in Redis of what the replica said about a good token.
type copied struct {
	Principal Principal  `json:"principal"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// copy brings Redis in line with what the replica has just said.
func (v *Verifier) copy(ctx context.Context, hash string, before verdict, now *verdict) {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	if now.refused != nil {
		if err := v.copies.remove(ctx, hash); err != nil {
			v.log.WarnContext(ctx, "the copy of a token that is refused could not be removed", "error", err)
		}
		return
	}
	text, err := json.Marshal(copied{Principal: now.principal, ExpiresAt: now.expires})
	if err != nil {
		v.log.ErrorContext(ctx, "a token could not be encoded", "token_id", now.principal.TokenID, "error", err)
		return
	}
	now.copied, now.copiedAt = before.copied, before.copiedAt
	if before.copied == string(text) && v.now().Sub(before.copiedAt) < copyAgain {
		return
	}
	if err := v.copies.set(ctx, hash, string(text), now.expires); err != nil {
		v.log.WarnContext(ctx, "a token could not be copied to Redis; it is not good here while the database is away",
			"token_id", now.principal.TokenID, "error", err)
		return
	}
	now.copied, now.copiedAt = string(text), v.now()
}

// Run removes the copies of tokens that were revoked, used or not, until ctx ends. It returns nil.
func (v *Verifier) Run(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	var since time.Time
	for {
		begin := time.Now()
		if err := v.ForgetRevoked(ctx, since); err == nil {
			since = begin.Add(-sweepOverlap)
		} else if ctx.Err() == nil {
			v.log.InfoContext(ctx, "revoked tokens could not be looked up", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// ForgetRevoked removes the copies of all tokens that the replica knows to be revoked since a time, or whose users were
// disabled since.
func (v *Verifier) ForgetRevoked(ctx context.Context, since time.Time) error {
	hashes, err := v.replica.RevokedTokenHashes(ctx, replicadb.RevokedTokenHashesParams{Since: since})
	if err != nil {
		return err
	}
	v.verdicts.remove(hashes)
	return v.copies.remove(ctx, hashes...)
}
