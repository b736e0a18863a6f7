package auth

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

// Session is the presence of one person at one site, from the sign-in to the sign-out. It lives in the site's Redis
// alone, so that it can be renewed while the site is cut off.
type Session struct {
	ID         uuid.UUID
	UserID     uuid.UUID // uuid.Nil for the operator for emergencies
	Name       string
	Credential Credential // BySession or ByBreakGlass
	Started    time.Time  // what Open is told: AfterSignOut of its user
	Renewed    time.Time
	Expires    time.Time
	Until      time.Time // what Open is told: it ends then at the latest; zero: only its kind limits it
	Address    string
	UserAgent  string
}

// Sessions opens, renews and ends the sessions of one site. It is safe for concurrent use.
type Sessions struct {
	keys     Keys
	signing  jwk.Set
	site     string
	redis    *redisclient.Client
	names    rediskeys.Site
	lifetime time.Duration
	now      func() time.Time
}

// NewSessions returns the sessions of a site, which end when they were not renewed for a lifetime.
func NewSessions(keys Keys, site string, redis *redisclient.Client, lifetime time.Duration) (*Sessions, error) {
	signing, err := keySet(keys)
	if err != nil {
		return nil, err
	}
	return &Sessions{
		keys: keys, signing: signing, site: site, redis: redis, names: rediskeys.Site(site), lifetime: lifetime, now: time.Now,
	}, nil
}

const (
	// reuseGrace is how long the secret before the present one is still answered, with the present one, though that has
	// been used: two pages renew at once. The present one is not replaced again so soon.
	reuseGrace = time.Minute
	// sessionMax is how long a session can be renewed: then GitHub is asked again whether its user still belongs to us.
	sessionMax = 90 * 24 * time.Hour
	// breakGlassMax is the same for operators for emergencies: longer than a night, shorter than a habit.
	breakGlassMax = 12 * time.Hour
	maxUserAgent  = 200
)

// Open begins a session and returns the secret by which it is renewed.
func (s *Sessions) Open(ctx context.Context, by Session) (Session, string, error) {
	now := s.now().UTC().Truncate(time.Microsecond)
	ends := now.Add(longest(by.Credential))
	if !by.Until.IsZero() && by.Until.Before(ends) {
		ends = by.Until.UTC().Truncate(time.Second)
	}
	// A sign-out that seems to come far later than now has a wrong clock, and no session outlives it.
	if by.Started.Before(now) || by.Started.After(now.Add(2*signOutMargin)) {
		by.Started = now
	}
	by.ID, by.Renewed, by.Expires = uuid.New(), now, now.Add(s.lifetime)
	if ends.Before(by.Expires) {
		by.Expires = ends
	}
	by.UserAgent = strings.ToValidUTF8(by.UserAgent[:min(len(by.UserAgent), maxUserAgent)], "")
	secret := s.keys.present.newSecret(by.ID)
	_, err := s.eval(ctx, openSession, []string{s.names.Session(by.ID.String()), s.names.Sessions(owner(by))}, []string{
		by.ID.String(), s.keys.present.hash(secret), by.UserID.String(), by.Name, string(by.Credential),
		strconv.FormatInt(by.Started.UnixMicro(), 10), strconv.FormatInt(by.Expires.Unix(), 10), by.Address, by.UserAgent,
		strconv.FormatInt(ends.Unix(), 10), strconv.FormatInt(now.UnixMicro(), 10),
	})
	return by, secret, err
}

// longest is how long a session can be renewed.
func longest(by Credential) time.Duration {
	if by == ByBreakGlass {
		return breakGlassMax
	}
	return sessionMax
}

// owner names the list of sessions that one is on.
func owner(s Session) string {
	if s.Credential == ByBreakGlass {
		return string(ByBreakGlass)
	}
	return s.UserID.String()
}

var errSessionEnded = refuse("session-ended", "the session has ended: sign in again")

// ErrReused is in the chain when a secret comes that was replaced long ago: somebody has copied it, and the session is
// over.
var ErrReused = errors.New("a secret of the session was used twice")

// Renew takes the secret of a session and returns the session and its next secret; the present one when it was replaced a
// moment ago, or when nobody has come with it yet. It fails with errs.Unauthenticated when the session is over, then with ErrReused in the chain when this
// call has ended it.
func (s *Sessions) Renew(ctx context.Context, secret string) (Session, string, error) {
	id, err := s.keys.sessionOf(secret)
	if err != nil {
		return Session{}, "", errSessionEnded
	}
	now := s.now().UTC()
	args := []string{
		s.keys.present.hash(s.keys.present.nextSecret(id, secret)), strconv.FormatInt(now.UnixMicro(), 10), strconv.FormatInt(now.Add(s.lifetime).Unix(), 10),
		strconv.FormatInt(reuseGrace.Microseconds(), 10), id.String(), s.names.Sessions(""),
	}
	args = append(args, s.keys.hashes(secret)...)
	answer, err := s.eval(ctx, renewSession, []string{s.names.Session(id.String())}, args)
	if err != nil {
		return Session{}, "", err
	}
	switch answer[0] {
	case "renewed":
		return sessionFrom(id, answer[2:]), s.keys.follows(id, secret, answer[1]), nil
	case "reused":
		session := sessionFrom(id, answer[2:])
		return session, "", errs.New(errs.Unauthenticated, "the session has ended: sign in again").Named("session-ended").Because(ErrReused)
	default:
		return Session{}, "", errSessionEnded
	}
}

