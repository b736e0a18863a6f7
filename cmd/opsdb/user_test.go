package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// events returns the audit trail, the oldest first.
func events(t *testing.T, environ []string, flags ...string) (list []replicadb.AccessEvent) {
	t.Helper()
	out := opsdb(t, environ, append([]string{"user", "audit", "--json"}, flags...)...).done(t).out
	for line := range strings.Lines(out) {
		var e replicadb.AccessEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		list = append([]replicadb.AccessEvent{e}, list...)
	}
	return list
}

func TestUsers(t *testing.T) {
	environ := settings(pgtest.New(t))
	user := func(args ...string) result {
		t.Helper()
		return opsdb(t, environ, append([]string{"user"}, args...)...)
	}
	user("create", "chief", "--role", "admin").done(t)
	user("create", "--full-name", "Night crew", "--email", "crew@ops.example", "--github-login", "crew", "--role", "viewer", "--role", "observer", "--role", "viewer", "night-crew").done(t)
	user("roles", "night-crew", "service", "observer").done(t)
	user("disable", "night-crew").done(t)
	user("disable", "night-crew").done(t)
	if out := user("list", "--disabled").done(t).out; !strings.Contains(out, "night-crew") || strings.Contains(out, "chief") {
		t.Error(out)
	}
	user("enable", "night-crew").done(t)
	user("sign-out", "night-crew").done(t)
	if out := user("list", "--role", "observer").done(t).out; !strings.Contains(out, "observer service") || strings.Contains(out, "chief") {
		t.Error(out)
	}
	var shown, changed replicadb.UserAccount
	if err := json.Unmarshal([]byte(user("show", "night-crew", "--json").done(t).out), &shown); err != nil {
		t.Fatal(err)
	}
	if shown.FullName != "Night crew" || shown.Email != "crew@ops.example" || *shown.GitHubLogin != "crew" || shown.DisabledAt != nil || shown.SignedOutAt == nil || shown.Version != 5 {
		t.Errorf("%+v", shown)
	}
	if out := user("show", "night-crew").done(t).out; !strings.Contains(out, "crew@ops.example") {
		t.Error(out)
	}
	user("roles", "night-crew", "none").done(t)

	var actions []string
	for _, e := range events(t, environ, "--user", "night-crew") {
		actions = append(actions, e.Action)
		if !strings.HasPrefix(e.Actor, "opsdb:") || e.Site != "cologne" || *e.UserID != shown.ID {
			t.Errorf("%+v", e)
		}
	}
	if got := strings.Join(actions, " "); got != "user.created user.updated user.updated user.updated user.signed_out user.updated" {
		t.Errorf("the audit trail has %s", got)
	}
	if out := user("audit", "--limit", "1").done(t).out; strings.Count(out, "\n") != 2 || !strings.Contains(out, `"roles"`) {
		t.Error(out)
	}
	user("create", "nobody-yet").done(t)
	user("change", "nobody-yet", "--full-name", "Somebody", "--github-login", "somebody").done(t)
	user("change", "--email", "s@ops.example", "nobody-yet").done(t)
	if err := json.Unmarshal([]byte(user("show", "nobody-yet", "--json").done(t).out), &changed); err != nil {
		t.Fatal(err)
	}
	if changed.FullName != "Somebody" || changed.Email != "s@ops.example" || *changed.GitHubLogin != "somebody" {
		t.Errorf("%+v", changed)
	}
	user("change", "nobody-yet", "--github-login", "").done(t)
	if out := user("show", "nobody-yet").done(t).out; !strings.Contains(out, "none") {
		t.Error(out)
	}
}

func TestWhatIsRefusedOfUsers(t *testing.T) {
	environ := settings(pgtest.New(t))
	opsdb(t, environ, "user", "create", "chief", "--role", "admin", "--github-login", "chief").done(t)
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitUsage, "Usage: opsdb user"},
		{[]string{"remove"}, exitUsage, `no command "remove"`},
		{[]string{"show"}, exitUsage, "login name of a user is needed"},
		{[]string{"show", "a", "b"}, exitUsage, `unexpected "b"`},
		{[]string{"roles", "chief"}, exitUsage, "the roles are needed"},
		{[]string{"change", "chief"}, exitUsage, "what to change is needed"},
		{[]string{"change", "nobody", "--email", ""}, exitFailed, "no user nobody"},
		{[]string{"audit", "--limit", "0"}, exitUsage, "--limit 0"},
		{[]string{"show", "nobody"}, exitFailed, "no user nobody"},
		{[]string{"disable", "nobody"}, exitFailed, "no user nobody"},
		{[]string{"audit", "--user", "nobody"}, exitFailed, "no user nobody"},
		{[]string{"create", "x", "--role", "astronaut"}, exitFailed, "no role astronaut"},
		{[]string{"roles", "chief", "astronaut"}, exitFailed, "no role astronaut"},
		{[]string{"create", "chief"}, exitFailed, "has this name"},
		{[]string{"create", "x", "--github-login", "chief"}, exitFailed, "GitHub account"},
		{[]string{"create", "Chief"}, exitFailed, "lower case"},
		{[]string{"roles", "chief", "none"}, exitFailed, "administrator"},
		{[]string{"disable", "chief"}, exitFailed, "administrator"},
	} {
		if got := opsdb(t, environ, append([]string{"user"}, test.args...)...); got.code != test.code || !strings.Contains(got.err, test.want) || got.out != "" {
			t.Errorf("%v: %+v", test.args, got)
		}
	}
	if list := events(t, environ); len(list) != 1 {
		t.Errorf("%d events of one change", len(list))
	}
	for _, command := range []string{"list", "show", "create", "change", "roles", "disable", "enable", "sign-out", "audit"} {
		if help := opsdb(t, nil, "user", command, "-h").done(t).out; !strings.HasPrefix(help, "Usage: opsdb user "+command) {
			t.Errorf("%s: %s", command, help)
		}
	}
}

// A token made for somebody new, or with a role, says so of its user, too.
func TestTheAuditTrailSaysWhomATokenMade(t *testing.T) {
	environ := settings(pgtest.New(t))
	for _, flags := range [][]string{{"--create-user", "--role", "viewer"}, {"--create-user", "--role", "observer"}, {"--role", "viewer"}, nil} {
		opsdb(t, environ, append([]string{"token", "create", "--user", "crew"}, flags...)...).done(t)
	}
	var got []string
	for _, e := range events(t, environ) {
		got = append(got, e.Action)
	}
	if want := "user.created token.created user.updated token.created token.created token.created"; strings.Join(got, " ") != want {
		t.Errorf("%s, want %s", strings.Join(got, " "), want)
	}
}
