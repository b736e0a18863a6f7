package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
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
	Hash      string     `json:"hash"`   // of the password
	KeyID     string     `json:"key_id"` // with which key that is made
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
		Name: name, Hash: o.keys.present.hash(typed(password)), KeyID: o.keys.present.id,
		CreatedAt: o.now().UTC().Truncate(time.Second), CreatedBy: by, Expires: expires,
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

// ErrBreakGlassOff is the answer of a process at which operators for emergencies are not let in. It says nothing about
// their sessions: other processes of the site may let them in.
func ErrBreakGlassOff() error {
	return errs.New(errs.NotFound, "The operator for emergencies cannot sign in at this site.").Named("break-glass-off")
}

// SignIn opens a session for an operator, which ends when he expires. A right password is always let in: it cannot be
// guessed, and strangers who try must not keep him out. SignIn fails with errs.Unauthenticated when name or password is
// wrong and with errs.Unavailable of status 429 when too many were, both with a RefusedError in the chain; with
// errs.Unavailable when Redis does not answer.
func (o *Operators) SignIn(ctx context.Context, name, password, address, userAgent string) (Session, string, error) {
	operator, found, err := o.find(ctx, name)
	if err != nil {
		return Session{}, "", err
	}
	right := slices.ContainsFunc(o.keys.hashes(typed(password)), func(h string) bool { return hmac.Equal([]byte(h), []byte(operator.Hash)) })
	if !found || !right {
		return Session{}, "", o.refuse(ctx, address)
	}
	if err := o.rehash(ctx, operator, o.keys.present.hash(typed(password))); err != nil {
		return Session{}, "", err
	}
	client, err := o.sessions.redis.Get()
	if err != nil {
		return Session{}, "", away(err)
	}
	if err := client.Do(ctx, client.B().Del().Key(o.sessions.names.Failures(Network(address))).Build()).Error(); err != nil {
		return Session{}, "", away(err)
	}
	by := Session{Name: operator.Principal(), Credential: ByBreakGlass, Address: address, UserAgent: userAgent}
	if operator.Expires != nil {
		by.Until = *operator.Expires
	}
	session, secret, err := o.sessions.Open(ctx, by)
	if err != nil {
		return Session{}, "", err
	}
	return o.stillThere(ctx, operator, session, secret)
}

// stillThere ends a session again that has begun while its operator was removed: whoever removed him did not see it.
func (o *Operators) stillThere(ctx context.Context, operator Operator, session Session, secret string) (Session, string, error) {
	now, found, err := o.find(ctx, operator.Name)
	if err == nil && found && now.CreatedAt.Equal(operator.CreatedAt) {
		return session, secret, nil
	}
	if err == nil {
		err = o.refuse(ctx, session.Address)
	}
	_, _, ending := o.sessions.End(ctx, session.ID)
	return Session{}, "", errors.Join(err, ending)
}

// rehash keeps an operator by the present key, so that the other one can be forgotten.
func (o *Operators) rehash(ctx context.Context, operator Operator, hash string) error {
	if operator.Hash == hash {
		return nil
	}
	moved := operator
	moved.Hash, moved.KeyID = hash, o.keys.present.id
	text, err := json.Marshal(moved)
	if err != nil {
		return err
	}
	_, err = o.sessions.eval(ctx, replaceOperator, []string{o.sessions.names.BreakGlass()}, []string{operator.Name, operator.Hash, string(text)})
	return err
}

// replaceOperator replaces an operator who is still as he was: not one who was removed, or made anew, meanwhile.
//
// KEYS: operators. ARGV: name, hash of his password as it was, the operator. Result: {"replaced"} | {"changed"}.
var replaceOperator = rueidis.NewLuaScript(`
local was = redis.call('HGET', KEYS[1], ARGV[1])
if not was or cjson.decode(was).hash ~= ARGV[2] then return {'changed'} end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return {'replaced'}
`)

// OnPresentKey tells whether an operator's password is kept by the present key. One who is not is refused as soon as the
// other key is not accepted any more; he is moved when he signs in.
func (o *Operators) OnPresentKey(operator Operator) bool { return operator.KeyID == o.keys.present.id }

// renewable fails with errs.Unauthenticated when the operator of a session is no longer there, else with errs.Unavailable.
func (o *Operators) renewable(ctx context.Context, session string) error {
	_, found, err := o.find(ctx, strings.TrimPrefix(session, breakGlassPrefix))
	if err == nil && !found {
		err = errSessionEnded
	}
	return err
}

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
