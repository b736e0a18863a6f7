package main

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/clients/go/profile"
	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/fakegithub"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

func TestLogin(t *testing.T) {
	s := at(t, "")
	site := world.Site(observatory)
	s.in = strings.NewReader("nonsense\n")
	s.run("login", "--url", site.URL).exits(exitFailed).says("nothing was changed")
	s.run("lag").exits(exitUsage)
	s.in = strings.NewReader(site.Token + "\n")
	e := decode[entered](t, s.ok("login", "--url", site.URL, "--json"))
	if e.Site != observatory || e.Me.Name == "" {
		t.Errorf("%+v", e)
	}
	s.ok("lag")
	s.in = strings.NewReader(world.Site(lab.MainSite).Token)
	s.ok("login", "--site", "main", "--url", world.Site(lab.MainSite).URL)
	if r := decode[lagReport](t, s.ok("lag", "--json", "--site", "main")); r.Site != lab.MainSite {
		t.Errorf("%+v", r)
	}
	if r := decode[lagReport](t, s.ok("lag", "--json")); r.Site != observatory {
		t.Errorf("%+v", r)
	}
	f, err := profile.Load(func(name string) string { return s.environ[name] })
	if err != nil || f.Exposed || len(f.Sites) != 2 {
		t.Errorf("%v %+v", err, f)
	}
}

var userCode = regexp.MustCompile(`enter (\S+)\n`)

// byGitHub calls opsctl login --github, does something when the code is shown, and returns what came of it.
func (s *shell) byGitHub(then func(code string), more ...string) *outcome {
	s.t.Helper()
	var out, said tape
	args := append([]string{"login", "--github"}, more...)
	ended := make(chan int)
	go func() { ended <- s.app(&out, &said).run(s.ctx, args) }()
	labtest.Eventually(s.t, "a code is shown", func(context.Context) error {
		if !userCode.MatchString(said.String()) {
			return errors.New(said.String())
		}
		return nil
	})
	then(userCode.FindStringSubmatch(said.String())[1])
	code := <-ended
	return &outcome{t: s.t, args: args, code: code, out: out.String(), err: said.String()}
}

func TestLoginByGitHub(t *testing.T) {
	s := at(t, "")
	url := world.Site(observatory).URL
	enter := func(login string) func(string) {
		return func(code string) { must(t, world.GitHub().EnterDevice(code, login)) }
	}
	s.byGitHub(enter("-"), "--url", url).exits(exitFailed).says("declined")
	s.byGitHub(enter("stranger"), "--url", url).exits(exitFailed).says("not-in-organisation")
	s.byGitHub(func(string) { world.GitHub().ExpireDevices() }, "--url", url).exits(exitFailed).says("took too long")
	if f, err := profile.Load(func(name string) string { return s.environ[name] }); err != nil || len(f.Sites) > 0 {
		t.Errorf("%v %+v", err, f)
	}
	// GitHub may be busy, or away for a moment.
	o := s.byGitHub(func(code string) {
		world.GitHub().HurryDevices()
		enter("otto")(code)
	}, "--url", url, "--site", "chile", "--expires", "30d", "--scope", "read:*", "--scope", "write:account", "--json").exits(exitDone)
	e := decode[entered](t, strings.TrimSpace(o.out))
	if e.Site != "chile" || e.Me.Name != "otto" || e.Me.Credential != client.CredentialKindToken || time.Until(orZero(e.Me.ExpiresAt)) > 31*24*time.Hour {
		t.Errorf("%+v", e)
	}
	if list := lines[client.Token](t, s.ok("token", "list", "--json")); len(list) != 1 || !strings.HasPrefix(list[0].Name, "opsctl") {
		t.Errorf("%+v", list)
	}
	// No session is left.
	f, err := profile.Load(func(name string) string { return s.environ[name] })
	must(t, err)
	api, err := s.app(nil, nil).apiOf(f.Sites["chile"])
	if err == nil {
		defer api.Close()
		sessions, err := api.ListSessionsWithResponse(s.ctx)
		must(t, err)
		if sessions.JSON200 == nil || len(sessions.JSON200.Items) != 0 {
			t.Errorf("%s", sessions.Body)
		}
	}
	// What is kept is good while the site is cut off from GitHub and the main site.
	world.GitHub().Fail(fakegithub.Failure{How: fakegithub.Swallow})
	defer world.GitHub().Heal()
	cutLink(t, lab.Refuse)
	s.ok("obs", "list")
	s.run("doctor").exits(exitDone).says("otto")
}
