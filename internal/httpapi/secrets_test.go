package httpapi_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/site"
)

// journal keeps all that a server says to the log.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// String implements fmt.Stringer.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// secrets are what a test has used and nobody may read anywhere.
type secrets map[string]string

// look reports which of them a text has, as they are or as a program would print their bytes.
func (s secrets) look(t *testing.T, where, text string) {
	t.Helper()
	for what, secret := range s {
		for _, form := range []string{
			secret, hex.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte(secret)),
			strings.Trim(fmt.Sprintf("%d", []byte(secret)), "[]"),
		} {
			if strings.Contains(text, form) {
				t.Errorf("%s tells %s", where, what)
			}
		}
	}
}

const testSecret = "kEx3vQ81mXk9bVt2LhGf5YcNs8PaUeIz"

// A whole round at the most talkative level: whatever comes in or is made is in no line of the log, no error, no metric.
func TestNoSecretIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var err error
	if w.keys, err = auth.NewKeys(testSecret, "the previous key: "+testSecret); err != nil {
		t.Fatal(err)
	}
	w.token = w.issue("admin")
	var log journal
	s := w.open(setup{
		kind: site.Secondary, log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		change: behindProxy,
	})
	told := secrets{
		"the key": testSecret, "a token": w.token, "an unknown token": unknownToken(t), "a revoked token": w.revoked(), "a mistyped token": w.token[:len(w.token)-1] + "_",
		"a code": "c0de-of-github-4711", "a state": "st4te-of-github-4711", "a password": "correct horse battery staple", "an idempotency key": "private-key-4711",
	}
	session, secret, err := s.sessions.Open(t.Context(), auth.Session{Name: "admin-on-duty", Credential: auth.ByBreakGlass})
	if err != nil {
		t.Fatal(err)
	}
	told["the secret of a session"] = secret
	if told["an access token"], _, err = s.sessions.AccessToken(session); err != nil {
		t.Fatal(err)
	}
	told["an access token of another"] = told["an access token"][:len(told["an access token"])-4] + "AAAA"
	var answers []string
	ask := func(c call) answer {
		t.Helper()
		a := s.do(c)
		if a.status >= http.StatusBadRequest {
			answers = append(answers, fmt.Sprint(a.header, string(a.text)))
		}
		return a
	}
	for _, what := range []string{"a token", "an unknown token", "a revoked token", "a mistyped token", "an access token", "an access token of another"} {
		bearer := told[what]
		ask(call{op: "getMe", token: bearer})
		ask(call{op: "listUsers", token: bearer, query: "token=" + bearer + "&access_token=" + bearer})
		ask(call{op: "getMe", token: "-", header: map[string]string{"Authorization": "Basic " + bearer}})
		ask(call{op: "startExecutedObsUnit", token: bearer, key: told["an idempotency key"], body: map[string]any{"token": bearer, "obs_unit_id": bearer}})
		ask(call{op: "startExecutedObsUnit", token: bearer, body: `{"obs_unit_id": "` + bearer})
	}
	ask(call{op: "startExecutedObsUnit", key: told["an idempotency key"], body: s.exampleOf("startExecutedObsUnit")})
	for _, op := range []string{"createToken", "rotateToken", "createDemoToken"} {
		if a := ask(call{op: op, id: someID, body: s.exampleOf(op)}); a.status == http.StatusCreated {
			told["a new token of "+op] = decode[struct {
				Token string `json:"token"`
			}](a).Token
		}
	}
	cookie := map[string]string{"Cookie": "opsdb_session=" + secret + "; __Host-opsdb_session=" + secret + "; opsdb_sign_in=" + told["a state"]}
	ask(call{op: "finishGitHubSignIn", token: "-", query: "code=" + told["a code"] + "&state=" + told["a state"], header: cookie})
	for _, op := range []string{"refreshSession", "refreshSession", "logout"} {
		a := ask(call{op: op, token: "-", header: cookie})
		for _, set := range (&http.Response{Header: a.header}).Cookies() {
			if set.Value != "" {
				told["a cookie of "+op] = set.Value
			}
		}
	}
	ask(call{op: "signInBreakGlass", token: "-", body: map[string]any{"name": "night", "password": told["a password"]}})
	ask(call{op: "introspectToken", token: s.issue("service"), body: map[string]any{"token": told["a revoked token"]}})
	s.execute("alter table user_preferences rename to gone")
	ask(call{op: "getPreferences", header: cookie}).want(http.StatusInternalServerError)
	metrics := string(s.do(call{op: "getMetrics", token: "-"}).text)

	text := log.String()
	if !strings.Contains(text, `"level":"DEBUG"`) || strings.Count(text, `"msg":"request"`) < 40 || len(answers) < 20 {
		t.Fatalf("the round was too short: %d answers, %s", len(answers), text)
	}
	told.look(t, "the log", text)
	told.look(t, "an error", strings.Join(answers, "\n"))
	told.look(t, "a metric", metrics)
	// Of parts that do nothing, since printing looks at them without their locks.
	sessions, err := auth.NewSessions(w.keys, "cologne", nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	verifier := auth.NewVerifier(w.keys, auth.NewDirectory(nil, nil), sessions, nil)
	parts := []any{w.keys, &w.keys, sessions, *sessions, verifier, httpapi.Access{Keys: w.keys, Sessions: sessions, Verifier: verifier}}
	for _, part := range parts {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			told.look(t, fmt.Sprintf("%T by %s", part, verb), fmt.Sprintf(verb, part))
		}
	}
}
