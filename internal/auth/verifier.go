package auth

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	// goodFor is how long a credential stays good without asking again, should nothing have said that something changed.
	goodFor = 5 * time.Second
	// refusedFor is shorter: a new token is refused until it is replicated, and should not be for long after.
	refusedFor = 2 * time.Second
	// askTimeout bounds the questions to the replica and Redis together.
	askTimeout = 3 * time.Second
)

// Verifier tells whose a credential is. It asks, in this order: its memory, the site's overlay and replica and, when the
// replica cannot be asked, the copy in the site's Redis of what was known last. It is safe for concurrent use.
type Verifier struct {
	keys      Keys
	directory *Directory
	sessions  *Sessions
	operators *Operators // nil: sessions of operators for emergencies are not accepted
	copies    copies
	log       *slog.Logger
	verdicts  *verdicts
	asking    singleflight.Group
	strangers chan struct{} // one for each token that is looked up for the first time
	now       func() time.Time
}

// NewVerifier returns a Verifier of the credentials that the keys have made and the sessions of this site.
func NewVerifier(keys Keys, directory *Directory, sessions *Sessions, log *slog.Logger) *Verifier {
	return &Verifier{
		keys: keys, directory: directory, sessions: sessions, log: log, verdicts: newVerdicts(), now: time.Now,
		strangers: make(chan struct{}, strangersAtOnce),
		copies:    copies{redis: sessions.redis, keys: sessions.names},
	}
}

// Admit makes the sessions of operators for emergencies good. It must be called before the first request.
func (v *Verifier) Admit(operators *Operators) { v.operators = operators }

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
	known, epoch := v.verdicts.get(hash)
	if known.fresh(now) {
		return known.answer(now)
	}
	// Of many requests with one token only one asks, and it goes on when its client has gone. Who comes after a change
	// does not take the answer to a question from before it.
	answer := v.asking.DoChan(strconv.FormatUint(epoch, 10)+hash, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
		defer cancel()
		return v.ask(ctx, hash, bearer, known, epoch)
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
func (v *Verifier) ask(ctx context.Context, hash, bearer string, before verdict, epoch uint64) (verdict, error) {
	var (
		now verdict
		err error
	)
	switch {
	case before.revoked:
		now = before
	case wellFormed(bearer):
		now, err = v.askToken(ctx, bearer, before)
	default:
		now, err = v.askSession(ctx, bearer, before)
	}
	if err != nil {
		return verdict{}, err
	}
	if now.staleKey {
		now.principal.Rehashed = &hash
	}
	now.asked = v.now()
	v.verdicts.put(hash, now, epoch)
	return now, nil
}

// askToken finds out about an API token.
func (v *Verifier) askToken(ctx context.Context, bearer string, before verdict) (verdict, error) {
	w := wanted{hashes: v.keys.hashes(bearer)}
	for _, h := range w.hashes {
		w.tokens = append(w.tokens, idOf(h))
	}
	if before.principal.UserID != uuid.Nil {
		w.users = append(w.users, before.principal.UserID)
	}
	leave, err := v.admit(ctx, w.hashes, before)
	if err != nil {
		return verdict{}, err
	}
	defer leave()
	version, found, err := v.read(ctx, w)
	if err != nil {
		return v.recallToken(ctx, w.hashes, before, err)
	}
	now := judgeToken(found, v.keys)
	v.copyToken(ctx, w.hashes, found, before, &now, version)
	return now, nil
}

// read asks the directory. version is that of everybody's rights before.
func (v *Verifier) read(ctx context.Context, w wanted) (version int64, k known, err error) {
	if version, err = v.directory.replica.AccessVersion(ctx); err != nil {
		return 0, k, err
	}
	k, err = v.directory.read(ctx, w)
	return version, k, err
}

// askSession finds out about the access token of a session.
func (v *Verifier) askSession(ctx context.Context, bearer string, before verdict) (verdict, error) {
	c, refused := v.sessions.parse(bearer, v.now())
	if refused != nil {
		return verdict{refused: refused}, nil //nolint:nilerr // that it is refused is the verdict
	}
	alive, err := v.sessions.alive(ctx, c.SessionID)
	switch {
	case v.verdicts.hasEnded(c.SessionID), err == nil && !alive:
		return verdict{refused: errSessionEnded, revoked: true}, nil
	case err != nil:
		// Without Redis nobody can end a session here: it was good when the token was made, at most 30 minutes ago.
		v.log.WarnContext(ctx, "whether a session has ended could not be asked", "session_id", c.SessionID, "error", err)
	}
	if c.Credential == ByBreakGlass {
		return v.judgeBreakGlass(c), nil
	}
	return v.askAccount(ctx, c, before)
}

// askAccount finds out what the user of a session may do now.
func (v *Verifier) askAccount(ctx context.Context, c claims, before verdict) (verdict, error) {
	version, found, err := v.read(ctx, wanted{users: []uuid.UUID{c.UserID}})
	if err != nil {
		return v.recallAccount(ctx, c, before, err)
	}
	now := judgeSession(found, c)
	v.copyAccount(ctx, c.UserID, found, before, &now, version)
	return now, nil
}

// Renewable tells whether a session may be renewed now, and as whom. It fails like Verify: with errs.Unauthenticated when
// the user was disabled or signed out, or the operator for emergencies removed; and with errs.NotFound when operators for
// emergencies are not let in here.
func (v *Verifier) Renewable(ctx context.Context, s Session) (Principal, error) {
	c := claims{SessionID: s.ID, UserID: s.UserID, Name: s.Name, Credential: s.Credential, Started: s.Started, Expires: s.Expires}
	if c.Credential == ByBreakGlass {
		if v.operators == nil {
			return Principal{}, ErrBreakGlassOff()
		}
		return breakGlassPrincipal(c), v.operators.renewable(ctx, s.Name)
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	now, err := v.askAccount(ctx, c, verdict{})
	if err != nil {
		return Principal{}, err
	}
	return now.answer(v.now())
}
