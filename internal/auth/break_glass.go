package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/errs"
)

// breakGlassPermissions is what the operator for emergencies may do: run the site's observations and its buffer. Users and
// tokens are the main site's, which is out of reach then.
var breakGlassPermissions = []string{
	"configure:system", "delete:observations", "manage:transactions", "read:account", "read:observations", "read:system",
	"read:transactions", "write:observations",
}

// breakGlassPrefix is what the principal's name of an operator for emergencies begins with; no user's can.
const breakGlassPrefix = "break-glass:"

// breakGlassPrincipal is who a session of an operator for emergencies stands for.
func breakGlassPrincipal(c claims) Principal {
	return Principal{
		Name: c.Name, Roles: []string{}, Permissions: breakGlassPermissions, Credential: ByBreakGlass, SessionID: c.SessionID,
		Expires: &c.Expires,
	}
}

// Operator may sign in at one site when nothing but its own Redis can be reached.
type Operator struct {
	Name      string     `json:"-"`
	Hash      string     `json:"hash"` // of the password
	CreatedAt time.Time  `json:"created_at"`
	CreatedBy string     `json:"created_by"`
	Expires   *time.Time `json:"expires,omitempty"` // nil: never
}

// Principal returns the name under which an operator acts.
func (o Operator) Principal() string { return breakGlassPrefix + o.Name }

// Operators are those of one site, kept in its Redis alone. It is safe for concurrent use.
type Operators struct {
	keys     Keys
	sessions *Sessions
	now      func() time.Time
}

// NewOperators returns the operators for emergencies of a site.
func NewOperators(sessions *Sessions) *Operators {
	return &Operators{keys: sessions.keys, sessions: sessions, now: time.Now}
}

var operatorName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Create makes an operator and returns the password, which cannot be had again. It fails with errs.Invalid for a name that
// cannot be and with errs.Conflict for one that is taken.
func (o *Operators) Create(ctx context.Context, name, by string, expires *time.Time) (Operator, string, error) {
	if !operatorName.MatchString(name) {
		return Operator{}, "", errs.New(errs.Invalid, "%q cannot be a name: up to 64 of a-z, 0-9, dots, dashes and underscores", name)
	}
	password := newPassword()
	made := Operator{
		Name: name, Hash: o.keys.present.hash(typed(password)), CreatedAt: o.now().UTC().Truncate(time.Second), CreatedBy: by, Expires: expires,
	}
	text, err := json.Marshal(made)
	if err != nil {
		return Operator{}, "", err
	}
	client, err := o.sessions.redis.Get()
	if err != nil {
		return Operator{}, "", away(err)
	}
	added, err := client.Do(ctx, client.B().Hsetnx().Key(o.sessions.names.BreakGlass()).Field(name).Value(string(text)).Build()).AsBool()
	if err != nil {
		return Operator{}, "", away(err)
	}
	if !added {
		return Operator{}, "", errs.New(errs.Conflict, "there is an operator %s already; remove it first", name)
	}
	return made, password, nil
}

// List returns the operators by name.
func (o *Operators) List(ctx context.Context) ([]Operator, error) {
	client, err := o.sessions.redis.Get()
	if err != nil {
		return nil, away(err)
	}
	all, err := client.Do(ctx, client.B().Hgetall().Key(o.sessions.names.BreakGlass()).Build()).AsStrMap()
	if err != nil {
		return nil, away(err)
	}
	var operators []Operator
	for name, text := range all {
		operator := Operator{Name: name}
		if err := json.Unmarshal([]byte(text), &operator); err != nil {
			return nil, errs.New(errs.Internal, "the operator %s cannot be read", name).Because(err)
		}
		operators = append(operators, operator)
	}
	slices.SortFunc(operators, func(a, b Operator) int { return strings.Compare(a.Name, b.Name) })
	return operators, nil
}

// find returns an operator who may sign in now; false when there is none of the name.
func (o *Operators) find(ctx context.Context, name string) (Operator, bool, error) {
	operator := Operator{Name: name}
	client, err := o.sessions.redis.Get()
	if err != nil {
		return operator, false, away(err)
	}
	text, err := client.Do(ctx, client.B().Hget().Key(o.sessions.names.BreakGlass()).Field(name).Build()).ToString()
	if rueidis.IsRedisNil(err) {
		return operator, false, nil
	}
	if err != nil {
		return operator, false, away(err)
	}
	if err := json.Unmarshal([]byte(text), &operator); err != nil {
		return operator, false, errs.New(errs.Internal, "the operator %s cannot be read", name).Because(err)
	}
	return operator, operator.Expires == nil || o.now().Before(*operator.Expires), nil
}

// Remove takes an operator away and returns his sessions, which are over. It fails with errs.NotFound when there is none.
func (o *Operators) Remove(ctx context.Context, name string) ([]Session, error) {
	client, err := o.sessions.redis.Get()
	if err != nil {
		return nil, away(err)
	}
	n, err := client.Do(ctx, client.B().Hdel().Key(o.sessions.names.BreakGlass()).Field(name).Build()).AsInt64()
	if err != nil {
		return nil, away(err)
	}
	ended, err := o.endSessions(ctx, name)
	if err == nil && n == 0 {
		err = errs.New(errs.NotFound, "there is no operator %s at this site", name)
	}
	return ended, err
}

