package httpapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
)

// Whose rights were taken away at the main site makes himself nothing lasting through a site that does not know it yet.
func TestALaggingSiteMakesNothingForWhoWasShutOut(t *testing.T) {
	sites := newTwoSites(t)
	far, near := sites.observatory, sites.cologne
	names := []string{"kept", "revoked", "disabled", "signed-out", "demoted"}
	tokens, users, sessions := map[string]api.IssuedToken{}, map[string]api.User{}, map[string]string{}
	for _, name := range names {
		tokens[name] = near.made(near.issueFor(name, "observer"), map[string]any{})
	}
	sites.replicated(t)
	for _, user := range far.listed("&role=observer", 10) {
		users[user.Name], sessions[user.Name] = user, far.signIn(user)
	}
	sessions["signed-out"] = far.signInAt(users["signed-out"], time.Now().Add(30*time.Second)) // by a fast clock
	eventually(t, "all are let in", func() bool {
		for _, name := range names {
			if far.reads(tokens[name].Token) != 200 || far.reads(sessions[name]) != 200 {
				return false
			}
		}
		return true
	})

	sites.lag(t, true)
	near.do(call{op: "revokeToken", id: tokens["revoked"].ID.String()}).want(http.StatusOK)
	near.change(users["disabled"].ID, map[string]any{"disabled": true}).want(http.StatusOK)
	near.do(call{op: "signOutUser", id: users["signed-out"].ID.String()}).want(http.StatusOK)
	near.change(users["demoted"].ID, map[string]any{"roles": []string{"viewer"}}).want(http.StatusOK)
	before := len(near.tokens("", "&ended=true", 100))

	for _, test := range []struct {
		credential, slug string
		status           int
	}{
		{tokens["revoked"].Token, "token-revoked", http.StatusUnauthorized},
		{tokens["disabled"].Token, "user-disabled", http.StatusUnauthorized},
		{sessions["disabled"], "user-disabled", http.StatusUnauthorized},
		{sessions["signed-out"], "session-ended", http.StatusUnauthorized},
		{tokens["demoted"].Token, "forbidden", http.StatusForbidden},
		{sessions["demoted"], "forbidden", http.StatusForbidden},
	} {
		if far.reads(test.credential) != 200 {
			t.Errorf("%s: the site knows it already, so this tests nothing", test.slug)
		}
		far.make(test.credential, map[string]any{}).problem(test.status, test.slug)
		far.do(call{op: "putPreferences", token: test.credential, body: `{"theme":"dark"}`}).problem(test.status, test.slug)
	}
	far.do(call{op: "rotateToken", id: tokens["revoked"].ID.String(), token: tokens["revoked"].Token, body: "{}"}).problem(http.StatusUnauthorized, "token-revoked")
	far.do(call{op: "endSessions", token: sessions["signed-out"]}).problem(http.StatusUnauthorized, "session-ended")
	if after := len(near.tokens("", "&ended=true", 100)); after != before {
		t.Errorf("%d tokens were made", after-before)
	}

	// Everybody else goes on, also who signs in anew when a minute is over, and by a token that a sign-out does not concern.
	far.made(tokens["kept"].Token, map[string]any{})
	far.made(sessions["kept"], map[string]any{})
	far.made(tokens["signed-out"].Token, map[string]any{})
	far.made(far.signInAt(users["signed-out"], auth.AfterSignOut(new(time.Now()))), map[string]any{})
	// Who ends his own access may do so once.
	far.do(call{op: "revokeToken", id: tokens["kept"].ID.String(), token: tokens["kept"].Token}).want(http.StatusOK)
	far.do(call{op: "endSessions", token: sessions["kept"]}).want(http.StatusNoContent)
	// What is critical is never held up.
	far.do(call{op: "startExecutedObsUnit", token: sessions["demoted"], body: far.example("startExecutedObsUnit", nil)}).want(http.StatusCreated)
	sites.lag(t, false)
}
