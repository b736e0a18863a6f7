package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
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
	Started    time.Time
	Renewed    time.Time
	Expires    time.Time
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
	// reuseGrace is how long the secret before the present one is still answered, without being replaced: two pages renew
	// at once, or an answer got lost.
	reuseGrace = time.Minute
	// sessionMax is how long a session can be renewed: then GitHub is asked again whether its user still belongs to us.
	sessionMax   = 90 * 24 * time.Hour
	secretLength = 32
	maxUserAgent = 200
)

// Open begins a session and returns the secret by which it is renewed.
func (s *Sessions) Open(ctx context.Context, by Session) (Session, string, error) {
	now := s.now().UTC()
	by.ID, by.Started, by.Renewed, by.Expires = uuid.New(), now, now, now.Add(s.lifetime)
	by.UserAgent = by.UserAgent[:min(len(by.UserAgent), maxUserAgent)]
	secret := newSecret(by.ID)
	_, err := s.eval(ctx, openSession, []string{s.names.Session(by.ID.String()), s.names.Sessions(owner(by))}, []string{
		by.ID.String(), s.keys.present.hash(secret), by.UserID.String(), by.Name, string(by.Credential),
		strconv.FormatInt(now.UnixMicro(), 10), strconv.FormatInt(by.Expires.Unix(), 10), by.Address, by.UserAgent,
	})
	return by, secret, err
}

// owner names the list of sessions that one is on.
func owner(s Session) string {
	if s.Credential == ByBreakGlass {
		return string(ByBreakGlass)
	}
	return s.UserID.String()
}

// newSecret returns the secret by which a session is renewed: its id, for finding it, and random bytes.
func newSecret(id uuid.UUID) string {
	bytes := make([]byte, 0, len(id)+secretLength)
	bytes = append(bytes, id[:]...)
	random := make([]byte, secretLength)
	rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(append(bytes, random...))
}

func sessionOf(secret string) (uuid.UUID, error) {
	bytes, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	if err != nil || len(bytes) != len(uuid.UUID{})+secretLength {
		return uuid.Nil, errors.New("not the secret of a session")
	}
	return uuid.UUID(bytes[:len(uuid.UUID{})]), nil
}

var errSessionEnded = refuse("session-ended", "the session has ended: sign in again")

// ErrReused is in the chain when a secret comes that was replaced long ago: somebody has copied it, and the session is
// over.
var ErrReused = errors.New("a secret of the session was used twice")