// sessionFields is the order in which scripts return a session.
const sessionFields = 8

func sessionFrom(id uuid.UUID, f []string) Session {
	if len(f) != sessionFields {
		return Session{ID: id}
	}
	micros := func(text string) time.Time {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return time.Time{}
		}
		return time.UnixMicro(n).UTC()
	}
	user, err := uuid.Parse(f[0])
	if err != nil {
		user = uuid.Nil
	}
	expires, err := strconv.ParseInt(f[5], 10, 64)
	if err != nil {
		expires = 0
	}
	return Session{
		ID: id, UserID: user, Name: f[1], Credential: Credential(f[2]), Started: micros(f[3]), Renewed: micros(f[4]),
		Expires: time.Unix(expires, 0).UTC(), Address: f[6], UserAgent: f[7],
	}
}

// End ends a session; it is no error when it had ended before. The access tokens of it are refused as soon as the
// verifiers have heard of it (Verifier.Changed).
func (s *Sessions) End(ctx context.Context, id uuid.UUID) (Session, bool, error) {
	answer, err := s.eval(ctx, endSession, []string{s.names.Session(id.String())}, []string{id.String(), s.names.Sessions("")})
	if err != nil || answer[0] != "ended" {
		return Session{}, false, err
	}
	return sessionFrom(id, answer[1:]), true, nil
}

// Of returns the session of a secret, present or replaced, as it is, without renewing it. It fails with
// errs.Unauthenticated.
func (s *Sessions) Of(ctx context.Context, secret string) (Session, error) {
	id, err := s.keys.sessionOf(secret)
	if err != nil {
		return Session{}, errSessionEnded
	}
	answer, err := s.eval(ctx, readSession, []string{s.names.Session(id.String())}, nil)
	if err != nil {
		return Session{}, err
	}
	if len(answer) != sessionFields {
		return Session{}, errSessionEnded
	}
	return sessionFrom(id, answer), nil
}

// List returns the sessions of a user, the newest first.
func (s *Sessions) List(ctx context.Context, user uuid.UUID) ([]Session, error) {
	return s.list(ctx, user.String())
}

// BreakGlassSessions returns the sessions of the operators for emergencies that are in force.
func (s *Sessions) BreakGlassSessions(ctx context.Context) ([]Session, error) {
	return s.list(ctx, string(ByBreakGlass))
}

func (s *Sessions) list(ctx context.Context, owner string) ([]Session, error) {
	client, err := s.redis.Get()
	if err != nil {
		return nil, away(err)
	}
	key := s.names.Sessions(owner)
	ids, err := client.Do(ctx, client.B().Zrangebyscore().Key(key).Min(strconv.FormatInt(s.now().Unix(), 10)).Max("+inf").Build()).AsStrSlice()
	if err != nil {
		return nil, away(err)
	}
	var sessions []Session
	for _, text := range ids {
		id, err := uuid.Parse(text)
		if err != nil {
			continue
		}
		answer, err := s.eval(ctx, readSession, []string{s.names.Session(text)}, nil)
		if err != nil {
			return nil, err
		}
		if len(answer) == sessionFields {
			sessions = append(sessions, sessionFrom(id, answer))
		}
	}
	slices.SortFunc(sessions, func(a, b Session) int { return b.Started.Compare(a.Started) })
	return sessions, nil
}

// EndAll ends all sessions of a user at this site.
func (s *Sessions) EndAll(ctx context.Context, user uuid.UUID) error {
	return s.endAll(ctx, user.String())
}

func (s *Sessions) endAll(ctx context.Context, owner string) error {
	sessions, err := s.list(ctx, owner)
	for _, session := range sessions {
		if _, _, ended := s.End(ctx, session.ID); ended != nil {
			err = errors.Join(err, ended)
		}
	}
	return err
}

// alive tells whether a session has neither ended nor expired.
func (s *Sessions) alive(ctx context.Context, id uuid.UUID) (bool, error) {
	client, err := s.redis.Get()
	if err != nil {
		return false, err
	}
	n, err := client.Do(ctx, client.B().Exists().Key(s.names.Session(id.String())).Build()).AsInt64()
	return n == 1, err
}

// eval runs a script whose result is a list of texts.
func (s *Sessions) eval(ctx context.Context, script *rueidis.Lua, keys, args []string) ([]string, error) {
	client, err := s.redis.Get()
	if err != nil {
		return nil, away(err)
	}
	answer, err := script.Exec(ctx, client, keys, args).AsStrSlice()
	if err != nil {
		return nil, away(err)
	}
	if len(answer) == 0 {
		answer = []string{""}
	}
	return answer, nil
}

func away(err error) error {
	return errs.New(errs.Unavailable, "the site's Redis, which keeps the sessions, does not answer").Named("buffer-unavailable").
		After(time.Second).Because(err)
}
