package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwt"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/redisclient"
)

// offline returns sessions and a verifier that can ask nobody: what they refuse, they refuse by themselves.
func offline(t testing.TB, keys Keys, site string) (*Sessions, *Verifier) {
	t.Helper()
	redis := redisclient.New(redisclient.Options{Address: "127.0.0.1:1"})
	t.Cleanup(redis.Close)
	sessions, err := NewSessions(keys, site, redis, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	replica, err := postgres.NewReplica(t.Context(), postgres.Address{Host: "127.0.0.1", Port: 1, User: "nobody", Name: "nothing"}, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(replica.Close)
	return sessions, NewVerifier(keys, NewDirectory(replica, nil), sessions, slog.New(slog.DiscardHandler))
}

func aSession() Session {
	now := time.Now().UTC().Truncate(time.Microsecond)
	return Session{
		ID: uuid.New(), UserID: uuid.New(), Name: "night-crew", Credential: BySession, Started: now, Renewed: now, Expires: now.Add(time.Hour),
	}
}

func accessTokenOf(t testing.TB, s *Sessions, session Session) string {
	t.Helper()
	token, _, err := s.AccessToken(session)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestAnAccessTokenSaysWhatTheSessionIs(t *testing.T) {
	s, _ := offline(t, keysOf(t, secretKey, ""), "observatory")
	session := aSession()
	session.Started = time.Date(2299, 12, 31, 23, 59, 59, 123457000, time.UTC) // more microseconds than a float holds
	got, refused := s.parse(accessTokenOf(t, s, session), time.Now())
	if refused != nil {
		t.Fatal(refused)
	}
	if got.SessionID != session.ID || got.UserID != session.UserID || got.Name != session.Name || got.Credential != BySession || !got.Started.Equal(session.Started) {
		t.Errorf("%+v", got)
	}
	if left := time.Until(got.Expires); left > accessFor || left < accessFor-2*time.Second {
		t.Errorf("good for %s", left)
	}
	session.Expires = time.Now().Add(time.Minute)
	if got, refused := s.parse(accessTokenOf(t, s, session), time.Now()); refused != nil || got.Expires.After(session.Expires) {
		t.Error("it is good for longer than the session")
	}
}

// forge signs any header and claims with a key, as jwx would never let itself be made to.
func forge(key []byte, header, claims any) string {
	part := func(v any) string {
		text, ok := v.(string)
		if !ok {
			bytes, err := json.Marshal(v)
			if err != nil {
				panic(err)
			}
			text = string(bytes)
		}
		return base64.RawURLEncoding.EncodeToString([]byte(text))
	}
	signed := part(header) + "." + part(claims)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func TestAccessTokensThatAreRefused(t *testing.T) {
	keys := keysOf(t, secretKey, "")
	s, v := offline(t, keys, "observatory")
	now := time.Now()
	key := keys.present.sessions
	header := map[string]any{"alg": "HS256", "kid": keys.present.id, "typ": "JWT"}
	good := map[string]any{
		"iss": issuer, "aud": []string{"observatory"}, "sub": "night-crew", "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"jti": uuid.NewString(), "sid": uuid.NewString(), "uid": uuid.NewString(), "started": "1784114400000000", "cred": "session",
	}
	but := func(of map[string]any, name string, value any) map[string]any {
		changed := maps.Clone(of)
		changed[name] = value
		if value == nil {
			delete(changed, name)
		}
		return changed
	}
	if _, refused := s.parse(forge(key, header, good), now); refused != nil {
		t.Fatal("the forger cannot forge: ", refused.Err)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	unsigned := func(alg string) string {
		parts := strings.Split(forge(key, but(header, "alg", alg), good), ".")
		return parts[0] + "." + parts[1] + "."
	}
	rs256 := func() string {
		token, err := jwt.NewBuilder().Issuer(issuer).Audience([]string{"observatory"}).Subject("night-crew").Expiration(now.Add(time.Hour)).Build()
		if err != nil {
			t.Fatal(err)
		}
		text, err := jwt.Sign(token, jwt.WithKey(jwa.RS256, stranger))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	other, _ := offline(t, keysOf(t, otherKey, ""), "observatory")
	elsewhere, _ := offline(t, keys, "cologne")
	whole := forge(key, header, good)
	for name, token := range map[string]string{
		"alg none":               unsigned("none"),
		"alg None":               unsigned("None"),
		"alg none with key":      forge(key, but(header, "alg", "none"), good),
		"alg HS512":              forge(key, but(header, "alg", "HS512"), good),
		"alg RS256":              rs256(),
		"alg missing":            forge(key, but(header, "alg", nil), good),
		"alg of a wrong type":    forge(key, but(header, "alg", 256), good),
		"other key":              accessTokenOf(t, other, aSession()),
		"other site":             accessTokenOf(t, elsewhere, aSession()),
		"key of tokens":          forge(keys.present.tokens, header, good),
		"empty key":              forge(nil, header, good),
		"kid missing":            forge(key, but(header, "kid", nil), good),
		"kid unknown":            forge(key, but(header, "kid", "00000000"), good),
		"kid of a wrong type":    forge(key, but(header, "kid", 1), good),
		"key in the header":      forge([]byte("k"), but(header, "jwk", map[string]any{"kty": "oct", "k": "aw", "kid": keys.present.id}), good),
		"critical header":        forge(key, but(header, "crit", []string{"unknown"}), good),
		"issuer":                 forge(key, header, but(good, "iss", "somebody")),
		"issuer missing":         forge(key, header, but(good, "iss", nil)),
		"audience":               forge(key, header, but(good, "aud", "cologne")),
		"audience missing":       forge(key, header, but(good, "aud", nil)),
		"not yet valid":          forge(key, header, but(good, "nbf", now.Add(time.Minute).Unix())),
		"not yet issued":         forge(key, header, but(good, "iat", now.Add(time.Minute).Unix())),
		"expired":                forge(key, header, but(good, "exp", now.Add(-time.Minute).Unix())),
		"no exp":                 forge(key, header, but(good, "exp", nil)),
		"no nbf":                 forge(key, header, but(good, "nbf", nil)),
		"no iat":                 forge(key, header, but(good, "iat", nil)),
		"exp of a wrong type":    forge(key, header, but(good, "exp", []int{1})),
		"exp beyond time":        forge(key, header, but(good, "exp", 1e300)),
		"no subject":             forge(key, header, but(good, "sub", nil)),
		"no session":             forge(key, header, but(good, "sid", nil)),
		"session no id":          forge(key, header, but(good, "sid", "../../etc")),
		"session a number":       forge(key, header, but(good, "sid", 7)),
		"user missing":           forge(key, header, but(good, "uid", nil)),
		"start a number":         forge(key, header, but(good, "started", 1784114400000000)),
		"start missing":          forge(key, header, but(good, "started", nil)),
		"credential token":       forge(key, header, but(good, "cred", "token")),
		"credential missing":     forge(key, header, but(good, "cred", nil)),
		"claims no object":       forge(key, header, `["night-crew"]`),
		"claims no JSON":         forge(key, header, `{"sub":`),
		"header no JSON":         forge(key, `{`, good),
		"nothing but dots":       "..",
		"huge":                   whole + strings.Repeat("A", 1<<20),
		"NUL":                    "\x00" + whole,
		"NUL inside":             whole[:20] + "\x00" + whole[20:],
		"space":                  whole + " ",
		"line":                   whole + "\n",
		"padding":                whole + "==",
		"four parts":             whole + ".",
		"signature of another":   whole[:strings.LastIndex(whole, ".")] + forge(key, header, but(good, "sub", "x"))[strings.LastIndex(forge(key, header, but(good, "sub", "x")), "."):],
		"encrypted (five parts)": whole + ".a.b",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := v.Verify(t.Context(), token)
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Kind != errs.Unauthenticated {
				t.Errorf("got %v", err)
			}
			if name == "expired" && e.Slug != "token-expired" {
				t.Errorf("slug %s", e.Slug)
			}
		})
	}
}

// FuzzVerify throws what nobody has issued at every check of a credential. Only the untouched originals may pass, and
// those can be told from the rest though nobody can be asked: they are the ones that cannot be verified.
func FuzzVerify(f *testing.F) {
	keys := keysOf(f, secretKey, "")
	sessions, v := offline(f, keys, "observatory")
	v.directory.replica.Close()
	token := newToken(tokenPrefix)
	access := accessTokenOf(f, sessions, aSession())
	secret := keys.present.newSecret(uuid.New())
	for _, good := range []string{token, access, secret} {
		f.Add(good, 0, byte(0))
		for _, at := range []int{0, 1, 10, len(good) / 2, len(good) - 1} {
			f.Add(good, at, byte(1))
			f.Add(good, at, byte(0x20))
			f.Add(good[:at], 0, byte(0))
			f.Add(good[:at]+"\x00"+good[at:], 0, byte(0))
			f.Add(good[:at]+strings.Repeat(good, 50), at, byte(0x80))
		}
	}
	f.Fuzz(func(t *testing.T, text string, at int, flip byte) {
		if bytes := []byte(text); len(bytes) > 0 && at >= 0 {
			bytes[at%len(bytes)] ^= flip
			text = string(bytes)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if _, refused := sessions.parse(text, time.Now()); refused == nil && text != access {
			t.Errorf("an access token that nobody has issued: %q", text)
		}
		if _, err := keys.sessionOf(text); err == nil && text != secret {
			t.Errorf("a secret that nobody has made: %q", text)
		}
		if _, _, err := sessions.Renew(ctx, text); err == nil {
			t.Errorf("a session was renewed by %q", text)
		}
		if _, err := v.Verify(ctx, text); err == nil {
			t.Errorf("%q is good", text)
		} else if errs.KindOf(err) == errs.Unavailable && text != access && !wellFormed(text) {
			t.Errorf("somebody is asked about %q", text)
		}
	})
}
