package github_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/auth/github"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/lab/fakegithub"
)

func TestDevice(t *testing.T) {
	w := newWorld(t)
	c := github.New(w.config)
	d, err := c.StartDevice(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d.Interval != time.Second || d.Lifetime != 15*time.Minute || d.Address != w.github.URL()+"/login/device" {
		t.Errorf("%+v", d)
	}
	ask := func() (github.Profile, error) { return c.DeviceProfile(t.Context(), d.Code) }
	if _, err := ask(); pending(err) != 0 {
		t.Error(err)
	}
	w.github.HurryDevices()
	if _, err := ask(); pending(err) != 2*time.Second {
		t.Error(err)
	}
	if err := w.github.EnterDevice(d.UserCode, "nora-n"); err != nil {
		t.Fatal(err)
	}
	if p, err := ask(); err != nil || p.Login != "nora-n" || len(p.Teams) != 2 {
		t.Errorf("%+v %v", p, err)
	}
	_, err = ask()
	w.isRefusal(err, errs.Unauthenticated, "sign-in-failed")
}

// pending returns the interval of a sign-in that is not finished, and -1 for any other error.
func pending(err error) time.Duration {
	if p, ok := errors.AsType[*github.PendingError](err); ok {
		return p.Interval
	}
	return -1
}

func TestDeviceRefused(t *testing.T) {
	w := newWorld(t)
	start := func() error {
		_, err := github.New(w.config).StartDevice(t.Context())
		return err
	}
	for _, how := range []fakegithub.How{fakegithub.Broken, fakegithub.Limited, fakegithub.Down} {
		w.github.Fail(fakegithub.Failure{How: how})
		w.isRefusal(start(), errs.Unavailable, "github-unreachable")
		_, err := github.New(w.config).DeviceProfile(t.Context(), "device-x")
		w.isRefusal(err, errs.Unavailable, "github-unreachable")
	}
	w.github.Heal()
	w.config.ClientID = "other"
	w.isRefusal(start(), errs.Internal, "")
}

// Whatever stands in the place of GitHub: nobody is sent to another host, and nothing is taken for a sign-in that is none.
func TestDeviceNonsense(t *testing.T) {
	w := newWorld(t)
	for body, kind := range map[string]errs.Kind{
		`{"error": "device_flow_disabled"}`: errs.NotFound,
		`{"error": "unheard_of"}`:           errs.Internal,
		`not JSON`:                          errs.Internal,
		`{}`:                                errs.Internal,
		`{"device_code": "x", "user_code": "y", "verification_uri": "https://evil.example/login/device", "expires_in": 900, "interval": 5}`: errs.Internal,
		`{"device_code": "x", "user_code": "y", "verification_uri": "javascript:alert(1)", "expires_in": 900, "interval": 5}`:               errs.Internal,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if _, err := io.WriteString(w, body); err != nil {
				t.Error(err)
			}
		}))
		w.config.URL = server.URL
		_, err := github.New(w.config).StartDevice(t.Context())
		if errs.KindOf(err) != kind {
			t.Errorf("%s: %v", body, err)
		}
		if _, err = github.New(w.config).DeviceProfile(t.Context(), "x"); err == nil {
			t.Errorf("%s is taken for a token", body)
		}
		server.Close()
	}
}
