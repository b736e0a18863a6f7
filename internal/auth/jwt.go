package auth

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"
	"github.com/lestrrat-go/jwx/v2/jwt"

	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	issuer = "opsdb"
	// accessFor is how long an access token is good.
	accessFor = 30 * time.Minute
	// clockSkew is how far the clocks of the processes of one site may be apart.
	clockSkew = 10 * time.Second

	claimSession    = "sid"
	claimUser       = "uid"
	claimStarted    = "started" // a text: numbers of JSON lose digits on their way
	claimCredential = "cred"
)

// claims is what an access token says.
type claims struct {
	SessionID  uuid.UUID
	UserID     uuid.UUID // uuid.Nil for the operator for emergencies
	Name       string
	Credential Credential
	Started    time.Time // of the session
	Expires    time.Time
}

// keySet holds the keys of access tokens by their ids. Each is good for one algorithm, which is taken from here and never
// from the token.
func keySet(keys Keys) (jwk.Set, error) {
	set := jwk.NewSet()
	for _, k := range keys.all() {
		key, err := jwk.FromRaw(k.sessions)
		if err != nil {
			return nil, fmt.Errorf("the key of sessions: %w", err)
		}
		err = errors.Join(key.Set(jwk.KeyIDKey, k.id), key.Set(jwk.AlgorithmKey, jwa.HS256), set.AddKey(key))
		if err != nil {
			return nil, fmt.Errorf("the key of sessions: %w", err)
		}
	}
	return set, nil
}

// AccessToken returns the access token of a session and when it expires: after 30 minutes, or with the session.
func (s *Sessions) AccessToken(session Session) (string, time.Time, error) {
	now := s.now().UTC().Truncate(time.Second)
	expires := now.Add(accessFor)
	if session.Expires.Before(expires) {
		expires = session.Expires.Truncate(time.Second)
	}
	token, err := jwt.NewBuilder().Issuer(issuer).Audience([]string{s.site}).Subject(session.Name).
		IssuedAt(now).NotBefore(now).Expiration(expires).JwtID(uuid.NewString()).
		Claim(claimSession, session.ID.String()).Claim(claimUser, session.UserID.String()).
		Claim(claimStarted, strconv.FormatInt(session.Started.UnixMicro(), 10)).Claim(claimCredential, string(session.Credential)).Build()
	if err != nil {
		return "", expires, err
	}
	key, _ := s.signing.Key(0)
	text, err := jwt.Sign(token, jwt.WithKey(jwa.HS256, key))
	return string(text), expires, err
}

// header is that of every access token.
type header struct {
	Algorithm string `json:"alg"`
	KeyID     string `json:"kid"`
	Type      string `json:"typ"`
}

// untouched tells whether a text is written as access tokens are. The library puts up with more: with spaces around it,
// with other last bits, and it does not look at the algorithm that the token names.
func untouched(bearer string) bool {
	parts := strings.Split(bearer, ".")
	for _, part := range parts {
		if _, err := base64.RawURLEncoding.Strict().DecodeString(part); err != nil || strings.ContainsAny(part, "\r\n") {
			return false
		}
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return false
	}
	var h header
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return len(parts) == 3 && d.Decode(&h) == nil && h.Algorithm == jwa.HS256.String() && h.Type == "JWT"
}

// parse returns what an access token of this site says, or why it is refused.
func (s *Sessions) parse(bearer string, now time.Time) (claims, *errs.Error) {
	if !untouched(bearer) {
		return claims{}, refuse("token-unknown", "the access token is not one of this site")
	}
	token, err := jwt.ParseString(bearer,
		jwt.WithKeySet(s.signing, jws.WithRequireKid(true), jws.WithInferAlgorithmFromKey(false)),
		jwt.WithValidate(true), jwt.WithIssuer(issuer), jwt.WithAudience(s.site), jwt.WithAcceptableSkew(clockSkew),
		jwt.WithRequiredClaim(jwt.ExpirationKey), jwt.WithRequiredClaim(jwt.NotBeforeKey), jwt.WithRequiredClaim(jwt.IssuedAtKey),
		jwt.WithClock(jwt.ClockFunc(func() time.Time { return now })))
	switch {
	case errors.Is(err, jwt.ErrTokenExpired()):
		return claims{}, refuse("token-expired", "the access token has expired: get another by /auth/refresh")
	case err != nil:
		return claims{}, refuse("token-unknown", "the access token is not one of this site")
	}
	c, err := claimsOf(token)
	if err != nil {
		return claims{}, refuse("token-unknown", "the access token is not one of this site")
	}
	return c, nil
}

func claimsOf(token jwt.Token) (claims, error) {
	text := func(name string) string {
		value, _ := token.Get(name)
		t, ok := value.(string)
		if !ok {
			return ""
		}
		return t
	}
	micros, errStarted := strconv.ParseInt(text(claimStarted), 10, 64)
	session, errSession := uuid.Parse(text(claimSession))
	user, errUser := uuid.Parse(text(claimUser))
	c := claims{
		SessionID: session, UserID: user, Name: token.Subject(), Credential: Credential(text(claimCredential)),
		Started: time.UnixMicro(micros).UTC(), Expires: token.Expiration().UTC(),
	}
	if errStarted != nil || errSession != nil || errUser != nil || c.Name == "" || c.Credential != BySession && c.Credential != ByBreakGlass {
		return claims{}, errors.New("a claim is missing")
	}
	return c, nil
}
