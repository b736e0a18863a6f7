package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/redis/rueidis"
	"golang.org/x/oauth2"
	"golang.org/x/time/rate"

	"github.com/ccatobs/opsdb/internal/auth/github"
	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	// SignInTime is how long a sign-in may take, from this site to GitHub and back.
	SignInTime = 10 * time.Minute
	// startsPerSecond and startsAtOnce bound what everybody together can put into the site's Redis without being known:
	// sign-ins under way of some 20 MB, as critical writes need its memory. What one network may begin is bounded before,
	// so that it takes many of them to keep others out.
	startsPerSecond = 100
	startsAtOnce    = 1000
)

// RoleRules say who has which role by GitHub.
type RoleRules struct {
	Teams   map[string]string // role by "organisation/team" in lower case
	Default string            // of those whom no team gives one; empty: none
}

func (r RoleRules) of(teams []string) []string {
	roles := []string{}
	for _, team := range teams {
		if role, ok := r.Teams[team]; ok {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 && r.Default != "" {
		roles = append(roles, r.Default)
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

// SignIn lets people in by their accounts at GitHub. It is safe for concurrent use.
type SignIn struct {
	github    *github.Client
	rules     RoleRules
	directory *Directory
	sessions  *Sessions
	starts    *rate.Limiter
}

// NewSignIn returns the sign-in of a site.
func NewSignIn(client *github.Client, rules RoleRules, directory *Directory, sessions *Sessions) *SignIn {
	return &SignIn{
		github: client, rules: rules, directory: directory, sessions: sessions, starts: rate.NewLimiter(startsPerSecond, startsAtOnce),
	}
}

// underway is a sign-in that went to GitHub and has not come back.
type underway struct {
	Verifier string `json:"verifier"` // whose hash GitHub has
	Browser  string `json:"browser"`  // hash of the nonce
	ReturnTo string `json:"return_to"`
}

// Start begins a sign-in. It returns where the browser has to go and a nonce that it has to keep and to bring back:
// whoever follows somebody else's link does not have it, and so is not signed in as somebody else.
// Errors: errs.Unavailable when Redis is away or when too many sign-ins are under way.
func (s *SignIn) Start(ctx context.Context, returnTo string) (address, nonce string, err error) {
	if err := s.mayStart(); err != nil {
		return "", "", err
	}
	client, err := s.sessions.redis.Get()
	if err != nil {
		return "", "", away(err)
	}
	state, nonce := rand.Text(), rand.Text()
	u := underway{Verifier: oauth2.GenerateVerifier(), Browser: digest(nonce), ReturnTo: returnTo}
	text, err := json.Marshal(u)
	if err != nil {
		return "", "", err
	}
	key := s.sessions.names.SignIn(state)
	if err := client.Do(ctx, client.B().Set().Key(key).Value(string(text)).Ex(SignInTime).Build()).Error(); err != nil {
		return "", "", away(err)
	}
	return s.github.AuthCodeURL(state, u.Verifier), nonce, nil
}

// mayStart refuses a sign-in when too many are under way.
func (s *SignIn) mayStart() error {
	if s.starts.Allow() {
		return nil
	}
	tooMany := errs.New(errs.Unavailable, "too many people sign in at once").Named("too-many-requests").After(time.Second)
	tooMany.Status = http.StatusTooManyRequests
	return tooMany
}

func digest(nonce string) string {
	sum := sha256.Sum256([]byte(nonce))
	return hex.EncodeToString(sum[:])
}

// Person is who has signed in at GitHub and may be let in.
type Person struct {
	ID    int64  // of the account
	Login string // in lower case
	Name  string // empty when it is not known
	Email string // empty when it is not known
	Roles []string
	// Refused is not nil when the account does not belong to the organisation: he is not let in, and loses what it gave him.
	Refused error
}

// Finish ends a sign-in with what GitHub gave the browser, and the nonce that the browser kept. It returns who it is and
// where he wanted to go. A state is good once.
//
// Errors: errs.Unauthenticated named sign-in-failed for a state that is unknown, used, too old or of another browser;
// those of github.Client.Profile; errs.Unavailable when Redis is away.
func (s *SignIn) Finish(ctx context.Context, code, state, nonce string) (p Person, returnTo string, err error) {
	u, err := s.take(ctx, state)
	if err != nil {
		return p, "", err
	}
	if subtle.ConstantTimeCompare([]byte(u.Browser), []byte(digest(nonce))) != 1 {
		return p, "", refuse("sign-in-failed", "the sign-in was not started in this browser: start again")
	}
	profile, err := s.github.Profile(ctx, code, u.Verifier)
	p, err = s.person(profile, err)
	return p, u.ReturnTo, err
}

// person returns who somebody is by what GitHub has said of him.
func (s *SignIn) person(p github.Profile, err error) (Person, error) {
	switch {
	case err != nil && p.ID != 0:
		return Person{ID: p.ID, Login: p.Login, Refused: err}, nil
	case err != nil:
		return Person{}, err
	default:
		return Person{ID: p.ID, Login: p.Login, Name: p.Name, Email: p.Email, Roles: s.rules.of(p.Teams)}, nil
	}
}

// take returns the sign-in of a state and forgets it.
func (s *SignIn) take(ctx context.Context, state string) (u underway, err error) {
	client, err := s.sessions.redis.Get()
	if err != nil {
		return u, away(err)
	}
	text, err := client.Do(ctx, client.B().Getdel().Key(s.sessions.names.SignIn(state)).Build()).ToString()
	switch {
	case rueidis.IsRedisNil(err):
		return u, refuse("sign-in-failed", "the sign-in was started too long ago, or has come back before: start again")
	case err != nil:
		return u, away(err)
	}
	return u, json.Unmarshal([]byte(text), &u)
}