// Renew takes the secret of a session and returns the session and its next secret; the same one when it was replaced a
// moment ago. It fails with errs.Unauthenticated when the session is over, then with ErrReused in the chain when this
// call has ended it.
func (s *Sessions) Renew(ctx context.Context, secret string) (Session, string, error) {
	id, err := sessionOf(secret)
	if err != nil {
		return Session{}, "", errSessionEnded
	}
	now := s.now().UTC()
	next := newSecret(id)
	args := []string{
		s.keys.present.hash(next), strconv.FormatInt(now.UnixMicro(), 10), strconv.FormatInt(now.Add(s.lifetime).Unix(), 10),
		strconv.FormatInt(reuseGrace.Microseconds(), 10), id.String(), s.names.Sessions(""), strconv.Itoa(int(sessionMax.Seconds())),
	}
	args = append(args, s.keys.hashes(secret)...)
	answer, err := s.eval(ctx, renewSession, []string{s.names.Session(id.String())}, args)
	if err != nil {
		return Session{}, "", err
	}
	switch answer[0] {
	case "renewed":
		return sessionFrom(id, answer[1:]), next, nil
	case "again":
		return sessionFrom(id, answer[1:]), secret, nil
	case "reused":
		session := sessionFrom(id, answer[1:])
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

// Of returns the session of a secret as it is, without renewing it. It fails with errs.Unauthenticated.
func (s *Sessions) Of(ctx context.Context, secret string) (Session, error) {
	id, err := sessionOf(secret)
	if err != nil {
		return Session{}, errSessionEnded
	}
	answer, err := s.eval(ctx, readSession, []string{s.names.Session(id.String())}, nil)
	if err != nil {
		return Session{}, err
	}
	// The hash of the present secret, or the one before, has to be among those of this one.
	if len(answer) < 2 || !slices.ContainsFunc(s.keys.hashes(secret), func(h string) bool { return h == answer[0] || h == answer[1] }) {
		return Session{}, errSessionEnded
	}
	return sessionFrom(id, answer[2:]), nil
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
		if len(answer) > 2 {
			sessions = append(sessions, sessionFrom(id, answer[2:]))
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

// luaSession holds what scripts share.
const luaSession = `
local function fields() return redis.call('HMGET', KEYS[1], 'user', 'name', 'credential', 'started', 'renewed', 'expires', 'address', 'agent') end
local function answer(word) local f = fields() table.insert(f, 1, word) return f end
local function owner()
  local f = redis.call('HMGET', KEYS[1], 'user', 'credential')
  return f[2] == 'break_glass' and f[2] or f[1]
end
`

// openSession begins a session.
//
// KEYS: session, sessions of the owner. ARGV: id, hash of the secret, user, name, credential, now (µs), expires (s),
// address, user agent. Result: {"opened"}.
var openSession = rueidis.NewLuaScript(`
redis.call('HSET', KEYS[1], 'secret', ARGV[2], 'before', '', 'user', ARGV[3], 'name', ARGV[4], 'credential', ARGV[5],
  'started', ARGV[6], 'renewed', ARGV[6], 'expires', ARGV[7], 'address', ARGV[8], 'agent', ARGV[9])
redis.call('EXPIREAT', KEYS[1], ARGV[7])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', math.floor(tonumber(ARGV[6]) / 1000000))
redis.call('ZADD', KEYS[2], ARGV[7], ARGV[1])
redis.call('EXPIREAT', KEYS[2], ARGV[7])
return {'opened'}
`)

// renewSession replaces the secret of a session.
//
// KEYS: session. ARGV: hash of the next secret, now (µs), expires (s), grace (µs), id, prefix of the lists of sessions,
// seconds from its start after which it ends, then the hashes of the secret that came. Result: {"renewed" | "again" | "reused", fields of the session} | {"ended"}.
var renewSession = rueidis.NewLuaScript(luaSession + `
local s = redis.call('HMGET', KEYS[1], 'secret', 'before', 'renewed', 'started')
if not s[1] then return {'ended'} end
local present, before = false, false
for i = 8, #ARGV do
  if ARGV[i] == s[1] then present = true end
  if ARGV[i] == s[2] then before = true end
end
if present then
  local expires = math.min(tonumber(ARGV[3]), math.floor(tonumber(s[4]) / 1000000) + tonumber(ARGV[7]))
  redis.call('HSET', KEYS[1], 'before', s[1], 'secret', ARGV[1], 'renewed', ARGV[2], 'expires', expires)
  redis.call('EXPIREAT', KEYS[1], expires)
  local list = ARGV[6] .. owner()
  redis.call('ZADD', list, expires, ARGV[5])
  redis.call('EXPIREAT', list, expires)
  return answer('renewed')
end
if before and tonumber(ARGV[2]) - tonumber(s[3]) <= tonumber(ARGV[4]) then return answer('again') end
if not before then return {'ended'} end
local was = answer('reused')
redis.call('ZREM', ARGV[6] .. owner(), ARGV[5])
redis.call('DEL', KEYS[1])
return was
`)

// endSession ends a session.
//
// KEYS: session. ARGV: id, prefix of the lists of sessions. Result: {"ended", fields of the session} | {"gone"}.
var endSession = rueidis.NewLuaScript(luaSession + `
if redis.call('EXISTS', KEYS[1]) == 0 then return {'gone'} end
local was = answer('ended')
redis.call('ZREM', ARGV[2] .. owner(), ARGV[1])
redis.call('DEL', KEYS[1])
return was
`)

// readSession reads a session.
//
// KEYS: session. Result: {hash of the secret, hash of the one before, fields of the session} | {}.
var readSession = rueidis.NewLuaScriptReadOnly(luaSession + `
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local f = redis.call('HMGET', KEYS[1], 'secret', 'before')
for _, v in ipairs(fields()) do f[#f + 1] = v end
return f
`)
