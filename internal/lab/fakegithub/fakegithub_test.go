package fakegithub_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/lab/fakegithub"
)

func start(t *testing.T) *fakegithub.Server {
	t.Helper()
	s, err := fakegithub.Start(fakegithub.Options{ClientID: "app", ClientSecret: "secret", Accounts: []fakegithub.Account{{ID: 1, Login: "Ada"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask sends a request, follows no redirect, and returns status, body and where it leads.
func ask(t *testing.T, method, address, body string) (status int, text, location string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return 0, err.Error(), ""
	}
	content, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content), response.Header.Get("Location")
}

func authorise(s *fakegithub.Server, more string) string {
	return s.URL() + "/login/oauth/authorize?client_id=app&state=s&redirect_uri=" + url.QueryEscape("http://ops.example/github/callback") + more
}

func TestABrowserChooses(t *testing.T) {
	s := start(t)
	if status, text, _ := ask(t, http.MethodGet, authorise(s, ""), ""); status != http.StatusOK || !strings.Contains(text, "login=Ada&amp;") {
		t.Errorf("%d %s", status, text)
	}
	status, _, location := ask(t, http.MethodGet, authorise(s, "&login=ada"), "")
	if status != http.StatusFound || !strings.HasPrefix(location, "http://ops.example/github/callback?code=") {
		t.Errorf("%d %s", status, location)
	}
	if _, _, location := ask(t, http.MethodGet, authorise(s, "&login=-"), ""); !strings.Contains(location, "error=access_denied") {
		t.Error(location)
	}
	if status, _, _ := ask(t, http.MethodGet, s.URL()+"/login/oauth/authorize?client_id=other", ""); status != http.StatusNotFound {
		t.Errorf("another app: %d", status)
	}
}

func TestControl(t *testing.T) {
	s := start(t)
	for _, step := range []struct {
		method, path, body string
		status             int
	}{
		{http.MethodPut, "accounts/nora", `{"id": 2, "teams": ["ccatobs/observers"]}`, http.StatusOK},
		{http.MethodPut, "accounts/nobody", `{"id": 0}`, http.StatusBadRequest},
		{http.MethodPut, "accounts/nobody", `{`, http.StatusBadRequest},
		{http.MethodDelete, "accounts/ada", "", http.StatusOK},
		{http.MethodPost, "choose?login=nora", "", http.StatusOK},
		{http.MethodPost, "fail?how=melt", "", http.StatusBadRequest},
		{http.MethodPost, "fail?how=slow", "", http.StatusBadRequest},
		{http.MethodPost, "fail?how=error&path=/api/", "", http.StatusOK},
	} {
		if status, text, _ := ask(t, step.method, s.ControlURL()+step.path, step.body); status != step.status {
			t.Errorf("%s: %d %s", step.path, status, text)
		}
	}
	_, text, _ := ask(t, http.MethodGet, s.ControlURL(), "")
	var state fakegithub.State
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		t.Fatal(err)
	}
	if len(state.Accounts) != 1 || state.Accounts[0].Login != "nora" || state.Chosen != "nora" || state.Failure.How != fakegithub.Broken {
		t.Errorf("%s", text)
	}
	if status, _, _ := ask(t, http.MethodGet, s.APIURL()+"/user", ""); status != http.StatusBadGateway {
		t.Errorf("it does not fail: %d", status)
	}
	if status, _, _ := ask(t, http.MethodGet, authorise(s, ""), ""); status != http.StatusFound {
		t.Errorf("it fails elsewhere: %d", status)
	}
	if status, _, _ := ask(t, http.MethodPost, s.ControlURL()+"heal", ""); status != http.StatusOK {
		t.Error("it does not heal")
	}
	if status, _, _ := ask(t, http.MethodGet, s.APIURL()+"/user", ""); status != http.StatusUnauthorized {
		t.Errorf("it is not healed: %d", status)
	}
}

func TestFailuresOfTheNetwork(t *testing.T) {
	s := start(t)
	for _, f := range []fakegithub.Failure{{How: fakegithub.Down}, {How: fakegithub.Swallow}, {How: fakegithub.Slow, Delay: time.Minute}} {
		s.Fail(f)
		if status, _, _ := ask(t, http.MethodGet, s.APIURL()+"/user", ""); status != 0 {
			t.Errorf("%s: it answers %d", f.How, status)
		}
	}
	s.Fail(fakegithub.Failure{How: fakegithub.Slow, Delay: 50 * time.Millisecond})
	before := time.Now()
	if status, _, _ := ask(t, http.MethodGet, s.APIURL()+"/user", ""); status != http.StatusUnauthorized || time.Since(before) < 50*time.Millisecond {
		t.Errorf("slow: it answers %d after %s", status, time.Since(before))
	}
}