func (o *Operators) endSessions(ctx context.Context, name string) ([]Session, error) {
	all, err := o.sessions.BreakGlassSessions(ctx)
	if err != nil {
		return nil, err
	}
	var ended []Session
	for _, session := range all {
		if session.Name != breakGlassPrefix+name {
			continue
		}
		if _, _, err := o.sessions.End(ctx, session.ID); err != nil {
			return ended, err
		}
		if err := o.announce(ctx, session); err != nil {
			return ended, err
		}
		ended = append(ended, session)
	}
	return ended, nil
}

// announce tells all processes of the site that a session has ended.
func (o *Operators) announce(ctx context.Context, session Session) error {
	client, err := o.sessions.redis.Get()
	if err != nil {
		return away(err)
	}
	if err := client.Do(ctx, client.B().Publish().Channel(o.sessions.names.AccessChanged()).Message(session.ID.String()).Build()).Error(); err != nil {
		return away(err)
	}
	return nil
}

const (
	// freeFailures is how many sign-ins may fail before the next has to wait.
	freeFailures = 5
	longestWait  = 15 * time.Minute
	// failuresKept is how long failures count after the last wait was over.
	failuresKept = time.Hour
)

// ErrRefused is in the chain when name or password is wrong.
var ErrRefused = errors.New("name or password wrong")

// SignIn opens a session for an operator. It fails with errs.Unauthenticated when name or password is wrong, then with
// ErrRefused in the chain; with errs.Unavailable of status 429 when too many have failed by this name or from this
// address; and when Redis does not answer.
func (o *Operators) SignIn(ctx context.Context, name, password, address, userAgent string) (Session, string, error) {
	failures := []string{o.sessions.names.Failures("name:" + name), o.sessions.names.Failures("address:" + address)}
	// Each attempt counts as failed before it is looked at, so that many at once are not taken for one.
	if err := o.admit(ctx, failures); err != nil {
		return Session{}, "", err
	}
	operator, found, err := o.find(ctx, name)
	if err != nil {
		return Session{}, "", err
	}
	right := slices.ContainsFunc(o.keys.hashes(typed(password)), func(h string) bool { return hmac.Equal([]byte(h), []byte(operator.Hash)) })
	if !found || !right {
		return Session{}, "", errs.New(errs.Unauthenticated, "name or password wrong").Named("break-glass-refused").Because(ErrRefused)
	}
	client, err := o.sessions.redis.Get()
	if err != nil {
		return Session{}, "", away(err)
	}
	if err := client.Do(ctx, client.B().Del().Key(failures...).Build()).Error(); err != nil {
		return Session{}, "", away(err)
	}
	return o.sessions.Open(ctx, Session{Name: operator.Principal(), Credential: ByBreakGlass, Address: address, UserAgent: userAgent})
}

func (o *Operators) admit(ctx context.Context, failures []string) error {
	answer, err := o.sessions.eval(ctx, countFailure, failures, []string{
		strconv.FormatInt(o.now().UnixMicro(), 10), strconv.Itoa(freeFailures),
		strconv.FormatInt(longestWait.Microseconds(), 10), strconv.FormatInt(failuresKept.Microseconds(), 10),
	})
	if err != nil {
		return err
	}
	micros, err := strconv.ParseInt(answer[0], 10, 64)
	if err != nil {
		return errs.New(errs.Internal, "the failures of a sign-in cannot be read").Because(err)
	}
	if micros <= 0 {
		return nil
	}
	refused := errs.New(errs.Unavailable, "Too many sign-ins have failed.").Named("too-many-requests").After(time.Duration(micros) * time.Microsecond)
	refused.Status = http.StatusTooManyRequests
	return refused
}

// renewable fails with errs.Unauthenticated when the operator of a session is no longer there, else with errs.Unavailable.
func (o *Operators) renewable(ctx context.Context, session string) error {
	_, found, err := o.find(ctx, strings.TrimPrefix(session, breakGlassPrefix))
	if err == nil && !found {
		err = errSessionEnded
	}
	return err
}

// countFailure lets an attempt pass and counts it as failed, or says how long it has to wait. A wait begins with the last
// failure and doubles with each.
//
// KEYS: hashes of failures. ARGV: now (µs), how many are free, longest wait (µs), how long they are kept (µs). Result:
// {microseconds to wait}.
var countFailure = rueidis.NewLuaScript(`
local now, free, longest, kept = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local wait = 0
for _, key in ipairs(KEYS) do
  local until_ = tonumber(redis.call('HGET', key, 'until') or '0')
  -- A clock that was set back makes nobody wait longer than the longest wait.
  wait = math.max(wait, math.min(until_ - now, longest))
end
if wait > 0 then return {string.format('%d', wait)} end
for _, key in ipairs(KEYS) do
  local count = redis.call('HINCRBY', key, 'count', 1)
  local pause = 0
  if count >= free then pause = math.min(1000000 * 2 ^ math.min(count - free, 30), longest) end
  redis.call('HSET', key, 'until', string.format('%.0f', now + pause))
  redis.call('PEXPIRE', key, string.format('%.0f', (pause + kept) / 1000))
end
return {'0'}
`)

// passwordLetters are 32 characters that nobody takes for one another on paper.
const passwordLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// newPassword returns 6 groups of 4 characters, which hold 120 random bits: too many to guess, so that a keyed hash
// without a salt is enough.
func newPassword() string {
	random := make([]byte, 24)
	rand.Read(random)
	var password strings.Builder
	for i, b := range random {
		if i > 0 && i%4 == 0 {
			password.WriteByte('-')
		}
		password.WriteByte(passwordLetters[b%32])
	}
	return password.String()
}

// typed is a password as far as it counts: people leave dashes out and write small letters.
func typed(password string) string {
	return "password of an operator " + strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(password))
}
