package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/lab/fakegithub"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/site"
)

// device begins a sign-in from a terminal.
func (s *club) device() api.DeviceSignIn {
	s.t.Helper()
	return decode[api.DeviceSignIn](s.do(call{op: "startGitHubDeviceSignIn", token: "-"}).want(http.StatusCreated))
}

// ask asks once whether the user has signed in.
func (s *club) ask(d api.DeviceSignIn) answer {
	s.t.Helper()
	return s.do(call{op: "finishGitHubDeviceSignIn", token: "-", body: api.DeviceCode{DeviceCode: d.DeviceCode}})
}

// askUntil asks, as often as the site wants, until it says something else than: not yet.
func (s *club) askUntil(d api.DeviceSignIn) (last answer) {
	s.t.Helper()
	labtest.Eventually(s.t, "the site says more than: not yet", func(context.Context) error {
		if last = s.ask(d); last.status == http.StatusAccepted {
			return fmt.Errorf("%s", last.text)
		}
		return nil
	})
	return last
}

func (c *community) enter(d api.DeviceSignIn, login string) {
	c.t.Helper()
	if err := c.github.EnterDevice(d.UserCode, login); err != nil {
		c.t.Fatal(err)
	}
}

func TestDeviceSignIn(t *testing.T) {
	t.Parallel()
	c := newCommunity(t)
	s := c.open(setup{kind: site.Main})
	d := s.device()
	if d.Interval != 1 || d.ExpiresIn < 600 || !strings.HasPrefix(d.VerificationURI, c.github.URL()) || d.UserCode == "" {
		t.Errorf("%+v", d)
	}
	for range 2 { // the second question is too early for GitHub and is answered here
		if p := decode[api.DevicePending](s.ask(d).want(http.StatusAccepted)); p.Interval != 1 {
			t.Errorf("%+v", p)
		}
	}
	c.enter(d, "nora-n")
	session := decode[api.DeviceSession](s.askUntil(d).want(http.StatusOK))
	me := decode[api.Me](s.do(call{token: session.AccessToken, op: "getMe"}).want(http.StatusOK))
	if me.Name != "nora-n" || fmt.Sprint(me.Roles) != "[observer]" || me.Credential != api.CredentialKindSession {
		t.Errorf("%+v", me)
	}
	// The answer is given once.
	s.ask(d).problem(http.StatusUnauthorized, "sign-in-failed")
	// With it one makes a token, which outlives the session.
	token := decode[api.IssuedToken](s.do(call{token: session.AccessToken, op: "createToken", body: api.TokenCreate{Name: "opsctl"}}).want(http.StatusCreated)).Token
	s.do(call{token: session.AccessToken, op: "endSession", id: me.SessionID.String()}).want(http.StatusNoContent)
	s.do(call{token: session.AccessToken, op: "getMe"}).want(http.StatusUnauthorized)
	s.do(call{token: token, op: "getMe"}).want(http.StatusOK)
	// Neither GitHub's code nor its token is told.
	for _, secret := range c.github.Secrets() {
		if strings.Contains(fmt.Sprint(d), secret) {
			t.Error("a secret of GitHub is told")
		}
	}
}

func TestDeviceSignInRefused(t *testing.T) {
	t.Parallel()
	c := newCommunity(t)
	s := c.open(setup{kind: site.Main})
	stranger := nora()
	stranger.ID, stranger.Login, stranger.Organisations = 43, "stranger", map[string]string{"elsewhere": "active"}
	c.github.Put(stranger)

	d := s.device()
	c.enter(d, "-")
	s.askUntil(d).problem(http.StatusUnauthorized, "sign-in-failed")

	d = s.device()
	c.enter(d, "stranger")
	s.askUntil(d).problem(http.StatusForbidden, "not-in-organisation")

	d = s.device()
	c.github.ExpireDevices()
	s.askUntil(d).problem(http.StatusUnauthorized, "sign-in-failed")

	s.ask(api.DeviceSignIn{DeviceCode: "unknown"}).problem(http.StatusUnauthorized, "sign-in-failed")

	// GitHub wants to be asked less often, and is.
	d = s.device()
	c.github.HurryDevices()
	if p := decode[api.DevicePending](s.ask(d).want(http.StatusAccepted)); p.Interval != 2 {
		t.Errorf("%+v", p)
	}
	c.enter(d, "nora-n")
	s.askUntil(d).want(http.StatusOK)

	d = s.device()
	c.github.Fail(fakegithub.Failure{How: fakegithub.Broken})
	s.ask(d).problem(http.StatusServiceUnavailable, "github-unreachable")
	s.do(call{op: "startGitHubDeviceSignIn", token: "-"}).problem(http.StatusServiceUnavailable, "github-unreachable")
	// What has begun goes on when GitHub is back.
	c.github.Heal()
	c.enter(d, "nora-n")
	s.askUntil(d).want(http.StatusOK)
}

// What one network begins, and what it guesses, is bounded.
func TestDeviceSignInLimits(t *testing.T) {
	t.Parallel()
	c := newCommunity(t)
	s := c.open(setup{kind: site.Main})
	for _, call := range []call{{op: "startGitHubDeviceSignIn", token: "-"}, {op: "finishGitHubDeviceSignIn", token: "-", body: api.DeviceCode{DeviceCode: "guessed"}}} {
		deadline := time.Now().Add(30 * time.Second)
		for s.do(call).status != http.StatusTooManyRequests {
			if time.Now().After(deadline) {
				t.Fatalf("%s has no limit", call.op)
			}
		}
	}
}

func TestDeviceSignInOff(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	s.do(call{op: "startGitHubDeviceSignIn", token: "-"}).problem(http.StatusNotFound, "sign-in-off")
	s.do(call{op: "finishGitHubDeviceSignIn", token: "-", body: api.DeviceCode{DeviceCode: "x"}}).problem(http.StatusNotFound, "sign-in-off")
}
